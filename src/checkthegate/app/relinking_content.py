"""The last way to find an event's media: by what was found, by content, in what was given.

A recorded or reference file that an event names may not have been delivered under its name; a match
says which asset holds it, and where. Only what is proven links.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from checkthegate.model import Evidence, Grade, Observation, Span
from checkthegate.model.timeline import Clip

_CLAIMS: Final = frozenset({"matches-recorded", "matches-input", "matches-work"})
_MOST_OF_ONE: Final = 200
_SLACK: Final = 0.1


@dataclass(frozen=True, slots=True)
class Held:
    """An asset that holds a known file: `span` of the asset is `source` of the file, in seconds.

    None means all of it.
    """

    path: str
    span: Span | None = None
    source: Span | None = None

    def holds(self, used: Span) -> bool:
        """Whether these seconds of the file are among what the asset holds."""
        source = self.source
        if source is None:
            return True
        return source.start - _SLACK <= used.start and used.end <= source.end + _SLACK

    def through(self, used: Span) -> Span | None:
        """Where in the asset these seconds of the file are; None when it cannot be told."""
        if self.span is None or self.source is None:
            return used if self.span is None and self.source is None else None
        length = self.source.end - self.source.start
        if length <= 0:
            return None
        pace = (self.span.end - self.span.start) / length
        first, last = (
            self.span.start + (at - self.source.start) * pace for at in (used.start, used.end)
        )
        return Span(max(self.span.start, first), min(self.span.end, last))


class Contents:
    """What assets hold of known files, by the files' names."""

    def __init__(self) -> None:
        self._held: dict[str, list[Held]] = {}

    def add(self, path: str, said: Iterable[Observation]) -> None:
        """Take in what was found in an asset."""
        for each in said:
            if (
                isinstance(each, Evidence)
                and each.claim in _CLAIMS
                and each.grade is Grade.PROVEN
                and each.source is not None
                and each.source.path
            ):
                name = each.source.path.replace("\\", "/").rpartition("/")[2].casefold()
                for key in {name, name.rpartition(".")[0] or name}:
                    held = self._held.setdefault(key, [])
                    if len(held) < _MOST_OF_ONE:
                        held.append(Held(path, each.span, each.source.span))

    def of(self, clip: Clip) -> Held | None:
        """The one asset that holds what a clip uses; None where none or several do."""
        used = seconds_used(clip)
        media = clip.media
        for name in (media.file, media.name, clip.name):
            low = name.casefold()
            found = self._held.get(low) or self._held.get(low.rpartition(".")[0]) or []
            fitting = [each for each in found if used is None or each.holds(used)]
            if fitting and len({each.path for each in fitting}) == 1:
                return fitting[0]
        return None


def seconds_used(clip: Clip) -> Span | None:
    """The seconds of its media that a clip uses, from the media's first frame, if it says both."""
    source, there = clip.source, clip.media.available
    if source is None:
        return None
    begin = float(there.start / there.rate) if there is not None else 0.0
    seconds = source.seconds
    return Span(seconds.start - begin, seconds.end - begin)
