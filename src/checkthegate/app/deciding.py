"""Adds up a check: every asset judged, the delivery judged, one verdict."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from checkthegate.app.judging import Judge
from checkthegate.app.planning import Looked
from checkthegate.app.recut import Since
from checkthegate.app.rulebook import HOUSE_PACK
from checkthegate.app.temporary import is_temporary
from checkthegate.app.timelines import Cuts
from checkthegate.app.timelines_run import cut_up
from checkthegate.delivery.found import Turnover
from checkthegate.model import Decision, Gap, Summary, UsageError
from checkthegate.model.registry import AsOf
from checkthegate.registry.prominence import prominence_on_file
from checkthegate.registry.rows import Rows
from checkthegate.registry.times import as_known_now, as_of
from checkthegate.rules import Pack, judge_delivery, overall
from checkthegate.store.cache import Cache

if TYPE_CHECKING:
    from checkthegate.app.home import Home


def decide(
    turnover: Turnover,
    looked: Sequence[Looked],
    judge: Judge,
    *,
    final: bool,
    temp: Sequence[str],
    started: float,
    cuts: Cuts | None = None,
    since: Since | None = None,
    cache: Cache | None = None,
) -> Decision:
    """The decision about everything that was looked at.

    `temp` are the path patterns of what is temporary although the delivery is `final`;
    `started` is a monotonic time. `cuts` are the timelines, `since` the earlier cut.
    """
    for each in looked:
        judge.know_frames(each.asset, each.frames)
    cutting = cut_up(
        cuts or Cuts(),
        looked,
        judge,
        lambda path: final and not is_temporary(path, temp),
        since=since,
        cache=cache,
        prominence=prominence_on_file(judge.rows, judge.when) if judge.rows else None,
    )
    assets = []
    for each in looked:
        asset = replace(
            each.asset,
            path=each.found.path,
            final=final and not is_temporary(each.asset.path, temp),
        )
        left_out = cutting.cuts.left_out(asset.path)
        if left_out is not None:
            turnover.skipped.append(left_out)
            continue
        extra = [Gap("open", why) for why in turnover.asset_gaps.get(asset.path, ())]
        said = (*each.observations, *extra)
        assets.append(cutting.asset(judge, asset, said, each.digest_from))
    findings = judge_delivery(len(assets), turnover.gaps, judge.packs, final=final)
    verdict, approval = overall(assets, findings)
    summary = Summary(
        files=sum(each.files for each in looked),
        bytes=sum(each.found.size for each in looked if each.files and not each.found.member),
        assets=len(assets),
        gaps=len(turnover.gaps) + sum(len(asset.gaps) for asset in assets),
        seconds=round(time.monotonic() - started, 3),
        cached=sum(each.cached for each in looked),
    )
    return Decision(
        verdict=verdict,
        approval=approval,
        final=final,
        packs=tuple(pack.ref for pack in sorted(judge.packs, key=_is_house)),
        summary=summary,
        assets=tuple(assets),
        gaps=tuple(turnover.gaps),
        findings=findings,
        skipped=tuple(turnover.skipped),
        timelines=cutting.timelines(),
    )


def _is_house(pack: Pack) -> bool:
    """Sorts the house pack behind those that were asked for."""
    return pack.ref.id == HOUSE_PACK


@contextmanager
def reading_of(home: Home | None) -> Iterator[Rows | None]:
    """What is on record in a home, at one moment; None without a home."""
    if home is None:
        yield None
        return
    from checkthegate.app.recording import records_of

    with records_of(home) as store, store.reading() as reading:
        yield reading


def time_of(stated: str | None) -> AsOf:
    """The time to judge by: a stated day or time, else now by everything on file."""
    if stated is None:
        return as_known_now(datetime.now(UTC).isoformat())
    try:
        return as_of(stated)
    except ValueError:
        raise UsageError(
            f"“{stated[:40]}” is neither a day nor a time.",
            hint="Write a day as 2026-11-22, or a time as 2026-11-22T10:00:00+00:00.",
        ) from None


def day_of(stated: str | None) -> date | None:
    """The day whose rule packs apply; None for today."""
    return None if stated is None else date.fromisoformat(time_of(stated).valid[:10])
