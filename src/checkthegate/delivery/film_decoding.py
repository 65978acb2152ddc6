"""Reaches frames of a film with as little decoding as the codec allows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from checkthegate.delivery.film_packets import PacketTable, packet_stamp

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

_READ_ON_BYTES = 2_000_000
_STEPS_BACK = (0.0, 2.0, 15.0, float("inf"))
_ENOUGH_PIXELS = 768
_MOST_HALVINGS = {"jpeg2000": 5, "mjpeg": 3}
_MOST_REORDERED = 32


class Decoder:
    """Decodes chosen frames of a PyAV video stream, in order.

    Pictures of codecs that can are decoded at a fraction of their size, still no smaller than
    768 pixels at the longer side.
    """

    def __init__(self, container: Any, stream: Any, most_pixels: int) -> None:
        self._container, self._stream = container, stream
        self._codec = stream.codec_context
        self._codec.options = {"max_pixels": str(most_pixels), **_reduced(stream)}
        self._packets: Iterator[Any] = iter(())
        self._reached: int | None = None
        self._next: int | None = None
        self._ahead: list[Any] = []

    def frames(self, table: PacketTable, wanted: Array) -> Iterator[tuple[int, Any]]:
        """(stamp, PyAV frame) for each of the frames with these ascending numbers.

        What cannot be decoded is left out. Raises PyAV's errors where nothing can be read.
        """
        self._next = None
        for key, group in table.by_key(wanted):
            pending = [int(stamp) for stamp in table.stamps[group]]
            self._codec.flush_buffers()
            yield from self._fed(self._from(table, key), pending, table.step, sparse=True)

    def run(self, table: PacketTable, first: int, last: int) -> Iterator[tuple[int, Any]]:
        """As `frames`, for all from number `first` up to `last`. Where the run before ended
        there, it is gone on with."""
        pending = [int(stamp) for stamp in table.stamps[first:last]]
        if not pending:
            return
        goes_on = self._next == first
        self._next = None
        if goes_on:
            before, self._ahead = self._ahead, []
            yield from self._asked_for(before, pending, table.step)
            packets = self._read()
        else:
            self._codec.flush_buffers()
            self._ahead = []
            packets = self._from(table, table.key_before(first))
        yield from self._fed(packets, pending, table.step, sparse=False)
        self._next = last

    def _fed(
        self, packets: Iterator[Any], pending: list[int], step: float, *, sparse: bool
    ) -> Iterator[tuple[int, Any]]:
        """The pending frames, from packets in order of decoding."""
        chosen, unfed, last, beyond = set(pending), set(pending), pending[-1:], 0
        while pending:
            packet = next(packets, None)
            if packet is None or beyond > _MOST_REORDERED:
                break
            stamp = packet_stamp(packet)
            skipped = sparse and stamp not in chosen
            self._codec.skip_frame = "NONREF" if skipped else "DEFAULT"
            unfed.discard(last[0] if stamp is None else stamp)
            beyond += stamp is not None and stamp > last[0]
            yield from self._asked_for(self._decoded(packet), pending, step)
            if sparse and not unfed:
                break
        if pending:
            self._codec.skip_frame = "DEFAULT"
            yield from self._asked_for(self._decoded(None), pending, step)
            self._codec.flush_buffers()

    def _asked_for(
        self, frames: list[Any], pending: list[int], step: float
    ) -> Iterator[tuple[int, Any]]:
        """Those frames that are pending, which they are no longer then; later ones are kept."""
        for frame in frames:
            stamp = packet_stamp(frame)
            if stamp is None:
                continue
            while pending and pending[0] < stamp - step / 2:
                pending.pop(0)
            if not pending:
                self._ahead.append(frame)
            elif pending[0] <= stamp + step / 2:
                yield pending.pop(0), frame

    def _decoded(self, packet: Any) -> list[Any]:
        """The frames that come out when a packet goes in; none where it is damaged."""
        import av

        with suppress(av.FFmpegError, EOFError):
            return list(self._codec.decode(packet))
        return []

    def _from(self, table: PacketTable, key: int) -> Iterator[Any]:
        """The stream's packets from a key frame on, in order of decoding."""
        first = self._at_key(table, key)
        if first is None:
            return
        yield first
        yield from self._read()

    def _at_key(self, table: PacketTable, key: int) -> Any:
        """The packet of a key frame, by reading on where that is near, else by seeking."""
        stamp = int(table.stamps[max(key, 0)])
        if self._reached is not None and self._reached < stamp and key >= 0:
            passed = table.stamps.searchsorted(self._reached)
            if table.sizes[passed:key].sum() <= _READ_ON_BYTES:
                return next((p for p in self._read() if _begins(p, stamp)), None)
        for back in _STEPS_BACK if key >= 0 else _STEPS_BACK[-1:]:
            self._seek(stamp - back / table.tick)
            for packet in self._read():
                if key < 0 or _begins(packet, stamp):
                    late = key >= 0 and (packet_stamp(packet) or 0) > stamp
                    if late and back != _STEPS_BACK[-1]:
                        break
                    return packet
        return None

    def _seek(self, stamp: float) -> None:
        import av

        self._reached = None
        try:
            if stamp <= 0:
                raise OverflowError("the beginning")
            self._container.seek(int(stamp), stream=self._stream, backward=True)
        except (av.FFmpegError, OSError, OverflowError):
            self._container.seek(0)
        self._packets = self._container.demux(self._stream)

    def _read(self) -> Iterator[Any]:
        """The next packets that hold something."""
        import av

        while True:
            try:
                packet = next(self._packets, None)
            except (av.FFmpegError, EOFError):
                packet = None
            if packet is None or packet.size == 0:
                return
            stamp = packet_stamp(packet)
            if stamp is not None:
                self._reached = stamp if self._reached is None else max(self._reached, stamp)
            yield packet


def _reduced(stream: Any) -> dict[str, str]:
    """The option by which a codec decodes at a fraction of the size."""
    halvings = _MOST_HALVINGS.get(stream.codec_context.name, 0)
    longest = max(stream.width, stream.height)
    while halvings and longest >> halvings < _ENOUGH_PIXELS:
        halvings -= 1
    return {"lowres": str(halvings)} if halvings else {}


def _begins(packet: Any, stamp: int) -> bool:
    """Whether decoding can begin here for the key frame shown at `stamp`."""
    found = packet_stamp(packet)
    return found == stamp or (bool(packet.is_keyframe) and found is not None and found >= stamp)
