"""Google: the credit line "Made with Google AI", and "Edited with Google AI" for changes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces.fields import Role, role
from checkthegate.detect.traces.statement import state
from checkthegate.model import Evidence

TOOL = "Google AI"
_CREDIT = re.compile(r"\W*(made|created|generated|edited) with google ai\W*", re.I)


def traces(tags: Sequence[Tag]) -> Iterator[Evidence]:
    """A statement for each credit line that says so and nothing else."""
    for tag in tags:
        if role(tag) not in (Role.CREDIT, Role.TOOL, Role.PROSE) or len(tag.value) > 200:
            continue
        credit = _CREDIT.fullmatch(tag.value)
        if credit:
            claim = "ai-modified" if credit[1].lower() == "edited" else "ai-generated"
            yield state(claim, tag, tool=TOOL)
