"""Midjourney: a description that holds the prompt, its flags and `Job ID: <uuid>`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces.fields import Role, first, role
from checkthegate.detect.traces.statement import UUID, state
from checkthegate.model import Evidence, Grade, Json

TOOL = "Midjourney"
_JOB = re.compile(rf"\bJob ID:\s{{0,8}}({UUID})", re.I)
_FLAG = re.compile(
    r"(?:^|\s)--(v|niji|ar|aspect|stylize|s|chaos|c|weird|raw|style|seed|iw|sref|cref|q|video|"
    r"motion|no|tile|profile|p)(?=[\s]|$)"
)
_VERSION = re.compile(r"\s--(?:v|niji)\s{1,4}([\d.]{1,6})")
_TELLING = frozenset({"v", "niji", "stylize", "sref", "cref", "chaos", "weird", "ar"})
_LIMIT = 200_000


def traces(tags: Sequence[Tag]) -> Iterator[Evidence]:
    """A declared statement for a job id; a hint where only the flags are there."""
    for tag in tags:
        if role(tag) is not Role.PROSE:
            continue
        text = tag.value[:_LIMIT]
        job = _JOB.search(text)
        flags = {found[1] for found in _FLAG.finditer(text)}
        if job:
            yield _said(tags, tag, text, job)
            return
        if len(flags & _TELLING) >= 2:
            private: dict[str, Json] = {"prompt": text}
            yield state("ai-hint", tag, tool=TOOL, grade=Grade.SUSPECTED, private=private)
            return


def _said(tags: Sequence[Tag], tag: Tag, text: str, job: re.Match[str]) -> Evidence:
    version = _VERSION.search(text)
    author = first(tags, "author")
    private: dict[str, Json] = {
        "prompt": _JOB.sub("", text).strip(),
        "job_id": job[1],
        "author": author.value if author else "",
    }
    detail: dict[str, Json] = {"tool_version": version[1] if version else ""}
    return state("ai-generated", tag, tool=TOOL, detail=detail, private=private)
