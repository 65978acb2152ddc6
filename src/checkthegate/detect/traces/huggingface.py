"""Hugging Face jobs: PNG text `hf-job-id`, a weak sign."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces.fields import first
from checkthegate.detect.traces.statement import state
from checkthegate.model import Evidence, Grade, Json

TOOL = "Hugging Face"


def traces(tags: Sequence[Tag]) -> Iterator[Evidence]:
    """A hint when the job's id is there."""
    tag = first(tags, "hf-job-id")
    if tag is not None:
        private: dict[str, Json] = {"job_id": tag.value}
        yield state("ai-hint", tag, tool=TOOL, grade=Grade.SUSPECTED, private=private)
