"""The screening of a film: a few frames described, and what of the bank comes near to them.

What was described is kept with the file's digest, so that a changed bank costs no new decoding.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.film_samples import Sampler
from checkthegate.fingerprint.film_window import EDGE
from checkthegate.fingerprint.pdq import MATCH_RADIUS
from checkthegate.fingerprint.picture_print import PicturePrint, samples_of, to_bytes
from checkthegate.fingerprint.sampling import choose
from checkthegate.model import Unreadable

if TYPE_CHECKING:
    import numpy

    from checkthegate.fingerprint.proposing import Proposer
    from checkthegate.fingerprint.sscd import Descriptors
    from checkthegate.model.canonical import Json
    from checkthegate.seams import Film, FingerprintCache, Frame, OpenAsset

    Array = numpy.ndarray[Any, Any]

PROPOSED: Final = 0.3
"""From this cosine on, a frame is looked at closely. (True ones were measured at 0.42 and more.)"""

_SCREEN: Final = "film-screen/2"
_PROMISE: Final = "film-promise/1"
_WITHOUT_NETWORKS = 68
_BATCH = 64
_MOST_EACH = 12
_SIMILAR = 0.3


@dataclass(frozen=True, slots=True)
class Proposal:
    """An entry of the bank (by number) one of whose samples looks like the film at a time."""

    number: int
    sample: int
    time: float
    likeness: float


def screened(
    opened: OpenAsset, film: Film, cache: FingerprintCache, descriptors: Descriptors
) -> PicturePrint:
    """The film's samples, kept from before or made now. Raises `Unreadable`."""
    kept = cache.get(opened.asset.digest, _recipe(descriptors))
    if kept is not None:
        try:
            return samples_of(kept)
        except Unreadable:
            pass
    sampling = choose(film.packets())
    sampler = Sampler(descriptors)
    for number, frame in enumerate(film.at(sampling.times.tolist(), EDGE)):
        if number % 16 == 0:
            opened.working()
        sampler.add(frame)
    made = sampler.samples()
    size = (film.width, film.height, film.seconds, film.rate)
    print_ = PicturePrint("film", *size, made.times, made.codes, made.descriptors)
    told = {**sampling.promise(), "frames_lost": film.lost}
    cache.put(opened.asset.digest, _PROMISE, json.dumps(told).encode())
    cache.put(opened.asset.digest, _recipe(descriptors), to_bytes(print_))
    return print_


def promise(digest: str, cache: FingerprintCache) -> Mapping[str, Json]:
    """What the screening of the film with this digest looked at and what it left out, in words
    (`promise`) and numbers; empty where it was not screened."""
    kept = cache.get(digest, _PROMISE)
    if kept is None:
        return {}
    try:
        told: Mapping[str, Json] = json.loads(kept)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def proposals(screen: PicturePrint, proposer: Proposer) -> Iterator[list[Proposal]]:
    """For each sample in order of time: what came near, nearest first, each entry once."""
    for first in range(0, len(screen.times), _BATCH):
        yield from _batch(screen, slice(first, first + _BATCH), proposer)


def proposals_of(frame: Frame, descriptors: Descriptors, proposer: Proposer) -> list[Proposal]:
    """What comes near to one frame."""
    sampler = Sampler(descriptors)
    sampler.add(frame)
    made = sampler.samples()
    screen = PicturePrint("film", 0, 0, 0.0, 0.0, made.times, made.codes, made.descriptors)
    return next(proposals(screen, proposer), [])


def _recipe(descriptors: Descriptors) -> str:
    return _SCREEN if descriptors.ready else f"{_SCREEN}-codes"


def _batch(screen: PicturePrint, which: slice, proposer: Proposer) -> Iterator[list[Proposal]]:
    best: list[dict[int, tuple[float, int]]] = [{} for _ in screen.times[which]]
    for query, number, sample, likeness in _near(screen, which, proposer):
        known = best[query].get(number)
        if known is None or known[0] < likeness:
            best[query][number] = (likeness, sample)
    for time, found in zip(screen.times[which].tolist(), best, strict=True):
        nearest = sorted(found.items(), key=lambda each: (-each[1][0], each[0]))[:_MOST_EACH]
        yield [Proposal(number, sample, time, likeness) for number, (likeness, sample) in nearest]


def _near(
    screen: PicturePrint, which: slice, proposer: Proposer
) -> Iterator[tuple[int, int, int, float]]:
    """Query, entry, sample, likeness: by descriptors, and by codes."""
    import numpy

    radius = MATCH_RADIUS if len(screen.descriptors) else _WITHOUT_NETWORKS
    coded = proposer.near_codes(screen.codes[which], radius)
    likeness = 1.0 - coded.scores / 128.0
    yield from _rows(coded.queries, coded.numbers, coded.samples, likeness)
    if len(screen.descriptors):
        near = proposer.near(screen.descriptors[which].astype(numpy.float32), PROPOSED)
        yield from _rows(near.queries, near.numbers, near.samples, near.scores)


def _rows(*columns: Array) -> Iterator[tuple[int, int, int, float]]:
    yield from zip(*(column.tolist() for column in columns), strict=True)
