"""Whether a picture is what was made from a plate, or the plate: told where the two differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.film_tones import fitted_tone, toned
from checkthegate.fingerprint.geometry import warped
from checkthegate.fingerprint.registering import Registration, register

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

_DIFFERENT: Final = 14.0
_LEAST_SHARE: Final = 0.002
_BLUR: Final = 2.0


def nearer_to_input(output: Array, plate: Array, target: Array, registration: Registration) -> bool:
    """Whether the target (uint8 grey, registered to the output) is nearer to the plate.

    Decided only where output and plate differ; False where they hardly do, or do not lie alike.
    """
    import numpy

    lying = register(output, plate)
    if lying is None:
        return False
    before, covered = warped(plate, lying.matrix, output.shape)
    shown, visible = warped(target, registration.matrix, output.shape)
    made, before, shown = (_smooth(each) for each in (output, before, shown))
    seen = covered & visible
    before = _toned(before, made, seen)
    apart = seen & (numpy.abs(made - before) > _DIFFERENT)
    if apart.sum() < _LEAST_SHARE * apart.size:
        return False
    shown = _toned(shown, made, seen & ~apart)
    to_made = numpy.abs(shown - made)[apart].mean()
    to_plate = numpy.abs(shown - before)[apart].mean()
    return bool(to_plate < to_made)


def _smooth(picture: Array) -> Array:
    import cv2
    import numpy

    return numpy.asarray(cv2.GaussianBlur(picture.astype(numpy.float32), (0, 0), _BLUR))


def _toned(picture: Array, like: Array, where: Array) -> Array:
    """The picture graded like another, by what both show at `where`."""
    if where.sum() < 500:
        return picture
    return toned(fitted_tone(picture[where], like[where]), picture)
