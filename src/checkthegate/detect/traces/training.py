"""PLUS Data Mining: what the owner allows in training and mining."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces.fields import named
from checkthegate.detect.traces.statement import state, word
from checkthegate.model import Evidence, Json


def traces(tags: Sequence[Tag]) -> Iterator[Evidence]:
    """A statement for each preference, by its last part (`DMI-PROHIBITED`)."""
    for tag in named(tags, "datamining"):
        last = re.split(r"[/#:]", tag.value[:500].strip().rstrip("/"))[-1]
        detail: dict[str, Json] = {"preference": word(last, 80)}
        yield state("training-preference", tag, detail=detail)
