"""The packet of an escalation as one page to attach to an e-mail: offline, without a script."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from checkthegate.model import AiState, Approval, Kind, Outcome, Verdict
from checkthegate.report.templating import environment, source
from checkthegate.report.text import count, sentence, visible

SCHEMA: Final = "checkthegate.packet/1"
_WORD: dict[str, Any] = {"type": "string", "minLength": 1}
_TEXT: dict[str, Any] = {"type": "string"}
_MAYBE: dict[str, Any] = {"type": ["string", "null"]}
_MEANINGS: Final = {
    Verdict.CLEAR: "nothing generative was declared or found.",
    Verdict.NOTIFY: "we are telling you, and go on.",
    Verdict.ESCALATE: "we wait for your word before we go on.",
    Verdict.BLOCKED: "we do not go on: something that must be there is missing, refused or over.",
}
_APPROVALS: Final = {
    Approval.NONE: "No written approval is needed by the rules.",
    Approval.MAY_BE_REQUIRED: "Your written approval may be needed.",
    Approval.REQUIRED: "Your written approval is needed.",
}


def render_packet(document: Mapping[str, Any]) -> bytes:
    """The whole page, UTF-8. `document` is a `checkthegate.packet/1` document."""
    from markupsafe import Markup

    style = source("look.css") + source("packet.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )
    text = environment().get_template("packet.html").render(
        document=document,
        style=Markup(style),  # noqa: S704
        policy=Markup(policy),  # noqa: S704
        title=f"{document['production']}: question {document['id']}",
        asked=_asked(document),
        meaning=_MEANINGS[Verdict(document["verdict"])],
        shown=_shown(document),
        told=[each["rule"] for each in document["findings"] if each not in _shown(document)],
        approval=_APPROVALS[Approval(document["approval"])],
        opened=_day(str(document["opened_at"])),
        most_links=0,
    )  # fmt: skip
    return text.encode("utf-8", "backslashreplace")


def packet_schema() -> dict[str, Any]:
    """The schema of `checkthegate.packet/1`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:checkthegate:packet:1",
        "title": "A question to a studio contact, with all that is needed to answer it",
        **_object(
            {
                "schema": {"const": SCHEMA},
                "id": _WORD,
                "production": _TEXT,
                "home": _WORD,
                "opened_at": _WORD,
                "contact": _MAYBE,
                "questions": {"type": "array", "items": _WORD, "minItems": 1},
                "verdict": _one_of(Verdict),
                "approval": _one_of(Approval),
                "use": {"anyOf": [_use(), {"type": "null"}]},
                "files": {"anyOf": [_files(), {"type": "null"}]},
                "findings": _list(_finding()),
                "alternatives": _list(_alternative()),
                "answer": _answer(),
                "packs": _list(_object(dict.fromkeys(("id", "version", "digest"), _WORD))),
                "checkpoint": _MAYBE,
                "tool": _object({"name": _WORD, "version": _WORD}),
                "notice": _WORD,
            }
        ),
    }


def schema_text() -> str:
    """The schema as `schemas/packet.1.json` holds it."""
    return json.dumps(packet_schema(), indent=2) + "\n"


def _asked(document: Mapping[str, Any]) -> str:
    questions = document["questions"]
    if len(questions) == 1:
        return visible(questions[0])
    return f"{sentence(count(len(questions), 'question'))} for you"


def _shown(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The rules that are asked about, and those that block; the rest is only named."""
    asked = document["answer"]["rules"]
    return [
        each
        for each in document["findings"]
        if each["rule"] in asked or each["verdict"] == Verdict.BLOCKED.value
    ]


def _day(moment: str) -> str:
    return datetime.fromisoformat(moment).strftime("%Y-%m-%d %H:%M UTC")


def _use() -> dict[str, Any]:
    step = ("name", "where", "stores", "reuses", "trains", "generative")
    return _object(
        {
            "id": _WORD,
            "title": _WORD,
            "what": _list(_object({"label": _WORD, "value": _WORD})),
            "steps": _list(_object(dict.fromkeys(step, _WORD))),
            "weakest": _MAYBE,
            "doubts": _list(_WORD),
        }
    )


def _files() -> dict[str, Any]:
    one = {
        "path": _WORD,
        "kind": _one_of(Kind),
        "size": {"type": "integer", "minimum": 0},
        "digest": _TEXT,
        "ai": _one_of(AiState),
        "verdict": _one_of(Verdict),
        "evidence": _list(_WORD),
        "made_with": _list(_WORD),
        "gaps": _list(_WORD),
        "rules": _list(_WORD),
        "picture": _TEXT,
    }
    more = {"type": "integer", "minimum": 0}
    return _object({"listed": _list(_object(one)), "more": more})


def _finding() -> dict[str, Any]:
    return _object(
        {
            "rule": _WORD,
            "outcome": {"enum": [Outcome.FAIL.value, Outcome.UNKNOWN.value]},
            "verdict": _one_of(Verdict),
            "approval": _one_of(Approval),
            **dict.fromkeys(("title", "next_step", "citation"), _TEXT),
            "reasons": _list(_object({"reason": _WORD, "files": _list(_WORD)})),
        }
    )


def _alternative() -> dict[str, Any]:
    return _object(
        {
            "says": _WORD,
            "about": _MAYBE,
            "verdict": _one_of(Verdict),
            "approval": _one_of(Approval),
            "if_so": {"type": "boolean"},
        }
    )


def _answer() -> dict[str, Any]:
    cover = {"word": {"enum": ["bytes", "material", "use"]}, "means": _WORD}
    return _object({"rules": _list(_WORD), "covers": _list(_object(cover)), "reply": _list(_WORD)})


def _one_of(scale: Any) -> dict[str, Any]:
    return {"enum": [member.value for member in scale]}


def _list(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(schema_text(), encoding="utf-8")
