"""The `checkthegate.report/1` document: the one thing every report format is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from checkthegate import __version__
from checkthegate.model import (
    AssetDecision,
    Decision,
    DeliveryGap,
    Evidence,
    Finding,
    Gap,
    Source,
    Span,
)
from checkthegate.report.cuts import timelines_part
from checkthegate.report.held_back import open_detail, scrubbed
from checkthegate.report.match_words import MATCHES, REJECTED
from checkthegate.report.text import storable

SCHEMA: Final = "checkthegate.report/1"
TOOL_NAME: Final = "Check the Gate"
_MATCHES: Final = MATCHES | {REJECTED}
EXTRA_KEYS: Final = frozenset({"as_of", "delivery"})


def report_document(
    decision: Decision,
    *,
    key: bytes,
    home: Mapping[str, str] | None,
    checked_at: str,
    with_prompts: bool = False,
    extra: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The document of a decision, fit to leave the home.

    `key` makes the keyed digests of what is withheld. `home` is `{"production", "key"}`, or
    None when the check ran without one. `checked_at` is ISO 8601. With `with_prompts` the
    prompts stand in clear and `prompts_included` is true. `extra` may add `delivery` (what
    was checked, in words) and `as_of` (the date the rules were applied for); anything else
    raises `ValueError`.
    """
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "verdict": decision.verdict.value,
        "approval": decision.approval.value,
        "final": decision.final,
        "packs": [{"id": p.id, "version": p.version, "digest": p.digest} for p in decision.packs],
        "summary": _summary(decision),
        "assets": [_asset(one, key, with_prompts) for one in decision.assets],
        "gaps": [_delivery_gap(gap) for gap in decision.gaps],
        "findings": [_finding(finding) for finding in decision.findings],
        "skipped": [
            {"path": storable(left.path), "reason": scrubbed(left.reason)}
            for left in decision.skipped
        ],
        "timelines": timelines_part(decision.timelines),
        "home": {"production": home["production"], "key": home["key"]} if home else None,
        "checked_at": checked_at,
        "tool": {"name": TOOL_NAME, "version": __version__},
        "prompts_included": with_prompts,
    }
    return _with_extra(document, extra or {})


def report_outline(decision: Decision) -> dict[str, Any]:
    """The document's judgement with no evidence but matches: what a terminal's summary needs."""
    bare = [
        replace(one, evidence=tuple(said for said in one.evidence if said.claim in _MATCHES))
        for one in decision.assets
    ]
    return report_document(replace(decision, assets=tuple(bare)), key=b"", home=None, checked_at="")


def _with_extra(document: dict[str, Any], extra: Mapping[str, str]) -> dict[str, Any]:
    unknown = sorted(set(extra) - EXTRA_KEYS)
    if unknown:
        raise ValueError(f"not a key of {SCHEMA}: {', '.join(unknown)}")
    document.update({name: scrubbed(text) for name, text in extra.items()})
    return document


def _summary(decision: Decision) -> dict[str, Any]:
    summary = decision.summary
    return {
        "files": summary.files,
        "bytes": summary.bytes,
        "assets": summary.assets,
        "gaps": summary.gaps,
        "seconds": summary.seconds,
        "cached": summary.cached,
    }


def _asset(one: AssetDecision, key: bytes, with_prompts: bool) -> dict[str, Any]:
    return {
        "path": storable(one.asset.path),
        "kind": one.asset.kind.value,
        "media_type": storable(one.asset.media_type),
        "size": one.asset.size,
        "digest": one.asset.digest or None,
        "digest_from": one.digest_from,
        "final": one.asset.final,
        "ai": one.ai.value,
        "verdict": one.verdict.value,
        "evidence": [_evidence(seen, key, with_prompts) for seen in one.evidence],
        "gaps": [_gap(gap) for gap in one.gaps],
        "findings": [_finding(finding) for finding in one.findings],
    }


def _evidence(evidence: Evidence, key: bytes, with_prompts: bool) -> dict[str, Any]:
    stated: dict[str, Any] = {
        "observer": evidence.observer,
        "grade": evidence.grade.value,
        "claim": evidence.claim,
        "detail": open_detail(evidence, key=key, with_prompts=with_prompts),
    }
    if evidence.span is not None:
        stated["span"] = _span(evidence.span)
    if evidence.source is not None:
        stated["source"] = _source(evidence.source)
    return stated


def _span(span: Span) -> dict[str, float]:
    return {"start": span.start, "end": span.end}


def _source(source: Source) -> dict[str, Any]:
    pointed: dict[str, Any] = {"id": source.id}
    if source.path is not None:
        pointed["path"] = scrubbed(source.path)
    if source.span is not None:
        pointed["span"] = _span(source.span)
    if source.distance is not None:
        pointed["distance"] = source.distance
    return pointed


def _gap(gap: Gap) -> dict[str, str]:
    return {"observer": gap.observer, "reason": scrubbed(gap.reason)}


def _delivery_gap(gap: DeliveryGap) -> dict[str, str]:
    return {
        "observer": gap.observer,
        "reason": scrubbed(gap.reason),
        "path": scrubbed(gap.path),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "outcome": finding.outcome.value,
        "verdict": finding.verdict.value,
        "approval": finding.approval.value,
        "title": scrubbed(finding.title),
        "reason": scrubbed(finding.reason),
        "next_step": scrubbed(finding.next_step),
        "citation": scrubbed(finding.citation),
        "approval_id": finding.approval_id,
        "covered_by": finding.covered_by,
    }
