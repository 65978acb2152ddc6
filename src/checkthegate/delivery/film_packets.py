"""A film's packets: when each is shown, how large it is, whether it can be decoded alone.

Where every frame stands alone and the container's own index says where all of them lie, nothing
but that index is read; else every packet is passed over once, undecoded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from checkthegate.model import Unreadable
from checkthegate.seams import Packets

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

MOST_PACKETS: Final = 4_000_000
_WORD_EVERY = 2_000
_ALONE = frozenset(
    {
        *("prores", "dnxhd", "jpeg2000", "mjpeg", "rawvideo", "v210", "v410", "huffyuv", "cfhd"),
        *("ffvhuff", "utvideo", "dvvideo", "qtrle", "png", "exr", "dpx", "tiff", "hap"),
    }
)
"""Codecs of which every frame can be decoded alone."""
_NO_PICTURE = "no frame of the moving picture could be found in the file; it is damaged or empty"
_TOO_MANY = (
    f"the moving picture has more than {MOST_PACKETS:,} frames, which is more than is looked at; "
    "deliver it in parts"
)


@dataclass(frozen=True, slots=True, eq=False)
class PacketTable:
    """The packets in order of presentation, and how to reach them.

    `stamps` int64 are presentation times in ticks of `tick` seconds, ascending; `step` is how many
    ticks a frame lasts, about.
    """

    stamps: Array
    sizes: Array
    keys: Array
    tick: float
    step: float

    def packets(self) -> Packets:
        """The seam's form of it."""
        return Packets((self.stamps - self.stamps[0]) * self.tick, self.sizes, self.keys)

    @property
    def seconds(self) -> float:
        """From the first frame to the end of the last."""
        return float(self.stamps[-1] - self.stamps[0] + self.step) * self.tick

    def time(self, stamp: int) -> float:
        """Seconds from the first frame."""
        return float(stamp - self.stamps[0]) * self.tick

    def nearest(self, times: Sequence[float]) -> Array:
        """The numbers of the frames nearest these times, ascending, each once."""
        import numpy

        goals = numpy.asarray(times, numpy.float64) / self.tick + self.stamps[0]
        after = numpy.searchsorted(self.stamps, goals).clip(1, max(1, len(self.stamps) - 1))
        after = after.clip(0, len(self.stamps) - 1)
        before = (after - 1).clip(0)
        nearer = goals - self.stamps[before] <= self.stamps[after] - goals
        return numpy.unique(numpy.where(nearer, before, after))

    def within(self, start: float, stop: float) -> tuple[int, int]:
        """The first number of the frames from `start` up to `stop`, in seconds, and the first
        after them."""
        import numpy

        bounds = numpy.array([start, stop]) / self.tick + self.stamps[0] - 0.25 * self.step
        first, last = numpy.searchsorted(self.stamps, bounds)
        return int(first), max(int(first), int(last))

    def key_before(self, number: int) -> int:
        """The number of the key frame that a frame is reached from; -1: none."""
        import numpy

        keys = numpy.flatnonzero(self.keys[: number + 1])
        return int(keys[-1]) if len(keys) else -1

    def by_key(self, wanted: Array) -> Iterator[tuple[int, Array]]:
        """Groups of frames with the number of the key frame all are reached from; -1: none."""
        import numpy

        keys = numpy.flatnonzero(self.keys)
        reached_from = numpy.searchsorted(keys, wanted, side="right") - 1
        for place in numpy.unique(reached_from):
            key = int(keys[place]) if place >= 0 else -1
            yield key, wanted[reached_from == place]


def read_table(container: Any, stream: Any, working: Callable[[], None]) -> PacketTable:
    """The table of a PyAV video stream; raises `Unreadable` where there is no frame."""
    import numpy

    rows = _from_index(stream)
    if rows is None:
        rows = _demuxed(container, stream, working)
    table = numpy.fromiter(rows, numpy.dtype((numpy.int64, 3)))
    if not len(table):
        raise Unreadable(_NO_PICTURE)
    table = table[numpy.argsort(table[:, 0], kind="stable")]
    tick = float(stream.time_base)
    return PacketTable(
        table[:, 0], table[:, 1], table[:, 2].astype(bool), tick, _step(stream, table[:, 0])
    )


def _step(stream: Any, stamps: Array) -> float:
    import numpy

    steps = numpy.diff(stamps)
    steps = steps[steps > 0]
    return float(numpy.median(steps)) if len(steps) else float(_nominal_step(stream))


def _from_index(stream: Any) -> Iterator[tuple[int, int, bool]] | None:
    """From the container's own index, where it lists every frame and each stands alone."""
    if stream.codec_context.name not in _ALONE:
        return None
    entries = stream.index_entries
    if not stream.frames or len(entries) != stream.frames or len(entries) > MOST_PACKETS:
        return None
    return ((e.timestamp, e.size, True) for e in entries if not e.is_discard)


def _demuxed(
    container: Any, stream: Any, working: Callable[[], None]
) -> Iterator[tuple[int, int, bool]]:
    """Every packet of the stream, read once from the beginning."""
    container.seek(0)
    step = _nominal_step(stream)
    expected = stream.start_time or 0
    for count, packet in enumerate(container.demux(stream)):
        if count > MOST_PACKETS:
            raise Unreadable(_TOO_MANY)
        if count % _WORD_EVERY == _WORD_EVERY - 1:
            working()
        if packet.size == 0 or packet.is_discard:
            continue
        stamp = packet_stamp(packet)
        stamp = expected if stamp is None else stamp
        expected = stamp + step
        yield stamp, packet.size, bool(packet.is_keyframe)


def packet_stamp(timed: Any) -> int | None:
    """When a packet or frame is shown, in ticks; AVI has decoding times only."""
    stamp = timed.pts if timed.pts is not None else timed.dts
    return None if stamp is None else int(stamp)


def _nominal_step(stream: Any) -> int:
    """About how many ticks a frame lasts by what the file says, at least one."""
    rate = float(stream.average_rate or stream.guessed_rate or 25)
    return max(1, round(1 / (rate * float(stream.time_base)))) if stream.time_base else 1
