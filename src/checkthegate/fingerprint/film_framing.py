"""How a target frames a source: bars around it, what spills over, and the framings that are usual.

A slow pan can be explained by many framings, each with its own time. Finishing mostly keeps the
whole frame or cuts it to fit around the middle, so those are tried first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.borders import content_box
from checkthegate.fingerprint.geometry import after, inverted, mirrors, unmirrored

if TYPE_CHECKING:
    import numpy

    from checkthegate.fingerprint.film_shot import Shot

    Array = numpy.ndarray[Any, Any]

_BLACK = 24
_MOSTLY = 0.95
_NEAR = 0.07
_CORNERS = ((0, 1, 0, 1), (0, 0, 1, 1), (1, 1, 1, 1))


def picture_box(shot: Shot) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the picture inside black bars, in shares of the frame."""
    import numpy

    brightest = shot.frames.max(axis=0)
    rows = numpy.flatnonzero(numpy.quantile(brightest, _MOSTLY, axis=1) > _BLACK)
    columns = numpy.flatnonzero(numpy.quantile(brightest, _MOSTLY, axis=0) > _BLACK)
    if not len(rows) or not len(columns):
        return 0.0, 0.0, 1.0, 1.0
    height, width = brightest.shape
    return (
        float(columns[0] / width),
        float(rows[0] / height),
        float((columns[-1] + 1) / width),
        float((rows[-1] + 1) / height),
    )


def plain_framings(source: Array, target: Array) -> list[Array]:
    """Maps that lay one grey picture on another, bars around either aside: as is, and mirrored."""
    import numpy

    plain = after(inverted(_onto_content(source)), _onto_content(target))
    mirror = numpy.array([[-1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    return [plain, after(mirror, plain)]


def _onto_content(picture: Array) -> Array:
    """The map from the unit square onto what bars leave of a picture."""
    import numpy

    left, top, right, bottom = content_box(picture)
    height, width = picture.shape[:2]
    return numpy.array(
        [[(right - left) / width, 0, left / width], [0, (bottom - top) / height, top / height]]
    )


def spill(box: tuple[float, float, float, float], matrix: Array) -> float:
    """The share of the target's picture that lies outside of the source's frame."""
    import numpy

    corners = matrix @ numpy.array(_CORNERS, float)
    left, top = corners.min(axis=1)
    right, bottom = corners.max(axis=1)
    across = min(box[2], right) - max(box[0], left)
    down = min(box[3], bottom) - max(box[1], top)
    whole = (box[2] - box[0]) * (box[3] - box[1])
    return float(1.0 - max(0.0, across) * max(0.0, down) / whole)


def usual_framings(
    box: tuple[float, float, float, float], matrix: Array, source: float, target: float
) -> list[Array]:
    """The usual framings near `matrix`: stretched to the picture's box or to the whole frame, or
    filling it around the middle. `source` and `target` are the frames' width by height."""
    import numpy

    found: list[Array] = []
    for inside in dict.fromkeys((box, (0.0, 0.0, 1.0, 1.0))):
        for framing in _framings(inside, source, target):
            framing = unmirrored(framing) if mirrors(matrix) else framing
            far = numpy.abs((framing - matrix) @ numpy.array(_CORNERS, float)).max()
            if far < _NEAR and not any(numpy.allclose(framing, each) for each in found):
                found.append(framing)
    return found


def _framings(
    box: tuple[float, float, float, float], source: float, target: float
) -> tuple[Array, Array]:
    """Stretched to a box, and filling it around its middle."""
    import numpy

    wide, high = box[2] - box[0], box[3] - box[1]
    shown = wide / high * target
    across, down = wide * max(1.0, source / shown), high * max(1.0, shown / source)
    left, top = (box[0] + box[2] - across) / 2, (box[1] + box[3] - down) / 2
    stretched = numpy.array([[wide, 0, box[0]], [0, high, box[1]]])
    return stretched, numpy.array([[across, 0, left], [0, down, top]])
