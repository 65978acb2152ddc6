"""Pictures matched by their content: codes and descriptors propose, a closer look decides.

Each stage earns its time: codes find what was hardly touched, the small network what was cropped,
turned or framed, in fifteen parts of the picture; only what they propose is registered and
compared block by block. The careful network has the last word on likenesses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.borders import trimmed
from checkthegate.fingerprint.exhibits import decoded, side_by_side
from checkthegate.fingerprint.film_source import Source, Sources
from checkthegate.fingerprint.geometry import scaled
from checkthegate.fingerprint.motion import grey
from checkthegate.fingerprint.pdq import MATCH_RADIUS, dihedral, pdq
from checkthegate.fingerprint.picture_print import (
    STILL_EDGE,
    KeptStill,
    PicturePrint,
    from_bytes,
    to_bytes,
)
from checkthegate.fingerprint.plates import nearer_to_input
from checkthegate.fingerprint.registering import Ground, Registration, agreement, register_in
from checkthegate.fingerprint.tiles import COUNT, tiles
from checkthegate.model import Gap, Grade, Span, Unreadable
from checkthegate.model.match import Match

if TYPE_CHECKING:
    import numpy

    from checkthegate.fingerprint.agreeing import Agreement
    from checkthegate.fingerprint.proposing import Proposer
    from checkthegate.fingerprint.sscd import Descriptors
    from checkthegate.seams import Bank, FingerprintCache, OpenAsset

    Array = numpy.ndarray[Any, Any]

PROPOSED: Final = 0.36
"""A part of the picture at least so alike (cosine, small network) is looked at closely."""

_ALIKE: Final = 0.55
_REGISTERED_ALIKE: Final = 0.30
_TARGET_EDGE: Final = 768
_DIHEDRAL: Final = 8
_FLAT: Final = 4.0
_MOST_CLOSER: Final = 12
_MOST_SUSPECTED: Final = 5
_JPEG: Final = 88
_SCREEN: Final = "picture-screen/1"


@dataclass(frozen=True, slots=True, eq=False)
class _Proposal:
    """An entry of the bank, the sample of it that is nearest, the part of the target, how alike."""

    number: int
    sample: int
    tile: int
    score: float


def still_print(opened: OpenAsset, descriptors: Descriptors) -> PicturePrint | None:
    """The print of a picture; None when it is blank. Raises `Unreadable`."""
    import cv2
    import numpy

    rgb = opened.picture().rgb
    inner = trimmed(rgb)
    if inner.std() < _FLAT:
        return None
    code, _ = pdq(inner)
    vectors = descriptors.bulk([inner]) if descriptors.ready else numpy.zeros((0, 512))
    small = scaled(rgb, STILL_EDGE)
    made, body = cv2.imencode(".jpg", small[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, _JPEG])
    kept = (KeptStill(0.0, bytes(body)),) if made else ()
    return PicturePrint(
        "still",
        int(rgb.shape[1]),
        int(rgb.shape[0]),
        times=numpy.zeros(1, numpy.float32),
        codes=code[None],
        descriptors=vectors.astype(numpy.float16),
        stills=kept,
    )


def match_still(
    opened: OpenAsset,
    bank: Bank,
    cache: FingerprintCache,
    proposer: Proposer,
    descriptors: Descriptors,
) -> Iterator[Match | Gap]:
    """What of the bank lies in a picture; the surest first. Raises `Unreadable`."""
    proposed = _proposed(_screened(opened, cache, descriptors), proposer)
    if not proposed:
        return
    look = _Look(opened, Sources(bank), descriptors)
    found: dict[int, Match] = {}
    for proposal in proposed[:_MOST_CLOSER]:
        try:
            match = look(proposal)
        except Unreadable as problem:
            yield Gap("fingerprint", problem.reason)
            continue
        if match is not None:
            known = found.get(match.banked.number)
            if known is None or match.distance < known.distance:
                found[match.banked.number] = match
    yield from _bounded(list(found.values()))


def _bounded(matches: list[Match]) -> Iterator[Match]:
    """All that is proven, and the nearest few of what is not."""
    ordered = sorted(matches, key=lambda match: (match.grade is not Grade.PROVEN, match.distance))
    proven = [match for match in ordered if match.grade is Grade.PROVEN]
    yield from proven
    yield from ordered[len(proven) : len(proven) + _MOST_SUSPECTED]


def _screened(
    opened: OpenAsset, cache: FingerprintCache, descriptors: Descriptors
) -> PicturePrint | None:
    """Codes in all eight turns and descriptors of all parts; None when the picture is blank."""
    import numpy

    recipe = f"{_SCREEN}{'' if descriptors.ready else '-codes'}"
    kept = cache.get(opened.asset.digest, recipe)
    if kept is not None:
        return from_bytes(kept) if kept else None
    inner = trimmed(opened.picture().rgb)
    if inner.std() < _FLAT:
        cache.put(opened.asset.digest, recipe, b"")
        return None
    codes = numpy.zeros((COUNT, 32), numpy.uint8)
    codes[:_DIHEDRAL] = dihedral(inner)
    parts = tiles(scaled(inner, 1024))
    vectors = descriptors.bulk(parts) if descriptors.ready else numpy.zeros((0, 512))
    print_ = PicturePrint(
        "still",
        int(inner.shape[1]),
        int(inner.shape[0]),
        times=numpy.arange(COUNT, dtype=numpy.float32),
        codes=codes,
        descriptors=vectors.astype(numpy.float16),
    )
    cache.put(opened.asset.digest, recipe, to_bytes(print_))
    return print_


def _proposed(screen: PicturePrint | None, proposer: Proposer) -> list[_Proposal]:
    """The nearest sample of each entry that came near at all, the nearest entries first."""
    import numpy

    if screen is None:
        return []
    best: dict[int, _Proposal] = {}
    coded = proposer.near_codes(screen.codes[:_DIHEDRAL], MATCH_RADIUS)
    likeness = 1.0 - coded.scores / 256
    for number, sample, score in zip(coded.numbers, coded.samples, likeness, strict=True):
        _keep(best, _Proposal(int(number), int(sample), 0, float(score)))
    if len(screen.descriptors):
        near = proposer.near(screen.descriptors.astype(numpy.float32), PROPOSED)
        for query, number, sample, score in zip(
            near.queries, near.numbers, near.samples, near.scores, strict=True
        ):
            _keep(best, _Proposal(int(number), int(sample), int(query), float(score)))
    return sorted(best.values(), key=lambda each: (-each.score, each.number))


def _keep(best: dict[int, _Proposal], proposal: _Proposal) -> None:
    known = best.get(proposal.number)
    if known is None or proposal.score > known.score:
        best[proposal.number] = proposal


class _Look:
    """The closer look at one picture; what it needs of the picture is made once."""

    def __init__(self, opened: OpenAsset, sources: Sources, descriptors: Descriptors) -> None:
        self._opened, self._sources, self._descriptors = opened, sources, descriptors
        self._rgb = scaled(opened.picture().rgb, _TARGET_EDGE)
        self._grey = grey(self._rgb)
        self._ground = Ground(self._grey)

    def __call__(self, proposal: _Proposal) -> Match | None:
        """The match, or None when the likeness does not hold. Raises `Unreadable`."""
        self._opened.working()
        source = self._sources[proposal.number]
        if not source.print.stills:
            return None
        time = float(source.print.times[proposal.sample])
        at = source.stills_near(time)[0]
        registration = register_in(source.still(at), self._ground)
        if registration is None:
            return self._alike(source, at, proposal)
        agreed = agreement(source.still(at), self._grey, registration)
        if agreed.same:
            plate = self._plate(source, at, registration)
            if plate is not None:
                return plate
            return self._match(source, at, Grade.PROVEN, 1 - agreed.correlation, agreed)
        if proposal.score < _REGISTERED_ALIKE or agreed.agreeing < 0.5:
            return self._alike(source, at, proposal)
        return self._match(source, at, Grade.SUSPECTED, 1 - proposal.score, agreed)

    def _alike(self, source: Source, at: int, proposal: _Proposal) -> Match | None:
        """A likeness that could not be laid over: kept only if the careful network agrees."""
        if not self._descriptors.ready:
            return None
        part = tiles(trimmed(self._rgb))[proposal.tile]
        pair = self._descriptors.full([part, decoded(source.print.stills[at].jpeg)])
        likeness = float(pair[0] @ pair[1])
        if likeness < _ALIKE:
            return None
        return self._match(source, at, Grade.SUSPECTED, 1 - likeness, None)

    def _plate(self, source: Source, at: int, registration: Registration) -> Match | None:
        """The match with what this was made from, where the picture is nearer to that."""
        for number in self._sources.inputs_of(source):
            plate = self._sources[number]
            if not plate.print.stills:
                continue
            near = plate.stills_near(float(source.still_times[at]))[0]
            pictures = (source.still(at), plate.still(near), self._grey)
            if nearer_to_input(*pictures, registration):
                onto = register_in(plate.still(near), self._ground)
                agreed = agreement(plate.still(near), self._grey, onto) if onto else None
                same = agreed is not None and agreed.same
                grade = Grade.PROVEN if same else Grade.SUSPECTED
                distance = 1 - agreed.correlation if agreed else 0.5
                return self._match(plate, near, grade, distance, agreed)
        return None

    def _match(
        self, source: Source, at: int, grade: Grade, distance: float, agreed: Agreement | None
    ) -> Match:
        still = source.print.stills[at]
        span = None
        if source.print.kind == "film":
            span = Span(still.time, still.time + 1 / max(source.print.rate, 1.0))
        where = "" if span is None else f", at {still.time:.2f} s"
        return Match(
            source.banked,
            grade,
            round(max(0.0, distance), 4),
            source_span=span,
            differs=round(agreed.differs, 4) if agreed else None,
            detail={"covers": round(agreed.target_covered, 3)} if agreed else {},
            exhibits=side_by_side(
                self._rgb, decoded(still.jpeg), "in the delivery", f"on record{where}"
            ),
        )
