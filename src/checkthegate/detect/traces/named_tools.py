"""Fields that name the tool: software, encoder, producer, creator tool, credit, camera maker.

In such a field a generator's name is a statement (`declared`). An office document's producer
may be an assistant that only helped, so there it is `ai-tool`. In an editing history it is one
step among others: `ai-modified`. An encoder's string is only a
hint where the name is nothing but that (Pika writes no more).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces.fields import Role, local_name, plain_key, role, top_name
from checkthegate.detect.traces.statement import state, word
from checkthegate.detect.traces.tools import Tool, tool_in
from checkthegate.model import Evidence, Grade, Json

_DOCUMENTS = frozenset({"pdf", "docx", "xlsx", "pptx", "odt", "epub", "html", "fdx", "fountain",
                        "rtf"})  # fmt: skip
_ENCODER_KEYS = frozenset({"encoder", "©too", "©enc", "©swr", "handler_name", "hdlr/name"})
_PIKA = re.compile(r"(?<!\w)pika(?!\w)", re.I)
_VERSION = re.compile(r"(?:^|[\s/v])(\d{1,4}(?:\.\d{1,6}){0,4}[\w.]{0,12})\s*$")
_ASSISTANT = re.compile(
    r"\W*(?:(?:openai )?chatgpt(?:[ -][\w.]{1,8})?|gpt-[\w.]{1,8}|claude(?:\.ai| ai| \(anthropic\)|"
    r" (?:opus|sonnet|haiku)[ \d.]{0,6})|(?:google )?gemini (?:advanced|pro|flash|ai|[\d.]{1,4})|"
    r"google gemini|(?:microsoft|github) (?:365 )?copilot|openai|midjourney|dall[·-]?e[ 23]{0,2}|"
    r"stable diffusion|adobe firefly|suno(?: ai)|udio ai|elevenlabs)\W*",
    re.I,
)


def traces(tags: Sequence[Tag]) -> Iterator[Evidence]:
    """A statement for each field that names a generator."""
    for tag in tags:
        if not tag.value[:256].strip():
            continue
        kind = role(tag)
        if kind is Role.TOOL or top_name(tag) in ("make", "handler_name"):
            yield from _tool_field(tag)
        elif kind in (Role.CREDIT, Role.AUTHOR) and _ASSISTANT.fullmatch(tag.value[:80]):
            found = tool_in(tag.value)
            if found is not None:
                yield _said(found, tag)


def _tool_field(tag: Tag) -> Iterator[Evidence]:
    found = tool_in(tag.value)
    is_encoder = local_name(tag) in _ENCODER_KEYS or plain_key(tag) in _ENCODER_KEYS
    if found is not None and not (is_encoder and found.name == "Pika"):
        yield _said(found, tag)
    elif is_encoder and _PIKA.search(tag.value):
        yield state("ai-hint", tag, tool="Pika", grade=Grade.SUSPECTED)


def _said(found: Tool, tag: Tag) -> Evidence:
    claim = "ai-tool" if tag.carrier in _DOCUMENTS else found.claim
    if claim == "ai-generated" and "history" in plain_key(tag):
        claim = "ai-modified"
    version = _VERSION.search(tag.value[:200].strip())
    detail: dict[str, Json] = {"tool_version": word(version[1], 20) if version else ""}
    return state(claim, tag, tool=found.name, detail=detail)
