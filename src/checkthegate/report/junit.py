"""`report.junit.xml`: the decision for whatever already reads test results.

One suite for each family of rules (named by its pack where there is only one), a case for
each file and rule; one suite with a case for each file that says whether it was looked at; and
one for each cut, with its events that are or may be AI or could not be judged. What stops a
delivery is a failure, what was not looked at is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from checkthegate.report.cut_places import event_name, row_words
from checkthegate.report.match_words import match_sentence
from checkthegate.report.matches import matches_in
from checkthegate.report.templating import environment
from checkthegate.seams import ReportInput

_STOPS: Final = frozenset({"escalate", "blocked"})
_MOST: Final = 100
_WHOLE: Final = "(the delivery as a whole)"


@dataclass(frozen=True, slots=True)
class Case:
    """One test case. `result` is `failure`, `error`, `skipped`, or empty when it passed."""

    classname: str
    name: str
    result: str = ""
    type: str = ""
    message: str = ""
    text: str = ""


@dataclass(slots=True)
class Suite:
    """Test cases under one name. `time` is in seconds."""

    name: str
    cases: list[Case] = field(default_factory=list)
    time: str = "0"

    def tally(self, result: str) -> int:
        """How many cases ended so."""
        return sum(case.result == result for case in self.cases)


class JunitReport:
    """The decision as JUnit XML."""

    filename = "report.junit.xml"

    def render(self, report: ReportInput) -> bytes:
        """The whole file, UTF-8, without characters that XML 1.0 forbids."""
        suites = _suites(report.document)
        page = environment().get_template("junit.xml")
        text = page.render(
            suites=suites,
            tests=sum(len(suite.cases) for suite in suites),
            failures=sum(suite.tally("failure") for suite in suites),
            errors=sum(suite.tally("error") for suite in suites),
            skipped=sum(suite.tally("skipped") for suite in suites),
            time=suites[0].time,
            timestamp=_timestamp(report.checked_at),
            properties=_properties(report),
        )
        return text.encode("utf-8")


def _suites(document: Mapping[str, Any]) -> list[Suite]:
    looked = Suite("looked-at", time=f"{document['summary']['seconds']:.3f}")
    looked.cases.extend(_delivery_gap_case(gap, n) for n, gap in enumerate(document["gaps"], 1))
    looked.cases.extend(_looked_case(asset) for asset in document["assets"])
    ruled: dict[str, Suite] = {}
    for path, finding in _every_finding(document):
        name = _suite_name(document, finding["rule"])
        ruled.setdefault(name, Suite(name)).cases.append(_rule_case(path, finding))
    cuts = [_cut_suite(timeline) for timeline in document["timelines"]]
    return [looked, *(ruled[name] for name in sorted(ruled)), *cuts]


def _cut_suite(timeline: Mapping[str, Any]) -> Suite:
    rows: dict[int, list[Mapping[str, Any]]] = {}
    for row in timeline["rows"]:
        rows.setdefault(row["number"], []).append(row)
    suite = Suite(f"cut {timeline['name'] or timeline['path']}")
    for event in timeline["events"]:
        suite.cases.append(_event_case(timeline["path"], event, rows.get(event["number"], [])))
    return suite


def _event_case(path: str, event: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> Case:
    where = f"{event['record_in']} to {event['record_out']}, {event['track']}"
    name = f"{event['number']}: {event_name(event)} ({where})"
    told = [row_words(row) for row in rows]
    text = "; ".join(filter(None, (*told, event["note"], ", ".join(event["rules"]))))
    if not event["enabled"]:
        return Case(path, name, "skipped")
    if event["ai"] == "unknown" and not event["media"]:
        return Case(path, name, "error", "gap", "The event’s media was not found.", text)
    if event["verdict"] in _STOPS:
        message = f"{event['verdict']}: {where}. {text}"
        return Case(path, name, "failure", event["verdict"], message, text)
    return Case(path, name, text=f"{event['verdict']}: {text}" if text else "")


def _every_finding(document: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    for finding in document["findings"]:
        yield _WHOLE, finding
    for asset in document["assets"]:
        for finding in asset["findings"]:
            yield asset["path"], finding


def _suite_name(document: Mapping[str, Any], rule: str) -> str:
    packs = document["packs"]
    if len(packs) == 1:
        return f"{packs[0]['id']} {packs[0]['version']}"
    return rule.partition(".")[0] or "rules"


def _looked_case(asset: Mapping[str, Any]) -> Case:
    if not asset["gaps"]:
        return Case("looked-at", asset["path"], text=f"AI: {asset['ai']}{_matches(asset)}")
    reasons = [f"{gap['observer']}: {gap['reason']}" for gap in asset["gaps"]]
    return Case(
        "looked-at", asset["path"], "error", "gap", asset["gaps"][0]["reason"],
        "; ".join(reasons) + _matches(asset),
    )  # fmt: skip


def _matches(asset: Mapping[str, Any]) -> str:
    """What was found by its content, a line each."""
    found = matches_in(asset)
    lines = [f"\n{told.grade}: {match_sentence(told)} {told.match}" for told in found[:_MOST]]
    left = len(found) - _MOST
    return "".join(lines) + (f"\nand {left:,} more matches" if left > 0 else "")


def _delivery_gap_case(gap: Mapping[str, Any], number: int) -> Case:
    name = f"{_WHOLE} {number}: {gap['path']}"
    return Case("looked-at", name, "error", "gap", gap["reason"], gap["reason"])


def _rule_case(path: str, finding: Mapping[str, Any]) -> Case:
    verdict, rule = finding["verdict"], finding["rule"]
    told = f"{finding['reason']} Next: {finding['next_step']} Rule: {finding['citation']}"
    if verdict in _STOPS:
        message = f"{verdict}: {finding['reason']}"
        return Case(rule, path, "failure", f"{verdict}.{finding['outcome']}", message, told)
    if finding["outcome"] == "not-applicable":
        return Case(rule, path, "skipped")
    return Case(rule, path, text=f"{verdict}: {told}" if verdict != "clear" else "")


def _properties(report: ReportInput) -> list[tuple[str, str]]:
    document = report.document
    packs = [(f"pack.{p['id']}", f"{p['version']} {p['digest']}") for p in document["packs"]]
    return [
        ("verdict", document["verdict"]),
        ("approval", document["approval"]),
        ("final", "true" if document["final"] else "false"),
        *((key, str(document[key])) for key in ("checkpoint",) if key in document),
        ("production", report.production),
        ("delivery", report.delivery),
        *packs,
    ]


def _timestamp(checked_at: str) -> str:
    """JUnit wants a date and time in UTC without a zone."""
    try:
        moment = datetime.fromisoformat(checked_at)
    except ValueError:
        return ""
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S")
