"""The observer `metadata`: reads every tag of a file once and says what they say of its origin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from checkthegate.model import Asset, Gap, Json, Observation
from checkthegate.seams import Example, OpenAsset

_NO_CARRIER = frozenset(
    {"application/x-empty", "application/octet-stream", "application/zip", "application/x-tar"}
)


# Packed text grows a thousandfold, and a file may hold thousands of them.
_TEXT_TO_BYTES = 2
_TOO_MUCH = "its metadata unpacks to more than any real file holds; what lies beyond was not read"


class MetadataObserver:
    """Tags in, evidence out: the carriers read, the traces recognise."""

    id = "metadata"
    version = "1"

    @property
    def settings(self) -> Mapping[str, Json]:
        """The version of the optional library that reads PDF, empty without it."""
        return {"pypdf": _version_of("pypdf")}

    @property
    def reads_path(self) -> bool:
        """No: tags lie in the bytes, or in a sidecar."""
        return False

    def wants(self, asset: Asset) -> bool:
        """Every file that has a place for tags, sidecars included."""
        return asset.media_type not in _NO_CARRIER

    def observe(self, opened: OpenAsset) -> Iterable[Observation]:
        """What all tags together say, then a gap for each carrier that could not be read."""
        from checkthegate.detect.carriers import read_tags
        from checkthegate.detect.carriers.tag import Tag, Trouble
        from checkthegate.detect.traces import recognise

        tags: list[Tag] = []
        troubles: list[Trouble] = []
        left = _TEXT_TO_BYTES * opened.limits.metadata_bytes
        for carried in read_tags(opened):
            if isinstance(carried, Trouble):
                troubles.append(carried)
                continue
            left -= len(carried.value) + len(carried.raw)
            if left < 0:
                troubles.append(Trouble(_TOO_MUCH))
                break
            tags.append(carried)
        yield from recognise(tags)
        for reason in dict.fromkeys(trouble.reason for trouble in troubles):
            yield Gap(self.id, reason)

    def examples(self) -> Sequence[Example]:
        """One input a family of generators, and inputs that say nothing of AI."""
        from checkthegate.detect.traces.examples import examples

        return examples()


@cache
def _version_of(package: str) -> str:
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def observer(settings: Mapping[str, Any]) -> MetadataObserver:
    """The entry point. There is nothing to set."""
    return MetadataObserver()
