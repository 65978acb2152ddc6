"""`report.sarif`: SARIF 2.1.0, for whatever already reads code-scanning results.

Failed and unknown findings are results; what was not looked at is an execution notification
at level `error`, since a missing answer must not be easier to overlook than a bad one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from checkthegate.report.cut_places import event_name
from checkthegate.report.document import TOOL_NAME
from checkthegate.report.json_report import json_bytes
from checkthegate.report.match_words import match_sentence
from checkthegate.report.matches import matches_in
from checkthegate.report.text import visible
from checkthegate.seams import ReportInput

SCHEMA_URI: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
BASE: Final = "DELIVERY"
_MOST_MATCHES: Final = 50
_MOST_EVENTS: Final = 100
_LEVELS: Final = {"blocked": "error", "escalate": "warning", "notify": "note", "clear": "none"}
_LINK: Final = re.compile(r"\[(?=[^\[\]]{0,2000}\]\()")
_WEB: Final = re.compile(r"https://[^\s)>\]\"']{1,500}")


class SarifReport:
    """The decision as one SARIF run."""

    filename = "report.sarif"

    def render(self, report: ReportInput) -> bytes:
        """The whole file, UTF-8."""
        run = _run(report)
        return json_bytes({"$schema": SCHEMA_URI, "version": "2.1.0", "runs": [run]})


def artifact_uri(path: str) -> str:
    """A relative path as a relative URI reference; `:` and all but plain letters encoded."""
    return quote(path.encode("utf-8", "surrogateescape"), safe="/!$'()*,;@~")


def _run(report: ReportInput) -> dict[str, Any]:
    document = report.document
    rules = _rules(document)
    order = {rule["id"]: number for number, rule in enumerate(rules)}
    notifications = list(_notifications(document))
    return {
        "tool": {"driver": _driver(report, rules, notifications), "extensions": _packs(document)},
        "automationDetails": {"id": "checkthegate/" + ("final" if document["final"] else "temp")},
        "originalUriBaseIds": {
            BASE: {"description": {"text": "The folder that was given to be checked."}}
        },
        "invocations": [_invocation(report, notifications)],
        "artifacts": [_artifact(asset) for asset in document["assets"]],
        "results": list(_results(document, order)),
        "columnKind": "unicodeCodePoints",
        "properties": {
            **{key: document[key] for key in ("decision", "checkpoint") if key in document},
            "verdict": document["verdict"],
            "approval": document["approval"],
            "final": document["final"],
            "production": visible(report.production),
            "delivery": visible(report.delivery),
        },
    }


def _driver(
    report: ReportInput, rules: list[dict[str, Any]], notifications: list[dict[str, Any]]
) -> dict[str, Any]:
    kinds = sorted({one["descriptor"]["id"] for one in notifications})
    for one in notifications:
        one["descriptor"]["index"] = kinds.index(one["descriptor"]["id"])
    described = [
        {"id": kind, "shortDescription": {"text": "Something could not be looked at."}}
        for kind in kinds
    ]
    return {
        "name": TOOL_NAME,
        "version": report.version,
        "semanticVersion": report.version,
        "rules": rules,
        "notifications": described,
    }


def _packs(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"name": pack["id"], "version": pack["version"], "properties": {"digest": pack["digest"]}}
        for pack in document["packs"]
    ]


def _rules(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    described: dict[str, dict[str, Any]] = {}
    for _, finding in _findings(document):
        if finding["rule"] not in described:
            described[finding["rule"]] = _rule(finding)
    return list(described.values())


def _rule(finding: Mapping[str, Any]) -> dict[str, Any]:
    title = finding["title"] or finding["rule"]
    rule: dict[str, Any] = {"id": finding["rule"], "shortDescription": _message(title)}
    if finding["citation"]:
        rule["fullDescription"] = _message(finding["citation"])
        rule["help"] = _message(finding["citation"])
    address = _WEB.search(finding["citation"])
    if address:
        rule["helpUri"] = quote(address[0], safe=":/?#[]@!$&'()*+,;=%~")
    return rule


def _results(document: Mapping[str, Any], order: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    cuts: dict[str, list[Mapping[str, Any]]] = {}
    for timeline in document["timelines"]:
        cuts.setdefault(timeline["path"], []).append(timeline)
    for number, finding in _findings(document):
        asset = document["assets"][number] if number >= 0 else None
        result = _result(asset, number, finding, order)
        own = cuts.get(asset["path"], []) if asset else []
        events = list(_events(own, finding["rule"], number))[:_MOST_EVENTS]
        if events:
            related = result.setdefault("relatedLocations", [])
            related += [{**event, "id": len(related) + n} for n, event in enumerate(events)]
        yield result


def _events(cuts: list[Mapping[str, Any]], rule: str, number: int) -> Iterator[dict[str, Any]]:
    """The events of a cut that do not meet a rule, as places in the timeline's file."""
    for timeline in cuts:
        for event in timeline["events"]:
            if rule in event["rules"] and event["enabled"]:
                yield _event(timeline, event, number)


def _event(timeline: Mapping[str, Any], event: Mapping[str, Any], number: int) -> dict[str, Any]:
    named = visible(event_name(event))
    ends = f"{event['record_in']} to {event['record_out']}"
    places = ("record_in", "record_out", "record_in_frame", "record_out_frame")
    return {
        **_location(timeline["path"], number),
        "logicalLocations": [
            {
                "name": named,
                "fullyQualifiedName": visible(
                    f"{timeline['name']}/{event['track']}/{event['number']}"
                ),
                "kind": "event",
            }
        ],
        "message": _message(f"{named}, {ends}, {event['track']}"),
        "properties": {
            **{name: event[name] for name in places},
            "verdict": event["verdict"],
            "media": visible(event["media"]),
        },
    }


def _findings(document: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for finding in document["findings"]:
        if finding["outcome"] in ("fail", "unknown"):
            yield -1, finding
    for number, asset in enumerate(document["assets"]):
        for finding in asset["findings"]:
            if finding["outcome"] in ("fail", "unknown"):
                yield number, finding


def _result(
    asset: Mapping[str, Any] | None,
    number: int,
    finding: Mapping[str, Any],
    order: Mapping[str, int],
) -> dict[str, Any]:
    path = asset["path"] if asset else ""
    content = (asset["digest"] or f"unread {path}") if asset else ""
    result: dict[str, Any] = {
        "ruleId": finding["rule"],
        "ruleIndex": order[finding["rule"]],
        "kind": "fail",
        "level": _LEVELS[finding["verdict"]],
        "message": _message(f"{finding['reason']} Next: {finding['next_step']}"),
        "locations": [_location(path, number)] if asset else [],
        "fingerprints": {"ruleAndContent/v1": _fingerprint(finding["rule"], content)},
        "partialFingerprints": {"ruleAndPath/v1": _fingerprint(finding["rule"], path)},
        "properties": {
            "outcome": finding["outcome"],
            "verdict": finding["verdict"],
            "approval": finding["approval"],
        },
    }
    related = list(_related(asset, number)) if asset else []
    if related:
        result["relatedLocations"] = related
    if finding["covered_by"]:
        why = f"Approval {finding['approval_id']}: {finding['covered_by']}"
        accepted = {"kind": "external", "status": "accepted", "justification": visible(why)}
        result["suppressions"] = [accepted]
    return result


def _related(asset: Mapping[str, Any], number: int) -> Iterator[dict[str, Any]]:
    """Where in the asset something was found by its content, and what it is."""
    for at, told in enumerate(matches_in(asset)[:_MOST_MATCHES]):
        location = _location(asset["path"], number)
        if told.by_words and told.span:
            start, end = (int(each) for each in told.span)
            region = {"charOffset": start, "charLength": max(0, end - start)}
            location["physicalLocation"]["region"] = region
        location["id"] = at
        location["message"] = _message(match_sentence(told))
        stated = {"match": told.match, "grade": told.grade, "claim": told.claim}
        stated |= {"source": told.source, "sourcePath": told.path}
        spans: dict[str, Any] = {"span": told.span, "sourceSpan": told.source_span}
        location["properties"] = {
            **{name: visible(text) for name, text in stated.items() if text},
            **{name: list(span) for name, span in spans.items() if span},
        }
        yield location


def _location(path: str, index: int | None = None) -> dict[str, Any]:
    artifact: dict[str, Any] = {"uri": artifact_uri(path), "uriBaseId": BASE}
    if index is not None:
        artifact["index"] = index
    return {"physicalLocation": {"artifactLocation": artifact}}


def _artifact(asset: Mapping[str, Any]) -> dict[str, Any]:
    artifact: dict[str, Any] = {
        "location": {"uri": artifact_uri(asset["path"]), "uriBaseId": BASE},
        "length": asset["size"],
        "properties": {"ai": asset["ai"], "verdict": asset["verdict"], "final": asset["final"]},
    }
    if asset["digest"]:
        artifact["hashes"] = {"sha-256": asset["digest"].removeprefix("sha256:")}
    if re.fullmatch(r"[^/\s]+/[^/\s]+", asset["media_type"]):
        artifact["mimeType"] = asset["media_type"]
    return artifact


def _invocation(report: ReportInput, notifications: list[dict[str, Any]]) -> dict[str, Any]:
    invocation: dict[str, Any] = {
        "executionSuccessful": True,
        "toolExecutionNotifications": notifications,
    }
    ended = _utc(report.checked_at)
    if ended:
        invocation["endTimeUtc"] = ended
    return invocation


def _notifications(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for gap in document["gaps"]:
        yield _notification(gap, f"{gap['path']}: {gap['reason']}", [])
    for number, asset in enumerate(document["assets"]):
        for gap in asset["gaps"]:
            yield _notification(gap, gap["reason"], [_location(asset["path"], number)])


def _notification(
    gap: Mapping[str, Any], text: str, locations: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "descriptor": {"id": f"gap/{gap['observer']}"},
        "level": "error",
        "message": _message(text),
        "locations": locations,
    }


def _message(text: str) -> dict[str, str]:
    """Braces are placeholders and `[…](…)` a link in SARIF's plain text: both are escaped."""
    plain = visible(text).replace("{", "{{").replace("}", "}}")
    return {"text": _LINK.sub(r"\\[", plain)}


def _fingerprint(rule: str, subject: str) -> str:
    joined = f"{rule}\0{subject}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()


def _utc(moment: str) -> str:
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError:
        return ""
    if parsed.tzinfo is None:
        return ""
    return parsed.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
