"""Films matched by their content: samples propose, a closer look at what moves decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.exhibits import side_by_side
from checkthegate.fingerprint.film_closer import Found, Hit, look
from checkthegate.fingerprint.film_prints import film_print as film_print
from checkthegate.fingerprint.film_samples import Sampler
from checkthegate.fingerprint.film_source import Source, Sources
from checkthegate.fingerprint.film_window import EDGE, Window
from checkthegate.fingerprint.pdq import MATCH_RADIUS
from checkthegate.fingerprint.picture_print import PicturePrint, from_bytes, to_bytes
from checkthegate.fingerprint.plates import nearer_to_input
from checkthegate.fingerprint.registering import Registration, agreement, register_in
from checkthegate.fingerprint.sampling import choose
from checkthegate.fingerprint.still_prints import decoded
from checkthegate.model import Exhibit, Gap, Grade, Span, Unreadable
from checkthegate.model.match import Match

if TYPE_CHECKING:
    import numpy

    from checkthegate.fingerprint.proposing import Proposer
    from checkthegate.fingerprint.sscd import Descriptors
    from checkthegate.seams import Bank, Film, FingerprintCache, OpenAsset

    Array = numpy.ndarray[Any, Any]

_SCREEN: Final = "film-screen/1"
_PROPOSED: Final = 0.35
_PROVEN: Final = 0.75
_LIKE: Final = 0.62
_MOVING: Final = 2.0
_MOST_LOOKS_A_SAMPLE: Final = 12
_MOST_SUSPECTED: Final = 40


def match_film(
    opened: OpenAsset,
    bank: Bank,
    cache: FingerprintCache,
    proposer: Proposer,
    descriptors: Descriptors,
) -> Iterator[Match | Gap]:
    """What of the bank lies in a film, and from when to when. Raises `Unreadable`."""
    with opened.film() as film:
        screen = _screened(opened, film, cache, descriptors)
        hits = _hits(screen, proposer)
        if not hits:
            return
        yield from _Search(opened, film, Sources(bank)).matches(hits)


def _screened(
    opened: OpenAsset, film: Film, cache: FingerprintCache, descriptors: Descriptors
) -> PicturePrint:
    """The film's samples, kept from before or made now."""
    recipe = f"{_SCREEN}{'' if descriptors.ready else '-codes'}"
    kept = cache.get(opened.asset.digest, recipe)
    if kept is not None:
        return from_bytes(kept)
    chosen = choose(film.packets())
    sampler = Sampler(descriptors)
    for number, frame in enumerate(film.at(chosen.times.tolist(), EDGE)):
        if number % 16 == 0:
            opened.working()
        sampler.add(frame)
    made = sampler.samples()
    size = (film.width, film.height, film.seconds, film.rate)
    print_ = PicturePrint("film", *size, made.times, made.codes, made.descriptors)
    cache.put(opened.asset.digest, recipe, to_bytes(print_))
    return print_


@dataclass(frozen=True, slots=True)
class _Proposed:
    number: int
    hit: Hit


def _hits(screen: PicturePrint, proposer: Proposer) -> list[list[_Proposed]]:
    """For each sample that something came near to, in order of time: what, the nearest first."""
    import numpy

    best: dict[tuple[int, int], tuple[float, int]] = {}
    coded = proposer.near_codes(screen.codes, MATCH_RADIUS)
    rows = list(
        zip(coded.queries, coded.numbers, coded.samples, 1 - coded.scores / 256, strict=True)
    )
    if len(screen.descriptors):
        near = proposer.near(screen.descriptors.astype(numpy.float32), _PROPOSED)
        rows += zip(near.queries, near.numbers, near.samples, near.scores, strict=True)
    for query, number, sample, score in rows:
        key = (int(query), int(number))
        if key not in best or best[key][0] < score:
            best[key] = (float(score), int(sample))
    by_query: dict[int, list[_Proposed]] = {}
    for (query, number), (score, sample) in best.items():
        hit = Hit(float(screen.times[query]), float(sample), score)
        by_query.setdefault(query, []).append(_Proposed(number, hit))
    return [
        sorted(each, key=lambda one: -one.hit.likeness)[:_MOST_LOOKS_A_SAMPLE]
        for _, each in sorted(by_query.items())
    ]


class _Search:
    """The closer looks at one film."""

    def __init__(self, opened: OpenAsset, film: Film, sources: Sources) -> None:
        self._sources = sources
        self._window = Window(film, opened.working)
        self._found: list[tuple[Found, Match]] = []

    def matches(self, hits: Sequence[Sequence[_Proposed]]) -> Iterator[Match | Gap]:
        """Every match; suspected ones only where nothing is proven."""
        for proposed in hits:
            for each in proposed:
                if self._known(each):
                    break
                try:
                    self._look(each)
                except Unreadable as problem:
                    yield Gap("fingerprint", problem.reason)
        proven = [match for _, match in self._found if match.grade is Grade.PROVEN]
        others = [match for _, match in self._found if match.grade is not Grade.PROVEN]
        yield from proven
        left = [each for each in others if not any(_within(each, one) for one in proven)]
        yield from sorted(left, key=lambda each: each.distance)[:_MOST_SUSPECTED]

    def _known(self, each: _Proposed) -> bool:
        """Whether something proven covers this sample already."""
        time = each.hit.time
        return any(
            match.grade is Grade.PROVEN and found.start - 0.05 <= time <= found.stop + 0.05
            for found, match in self._found
        )

    def _look(self, each: _Proposed) -> None:
        source = self._sources[each.number]
        time = float(source.print.times[int(each.hit.source_time)])
        hit = Hit(each.hit.time, time, each.hit.likeness)
        if not source.is_film:
            return
        found = look(self._window, source, hit, at_cut=False)
        if found is None:
            return
        match = self._judged(found, hit)
        if match is not None:
            self._found.append((found, match))

    def _judged(self, found: Found, hit: Hit) -> Match | None:
        score = found.score
        if score.correlation >= _PROVEN and score.moving >= _MOVING:
            plate = self._plate(found)
            return plate or self._match(found, found.source, Grade.PROVEN, 1 - score.correlation)
        if score.moving < _MOVING and self._still(found):
            return self._match(found, found.source, Grade.PROVEN, 1 - max(0.0, score.agreeing))
        if hit.likeness >= _LIKE:
            return self._match(found, found.source, Grade.SUSPECTED, 1 - hit.likeness)
        return None

    def _still(self, found: Found) -> bool:
        """Whether fine detail agrees, in a shot where nothing moves."""
        middle = len(found.shot.times) // 2
        time = float(found.shot.times[middle])
        frames = self._window.between(time - 0.01, time + 0.2).frames
        if not len(frames):
            return False
        at = found.source.stills_near(found.fit.line.source_at(time))[0]
        ground = self._window.ground(time, frames[0])
        registration = register_in(found.source.still(at), ground)
        if registration is None:
            return False
        return agreement(found.source.still(at), frames[0], registration).same

    def _plate(self, found: Found) -> Match | None:
        """The match with what this was made from, where the film is nearer to that."""
        for number in self._sources.inputs_of(found.source):
            plate = self._sources[number]
            if plate.print.stills and self._nearer(found, plate):
                return self._match(found, plate, Grade.PROVEN, 1 - found.score.correlation)
        return None

    def _nearer(self, found: Found, plate: Source) -> bool:
        votes = []
        source = found.source
        for at, time in enumerate(source.still_times.tolist()):
            there = found.fit.line.target_at(time)
            if not found.start <= there <= found.stop:
                continue
            frames = self._window.between(there - 0.005, there + 0.1).frames
            if not len(frames):
                continue
            near = plate.stills_near(time)[0]
            lying = Registration(found.fit.matrix, False, 1.0)
            votes.append(nearer_to_input(source.still(at), plate.still(near), frames[0], lying))
            if len(votes) >= 5:
                break
        return sum(votes) * 2 > len(votes)

    def _match(self, found: Found, source: Source, grade: Grade, distance: float) -> Match:
        line = found.fit.line
        ends = sorted(line.source_at(each) for each in (found.start, found.stop))
        middle = (found.start + found.stop) / 2
        at = source.stills_near(line.source_at(middle))[0]
        shown = self._window.colour(middle)
        exhibits: tuple[Exhibit, ...] = ()
        own = decoded(source.print.stills[at].jpeg)
        if shown is not None and own is not None:
            exhibits = side_by_side(shown, own, None, ("in the delivery", "on record"))
        return Match(
            source.banked,
            grade,
            round(min(1.0, max(0.0, distance)), 4),
            span=Span(round(found.start, 3), round(found.stop, 3)),
            source_span=Span(
                round(max(0.0, ends[0]), 3), round(min(ends[1], source.seconds or ends[1]), 3)
            ),
            detail={"speed": round(line.speed, 3)},
            exhibits=exhibits,
        )


def _within(one: Match, other: Match) -> bool:
    """Whether most of one span lies inside another."""
    if one.span is None or other.span is None:
        return False
    shared = min(one.span.end, other.span.end) - max(one.span.start, other.span.start)
    return shared > 0.5 * (one.span.end - one.span.start)
