"""What a check makes of its cuts: judged before the files, since they say what of them counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from checkthegate import __version__
from checkthegate.app.judging import Judge
from checkthegate.app.planning import Looked
from checkthegate.app.recut import (
    Carried,
    Recut,
    Since,
    earlier_judgements,
    judge_recut,
    remember,
)
from checkthegate.app.timelines import Cut, Cuts
from checkthegate.app.timelines_film import Flattened, beside_cut, flattened, named_in_film
from checkthegate.app.timelines_judging import (
    EventJudge,
    JudgedCut,
    JudgedEvent,
    findings_of,
    judge_events,
    of_used,
    with_events,
    without_slate,
)
from checkthegate.app.timelines_rows import tool_names, with_rows
from checkthegate.model import (
    AiState,
    Asset,
    AssetDecision,
    Gap,
    Observation,
    Outcome,
    Verdict,
    digest_json,
)
from checkthegate.model.timeline import EventDecision, Timeline, TimelineDecision
from checkthegate.store.cache import Cache

_MOST_OMITTED = 1000
_LOOKED_BACK = 200
_DECISION = "decision-made"


@dataclass(frozen=True, slots=True)
class Cutting:
    """All cuts of a check, judged, and what that means for each asset."""

    cuts: Cuts = field(default_factory=Cuts)
    judged: tuple[JudgedCut, ...] = ()
    films: tuple[Flattened, ...] = ()
    recuts: tuple[Recut, ...] = ()
    events: EventJudge | None = None
    _by_path: Mapping[str, list[JudgedCut]] = field(init=False)
    _films: Mapping[str, list[Flattened]] = field(init=False)

    def __post_init__(self) -> None:
        by_path: dict[str, list[JudgedCut]] = {}
        for judged in self.judged:
            by_path.setdefault(judged.cut.path, []).append(judged)
        films: dict[str, list[Flattened]] = {}
        for film in self.films:
            films.setdefault(film.path, []).append(film)
        object.__setattr__(self, "_by_path", by_path)
        object.__setattr__(self, "_films", films)

    def asset(
        self, judge: Judge, asset: Asset, said: Sequence[Observation], digest_from: str
    ) -> AssetDecision:
        """The decision about an asset, as the cuts use it or as the cut it is."""
        films = self._films.get(asset.path, [])
        missing = self.cuts.missing.get(asset.path, ())
        observed = [*without_slate(said), *missing, *beside_cut(said, films)]
        decided = of_used(judge, asset, observed, digest_from, self.cuts.used_of(asset.path))
        mine = self._by_path.get(asset.path, [])
        if mine:
            decided = with_events(decided, mine)
        return named_in_film(decided, films)

    def timelines(self) -> tuple[TimelineDecision, ...]:
        """The cuts as reports show them."""
        films = {id(film.cut): film.path for film in self.films}
        recuts = {id(each.timeline): each for each in self.recuts}
        return tuple(
            _shown(each, films.get(id(each), ""), recuts.get(id(each.cut.timeline)))
            for each in self.judged
        )


def cut_up(
    cuts: Cuts,
    looked: Sequence[Looked],
    judge: Judge,
    is_final: Callable[[str], bool],
    *,
    since: Since | None = None,
    cache: Cache | None = None,
    extra: Mapping[str, Sequence[Gap]] | None = None,
    prominence: Mapping[str, str] | None = None,
) -> Cutting:
    """Judge every event of every cut.

    `extra` are gaps of assets that are not observations. `prominence` is what reviewers recorded,
    by the id of a record or by an asset's digest.
    """
    by_path = {each.found.path: each for each in looked}
    finals = {path: is_final(path) for path in by_path}
    finals |= {cut.path: is_final(cut.path) for cut in cuts.cuts}
    events = EventJudge(judge, by_path, finals, extra or {})
    name = tool_names(judge)
    judged: list[JudgedCut] = []
    recuts: list[Recut] = []
    for cut in cuts.cuts:
        old = since.of(cut.timeline) if since is not None and cut.named else None
        if since is not None and old is not None:
            done, recut = _recut(cut, old, since, events, cache)
            recuts.append(recut)
        else:
            each = judge_events(cut, events)
            done = JudgedCut(cut, each, findings_of(cut, each))
        judged.append(with_rows(done, name, prominence))
    films = tuple(flattened(looked, judged))
    cutting = Cutting(cuts, tuple(judged), films, tuple(recuts), events)
    _keep_judgements(cutting, cache)
    return cutting


def _recut(
    cut: Cut, old: Timeline, since: Since, events: EventJudge, cache: Cache | None
) -> tuple[JudgedCut, Recut]:
    state = state_of(events.judge)
    carried = Carried(state, earlier_judgements(cache, since.digest, state))
    return judge_recut(cut, old, since.name, events, carried)


def _keep_judgements(cutting: Cutting, cache: Cache | None) -> None:
    """Remember the judgements of named cuts, for their next versions."""
    events = cutting.events
    if cache is None or events is None:
        return
    for judged in cutting.judged:
        looked = events.looked.get(judged.cut.path)
        if judged.cut.named and looked is not None:
            carried = Carried(state_of(events.judge)).of(judged, events)
            remember(cache, looked.asset.digest, carried)


def state_of(judge: Judge) -> str:
    """The digest of what judgements rest on besides the material: rules, records, day, program."""
    packs = sorted(pack.ref.digest for pack in judge.packs)
    records = _last_change(judge.rows)
    day = judge.when.valid[:10]
    return digest_json([packs, records, day, judge.when.known, judge.production, __version__])


def _last_change(rows: object) -> int | None:
    """The newest entry of the records that can change a judgement: decisions only tell of them."""
    events, size = getattr(rows, "events", None), getattr(rows, "size", None)
    if events is None or size is None:
        return None
    for last in range(size, 0, -_LOOKED_BACK):
        numbers = range(max(0, last - _LOOKED_BACK), last)
        changing = [int(number) for number, each in events(numbers) if each.kind != _DECISION]
        if changing:
            return max(changing)
    return 0


def _shown(judged: JudgedCut, film: str, recut: Recut | None) -> TimelineDecision:
    cut, timeline = judged.cut, judged.cut.timeline
    known = {event.linked.clip.number: event for event in judged.events}
    omitted = [each.old for each in recut.changes if each.new is None] if recut else []
    return TimelineDecision(
        path=cut.path,
        name=timeline.name,
        format=timeline.format,
        rate=timeline.rate,
        drop_frame=timeline.drop_frame,
        start=timeline.start,
        end=timeline.end,
        tracks=timeline.tracks,
        events=tuple(_event(timeline, known.get(n), n) for n in range(1, len(timeline.clips) + 1)),
        rows=judged.rows,
        named=cut.named,
        film=film,
        since=recut.since if recut else "",
        changes=recut.counts if recut else {},
        omitted=tuple(cut.where(each) for each in omitted[:_MOST_OMITTED] if each is not None),
    )


def _event(timeline: Timeline, event: JudgedEvent | None, number: int) -> EventDecision:
    clip = timeline.clips[number - 1]
    first, last = timeline.at(clip)
    source = clip.source.timecodes() if clip.source else ("", "")
    decided = event.decided if event else None
    linked = event.linked if event else None
    lost = event is not None and decided is None
    note = " ".join(filter(None, (event.carried if event else "", linked.why if linked else "")))
    return EventDecision(
        number=clip.number,
        label=clip.label,
        name=clip.name,
        track=clip.track,
        record_in=first,
        record_out=last,
        record_in_frame=clip.record.start,
        record_out_frame=clip.record.end,
        media=linked.path if linked else "",
        linked_by=linked.by.value if linked and linked.by else "",
        ai=decided.ai if decided else (AiState.UNKNOWN if lost else AiState.NONE_FOUND),
        verdict=_verdict(decided, lost=lost) if clip.enabled else Verdict.CLEAR,
        enabled=clip.enabled,
        nest=clip.nest,
        changed=event.changed if event else None,
        note=note,
        source_in=source[0],
        source_out=source[1],
        rules=_rules(decided),
    )


def _rules(decided: AssetDecision | None) -> tuple[str, ...]:
    """The rules that are not met, or of which that is open."""
    asked = (Outcome.FAIL, Outcome.UNKNOWN)
    found = (each.rule for each in decided.findings if each.outcome in asked) if decided else ()
    return tuple(dict.fromkeys(found))


def _verdict(decided: AssetDecision | None, *, lost: bool) -> Verdict:
    if decided is not None:
        return decided.verdict
    return Verdict.ESCALATE if lost else Verdict.CLEAR
