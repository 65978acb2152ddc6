"""Reel 1 of episode 101 as its editor knows it: the media, and the cut made from them.

Times are frames at 24 a second. The cut begins at one hour, as reels do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import shots

RATE = 24
START = 86_400
TITLE = "NH_101_R1"
VERSION = "v12"
LAMP = "vfx/NH_101_0110_lamp"
LAMP_FIRST, LAMP_FRAMES = 1001, 12


@dataclass(frozen=True, slots=True)
class Media:
    """A source: its file in the delivery, the time-code of its first frame, its reel or tape.

    `shot` paints what a camera or a model made of moving pictures. Stills have 1 frame.
    """

    file: str
    frames: int
    first: int = 0
    reel: str = ""
    shot: shots.Shot | None = None

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.file.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Event:
    """One event: which part of which media, on which track, at which speed, and why it is there."""

    name: str
    media: str
    start: int
    length: int
    speed: int = 1
    note: str = ""


def _camera(name: str, shot: shots.Shot, frames: int, clock: int) -> Media:
    return Media(f"camera/{name}_0311.mov", frames, clock, name, shot)


MEDIA: dict[str, Media] = {
    "harbour": _camera("A001C003", shots.harbour, 84, 1_616_568),
    "lighthouse": _camera("A001C005", shots.lighthouse, 72, 1_620_000),
    "ingrid": _camera("A001C007", shots.ingrid, 150, 1_622_400),
    "boats": _camera("A001C008", shots.boats, 120, 1_625_280),
    "ladder": _camera("A002C001", shots.ladder, 72, 1_641_600),
    "lens": _camera("A003C002", shots.lens, 72, 1_728_000),
    "table": _camera("A003C004", shots.table, 60, 1_731_840),
    "dawn": _camera("A004C001", shots.dawn, 96, 518_400),
    "storm": Media("vfx/NH_101_0080_storm_comp_v004.mov", 72, 345_606, "NH_101_0080"),
    "comp": Media("vfx/NH_101_0140_comp_v003.mp4", 48, shot=shots.comp),
    "lamp": Media(f"{LAMP}/NH_101_0110_lamp.%04d.exr", LAMP_FRAMES, LAMP_FIRST),
    "card": Media("picture/NH_101_end_card.png", 1),
    "title": Media("picture/NH_101_main_title.png", 1),
    "music": Media("sound/NH_101_m04_lanterns.mp3", 756),
    "foghorn": Media("sound/NH_101_foghorn.wav", 38),
    "shanty": Media("sound/NH_101_shanty_cue.mp3", 57),
    "sky": Media(
        "../recut/NH_101_0220_sky_comp_v002.mov", 96, 518_400, "NH_101_0220", shots.red_dawn
    ),
}

PICTURE: Sequence[Event] = (
    Event("NH_101_0010", "harbour", 6, 72),
    Event("NH_101_0020", "lighthouse", 6, 60),
    Event("NH_101_0030", "ingrid", 4, 60),
    Event("NH_101_0040", "boats", 8, 48),
    Event("NH_101_0050", "ingrid", 70, 36),
    Event("NH_101_0060", "ladder", 6, 60),
    Event("NH_101_0080", "storm", 0, 72, note="STORM: COMP V004, GRADED"),
    Event("NH_101_0100", "lens", 6, 60),
    Event("NH_101_0110", "lamp", 0, 12),
    Event("NH_101_0120", "table", 6, 48, note="INSERT NEWSPAPER"),
    Event("NH_101_0140", "comp", 3, 42),
    Event("NH_101_0150", "ingrid", 112, 30),
    Event("NH_101_0220", "dawn", 6, 84),
    Event("NH_101_0230", "boats", 60, 24, speed=2),
    Event("NH_101_0240", "card", 0, 48),
)
"""Track V1 of version 12: 31 and a half seconds."""

TITLES = ((18, Event("NH_101_MAIN_TITLE", "title", 0, 48)),)
"""Track V2, as frames since the start and events."""

SOUND: Sequence[tuple[tuple[int, Event], ...]] = (
    ((0, Event("NH_101_M04", "music", 0, 756)),),
    (
        (80, Event("NH_101_FOGHORN", "foghorn", 0, 38)),
        (286, Event("NH_101_SHANTY", "shanty", 0, 57)),
    ),
)
"""Tracks A1 and A2."""

WORDS = (
    (132, 180, "INGRID\nEleven. Twelve."),
    (182, 236, "He never lets it go past ten."),
    (282, 330, "TOMAS\nMaybe the bulb's gone."),
    (566, 604, "INGRID\nHalvard?"),
)
"""Subtitles, as frames since the start."""


def recut() -> tuple[Event, ...]:
    """Version 13: half the opening, no speed-up, and the dawn with another sky."""
    shorter = Event("NH_101_0010", "harbour", 6, 36)
    sky = Event("NH_101_0220", "sky", 6, 84, note="NEW SKY, COMP V002")
    kept = [each for each in PICTURE[1:] if each.name != "NH_101_0230"]
    return (shorter, *(sky if each.name == sky.name else each for each in kept))


def placed(events: Sequence[Event]) -> Iterator[tuple[int, Event]]:
    """Events one after the other, with the frame since the start at which each begins."""
    at = 0
    for event in events:
        yield at, event
        at += event.length


def timecode(frame: int) -> str:
    """`HH:MM:SS:FF`, non-drop."""
    seconds = frame // RATE
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}:{frame % RATE:02}"
