"""The packet of an escalation: all that a studio contact needs to answer, and nothing else.

It leaves the home, so no prompt, person, account or path stands in it. People are performers
by number. What the sender asks stands as it was written, without paths and addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from checkthegate import __version__
from checkthegate.app.ask import NOTICE
from checkthegate.app.recording import now
from checkthegate.app.registry.after import After
from checkthegate.app.registry.desk import Desk
from checkthegate.app.registry.packet_words import Mask, described, steps, weakest
from checkthegate.app.registry.uses import answer_of
from checkthegate.app.rulebook import HOUSE_PACK
from checkthegate.model import Approval, UsageError, Verdict
from checkthegate.model.record import Row
from checkthegate.registry.declared import declared_use
from checkthegate.registry.times import as_known_now
from checkthegate.report.held_back import scrubbed

SCHEMA: Final = "checkthegate.packet/1"
_STOPS: Final = Verdict.ESCALATE.rank
_RULE: Final = ("rule", "outcome", "verdict", "approval", "title", "next_step", "citation")
_MOST_FILES: Final = 200
_TOLD_OF: Final = f"{HOUSE_PACK}.g4"
_COVERS: Final = {
    "bytes": "these very files, byte for byte; a changed or re-encoded file needs a new answer",
    "material": "this material, however it is finished: graded, cropped, scaled, encoded; a "
    "further generative step on it needs a new answer",
    "use": "everything that is made and recorded under the use described here",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks what, and when. `rules` are those named by hand."""

    id: str
    questions: tuple[str, ...]
    contact: str | None
    opened_at: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class About:
    """A use or files as a packet shows them, with what the rules say of them."""

    shown: dict[str, Any]
    findings: list[dict[str, Any]]
    packs: list[dict[str, Any]]
    verdict: str
    approval: str
    alternatives: list[dict[str, Any]]


def about_use(desk: Desk, row: Row) -> About:
    """What is declared, as the registry bears it out."""
    with desk.store.reading() as reading:
        rows, when = After(reading), as_known_now(now())
        judged = desk.judge.of_stored(row["declaration"], rows, when)
        mask = Mask.of(row["declaration"], rows)
        checked = declared_use(row["declaration"])
    answer = answer_of(judged, desk.judge)
    shown = {
        "id": row["id"],
        "title": mask(checked.title),
        "what": described(row["declaration"]),
        "steps": steps(judged.effective.use, mask),
        "weakest": weakest(judged.effective.weakest, mask),
        "doubts": [
            mask(each)
            for each in (*judged.effective.contradictions, *judged.effective.unregistered)
        ],
    }
    findings = [mask.all(each) for each in answer["findings"]]
    return About(
        shown,
        findings,
        answer.get("packs") or [answer["pack"]],
        answer["verdict"],
        answer["approval"],
        [_alternative(each, mask) for each in answer["would_change"]],
    )


def about_files(
    desk: Desk, files: Sequence[Path], final: bool, progress: Callable[[Any], None]
) -> About:
    """What a check of the files finds, with small pictures."""
    from checkthegate.app.check import CheckRequest, check
    from checkthegate.report.document import report_document
    from checkthegate.report.how import how_we_know, made_with
    from checkthegate.report.page import picture_uri

    request = CheckRequest(paths=tuple(files), final=final, home=desk.home, workers=0)
    checked = check(request, progress)
    document = report_document(
        checked.decision, key=desk.home.digest_key, home=None, checked_at=now()
    )
    listed = []
    for asset, one in zip(document["assets"], checked.decision.assets, strict=True):
        ways = dict.fromkeys(how_we_know(each) for each in asset["evidence"])
        listed.append(
            {
                "path": asset["path"],
                "kind": asset["kind"],
                "size": asset["size"],
                "digest": asset["digest"] or "",
                "ai": asset["ai"],
                "verdict": asset["verdict"],
                "evidence": list(ways)[:8],
                "made_with": made_with(asset["evidence"]),
                "gaps": list(dict.fromkeys(gap["reason"] for gap in asset["gaps"]))[:8],
                "rules": [each["rule"] for each in asset["findings"] if _asks(each)],
                "picture": picture_uri(checked.thumbnails.get(one.asset.path, b"")),
            }
        )
    listed.sort(key=lambda each: -Verdict(each["verdict"]).rank)
    findings = [
        {**each, "file": asset["path"]}
        for asset in document["assets"]
        for each in asset["findings"]
        if _asks(each)
    ]
    shown = {"listed": listed[:_MOST_FILES], "more": max(0, len(listed) - _MOST_FILES)}
    if shown["more"]:
        raise UsageError(
            f"A packet shows at most {_MOST_FILES} files, and these are {len(listed):,}.",
            hint="Ask about the use they belong to: gate escalation open USE",
        )
    return About(shown, findings, document["packs"], document["verdict"], document["approval"], [])


def packet_document(
    desk: Desk, asked: Asked, use: About | None, files: About | None
) -> dict[str, Any]:
    """The `checkthegate.packet/1` document. Raises `UsageError` when no rule asks anything."""
    parts = [each for each in (use, files) if each is not None]
    if not parts:
        raise UsageError("Nothing is named to ask about.", hint="Name a use, or files.")
    asked_for = [each for part in parts for each in part.findings if _asks(each)]
    findings = _by_rule([each for each in asked_for if not _said_by_studio(each, asked_for)])
    rules = list(dict.fromkeys([*asked.rules, *_studio(findings)]))
    if not rules:
        raise UsageError(
            "No rule asks for anything here, so there is nothing to escalate.",
            hint="If you want to ask all the same, name the rule: --rule nfx.p4",
        )
    with desk.store.reading() as reading:
        checkpoint = reading.checkpoint()
    verdicts = [Verdict(part.verdict) for part in parts]
    approvals = [Approval(part.approval) for part in parts]
    return {
        "schema": SCHEMA,
        "id": asked.id,
        "production": desk.home.production,
        "home": desk.home.key,
        "opened_at": asked.opened_at,
        "contact": asked.contact,
        "questions": [scrubbed(each) for each in asked.questions],
        "verdict": max(verdicts, key=lambda each: each.rank).value,
        "approval": max(approvals, key=lambda each: each.rank).value,
        "use": use.shown if use else None,
        "files": files.shown if files else None,
        "findings": findings,
        "alternatives": use.alternatives if use else [],
        "answer": _wanted(asked.id, rules, use is not None, files is not None),
        "packs": list({(p["id"], p["version"]): p for part in parts for p in part.packs}.values()),
        "checkpoint": checkpoint,
        "tool": {"name": "Check the Gate", "version": __version__},
        "notice": NOTICE,
    }


def _asks(finding: Mapping[str, Any]) -> bool:
    """Whether a finding still wants something of the studio."""
    open_ = finding["outcome"] in ("fail", "unknown") and finding.get("approval_id") is None
    return open_ and Verdict(finding["verdict"]).rank >= Verdict.NOTIFY.rank


def _said_by_studio(finding: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> bool:
    """Whether our own rule that generative work is told of adds nothing to a studio's rules."""
    if finding["rule"] != _TOLD_OF:
        return False
    own = f"{HOUSE_PACK}."
    return any(
        not each["rule"].startswith(own)
        and all(now <= then for now, then in zip(_severity(each), _severity(finding), strict=True))
        for each in others
    )


def _studio(findings: Sequence[Mapping[str, Any]]) -> list[str]:
    """The rules an answer is needed under: those that ask for approval, else those that stop.

    What blocks is left out where anything else is asked: no approval lifts it.
    """
    needed = [each for each in findings if each["approval"] != Approval.NONE.value]
    stops = [each for each in findings if Verdict(each["verdict"]).rank >= _STOPS]
    asked = needed or stops or list(findings)
    liftable = [each for each in asked if each["verdict"] != Verdict.BLOCKED.value]
    return [each["rule"] for each in liftable or asked]


def _by_rule(findings: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One entry a rule, the most severe first, with every reason and the files it is about."""
    rules: dict[str, dict[str, Any]] = {}
    for each in sorted(findings, key=_severity):
        entry = {name: each[name] for name in _RULE}
        entry = rules.setdefault(each["rule"], {**entry, "reasons": []})
        reasons = {one["reason"]: one for one in entry["reasons"]}
        if each["reason"] not in reasons:
            reasons[each["reason"]] = {"reason": each["reason"], "files": []}
            entry["reasons"].append(reasons[each["reason"]])
        if "file" in each:
            reasons[each["reason"]]["files"].append(each["file"])
    return list(rules.values())


def _severity(finding: Mapping[str, Any]) -> tuple[int, int]:
    return -Verdict(finding["verdict"]).rank, -Approval(finding["approval"]).rank


def _wanted(id_: str, rules: list[str], use: bool, files: bool) -> dict[str, Any]:
    offered = [word for word in _COVERS if (use if word == "use" else files)]
    lines = [
        f"Reference: {id_}",
        "Answer (yes or no):",
        f"Rules it answers: {', '.join(rules)}",
        "It covers (keep one): " + " / ".join(_short(word) for word in offered),
        "Conditions, if any:",
        "Valid until, if limited:",
        "Name and capacity:",
    ]
    return {
        "rules": rules,
        "covers": [{"word": word, "means": _COVERS[word]} for word in offered],
        "reply": lines,
    }


def _short(word: str) -> str:
    return {
        "bytes": "these very files (bytes)",
        "material": "this material, however finished (material)",
        "use": "the whole use (use)",
    }[word]


def _alternative(change: Mapping[str, Any], mask: Mask) -> dict[str, Any]:
    return {
        "says": mask(change["says"]),
        "about": mask(change["about"]) if change["about"] else None,
        "verdict": change["verdict"],
        "approval": change["approval"],
        "if_so": change["if_so"],
    }
