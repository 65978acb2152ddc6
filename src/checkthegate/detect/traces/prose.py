"""Free text that says that something was made with a generator: a hint and no more.

People write that a painting was inspired by Midjourney; only words of making count, and even
they convict nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces.fields import Role, role
from checkthegate.detect.traces.statement import state
from checkthegate.detect.traces.tools import TELLING, tool_in
from checkthegate.model import Evidence, Grade

_LIMIT = 65_536
_MADE = re.compile(
    r"\b(?:made|created|generated|produced|rendered|painted|composed|imagined|written|voiced)\s"
    r"(?:\w{1,12}\s)?(?:with|by|in|on|using|via|from|through)\s(?:the\s)?"
    rf"((?:{TELLING}|suno|udio|adobe firefly|kling|ideogram)(?!\w))",
    re.I,
)
_AI = re.compile(
    r"(?<!not )(?<!no )(?<!non )(?<!non-)(?<!without )"
    r"(?<!\w)(?:ai[ -]generated|generated (?:by|with|using) (?:an )?(?:ai|artificial intelligence)|"
    r"generative ai|ai[ -]generative|made (?:with|by) ai|created (?:with|by|using) ai|"
    r"text[ -]to[ -](?:image|video|speech) (?:model|ai))(?!\w)",
    re.I,
)


def traces(tags: Sequence[Tag]) -> Iterator[Evidence]:
    """A hint for each text that speaks of making something with a generator."""
    for tag in tags:
        if role(tag) not in (Role.PROSE, Role.CREDIT):
            continue
        text = tag.value[:_LIMIT]
        made = _MADE.search(text)
        if made:
            tool = tool_in(made[1])
            name = tool.name if tool else made[1].strip().title()
            yield state("ai-hint", tag, tool=name, grade=Grade.SUSPECTED)
        elif _AI.search(text):
            yield state("ai-hint", tag, grade=Grade.SUSPECTED)
        elif len(text) < 60 and (bare := _whole(text)):
            yield state("ai-hint", tag, tool=bare, grade=Grade.SUSPECTED)


def _whole(text: str) -> str | None:
    """A tool's name when the text is nothing else."""
    if not re.fullmatch(rf"\W*(?:{TELLING})\W*", text, re.I):
        return None
    tool = tool_in(text)
    return tool.name if tool else None
