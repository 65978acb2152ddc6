"""Frames of a film described: copy descriptors and codes, batch after batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.borders import trimmed
from checkthegate.fingerprint.pdq import pdq
from checkthegate.fingerprint.picture_print import CODE_BYTES, DIMENSIONS

if TYPE_CHECKING:
    import numpy

    from checkthegate.fingerprint.sscd import Descriptors
    from checkthegate.seams import Frame

    Array = numpy.ndarray[Any, Any]

_BATCH = 16
_FLAT = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Frames described, one a row: `times` float32[n], `descriptors` float16[n,512] (no rows where
    the networks are not installed), `codes` uint8[n,32]. Blank frames are left out."""

    times: Array
    descriptors: Array
    codes: Array

    def __len__(self) -> int:
        return len(self.times)


class Sampler:
    """Takes frames one by one and describes them, bars around the picture cut off."""

    def __init__(self, descriptors: Descriptors) -> None:
        self._descriptors = descriptors
        self._times: list[float] = []
        self._codes: list[Array] = []
        self._vectors: list[Array] = []
        self._waiting: list[Array] = []

    def add(self, frame: Frame) -> None:
        """Describe a frame, unless it is blank."""
        picture = trimmed(frame.rgb)
        if picture.std() < _FLAT:
            return
        self._times.append(frame.time)
        self._codes.append(pdq(picture)[0])
        if self._descriptors.ready:
            self._waiting.append(picture)
            if len(self._waiting) == _BATCH:
                self._describe()

    def last(self) -> Array | None:
        """The newest description float32[512], or None where there is none."""
        if self._waiting:
            self._describe()
        return self._vectors[-1][-1].astype("float32") if self._vectors else None

    def samples(self) -> Samples:
        """All that was described."""
        import numpy

        if self._waiting:
            self._describe()
        none = numpy.zeros((0, DIMENSIONS), numpy.float16)
        return Samples(
            numpy.array(self._times, numpy.float32),
            numpy.concatenate([none, *self._vectors]),
            numpy.array(self._codes, numpy.uint8).reshape(-1, CODE_BYTES),
        )

    def _describe(self) -> None:
        vectors = self._descriptors.bulk(self._waiting)
        self._vectors.append(vectors.astype("float16"))
        self._waiting.clear()
