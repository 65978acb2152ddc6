"""The observer `timeline`: reads a cut and says how many events it has, or why it could not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from checkthegate.model import Asset, Evidence, Gap, Grade, Json, Observation
from checkthegate.model.timeline import Timeline
from checkthegate.model.timeline_form import packed, unpacked
from checkthegate.seams import Example, OpenAsset

OBSERVER: Final = "timeline"
CLAIM: Final = "timeline"
_PACKED: Final = "timelines"


class TimelineObserver:
    """One claim `timeline` with format and count of clips; the timelines stay private."""

    id = OBSERVER
    version = "1"
    reads_path = True

    @property
    def settings(self) -> Mapping[str, Json]:
        """The version of the library that reads AAF, empty without it."""
        return {"pyaaf2": _version_of("pyaaf2")}

    def wants(self, asset: Asset) -> bool:
        """Every cut list, clip list and timed text."""
        from checkthegate.editorial.reading import MEDIA_TYPES

        return asset.media_type in MEDIA_TYPES

    def observe(self, opened: OpenAsset) -> Iterable[Observation]:
        """The claim, then a gap for each part that could not be read. Raises `Unreadable`."""
        from checkthegate.editorial.reading import read_timelines

        timelines = read_timelines(opened)
        yield stated(timelines)
        for timeline in timelines:
            for problem in timeline.problems:
                yield Gap(self.id, problem)

    def examples(self) -> Sequence[Example]:
        """One of each format that is text, and damaged ones."""
        from checkthegate.editorial.examples import examples

        return examples()


def stated(timelines: Sequence[Timeline]) -> Evidence:
    """The evidence that these timelines were read."""
    detail: dict[str, Json] = {
        "format": timelines[0].format,
        "clips": sum(len(each.clips) for each in timelines),
    }
    if len(timelines) > 1:
        detail["timelines"] = len(timelines)
    private: dict[str, Json] = {_PACKED: packed(timelines)}
    return Evidence(OBSERVER, Grade.DECLARED, CLAIM, detail, private)


def timelines_in(observations: Iterable[Observation]) -> tuple[Timeline, ...]:
    """The timelines that an asset's observations hold; none where it is no timeline."""
    for said in observations:
        if isinstance(said, Evidence) and said.claim == CLAIM and _PACKED in said.private:
            return unpacked(str(said.private[_PACKED]))
    return ()


def _version_of(package: str) -> str:
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def observer(settings: Mapping[str, Any]) -> TimelineObserver:
    """The entry point. There is nothing to set."""
    return TimelineObserver()
