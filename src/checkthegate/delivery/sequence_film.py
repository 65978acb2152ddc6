"""A sequence of numbered pictures as one asset that plays like a film."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NoReturn

from checkthegate.delivery.opened import OpenedFile
from checkthegate.model import Asset, Unreadable
from checkthegate.seams import Film, Frame, Limits, Media, Packets, Picture, Sound, Text

if TYPE_CHECKING:
    import numpy

ASSUMED_RATE: Final = 24.0
"""Frames a second of pictures that do not say. Spans of sequences are in such seconds."""

FrameOpener = Callable[[int], AbstractContextManager[Path]]
"""A file with the bytes of the frame at this place, for as long as it is needed."""


class OpenedSequence:
    """The `OpenAsset` of a sequence: a film and its first picture, and no bytes of its own.

    `frames` are the frames' assets in order; `missing` is not among them. `rate` is in frames a
    second. What a sequence does not have raises `Unreadable`.
    """

    def __init__(
        self,
        asset: Asset,
        frames: Sequence[Asset],
        opener: FrameOpener,
        *,
        limits: Limits | None = None,
        rate: float = ASSUMED_RATE,
        working: Callable[[], None] | None = None,
    ) -> None:
        self.asset, self.limits, self.rate = asset, limits or Limits(), rate
        self._frames, self._opener = frames, opener
        self._working = working or (lambda: None)

    def __len__(self) -> int:
        """How many frames there are."""
        return len(self._frames)

    def decoded(self, place: int) -> numpy.ndarray[Any, Any]:
        """The frame's pixels, `uint8` of shape (height, width, 3). Raises `Unreadable`."""
        with self._opener(place) as file:
            opened = OpenedFile(self._frames[place], file, limits=self.limits)
            try:
                return opened.picture().rgb
            finally:
                opened.close()

    def sizes(self) -> list[int]:
        """The frames' sizes in bytes."""
        return [frame.size for frame in self._frames]

    @contextmanager
    def film(self) -> Iterator[Film]:
        """The frames as a film."""
        yield _SequenceFilm(self)

    def picture(self) -> Picture:
        """The first frame."""
        from checkthegate.delivery.pixels import ArrayPicture

        return ArrayPicture(self.decoded(0))

    def frame(self, fraction: float) -> Picture:
        """The frame at this part of the sequence."""
        from checkthegate.delivery.pixels import ArrayPicture

        last = len(self._frames) - 1
        return ArrayPicture(self.decoded(min(last, max(0, round(fraction * last)))))

    def working(self) -> None:
        """Say that work goes on."""
        self._working()

    def open(self) -> BinaryIO:
        """A sequence has no bytes of its own."""
        self._nothing()

    def read_at(self, offset: int, length: int) -> bytes:
        """A sequence has no bytes of its own."""
        return b""

    def sidecar(self, suffix: str) -> bytes | None:
        """Sidecars belong to frames."""
        return None

    def media(self) -> Media:
        """A sequence is no container."""
        self._nothing()

    def sound(self, fraction: float, stream: int) -> Sound:
        """A sequence is silent."""
        self._nothing()

    def sounds(self, stream: int, rate: int) -> Iterator[Sound]:
        """A sequence is silent."""
        self._nothing()

    def text(self) -> Text:
        """A sequence has no words."""
        self._nothing()

    def _nothing(self) -> NoReturn:
        raise Unreadable("it is a sequence of pictures, and has no bytes or sound of its own")


class _SequenceFilm:
    """The `Film` of a sequence: every frame stands alone."""

    def __init__(self, sequence: OpenedSequence) -> None:
        self._sequence = sequence
        self._size: tuple[int, int] | None = None
        self.rate = sequence.rate
        self.seconds = len(sequence) / sequence.rate
        self.codec = "sequence"
        self.lost = 0

    @property
    def width(self) -> int:
        """Width of the first frame."""
        return self._first()[0]

    @property
    def height(self) -> int:
        """Height of the first frame."""
        return self._first()[1]

    def packets(self) -> Packets:
        """One packet a frame, each a key."""
        import numpy

        count = len(self._sequence)
        times = numpy.arange(count, dtype=numpy.float64) / self.rate
        sizes = numpy.array(self._sequence.sizes(), dtype=numpy.int64)
        return Packets(times, sizes, numpy.ones(count, dtype=bool))

    def at(self, times: Sequence[float], longest: int) -> Iterator[Frame]:
        """The frames nearest these times."""
        last = len(self._sequence) - 1
        places = sorted({min(last, max(0, round(time * self.rate))) for time in times})
        yield from self._decoded(places, longest)

    def between(self, start: float, stop: float, longest: int) -> Iterator[Frame]:
        """Every frame from `start` up to `stop`."""
        count = len(self._sequence)
        places = [n for n in range(count) if start <= n / self.rate < stop]
        yield from self._decoded(places, longest)

    def _decoded(self, places: Sequence[int], longest: int) -> Iterator[Frame]:
        for place in places:
            self._sequence.working()
            try:
                rgb = self._sequence.decoded(place)
            except Unreadable:
                self.lost += 1
                continue
            yield Frame(place / self.rate, _fitted(rgb, longest))

    def _first(self) -> tuple[int, int]:
        if self._size is None:
            height, width = self._sequence.decoded(0).shape[:2]
            self._size = (int(width), int(height))
        return self._size


def _fitted(rgb: numpy.ndarray[Any, Any], longest: int) -> numpy.ndarray[Any, Any]:
    """The picture with no side over `longest`, averaged over areas."""
    height, width = rgb.shape[:2]
    if max(height, width) <= longest:
        return rgb
    import cv2

    scale = longest / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    fitted: numpy.ndarray[Any, Any] = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    return fitted


def frames_of(paths: Mapping[int, Path]) -> FrameOpener:
    """An opener for frames that lie loose on disk, by place."""

    @contextmanager
    def opener(place: int) -> Iterator[Path]:
        yield paths[place]

    return opener
