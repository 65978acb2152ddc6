"""When an approval covers what was found: decided for each AI part, not each file.

Only what is proven covers. The newest answer about a part counts, a no before a yes of the
same time. A no, and a yes that was revoked or is over, blocks what it would have covered
unless another approval stands.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from types import MappingProxyType
from typing import Final

from checkthegate.model import Approval, Asset, Evidence, Finding, Outcome, Span, Verdict
from checkthegate.model.registry import AsOf, Cover, Standing, WrittenApproval
from checkthegate.registry.approvals import approvals_for
from checkthegate.registry.frames import Frames
from checkthegate.registry.records import (
    MATCHES_WORK,
    Match,
    Part,
    confirmed_in,
    matches_of,
    parts_of,
    works_in,
)
from checkthegate.registry.rows import Rows
from checkthegate.registry.used import used_parts

MOST_DIFFERENT: Final = 0.10
_NO_WORKS: Final[Mapping[str, bool]] = MappingProxyType({})
_ALL_ALIKE: Final[Mapping[str, float]] = MappingProxyType({})
# A frame at 24 a second: where a match begins and ends is not known more finely than that.
_TOLERANCE: Final = 0.042
_LAPSED: Final = (Standing.REVOKED, Standing.EXPIRED)


@dataclass(frozen=True, slots=True)
class PartCover:
    """What approvals say of one part under one rule: covered, denied, or open and why."""

    part: Part
    covered: WrittenApproval | None = None
    denied: WrittenApproval | None = None
    missing: tuple[str, ...] = ()
    differs: bool = False


def cover(
    asset: Asset,
    evidence: Sequence[Evidence],
    findings: Sequence[Finding],
    rows: Rows,
    when: AsOf,
    *,
    never: Collection[str] = (),
    works: Mapping[str, bool] = _NO_WORKS,
    most_different: Mapping[str, float] = _ALL_ALIKE,
    used: Sequence[Span] = (),
    frames: Frames | None = None,
) -> tuple[Finding, ...]:
    """The findings, each as the approvals on file leave it.

    A failed finding all of whose AI parts are covered stays `fail`, becomes `notify`, and
    names the approval. One with a denied part becomes `blocked`. An `unknown` is never
    covered. `never` are the rules no approval lifts now: those about a missing consent.
    `works` are the rules that an unlicensed work fails: True where nothing else does, and only
    the parts where works lie need cover. `most_different` is the share of the frame that may
    differ from what was approved, by rule; a tenth where it is not said. Only `used` seconds need
    cover; all of the asset where none are named. `frames` are the files that the asset is made of
    when they are many: naming all that play in a part names its bytes. What is blocked already
    stays blocked.
    """
    matches = matches_of(asset, evidence, rows, when)
    parts = parts_of(evidence, matches) or (Part(None),)
    in_works = works_in(evidence, matches)
    if used:
        parts = used_parts(parts, used) or parts
        in_works = used_parts(in_works, used)
    said = confirmed_in(asset, evidence, rows, when)
    known = (*matches, *said)
    digests = [asset.digest, *(match.digest for match in known if match.digest)]
    digests += frames.digests if frames else ()
    uses = {match.record.use for match in known}
    approvals = approvals_for(rows, when, digests=digests, uses=sorted(uses))
    if not approvals:
        return tuple(findings)
    ruled: dict[str, tuple[PartCover, ...]] = {}
    judged = []
    for finding in findings:
        if not _open(finding):
            judged.append(finding)
            continue
        if finding.rule not in ruled:
            about = [each for each in approvals if finding.rule in each.rules]
            concerned = (
                parts
                if finding.rule not in works
                else in_works
                if works[finding.rule]
                else (*parts, *in_works)
            )
            most = most_different.get(finding.rule, MOST_DIFFERENT)
            ruled[finding.rule] = tuple(
                part_cover(asset, part, about, most, said, frames) for part in concerned or parts
            )
        judged.append(_judged(finding, ruled[finding.rule], lift=finding.rule not in never))
    return tuple(judged)


def part_cover(
    asset: Asset,
    part: Part,
    approvals: Sequence[WrittenApproval],
    most_different: float = MOST_DIFFERENT,
    confirmed: Sequence[Match] = (),
    frames: Frames | None = None,
) -> PartCover:
    """What approvals of one rule, the newest first, say of a part.

    `confirmed` are the matches that people vouch for: a no reaches what they say, no yes does.
    """
    accused = (*part.matches, *(match for match in confirmed if _is_said(part, match)))
    lapsed = None
    missing: list[str] = []
    differs = False
    for approval in approvals:
        refused = approval.standing is Standing.REFUSED
        if refused and (_touches(approval, asset, accused) or _shows(approval, part, frames)):
            return PartCover(part, denied=approval)
        if not approval.granted:
            continue
        why = why_not(approval, asset, part, most_different, frames)
        if not why and approval.standing is Standing.IN_FORCE:
            return PartCover(part, covered=approval)
        if not why and approval.standing in _LAPSED:
            lapsed = lapsed or approval
        elif why:
            differs = differs or why == _DIFFERS
            missing.append(f"{approval.id} does not cover {_where(part)}: {why}")
    return PartCover(part, denied=lapsed, missing=tuple(missing), differs=differs)


def why_not(
    approval: WrittenApproval,
    asset: Asset,
    part: Part,
    most_different: float = MOST_DIFFERENT,
    frames: Frames | None = None,
) -> str:
    """Why an approval does not reach a part; empty when it does. Its standing is not asked."""
    if approval.covers is not Cover.USE and asset.digest in approval.files:
        if not approval.ranges or _in_ranges(approval, asset.digest, part.span):
            return ""
        return "it is outside the approved range"
    if approval.covers is not Cover.USE and frames and frames.all_in(approval.files, part.span):
        # A range is of one file's time: it does not say which of many files are meant.
        return "it is outside the approved range" if approval.ranges else ""
    if approval.covers is Cover.BYTES:
        return "it names other bytes"
    if part.said is not None and part.said.claim != MATCHES_WORK:
        return f"the record does not explain what {part.said.observer} found"
    if not part.matches:
        return "nothing proves that this is the recorded material"
    reasons = [_why_not(approval, match, most_different) for match in part.matches]
    if len(reasons) > 1 and any(reasons):
        return "it is as near to another record, which is not approved"
    return next(filter(None, reasons), "")


_DIFFERS: Final = "more of the frame differs from what was approved than may"


def _why_not(approval: WrittenApproval, match: Match, most_different: float) -> str:
    if approval.covers is Cover.USE:
        if match.record.use != approval.use:
            return "it was recorded under another use"
    elif match.digest is None or match.digest not in approval.files:
        return "the record nearest to it is not the one that was approved"
    elif approval.ranges and not _in_ranges(
        approval, match.digest, match.source if not match.exact else match.span
    ):
        return "it is outside the approved range"
    return _DIFFERS if match.differs > most_different else ""


def _in_ranges(approval: WrittenApproval, digest: str, span: object) -> bool:
    start, end = getattr(span, "start", None), getattr(span, "end", None)
    if start is None or end is None:
        return False
    return any(
        each.digest in (None, digest)
        and each.start - _TOLERANCE <= start
        and end <= each.end + _TOLERANCE
        for each in approval.ranges
    )


def _is_said(part: Part, match: Match) -> bool:
    """Whether a part is what a person said that a match is."""
    said = part.said
    known = said is not None and said.source is not None and said.source.id == match.record.id
    return known and said is not None and said.span == match.span


def _touches(approval: WrittenApproval, asset: Asset, matches: Sequence[Match]) -> bool:
    """Whether a no is about a part. A no needs less than a yes: any match, any range."""
    if asset.digest in approval.files:
        return True
    if approval.covers is Cover.BYTES:
        return False
    if approval.covers is Cover.USE:
        return any(match.record.use == approval.use for match in matches)
    return any(match.digest in approval.files for match in matches)


def _shows(approval: WrittenApproval, part: Part, frames: Frames | None) -> bool:
    """Whether a no names any of the files that play in a part."""
    return frames is not None and any(each in approval.files for each in frames.within(part.span))


def _open(finding: Finding) -> bool:
    unsettled = finding.outcome in (Outcome.FAIL, Outcome.UNKNOWN)
    return unsettled and finding.verdict is not Verdict.BLOCKED


def _judged(finding: Finding, covers: Sequence[PartCover], *, lift: bool) -> Finding:
    denied = next((each.denied for each in covers if each.denied), None)
    if denied is not None:
        return _blocked(finding, denied)
    approvals = list(dict.fromkeys(each.covered for each in covers if each.covered))
    whole = len(approvals) > 0 and all(each.covered for each in covers)
    if whole and lift and finding.outcome is Outcome.FAIL:
        return _lifted(finding, approvals)
    missing = list(dict.fromkeys(chain.from_iterable(each.missing for each in covers)))
    if not whole and finding.outcome is Outcome.FAIL and missing:
        approval = finding.approval
        if all(each.covered or each.differs for each in covers):
            approval = Approval.MAY_BE_REQUIRED
        reason = f"{finding.reason} Approval {missing[0]}."
        return replace(finding, reason=reason, approval=approval)
    return finding


def _lifted(finding: Finding, approvals: Sequence[WrittenApproval]) -> Finding:
    if finding.verdict not in (Verdict.ESCALATE, Verdict.NOTIFY):
        return finding
    return replace(
        finding,
        verdict=Verdict.NOTIFY,
        approval=Approval.NONE,
        reason=f"{finding.reason} Written approval covers it.",
        next_step="Keep the approval with the delivery. Nothing else to do.",
        approval_id=approvals[0].id,
        covered_by="; ".join(map(approval_words, approvals)),
    )


def _blocked(finding: Finding, approval: WrittenApproval) -> Finding:
    return replace(
        finding,
        verdict=Verdict.BLOCKED,
        approval=Approval.REQUIRED,
        reason=f"{finding.reason} {_no_words(approval)}",
        next_step="Take it out, or ask your studio contact again and import the new answer.",
        approval_id=approval.id,
    )


def approval_words(approval: WrittenApproval) -> str:
    """Who said yes to what, and who put it on file."""
    sure = "signature verified" if approval.grade.value == "proven" else "not verified"
    return (
        f"{approval.id}: {approval.person}, {approval.capacity}, approved the "
        f"{approval.covers}; imported by {approval.imported_by}, {sure}"
    )


def _no_words(approval: WrittenApproval) -> str:
    if approval.standing is Standing.REFUSED:
        return f"{approval.person}, {approval.capacity}, refused it in writing ({approval.id})."
    if approval.standing is Standing.REVOKED:
        return f"The approval that covered it, {approval.id}, was revoked."
    return f"The approval that covered it, {approval.id}, ended with {approval.until}."


def _where(part: Part) -> str:
    if part.span is None:
        return "it"
    return f"{part.span.start:.2f} to {part.span.end:.2f}"
