"""The frames of sequences as the records know them: said of the sequence they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from checkthegate.delivery.sequence_film import ASSUMED_RATE
from checkthegate.delivery.sequences import frame_number, numbers_in_words
from checkthegate.model import Asset, Evidence, Gap, Grade, Json, Observation, Source
from checkthegate.model.registry import AsOf
from checkthegate.registry.frames import Frames, KnownFrames, known_frames
from checkthegate.registry.records import OBSERVER
from checkthegate.registry.rows import Rows

_MOST: Final = 500


def frames_of(assets: Sequence[Asset]) -> Frames:
    """The frames of a sequence, in the order they play."""
    return Frames(tuple(each.digest for each in assets), ASSUMED_RATE)


def frame_evidence(
    assets: Sequence[Asset], frames: Frames, rows: Rows, when: AsOf
) -> tuple[Observation, ...]:
    """What the records prove of a sequence's very frames, one evidence a stretch of one record.

    Beyond five hundred stretches a gap says that there are more.
    """
    found: list[Observation] = []
    for known in known_frames(frames, rows, when):
        if len(found) >= _MOST:
            why = "Its frames are on record in more separate pieces than are listed here."
            return (*found, Gap(OBSERVER, why))
        found.append(_evidence(known, assets, frames))
    return tuple(found)


def _evidence(known: KnownFrames, assets: Sequence[Asset], frames: Frames) -> Evidence:
    stretch = assets[known.first : known.last + 1]
    numbers = [n for each in stretch if (n := frame_number(each.path)) is not None]
    detail: dict[str, Json] = {
        "exact": True,
        "frames": numbers_in_words(numbers),
        "count": len(stretch),
    }
    span = frames.span(known.first, known.last)
    source = Source(known.source, known.path, None, 0.0)
    return Evidence(OBSERVER, Grade.PROVEN, known.claim, detail, span=span, source=source)
