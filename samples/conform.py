"""Finishes and conforms: the comp of the storm, and the flattened film of the whole cut.

What happens here happens to real shots: scaled and cropped, graded, mixed with a title, matted to
2.39, stamped with a time-code and encoded once more. No mark of a generator survives it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import paint
import reel
import shots
import stills
from PIL import Image, ImageDraw

STORM_FRAMES = 84
_STORM_IN = 6
_BARS = (34, 236)


def storm_comp(n: int) -> Image.Image:
    """The storm as it was finished: trimmed, pushed in by a tenth, colder, with more contrast."""
    width, height = shots.SIZE
    box = (width * 0.06, height * 0.03, width * 0.96, height * 0.93)
    pushed = shots.storm(n + _STORM_IN).resize(shots.SIZE, Image.Resampling.BICUBIC, box=box)
    return pushed.point(_curve(1.25, (0.92, 1.0, 1.10), 1.15))


def film(events: Sequence[reel.Event] = reel.PICTURE) -> Iterator[Image.Image]:
    """Every frame of the flattened film, in order."""
    frame_number = 0
    for _, event in reel.placed(events):
        for n in range(event.length):
            frame = _source(event, n)
            _titles(frame, frame_number)
            yield _mastered(frame, frame_number)
            frame_number += 1


def _source(event: reel.Event, n: int) -> Image.Image:
    """What lies in the media at the n-th frame of an event."""
    at = event.start + n * event.speed
    if event.media == "storm":
        return storm_comp(at)
    if event.media == "lamp":
        return stills.display(stills.lamp(at)).resize(shots.SIZE, Image.Resampling.BICUBIC)
    if event.media == "card":
        return stills.end_card().copy()
    shot = reel.MEDIA[event.media].shot
    if shot is None:
        raise ValueError(f"nothing paints {event.media}")
    return shot(at)


def _titles(frame: Image.Image, number: int) -> None:
    for first, event in reel.TITLES:
        if first <= number < first + event.length:
            title = stills.main_title()
            frame.paste(title, (0, 0), title)


def _mastered(frame: Image.Image, number: int) -> Image.Image:
    """Graded warm, matted to 2.39, with the time-code burnt in."""
    graded = frame.point(_curve(0.94, (1.06, 1.0, 0.92), 1.06))
    draw = ImageDraw.Draw(graded)
    draw.rectangle([0, 0, shots.SIZE[0], _BARS[0] - 1], fill=(0, 0, 0))
    draw.rectangle([0, _BARS[1], *shots.SIZE], fill=(0, 0, 0))
    stamp = f"{reel.TITLE} {reel.VERSION}   {reel.timecode(reel.START + number)}"
    draw.text((240, 246), stamp, font=paint.font(13), fill=(210, 210, 210), anchor="ma")
    return graded


@lru_cache(maxsize=4)
def _curve(gamma: float, gains: tuple[float, float, float], contrast: float) -> list[int]:
    """A grade as a table for `Image.point`, channel by channel."""
    table: list[int] = []
    for gain in gains:
        for value in range(256):
            light = (value / 255) ** gamma * gain
            light = (light - 0.4) * contrast + 0.4
            table.append(round(min(1.0, max(0.0, light)) * 255))
    return table
