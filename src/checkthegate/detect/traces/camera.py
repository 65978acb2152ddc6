"""What a camera writes: maker, model, and a setting that only an exposure has.

Make and model are of the kind of camera, never of one camera: serial numbers are not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces.fields import local_name
from checkthegate.detect.traces.statement import state, word
from checkthegate.detect.traces.tools import tool_in
from checkthegate.model import Evidence, Json

_EXPOSURE = frozenset({"exposuretime", "fnumber", "shutterspeedvalue", "aperturevalue"})
_SCALAR = frozenset({"0", "0/0", "0/1", "0.0", "inf", "nan", ""})
_CARRIERS = frozenset({"exif", "xmp", "xmp-sidecar", "png", "mp4"})


def traces(tags: Sequence[Tag]) -> Iterator[Evidence]:
    """One statement, resting on the maker's name."""
    make = model = None
    exposed = False
    for tag in tags:
        if tag.carrier not in _CARRIERS:
            continue
        name = local_name(tag)
        if name == "make" and make is None and _is_plain(tag):
            make = tag
        elif name == "model" and model is None and _is_plain(tag):
            model = tag
        elif name in _EXPOSURE and tag.value.strip() not in _SCALAR:
            exposed = True
    if make is None or model is None:
        return
    filmed = make.key == "com.apple.quicktime.make"
    if (exposed or filmed) and tool_in(make.value) is None:
        detail: dict[str, Json] = {"make": word(make.value, 60), "model": word(model.value, 60)}
        yield state("camera-capture", make, detail=detail)


def _is_plain(tag: Tag) -> bool:
    return 0 < len(tag.value.strip()) <= 80 and "{" not in tag.value
