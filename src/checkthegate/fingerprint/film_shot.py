"""Frames of the target, small and grey, and how they look on a source's grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.geometry import in_pixels, scaled, warped
from checkthegate.fingerprint.motion import Moving, on_grid

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

_FINER = 1.5
_SMALLEST = 48
_BLACK, _LEAST_LIT = 24, 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """Grey frames of the target in order: `times` float64[T], `frames` uint8[T,h,w]."""

    times: Array
    frames: Array

    def __len__(self) -> int:
        return len(self.times)

    @property
    def seconds(self) -> float:
        """From the first frame to the last."""
        return float(self.times[-1] - self.times[0]) if len(self.times) else 0.0

    def on_source(self, matrix: Array, shape: tuple[int, int]) -> tuple[Moving, Array]:
        """The frames on the source's grid, and bool[h,w]: where they show the source's frame and
        are not black throughout."""
        import cv2
        import numpy

        _, visible = warped(self.frames[0], matrix, shape)
        pixels = in_pixels(matrix, shape, self.frames.shape[1:])
        ways = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        size = (shape[1], shape[0])
        made = numpy.empty((len(self.frames), *shape), numpy.uint8)
        for number, frame in enumerate(self.frames):
            made[number] = cv2.warpAffine(
                frame, pixels, size, flags=ways, borderMode=cv2.BORDER_REPLICATE
            )
        # What is black all the time is a bar or a matte: it hides, it does not differ.
        lit = visible & (made.max(axis=0) > _BLACK)
        return Moving(self.times, made), lit if lit.sum() >= _LEAST_LIT * visible.sum() else visible

    def some(self, most: int) -> Shot:
        """At most so many of the frames, evenly."""
        import numpy

        if len(self.times) <= most:
            return self
        return self.of(numpy.linspace(0, len(self.times) - 1, most).round().astype(int))

    def of(self, which: Any) -> Shot:
        """Some of the frames, by slice, mask or number."""
        return Shot(self.times[which], self.frames[which])

    def joined(self, later: Shot) -> Shot:
        """These frames and then those of a later one, made as small."""
        import numpy

        size = (self.frames.shape[1], self.frames.shape[2])
        frames = [on_grid(frame, size) for frame in later.frames]
        return Shot(
            numpy.concatenate([self.times, later.times]),
            numpy.concatenate([self.frames, numpy.stack(frames)]) if frames else self.frames,
        )

    def shrunk(self, matrix: Array, shape: tuple[int, int]) -> Shot:
        """The frames no finer than the source's grid needs where `matrix` places it."""
        import numpy

        scale = max(abs(float(matrix[0, 0])), abs(float(matrix[1, 1])), 0.05)
        longest = max(_SMALLEST, round(_FINER * max(shape) / min(1.5, scale)))
        return Shot(self.times, numpy.stack([scaled(frame, longest) for frame in self.frames]))
