"""Both sides of a match for people: waveforms with the span marked, and a few seconds to hear."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.sound_finding import Found
from checkthegate.fingerprint.sound_print import MIX, OUTLINE_RATE, Channel, SoundPrint
from checkthegate.fingerprint.sound_taste import EXCERPT_SECONDS, excerpt, tasted
from checkthegate.fingerprint.spectra import RATE
from checkthegate.model import Exhibit, Unreadable
from checkthegate.seams import OpenAsset

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

SHOWN: Final = 40
"""Matches of one asset that are shown."""

_WHICH = "above what is in this file, below what is on record; what is the same stands out"
_WIDTH, _HEIGHT = 640, 72
_GAP = 8
_MARGIN = 0.25
_GROUND, _BAND, _QUIET, _LOUD = (24, 26, 30), (44, 62, 80), (110, 118, 128), (126, 200, 255)


def exhibits(
    target: Channel, source: SoundPrint, found: Found, heard: Array | None
) -> tuple[Exhibit, ...]:
    """Waveforms of both sides, and excerpts of what was `heard` (samples at `RATE`) and of what
    is kept of the source."""
    aligned = found.aligned
    waves = _waveforms(target, source.channels[found.part], found)
    shown = [Exhibit("both", "image/png", waves, _WHICH)]
    caption = clock(aligned.target[0])
    body = b"" if heard is None else excerpt(heard, RATE)
    if body:
        shown.append(Exhibit("found", "audio/ogg", body, caption))
    start = aligned.source[0]
    kept = tasted(source.taste, start, min(aligned.source[1], start + EXCERPT_SECONDS))
    body = excerpt(kept, RATE)
    if body:
        shown.append(Exhibit("source", "audio/ogg", body, clock(start)))
    return tuple(shown)


def clock(seconds: float) -> str:
    """A moment as people write it: `1:02:03.4`."""
    tenths = round(seconds * 10)
    hours, minutes, rest = tenths // 36000, tenths // 600 % 60, tenths % 600 / 10
    return f"{hours}:{minutes:02}:{rest:04.1f}" if hours else f"{minutes}:{rest:04.1f}"


def excerpts(
    opened: OpenAsset, channels: Sequence[Channel], found: Sequence[Found]
) -> Mapping[int, Array]:
    """The first seconds of each stretch, by its place in `found`: the asset is listened to once
    more for each stream, up to the last stretch."""
    streams: dict[int, list[int]] = {}
    for place, each in enumerate(found):
        streams.setdefault(channels[each.channel].stream, []).append(place)
    cut: dict[int, Array] = {}
    for stream, places in streams.items():
        wanted = [
            (place, found[place].aligned.target[0], channels[found[place].channel].number)
            for place in places
        ]
        cut.update(_cut(opened, stream, wanted))
    return cut


def _cut(
    opened: OpenAsset, stream: int, wanted: Sequence[tuple[int, float, int]]
) -> dict[int, Array]:
    """The seconds that begin at each of these moments, of the channel with this number."""
    import numpy

    parts: dict[int, list[Array]] = {place: [] for place, _, _ in wanted}
    last = max(start for _, start, _ in wanted) + EXCERPT_SECONDS
    try:
        for sound in opened.sounds(stream, RATE):
            for place, start, number in wanted:
                first = round((start - sound.start) * RATE)
                stop = first + round(EXCERPT_SECONDS * RATE)
                part = sound.samples[max(first, 0) : max(stop, 0)]
                if len(part):
                    single = number != MIX and number < part.shape[1]
                    parts[place].append(part[:, number] if single else part.mean(axis=1))
            if sound.start > last:
                break
    except Unreadable:
        pass  # what could not be listened to was said when the asset was
    return {place: numpy.concatenate(each) for place, each in parts.items() if each}


def _waveforms(target: Channel, source: Channel, found: Found) -> bytes:
    """A PNG: the target above, the source below, both at the same scale, the span marked."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (_WIDTH, 2 * _HEIGHT + _GAP), _GROUND)
    draw = ImageDraw.Draw(image)
    aligned = found.aligned
    seconds = max(aligned.seconds, aligned.source[1] - aligned.source[0], 1.0)
    for top, channel, span in (
        (0, target, aligned.target),
        (_HEIGHT + _GAP, source, aligned.source),
    ):
        start = span[0] - _MARGIN * seconds
        scale = _WIDTH / (seconds * (1 + 2 * _MARGIN))
        edges = [(moment - start) * scale for moment in span]
        draw.rectangle((edges[0], top, edges[1], top + _HEIGHT - 1), fill=_BAND)
        for column, level in enumerate(_columns(channel.outline, start, scale)):
            inside = edges[0] <= column <= edges[1]
            half = level * (_HEIGHT / 2 - 2)
            middle = top + _HEIGHT / 2
            draw.line(
                (column, middle - half, column, middle + half), fill=_LOUD if inside else _QUIET
            )
    body = io.BytesIO()
    image.quantize(16).save(body, "PNG", optimize=True)
    return body.getvalue()


def _columns(outline: Array, start: float, scale: float) -> Iterator[float]:
    """How high the wave is drawn in each column, 0..1; 0 beyond the sound's ends."""
    import numpy

    highest = max(1, int(outline.max(initial=1)))
    edges = (start + numpy.arange(_WIDTH + 1) / scale) * OUTLINE_RATE
    for low, high in pairwise(edges.tolist()):
        part = outline[max(0, int(low)) : max(0, int(high) + 1)]
        yield float(part.max(initial=0)) / highest
