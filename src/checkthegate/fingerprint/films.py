"""Films matched by their content: samples propose, a closer look at what moves decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.exhibits import side_by_side
from checkthegate.fingerprint.film_closer import Found, Hit, look, parts_ways
from checkthegate.fingerprint.film_judging import (
    Judged,
    doubtful,
    judged_as_still,
    judged_by_movement,
    may_be_still,
)
from checkthegate.fingerprint.film_prints import film_print as film_print
from checkthegate.fingerprint.film_rivals import leaning
from checkthegate.fingerprint.film_screening import Proposal, proposals, proposals_of, screened
from checkthegate.fingerprint.film_screening import promise as promise
from checkthegate.fingerprint.film_source import Source, Sources
from checkthegate.fingerprint.film_stills import look_for_still
from checkthegate.fingerprint.film_window import Window
from checkthegate.fingerprint.sampling import Beginnings
from checkthegate.fingerprint.still_prints import decoded
from checkthegate.model import Exhibit, Gap, Grade, Span, Unreadable
from checkthegate.model.match import Match, Role, Screening

if TYPE_CHECKING:
    import numpy

    from checkthegate.fingerprint.picture_print import PicturePrint
    from checkthegate.fingerprint.proposing import Proposer
    from checkthegate.fingerprint.sscd import Descriptors
    from checkthegate.seams import Bank, Film, FingerprintCache, Frame, OpenAsset

    Array = numpy.ndarray[Any, Any]

_CLOSED_AFTER = 2.5
_SEEN_FOR = 0.9
_CLEARER = 0.08
_MOST_SUSPECTED: Final = 40
_LIKE_THE_BEST = 0.3
_JOINS, _SAME_LINE = 0.6, 0.15
_NEARLY = 0.06
_SOON, _INTO = 0.9, 0.3
_ALIKE, _PACE = 0.4, 0.8
_BETWEEN = (0.3, 0.5)
_MOST_PARTS = 8


def match_film(
    opened: OpenAsset,
    bank: Bank,
    cache: FingerprintCache,
    proposer: Proposer,
    descriptors: Descriptors,
) -> Iterator[Match | Gap | Screening]:
    """What of the bank lies in a film, and from when to when. Raises `Unreadable`."""
    with opened.film() as film:
        screen = screened(opened, film, cache, descriptors)
        told = promise(opened.asset.digest, cache)
        if told:
            yield Screening(told)
        lost, screened_lost = told.get("frames_lost", film.lost), film.lost
        search = _Search(opened, film, Sources(bank))
        for nearest in _followed(screen, film, search, descriptors, proposer):
            yield from search.take(nearest)
        yield from search.finish()
        # Damage between the samples shows only where a closer look decodes.
        lost = lost if isinstance(lost, int) and lost > 0 else film.lost - screened_lost
        if lost > 0:
            yield Gap("fingerprint", _lost(lost))


def _followed(
    screen: PicturePrint,
    film: Film,
    search: _Search,
    descriptors: Descriptors,
    proposer: Proposer,
) -> Iterator[list[Proposal]]:
    """What the samples propose, in order of time; and what follows on something found.

    A shot that shows nearly the same as the one before (its plate, another take) may begin without
    a trace in the packets. So where something found ends, a frame after it is looked at too, and
    where the film looks like something on record it is looked at every second, come what may.
    """
    import numpy

    times = numpy.append(screen.times, film.seconds + _SOON)
    for number, nearest in enumerate(proposals(screen, proposer)):
        looked, following = float(times[number]), float(times[number + 1])
        if nearest:
            yield nearest
        while (then := search.looked_at_next(looked, nearest, following)) is not None:
            frame = search.frame(looked, then)
            if frame is None:
                break
            looked = frame.time
            nearest = proposals_of(frame, descriptors, proposer)
            yield nearest


def _lost(count: int) -> str:
    frames = "1 frame" if count == 1 else f"{count:,} frames"
    return (
        f"{frames} that would have been compared with the pictures on record could not be decoded; "
        "the film may be damaged there. Ask for it again."
    )


class _Search:
    """The closer looks at one film, in order of time.

    What overlaps in time is held until nothing more can join it, and then given out at once.
    """

    def __init__(self, opened: OpenAsset, film: Film, sources: Sources) -> None:
        self._film, self._sources = film, sources
        self._window = Window(film, opened.working)
        self._beginnings = Beginnings(film.packets())
        self._open: list[Judged] = []
        self._seen: dict[int, tuple[float, float]] = {}
        self._suspected: list[Match] = []
        self._damaged: set[int] = set()

    def looked_at_next(
        self, looked: float, nearest: Sequence[Proposal], following: float
    ) -> float | None:
        """Where to look between what was looked at and what will be anyway; None: nowhere."""
        ends = [e.stop for e in self._open if e.grade is Grade.PROVEN and _holds(e, looked)]
        if ends:
            return max(ends) + _INTO if following - max(ends) >= _SOON else None
        alike = bool(nearest) and nearest[0].likeness >= _ALIKE
        return looked + _PACE if alike and following - looked >= _SOON else None

    def frame(self, looked: float, then: float) -> Frame | None:
        """A frame near `then`, reached by going on from what was looked at."""
        self._window.between(looked, then + _INTO)
        found = self._window.colour(then)
        return found if found is not None and found.time > looked + _INTO / 2 else None

    def take(self, nearest: Sequence[Proposal]) -> Iterator[Match | Gap]:
        """Look at what one sample proposes; gives out what is settled by now."""
        if not nearest:
            return
        time = nearest[0].time
        if self._open and time > max(each.stop for each in self._open) + _CLOSED_AFTER:
            yield from self._settle()
        least = nearest[0].likeness - _LIKE_THE_BEST if self._proven_at(time) else 0.0
        for proposal in nearest:
            if proposal.likeness < least or self._known(proposal):
                continue
            try:
                judged = self._look(proposal)
            except Unreadable as problem:
                if proposal.number not in self._damaged:
                    self._damaged.add(proposal.number)
                    yield Gap("fingerprint", problem.reason)
                continue
            until = time + _SEEN_FOR
            if judged is not None:
                self._join(judged)
                until = max(until, judged.stop - _NEARLY)
            self._seen[proposal.number] = until, proposal.likeness

    def finish(self) -> Iterator[Match | Gap]:
        """What is left, and the look-alikes nearest to something."""
        yield from self._settle()
        nearest = sorted(self._suspected, key=lambda each: each.distance)[:_MOST_SUSPECTED]
        yield from sorted(nearest, key=lambda each: each.span.start if each.span else 0.0)

    def _known(self, proposal: Proposal) -> bool:
        """Whether this entry was found, or looked for in vain, around this time."""
        number, time = proposal.number, proposal.time
        until, likeness = self._seen.get(number, (-1.0, 0.0))
        # What looks much more like it than what was looked at is another shot.
        new = proposal.likeness >= likeness + _CLEARER or self._beginnings.at(time)
        if time < until and not new:
            return True
        return any(
            each.source.banked.number == number
            and each.grade is Grade.PROVEN
            and _holds(each, time)
            for each in self._open
        )

    def _proven_at(self, time: float) -> bool:
        return any(each.grade is Grade.PROVEN and _holds(each, time) for each in self._open)

    def _look(self, proposal: Proposal) -> Judged | None:
        source = self._sources[proposal.number]
        hit = Hit(proposal.time, source.sample_time(proposal.sample), proposal.likeness)
        if not source.is_film:
            return self._look_for_still(source, hit)
        found = look(self._window, source, hit, at_cut=self._beginnings.at(hit.time))
        if found is None:
            return None
        judged = judged_by_movement(found, hit)
        if judged is not None and judged.grade is Grade.PROVEN:
            return self._gone_on_with(judged, found)
        if may_be_still(found):
            still = self._look_for_still(source, hit)
            if still is not None and still.grade is Grade.PROVEN:
                return still
        return judged

    def _gone_on_with(self, judged: Judged, found: Found) -> Judged:
        """What was proven, on to where the shot or its source ends: a framing that moves on, as in
        a slow push, is found again from where it was lost. What cannot be gone on with and is in
        doubt is another take."""
        for _ in range(_MOST_PARTS):
            if not parts_ways(self._window, found):
                return judged
            at = judged.stop + _NEARLY
            hit = Hit(at, found.fit.line.source_at(at), 1.0)
            more = look(self._window, judged.source, hit, at_cut=True)
            further = None if more is None else judged_by_movement(more, hit)
            if more is None or further is None or further.grade is not Grade.PROVEN:
                break
            if further.start > judged.stop + _INTO or further.stop <= judged.stop + _NEARLY:
                break
            if abs(more.fit.line.source_at(at) - hit.source_time) > _SAME_LINE:
                break
            judged, found = replace(judged, stop=further.stop), more
        # A plate may follow what was made of it without a cut that shows.
        has_plate = judged.source.banked.role is Role.INPUT or judged.source.banked.inputs
        return (
            judged
            if has_plate or not doubtful(found)
            else replace(judged, grade=Grade.SUSPECTED, differs=None)
        )

    def _look_for_still(self, source: Source, hit: Hit) -> Judged | None:
        if not source.print.stills:
            return None
        number = source.stills_near(hit.source_time)[0]
        found = look_for_still(self._window, source, number, hit)
        return None if found is None else judged_as_still(source, found)

    def _join(self, judged: Judged) -> None:
        """Hold it, as one with what it continues."""
        for place, other in enumerate(self._open):
            if _one_use(judged, other):
                longer = max(judged, other, key=lambda each: each.stop - each.start)
                start, stop = min(judged.start, other.start), max(judged.stop, other.stop)
                self._open[place] = replace(longer, start=start, stop=stop)
                return
        self._open.append(judged)

    def _settle(self) -> Iterator[Match | Gap]:
        """Decide between those that claim the same stretch, and give them out."""
        for judged in self._decided(self._open):
            match = self._match(judged)
            if judged.grade is Grade.PROVEN:
                yield match
            elif not any(_covers(other, judged) for other in self._open):
                self._suspected.append(match)
        self._open = []

    def _decided(self, held: list[Judged]) -> list[Judged]:
        """Outputs against what they were made from, then whatever else shares a stretch."""
        for judged in list(held):
            if judged.grade is Grade.PROVEN and judged.found is not None:
                for number in self._sources.inputs_of(judged.source):
                    self._find_input(judged, number, held)
        beaten: dict[int, Judged] = {}
        for one in held:
            for other in held:
                loser = _loser(one, other, self._sources) if one is not other else None
                if loser is not None:
                    beaten[id(loser)] = loser
        left = [each for each in held if id(each) not in beaten]
        fallen = [
            replace(each, grade=Grade.SUSPECTED)
            for each in beaten.values()
            if not any(_related(each, other, self._sources) for other in left)
        ]
        held[:] = left
        return left + fallen

    def _find_input(self, judged: Judged, number: int, held: list[Judged]) -> None:
        """Look for what something was made from in the same stretch, unless it was found."""
        if any(e.source.banked.number == number and e.overlaps(judged) for e in held):
            return
        source, found = self._sources[number], judged.found
        if not source.is_film or found is None:
            return
        for share in _BETWEEN:
            time = judged.start + share * (judged.stop - judged.start)
            hit = Hit(time, found.fit.line.source_at(time), 1.0)
            other = look(self._window, source, hit, at_cut=False)
            plate = None if other is None else judged_by_movement(other, hit)
            if plate is not None and plate.grade is Grade.PROVEN:
                held.append(plate)
                return

    def _match(self, judged: Judged) -> Match:
        return Match(
            judged.source.banked,
            judged.grade,
            round(min(1.0, max(0.0, judged.distance)), 4),
            span=Span(round(judged.start, 3), round(judged.stop, 3)),
            source_span=_source_span(judged),
            differs=None if judged.differs is None else round(judged.differs, 4),
            detail=_detail(judged),
            exhibits=self._exhibits(judged),
        )

    def _exhibits(self, judged: Judged) -> tuple[Exhibit, ...]:
        middle = (judged.start + judged.stop) / 2
        shown = self._window.colour(middle)
        source = judged.source
        if not source.print.stills:
            return ()
        at = judged.found.fit.line.source_at(middle) if judged.found is not None else 0.0
        still = source.print.stills[source.stills_near(at)[0]]
        own = decoded(still.jpeg)
        if shown is None or own is None:
            return ()
        when = f" at {still.time:.1f} s" if source.is_film else ""
        captions = (f"In the delivery, at {middle:.1f} s", f"{source.banked.path}{when}")
        return side_by_side(shown.rgb, own, None, captions)


def _holds(judged: Judged, time: float) -> bool:
    """Whether a time lies inside of a stretch, and not where the next one may begin."""
    return judged.start - _NEARLY <= time <= judged.stop - _NEARLY


def _one_use(one: Judged, other: Judged) -> bool:
    """Whether two findings are one stretch of one source, seen twice or cut in two."""
    if one.source.banked.number != other.source.banked.number or one.grade is not other.grade:
        return False
    if one.start > other.stop + _JOINS or other.start > one.stop + _JOINS:
        return False
    if one.grade is not Grade.PROVEN or one.found is None or other.found is None:
        return True
    middle = (max(one.start, other.start) + min(one.stop, other.stop)) / 2
    lines = one.found.fit.line, other.found.fit.line
    return abs(lines[0].source_at(middle) - lines[1].source_at(middle)) < _SAME_LINE


def _covers(other: Judged, judged: Judged) -> bool:
    """Whether something proven lies over most of a look-alike's stretch."""
    shared = min(other.stop, judged.stop) - max(other.start, judged.start)
    return other.grade is Grade.PROVEN and shared > 0.5 * (judged.stop - judged.start)


def _related(one: Judged, other: Judged, sources: Sources) -> bool:
    """Whether one was made from the other."""
    return (
        other.source.banked.number in sources.inputs_of(one.source)
        or one.source.banked.number in sources.inputs_of(other.source)
    ) and one.overlaps(other)


def _loser(one: Judged, other: Judged, sources: Sources) -> Judged | None:
    """The one of two proven films that the target is further from; None where that is open."""
    if Grade.SUSPECTED in (one.grade, other.grade) or not one.overlaps(other):
        return None
    if one.found is None or other.found is None or Role.WORK in _roles(one, other):
        return None
    told = leaning(one.found, other.found)
    if told.share == 0.0:
        return None
    return other if told.towards > 0.5 else one


def _roles(*judged: Judged) -> set[Role]:
    return {each.source.banked.role for each in judged}


def _source_span(judged: Judged) -> Span | None:
    if not judged.source.is_film:
        return None
    seconds = judged.source.seconds
    if judged.found is None:
        return Span(0.0, round(seconds, 3))
    line = judged.found.fit.line
    start, stop = sorted(line.source_at(each) for each in (judged.start, judged.stop))
    return Span(round(min(max(0.0, start), seconds), 3), round(max(0.0, min(stop, seconds)), 3))


def _detail(judged: Judged) -> dict[str, Any]:
    if judged.found is None or judged.grade is not Grade.PROVEN:
        return {}
    fit = judged.found.fit
    return {
        "speed": round(fit.line.speed, 3),
        "mirrored": bool(fit.matrix[0, 0] < 0),
    }
