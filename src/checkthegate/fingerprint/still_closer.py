"""The closer look at one proposal: does this picture of the bank lie in the still, and is it it?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.agreeing import Agreement, agreement
from checkthegate.fingerprint.borders import content_box
from checkthegate.fingerprint.geometry import after
from checkthegate.fingerprint.points import SOURCE_EDGE, Points, points_of
from checkthegate.fingerprint.refining import refined
from checkthegate.fingerprint.registering import register_in
from checkthegate.fingerprint.still_prints import grey
from checkthegate.fingerprint.tiles import WHOLE, Region

if TYPE_CHECKING:
    import numpy

    from checkthegate.fingerprint.still_screen import Screen

    Array = numpy.ndarray[Any, Any]

_FITS = 0.6
_LOOKS_ALIKE = 0.35
_ENOUGH_DETAIL = 12
_LEAST_SEEN = 0.08


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A picture of the bank found in the still: the map (in shares) and how far both agree."""

    matrix: Array
    agreement: Agreement

    @property
    def same(self) -> bool:
        """Whether this is the very picture."""
        return self.agreement.same and self.agreement.covered >= _LEAST_SEEN

    @property
    def alike(self) -> bool:
        """Whether enough of it agrees to call it a look-alike at least."""
        found = self.agreement
        return found.detailed >= _ENOUGH_DETAIL and found.agreeing >= _LOOKS_ALIKE

    @property
    def distance(self) -> float:
        """0 for the same in every detail, 1 for nothing in common."""
        found = self.agreement
        return round(1.0 - max(0.0, found.correlation) * (1.0 - found.differs), 4)


class Sought:
    """A kept picture of the bank (uint8 rgb) that is looked for, perhaps in several regions."""

    def __init__(self, rgb: Array) -> None:
        self.rgb, self.grey = rgb, grey(rgb)

    @cached_property
    def points(self) -> Points:
        """Its points, found once."""
        return points_of(self.grey, SOURCE_EDGE)


def look(sought: Sought, screen: Screen, region: Region) -> Look | None:
    """The picture looked for in a region of the still; None when it is not there."""
    best: Look | None = None
    if region == WHOLE:
        best = _as_framed(sought, screen)
        if best is not None and best.same:
            return best
    searched = _searched(sought, screen, region)
    if searched is None or (best is not None and best.distance <= searched.distance):
        return best
    return searched


def _as_framed(sought: Sought, screen: Screen) -> Look | None:
    """The quick way: frame on frame, or picture on picture without bars; also mirrored."""
    for matrix in _framings(sought.grey, screen.grey):
        better, score = refined(sought.grey, screen.grey, matrix)
        if score >= _FITS:
            return Look(better, agreement(sought.rgb, screen.rgb, better))
    return None


def _framings(source: Array, target: Array) -> list[Array]:
    import numpy

    plain = after(_onto_content(source, inverse=True), _onto_content(target, inverse=False))
    mirror = numpy.array([[-1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    return [plain, after(mirror, plain)]


def _onto_content(picture: Array, *, inverse: bool) -> Array:
    """The map from the unit square onto what bars leave of the picture, or back."""
    import numpy

    left, top, right, bottom = content_box(picture)
    height, width = picture.shape[:2]
    matrix = numpy.array(
        [[(right - left) / width, 0, left / width], [0, (bottom - top) / height, top / height]]
    )
    if not inverse:
        return matrix
    scale = 1 / numpy.diag(matrix[:, :2])
    return numpy.column_stack([numpy.diag(scale), -scale * matrix[:, 2]])


def _searched(sought: Sought, screen: Screen, region: Region) -> Look | None:
    ground, place = screen.ground(region)
    found = register_in(sought.grey, ground, sought.points)
    if found is None:
        return None
    matrix = place.placed(found.matrix)
    return Look(matrix, agreement(sought.rgb, screen.rgb, matrix))
