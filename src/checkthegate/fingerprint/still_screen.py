"""A still of the delivery as it is asked about: cheap parts first, each made once and kept."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint import pdq
from checkthegate.fingerprint.registering import Ground
from checkthegate.fingerprint.still_prints import grey, views, working_picture
from checkthegate.fingerprint.tiles import TILES, WHOLE, Region

if TYPE_CHECKING:
    import numpy

    from checkthegate.fingerprint.sscd import Descriptors
    from checkthegate.seams import FingerprintCache, OpenAsset

    Array = numpy.ndarray[Any, Any]

RECIPE = "picture-screen-1"
"""Changes whenever codes, descriptors or tiles of a target could."""

_WAYS = 8
_CODE = 32
_WIDTH = 512
_MARGIN = 0.06


class Screen:
    """A still of the delivery. Decoded only when the cache does not know what is asked."""

    def __init__(
        self, opened: OpenAsset, descriptors: Descriptors, cache: FingerprintCache
    ) -> None:
        self._opened, self._descriptors, self._cache = opened, descriptors, cache
        self._grounds: dict[Region, Ground] = {}

    @cached_property
    def rgb(self) -> Array:
        """The working picture, uint8 rgb. Raises `Unreadable`."""
        return working_picture(self._opened)

    @cached_property
    def grey(self) -> Array:
        """The working picture, uint8 grey."""
        return grey(self.rgb)

    @cached_property
    def codes(self) -> Array:
        """uint8[n,32]: the picture's code in all eight ways, then that without bars around it.

        None for a picture with too little structure to have a code.
        """
        return self._kept("codes", (_CODE,), "u1", self._coded)

    @cached_property
    def vectors(self) -> Array:
        """float32[n,512]: the picture, then it without bars. No rows without the networks."""
        return self._kept("front", (_WIDTH,), "<f2", lambda: self._described(views(self.rgb)))

    @cached_property
    def tiles(self) -> Array:
        """float32[n,512]: one row a region of `TILES`. No rows without the networks."""
        return self._kept(
            "tiles",
            (_WIDTH,),
            "<f2",
            lambda: self._described(tuple(each.cut(self.rgb) for each in TILES)),
        )

    def ground(self, region: Region) -> tuple[Ground, Region]:
        """A region of the picture for looking in, a little widened, and where that lies."""
        wide = region if region == WHOLE else region.widened(_MARGIN)
        if wide not in self._grounds:
            self._grounds[wide] = Ground(wide.cut(self.grey))
        return self._grounds[wide], wide

    def _coded(self) -> Array:
        import numpy

        found = [numpy.zeros((0, _CODE), numpy.uint8)]
        for view in views(self.rgb):
            if pdq.pdq(view)[1] >= pdq.LEAST_QUALITY:
                found.append(pdq.dihedral(view))
        return numpy.concatenate(found)

    def _described(self, pictures: tuple[Array, ...]) -> Array:
        import numpy

        if not self._descriptors.ready:
            return numpy.zeros((0, _WIDTH), numpy.float32)
        return self._descriptors.bulk(pictures)

    def _kept(self, part: str, row: tuple[int, ...], kind: str, make: Any) -> Array:
        """An array from the cache, or made and kept there: the same either way."""
        import numpy

        recipe = f"{RECIPE}-{part}-{int(self._descriptors.ready)}"
        body = self._cache.get(self._opened.asset.digest, recipe)
        size = numpy.dtype(kind).itemsize * row[0]
        if body is None or len(body) % size:
            body = make().astype(kind).tobytes()
            self._cache.put(self._opened.asset.digest, recipe, body)
        rows = numpy.frombuffer(body, kind).reshape(-1, *row)
        return rows if kind == "u1" else rows.astype(numpy.float32)
