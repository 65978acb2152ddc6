"""Samsung's photo editor: `PhotoEditor_Re_Edit_Data` with a `genAIType` other than zero."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces.statement import state
from checkthegate.model import Evidence

TOOL = "Samsung Galaxy AI"
_TYPE = re.compile(r"genAIType[\\\"]{0,8}\s{0,4}:\s{0,4}[\\\"]{0,8}(-?\d{1,6})")


def traces(tags: Sequence[Tag]) -> Iterator[Evidence]:
    """A statement when any recorded edit was generative."""
    for tag in tags:
        if "PhotoEditor" not in tag.key and "genAIType" not in tag.value[:4_000_000]:
            continue
        text = tag.value or tag.raw.decode("utf-8", "replace")
        if any(int(found) for found in _TYPE.findall(text)):
            yield state("ai-modified", tag, tool=TOOL)
            return
