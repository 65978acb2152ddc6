"""Moving pictures read packet by packet, so that little need be decoded.

The container is opened as every other one (bounded, nothing but the file itself). Frames are
reached through the key frame before them; where every frame stands alone, just that one is
decoded. What cannot be decoded is left out and counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from checkthegate.delivery.container import cut_off, explained, opened_container, protected
from checkthegate.delivery.extent import share_present
from checkthegate.delivery.film_decoding import Decoder
from checkthegate.delivery.film_frames import Scaler, quarter_turns, shown_size
from checkthegate.delivery.film_packets import PacketTable, read_table
from checkthegate.delivery.media import video_stream
from checkthegate.delivery.pixels import check_size
from checkthegate.model import Unreadable
from checkthegate.seams import Film, Frame, OpenAsset, Packets

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

_PASSES: Final = 12
_WORD_EVERY = 16


@contextmanager
def open_film(opened: OpenAsset) -> Iterator[Film]:
    """The film of an asset. Raises `Unreadable`."""
    problem = protected(opened)
    if problem is not None:
        raise problem
    entered = opened_container(opened, passes=_PASSES)
    container = entered.__enter__()
    # What fails in the block is the block's own fault and must not be told as the file's.
    try:
        yield OpenedFilm(opened, container)
    finally:
        entered.__exit__(None, None, None)


class OpenedFilm:
    """The `Film` of a PyAV container."""

    def __init__(self, opened: OpenAsset, container: Any) -> None:
        stream = video_stream(opened, container)
        check_size(stream.width, stream.height, opened.limits.pixels)
        self._opened, self._container, self._stream = opened, container, stream
        self._scaler = Scaler(stream.sample_aspect_ratio, opened.limits.pixels)
        self._decoder = Decoder(container, stream, opened.limits.pixels)
        self._coded = (stream.width, stream.height)
        self.codec: str = stream.codec_context.name
        self.rate = float(stream.average_rate or stream.guessed_rate or 0)
        self.lost = 0

    @property
    def width(self) -> int:
        """Width as it is shown, in square pixels."""
        return self._size[0]

    @property
    def height(self) -> int:
        """Height as it is shown, in square pixels."""
        return self._size[1]

    @property
    def seconds(self) -> float:
        """How long it runs: from its first frame to the end of its last."""
        return self._table.seconds

    def packets(self) -> Packets:
        """All packets, without decoding."""
        return self._table.packets()

    def at(self, times: Sequence[float], longest: int) -> Iterator[Frame]:
        """The frames nearest these ascending times; several times at one frame give it once."""
        wanted = self._table.nearest(times)
        yield from self._shown(self._decoder.frames(self._table, wanted), len(wanted), longest)

    def between(self, start: float, stop: float, longest: int) -> Iterator[Frame]:
        """Every frame from `start` up to `stop`."""
        first, last = self._table.within(start, stop)
        frames = self._decoder.run(self._table, first, last)
        yield from self._shown(frames, last - first, longest)

    def _shown(
        self, frames: Iterator[tuple[int, Any]], wanted: int, longest: int
    ) -> Iterator[Frame]:
        """Decoded frames made small; those of the `wanted` that never came are counted."""
        found = 0
        while (frame := self._explaining(frames)) is not None:
            stamp, picture = frame
            found += 1
            if found % _WORD_EVERY == 0:
                self._opened.working()
            yield Frame(self._table.time(stamp), self._scaler.rgb(picture, longest))
        self.lost += wanted - found

    def _explaining(self, frames: Iterator[tuple[int, Any]]) -> tuple[int, Any] | None:
        """The next frame, or None; the decoder's errors as `Unreadable`."""
        import av

        try:
            return next(frames, None)
        except (av.FFmpegError, OSError, MemoryError) as problem:
            raise explained(self._opened, problem) from None

    @cached_property
    def _table(self) -> PacketTable:
        import av

        try:
            table = read_table(self._container, self._stream, self._opened.working)
        except (av.FFmpegError, OSError, MemoryError) as problem:
            raise explained(self._opened, problem) from None
        present = share_present(self._opened, self._opened.asset.size)
        if present < 1:
            if len(table.stamps) < 2:
                raise cut_off(present)
            self.lost += max(1, round(len(table.stamps) * (1 / present - 1)))
        return table

    @cached_property
    def _size(self) -> tuple[int, int]:
        """Only a decoded frame says which way up it is."""
        shown = shown_size(*self._coded, self._stream.sample_aspect_ratio)
        try:
            first = self._explaining(self._decoder.frames(self._table, self._table.nearest([0.0])))
        except Unreadable:
            return shown
        turned = first is not None and quarter_turns(first[1]) % 2
        return (shown[1], shown[0]) if turned else shown
