"""An entry of the bank, ready to be compared: a film with its movement and stills, or a still."""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.motion import Moving
from checkthegate.fingerprint.picture_print import PicturePrint, from_bytes
from checkthegate.fingerprint.points import SOURCE_EDGE, points_of

if TYPE_CHECKING:
    import numpy

    from checkthegate.fingerprint.points import Points
    from checkthegate.model.match import Banked
    from checkthegate.seams import Bank

    Array = numpy.ndarray[Any, Any]

_KEPT_BYTES = 256 * 1024 * 1024
_KEPT_STILLS = 64
_MOMENT = 0.3
_BUSIEST, _STILL = 0.97, 3.0


class Source:
    """One entry of the bank, unpacked."""

    def __init__(self, banked: Banked, print_: PicturePrint) -> None:
        import numpy

        self.banked, self.print = banked, print_
        self.moving = Moving(print_.motion_times.astype(numpy.float64), print_.motion)
        self.still_times = numpy.array([still.time for still in print_.stills], numpy.float64)
        self._grey = lru_cache(maxsize=_KEPT_STILLS)(self._decoded)
        self._points = lru_cache(maxsize=_KEPT_STILLS)(self._found)

    @property
    def is_film(self) -> bool:
        """Whether it has movement to compare."""
        return self.print.kind == "film" and len(self.moving) > 2

    @property
    def seconds(self) -> float:
        """How long it runs; 0 for a still."""
        return self.print.seconds

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of its grid of movement."""
        rows, columns = self.print.motion.shape[1:]
        return int(rows), int(columns)

    @property
    def weight(self) -> int:
        """About how many bytes it takes."""
        return int(self.print.motion.nbytes) + sum(len(each.jpeg) for each in self.print.stills)

    def still(self, number: int) -> Array:
        """A kept still as uint8 grey, decoded once."""
        return self._grey(number)

    def points(self, number: int) -> Points:
        """The strongest points of a kept still, found once."""
        return self._points(number)

    def hardly_moves(self, start: float, stop: float) -> bool:
        """Whether nothing to speak of moves in this stretch, in seconds."""
        import numpy

        near = self.moving.between(start, stop)
        lag = max(1, round(_MOMENT / max(near.step, 1e-3)))
        if len(near) <= lag:
            return True
        steps = (near.frames[lag:].astype(numpy.float32) - near.frames[:-lag])[::2]
        places = (steps * steps).mean(axis=0)
        return float(numpy.quantile(places, _BUSIEST)) < _STILL

    def sample_time(self, number: int) -> float:
        """When the sample with this number was taken, in seconds."""
        times = self.print.times
        return float(times[number]) if 0 <= number < len(times) else 0.0

    def stills_near(self, time: float) -> list[int]:
        """Numbers of the stills, nearest in time first."""
        import numpy

        order: list[int] = numpy.argsort(numpy.abs(self.still_times - time), kind="stable").tolist()
        return order

    def _found(self, number: int) -> Points:
        return points_of(self.still(number), SOURCE_EDGE)

    def _decoded(self, number: int) -> Array:
        import cv2
        import numpy

        body = numpy.frombuffer(self.print.stills[number].jpeg, numpy.uint8)
        picture = cv2.imdecode(body, cv2.IMREAD_GRAYSCALE) if len(body) else None
        return numpy.zeros((8, 8), numpy.uint8) if picture is None else numpy.asarray(picture)


class Sources:
    """Entries of a bank by number; those asked for last are kept unpacked."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self._kept: OrderedDict[int, Source] = OrderedDict()

    def __getitem__(self, number: int) -> Source:
        """Raises `Unreadable` where the stored fingerprint is damaged."""
        source = self._kept.pop(number, None)
        if source is None:
            source = Source(self._bank.banked(number), from_bytes(self._bank.fingerprint(number)))
        self._kept[number] = source
        while len(self._kept) > 1 and sum(s.weight for s in self._kept.values()) > _KEPT_BYTES:
            self._kept.popitem(last=False)
        return source

    def inputs_of(self, source: Source) -> list[int]:
        """Numbers of the entries of what this was made from."""
        return [
            number for digest in source.banked.inputs for number in self._bank.numbers_of(digest)
        ]
