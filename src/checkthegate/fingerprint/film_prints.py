"""What is kept of a film in the bank, to find any part of it later in a cut.

Short films (clips) are kept densely: every frame's movement, descriptors four times a second,
a small picture twice a second. Long ones thinly, so that a film of two hours stays within some
30 MB: movement four times a second on a coarser grid, a descriptor a second, a picture wherever
what is seen changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.film_samples import Sampler, Samples
from checkthegate.fingerprint.motion import COLUMNS, grey, grid_shape, on_grid
from checkthegate.fingerprint.picture_print import STILL_EDGE, KeptStill, PicturePrint

if TYPE_CHECKING:
    import numpy

    from checkthegate.fingerprint.sscd import Descriptors
    from checkthegate.seams import Film, Frame, OpenAsset

    Array = numpy.ndarray[Any, Any]

_WORD_EVERY = 32


@dataclass(frozen=True, slots=True)
class _Density:
    """How much of a film is kept: seconds between frames of movement (0: every frame), between
    samples and between stills at least; the grid's columns; the stills' longest side, their JPEG
    quality, and how alike two frames must be for the second to need no still of its own."""

    movement: float
    sample: float
    still: float
    columns: int
    edge: int
    quality: int
    alike: float


_DENSE = _Density(0.0, 0.25, 0.5, COLUMNS, STILL_EDGE, 82, 2.0)
_MIDDLE = _Density(0.0, 0.5, 2.0, COLUMNS, STILL_EDGE, 75, 2.0)
_LONG = _Density(0.25, 1.0, 1.0, 40, 256, 60, 0.85)
_CLIP_SECONDS, _LONG_SECONDS = 60.0, 600.0
_MOST_STILLS_OF_CLIP = 32
_LONGEST_WITHOUT_STILL = 10.0
_MOST_STILLS = 2_500
_FASTEST_MOVEMENT = 1 / 31


def film_print(opened: OpenAsset, descriptors: Descriptors) -> PicturePrint:
    """The print of a film. Raises `Unreadable`."""
    with opened.film() as film:
        density = _density(film.seconds)
        keeping = _Keeping(film, density, descriptors)
        for number, frame in enumerate(_frames(film, density)):
            if number % _WORD_EVERY == 0:
                opened.working()
            keeping.add(frame)
        return keeping.print()


def _density(seconds: float) -> _Density:
    from dataclasses import replace

    if seconds > _LONG_SECONDS:
        return replace(_LONG, still=max(_LONG.still, seconds / _MOST_STILLS))
    if seconds > _CLIP_SECONDS:
        return _MIDDLE
    return replace(_DENSE, still=max(_DENSE.still, seconds / _MOST_STILLS_OF_CLIP))


def _frames(film: Film, density: _Density) -> Iterator[Frame]:
    """The frames that something is kept of."""
    times = film.packets().times
    if density.movement == 0 and len(times) * _FASTEST_MOVEMENT <= 2 * max(film.seconds, 1):
        yield from film.between(0.0, film.seconds + 1.0, density.edge)
        return
    step = density.movement or _FASTEST_MOVEMENT
    yield from film.at(_paced(times, step), density.edge)


def _paced(times: Array, step: float) -> Sequence[float]:
    """Those of ascending times that lie at least `step` apart."""
    kept: list[float] = []
    for time in times.tolist():
        if not kept or time - kept[-1] >= step - 1e-6:
            kept.append(time)
    return kept


class _Keeping:
    """Takes a film's frames in order and keeps what belongs into its print."""

    def __init__(self, film: Film, density: _Density, descriptors: Descriptors) -> None:
        self._film, self._density = film, density
        self._size = (film.width, film.height)
        rows, columns = grid_shape(*self._size)
        self._shape = (max(8, rows * density.columns // columns), density.columns)
        self._sampler = Sampler(descriptors)
        self._grids: list[Array] = []
        self._times: list[float] = []
        self._stills: list[KeptStill] = []
        self._sampled = self._pictured = float("-inf")
        self._seen: Array | None = None

    def add(self, frame: Frame) -> None:
        """Keep of this frame what is due."""
        self._times.append(frame.time)
        self._grids.append(on_grid(grey(frame.rgb), self._shape))
        if frame.time - self._sampled >= self._density.sample - 1e-3:
            self._sampler.add(frame)
            self._sampled = frame.time
            if self._still_due(frame.time):
                self._stills.append(KeptStill(frame.time, _jpeg(frame.rgb, self._density.quality)))
                self._pictured = frame.time

    def _still_due(self, time: float) -> bool:
        if time - self._pictured < self._density.still - 1e-3:
            return False
        if self._density.alike > 1 or time - self._pictured > _LONGEST_WITHOUT_STILL:
            return True
        now = self._sampler.last()
        changed = now is None or self._seen is None or float(now @ self._seen) < self._density.alike
        self._seen = now if changed else self._seen
        return changed

    def print(self) -> PicturePrint:
        """The print of all frames so far."""
        import numpy

        samples: Samples = self._sampler.samples()
        return PicturePrint(
            "film",
            *self._size,
            self._film.seconds,
            self._film.rate,
            samples.times,
            samples.codes,
            samples.descriptors,
            tuple(self._stills),
            numpy.array(self._grids, numpy.uint8).reshape(-1, *self._shape),
            numpy.array(self._times, numpy.float32),
        )


def _jpeg(rgb: Array, quality: int) -> bytes:
    import cv2

    made, body = cv2.imencode(".jpg", rgb[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return bytes(body) if made else b""
