"""`gate check NEW --since OLD`: what changed, and what need not be judged again.

A judgement is carried over only when everything it rests on is the same: the media's bytes and what
was observed of them, the seconds used, the rules, the records. So a re-cut is judged as it would be
in full.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from checkthegate.app.planning import Looked
from checkthegate.app.timelines import Cut
from checkthegate.app.timelines_judging import EventJudge, JudgedCut, JudgedEvent, findings_of
from checkthegate.editorial.observer import timelines_in
from checkthegate.editorial.recut import ChangedClip, compare, counts
from checkthegate.model import (
    AiState,
    Approval,
    AssetDecision,
    Evidence,
    Finding,
    Gap,
    Outcome,
    Span,
    UsageError,
    Verdict,
    digest_json,
    observation_from_json,
    observation_to_json,
)
from checkthegate.model.timeline import Changed, Linked, Timeline
from checkthegate.store.cache import Cache

OBSERVER: Final = "cut-judged@1"
_KEPT: Final = frozenset({Changed.UNCHANGED, Changed.MOVED})


@dataclass(frozen=True, slots=True)
class Recut:
    """A cut compared with an earlier one: what became of each event, and how many of each."""

    timeline: Timeline
    since: str
    changes: tuple[ChangedClip, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many events are unchanged, moved, trimmed, new, omitted."""
        return counts(self.changes)


@dataclass(slots=True)
class Carried:
    """Judgements of an earlier check by all they rest on, and those to be kept of this one.

    `state` is the digest of the rules, the records and the time of judging.
    """

    state: str
    earlier: Mapping[str, Any] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)
    _said: dict[str, str] = field(default_factory=dict)

    def of(self, judged: JudgedCut, events: EventJudge) -> Carried:
        """The same with the judgements of a cut, to be remembered."""
        for event in judged.events:
            if event.decided is not None:
                key = self.key(events, judged.cut, event.linked)
                if key not in self.made:
                    self.made[key] = decision_to_json(event.decided)
        return self

    def key(self, events: EventJudge, cut: Cut, linked: Linked) -> str:
        """The digest of everything that an event's judgement rests on."""
        looked = events.looked[linked.path]
        if linked.path not in self._said:
            said = [*looked.observations, *events.extra.get(linked.path, ())]
            self._said[linked.path] = digest_json([_plain(each) for each in said])
        used = [linked.used.start, linked.used.end] if linked.used else None
        final = events.finals.get(cut.path, True)
        asset = [linked.path, looked.asset.digest, looked.asset.kind.value, looked.digest_from]
        return digest_json([self.state, asset, self._said[linked.path], used, final])


def _plain(said: Evidence | Gap) -> Any:
    return observation_to_json(replace(said, exhibits=()) if isinstance(said, Evidence) else said)


def judge_recut(
    cut: Cut, old: Timeline, since: str, events: EventJudge, carried: Carried
) -> tuple[JudgedCut, Recut]:
    """A cut judged with the judgements of an earlier one, where they still hold."""
    changes = compare(old, cut.timeline)
    became = {each.new.number: each.changed for each in changes if each.new is not None}
    judged = tuple(
        _event(cut, linked, became.get(linked.clip.number), since, events, carried)
        for linked in cut.links
    )
    return JudgedCut(cut, judged, findings_of(cut, judged)), Recut(cut.timeline, since, changes)


def _event(
    cut: Cut,
    linked: Linked,
    changed: Changed | None,
    since: str,
    events: EventJudge,
    carried: Carried,
) -> JudgedEvent:
    if not linked.path:
        return JudgedEvent(linked, None, changed)
    key = carried.key(events, cut, linked)
    stored = carried.earlier.get(key)
    if stored is not None and changed in _KEPT:
        decided = _decision_from_json(stored, events.looked[linked.path], linked, events, cut)
        word = "unchanged" if changed is Changed.UNCHANGED else "moved, with the same material"
        return JudgedEvent(linked, decided, changed, f"Carried over from {since}: {word}.")
    return JudgedEvent(linked, events.event(cut, linked), changed)


def remember(cache: Cache | None, digest: str, carried: Carried) -> None:
    """Keep this cut's judgements for its next version. `digest` is the timeline file's."""
    if cache is not None and digest:
        cache.remember_job((digest, OBSERVER, carried.state), [carried.made])


def earlier_judgements(cache: Cache | None, digest: str, state: str) -> Mapping[str, Any]:
    """What was judged of an earlier cut in the same state of rules and records; may be empty."""
    if cache is None or not digest:
        return {}
    said = cache.jobs([digest]).get((digest, OBSERVER, state))
    return said[0] if said and isinstance(said[0], dict) else {}


def decision_to_json(decided: AssetDecision) -> dict[str, Any]:
    """All of a decision that cannot be had from the asset itself."""
    return {
        "ai": decided.ai.value,
        "verdict": decided.verdict.value,
        "evidence": [_plain(each) for each in decided.evidence],
        "gaps": [_plain(each) for each in decided.gaps],
        "findings": [asdict(each) for each in decided.findings],
    }


def _decision_from_json(
    stored: Mapping[str, Any], looked: Looked, linked: Linked, events: EventJudge, cut: Cut
) -> AssetDecision:
    final = events.finals.get(cut.path, True)
    said = [observation_from_json(each) for each in stored["evidence"]]
    gaps = [observation_from_json(each) for each in stored["gaps"]]
    return AssetDecision(
        asset=replace(looked.asset, path=linked.path, final=final),
        ai=AiState(stored["ai"]),
        verdict=Verdict(stored["verdict"]),
        evidence=tuple(each for each in said if isinstance(each, Evidence)),
        gaps=tuple(each for each in gaps if isinstance(each, Gap)),
        findings=tuple(map(_finding, stored["findings"])),
        digest_from=looked.digest_from,
    )


def _finding(stored: Mapping[str, Any]) -> Finding:
    return Finding(
        **{
            **stored,
            "outcome": Outcome(stored["outcome"]),
            "verdict": Verdict(stored["verdict"]),
            "approval": Approval(stored["approval"]),
        }
    )


@dataclass(frozen=True, slots=True)
class Since:
    """The earlier cut: its timelines, its digest, and how reports name it."""

    name: str
    digest: str
    timelines: tuple[Timeline, ...]

    def of(self, timeline: Timeline) -> Timeline | None:
        """The earlier timeline of the same name, else the only one there is."""
        same = [each for each in self.timelines if each.name == timeline.name]
        return same[0] if same else next(iter(self.timelines), None)


def since_looked(looked: Sequence[Looked], path: Path) -> Since:
    """The earlier cut from a file that was looked at. Raises `UsageError` if it is no timeline."""
    for each in looked:
        timelines = timelines_in(each.observations)
        if timelines:
            return Since(f"“{path.name}”", each.asset.digest, timelines)
    why = next((s.reason for each in looked for s in each.observations if isinstance(s, Gap)), "")
    raise UsageError(
        f"“{path}”, named with --since, is no timeline that can be read here. {why}".strip(),
        hint="Name the earlier cut (EDL, OTIO, AAF, FCPXML …), or the report.json of its check.",
        path=str(path),
    )


def is_report(path: Path) -> bool:
    """Whether a path is the report of an earlier check, or the folder it lies in."""
    return path.name == "report.json" or (path / "report.json").is_file()


def newest_report(reports: Path | None) -> Path:
    """The report of a home's last check, for `--since last`. Raises `UsageError` without one."""
    found = sorted(reports.glob("*/report.json")) if reports is not None else []
    if found:
        return max(found, key=lambda file: file.stat().st_mtime)
    raise UsageError(
        "There is no earlier check on file to compare with.",
        hint="Name the earlier cut, or the report.json of its check, with --since.",
    )


def since_report(path: Path, cache: Cache | None) -> Since:
    """The earlier cut from its check's report and what the cache remembers of it."""
    file = path / "report.json" if path.is_dir() else path
    digests = _timelines_of_report(file)
    found = cache.jobs(digests) if cache is not None else {}
    for key, said in found.items():
        if key[1].startswith("timeline@"):
            timelines = timelines_in(observation_from_json(each) for each in said)
            if timelines:
                return Since(f"the check in “{file.parent.name}”", key[0], timelines)
    raise UsageError(
        f"The cut that “{file}” speaks of is no longer remembered here.",
        hint="Name the earlier cut itself with --since.",
        path=str(file),
    )


_LARGEST_REPORT: Final = 256 * 1024 * 1024


def _timelines_of_report(file: Path) -> list[str]:
    """The digests of the timelines that a report lists."""
    try:
        if file.stat().st_size > _LARGEST_REPORT:
            raise ValueError("too large")
        document = json.loads(file.read_bytes())
        assets = document["assets"]
        found = [str(a["digest"]) for a in assets if a["kind"] == "timeline" and a["digest"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise UsageError(
            f"“{file}” cannot be read as the report of an earlier check.",
            hint="Name the earlier cut itself with --since.",
            path=str(file),
        ) from None
    return found


def changed_spans(changes: Sequence[ChangedClip], links: Sequence[Linked]) -> list[Span | None]:
    """The seconds of media that are to be judged again: those of trimmed and new events."""
    again = {
        each.new.number for each in changes if each.new is not None and each.changed not in _KEPT
    }
    return [linked.used for linked in links if linked.clip.number in again]
