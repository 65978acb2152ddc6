"""All the sound of a stream, block after block, at one sample rate: flat memory over hours.

The container is opened as every other one (bounded, nothing but the file itself). Stretches that
cannot be decoded are left out at their place in time and counted: whoever reads to the end is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from checkthegate.delivery.container import cut_off, opened_container, protected
from checkthegate.delivery.extent import share_present
from checkthegate.delivery.frames import MOST_CHANNELS
from checkthegate.delivery.media import sound_stream, states_length
from checkthegate.model import Unreadable
from checkthegate.seams import OpenAsset, Sound

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

MOST_SECONDS: Final = 12 * 3600.0
_BLOCK_SECONDS = 4.0
_WORD_EVERY = 500
_TOGETHER = 1 << 17
_SKIP = 0.1
_MOST_FAILURES = 100_000
_LOWEST, _HIGHEST = 1_000, 768_000
_UNBROKEN = frozenset({"flac", "ogg"})
"""Containers of nothing but sound, whose time runs on unless a part of it was lost."""
_COUNTED = frozenset({"flac", "mp3"})
"""Containers that say how long their sound is, and hold nothing that says how large they are."""
_LOST_SECONDS, _SHORT = 0.02, 0.5


def read_sounds(opened: OpenAsset, stream: int, rate: int) -> Iterator[Sound]:
    """The sound of the stream with this index at `rate`, in order, about 4 s a block.

    Where the file has no sound for a while the next block simply begins later. Raises `Unreadable`
    before the first block when nothing can be had, and after the last one when parts could not be
    decoded, the file is cut off, or it is longer than 12 hours.
    """
    problem = protected(opened)
    if problem is not None:
        raise problem
    with opened_container(opened, passes=1) as container:
        chosen = sound_stream(opened, container, stream)
        _pass_over_others(container, stream)
        if chosen.codec_context.name == "flac":
            # Else a frame whose checksum is wrong is played as if nothing had happened.
            chosen.codec_context.options = {"err_detect": "crccheck+explode"}
        reading = _Reading(opened, container, chosen, rate)
        yield from reading.blocks()
        reading.check()


def _pass_over_others(container: Any, stream: int) -> None:
    """Have pictures and other sounds not even read, where the container's index allows it."""
    from av.stream import Discard

    for other in container.streams:
        if other.index != stream:
            other.discard = Discard.all


def _stated_seconds(opened: OpenAsset, container: Any) -> float:
    """How long its sound is by the file's own count, 0 where it has none."""
    if container.format.name not in _COUNTED or not states_length(opened, container):
        return 0.0
    return (container.duration or 0) / 1_000_000


class _Reading:
    """One pass through a stream."""

    def __init__(self, opened: OpenAsset, container: Any, stream: Any, rate: int) -> None:
        self._opened, self._container, self._stream = opened, container, stream
        self._rate = rate
        self._origin = max(0.0, (container.start_time or 0) / 1_000_000)
        self._resampler: Any = None
        self._decoded: Any = None
        self._form: tuple[Any, ...] = ()
        self._width = 1
        self._parts: list[Array] = []
        self._held = 0
        self._start = self._now = 0.0
        self._packets = self._lost = 0
        self._missing = 0.0
        self._tick = 0.0
        self._heard = self._too_long = False

    def blocks(self) -> Iterator[Sound]:
        """Every block that can be decoded."""
        for frame in self._frames():
            yield from self._taken(frame)
            if self._now > MOST_SECONDS:
                self._too_long = True
                break
        self._drain()
        yield from self._block()

    def check(self) -> None:
        """Raises `Unreadable` when not all of it was heard."""
        present = share_present(self._opened, self._opened.asset.size)
        if present < 1:
            raise cut_off(present)
        if self._too_long:
            raise Unreadable("its sound is longer than 12 hours, and only these were listened to")
        if not self._heard:
            raise Unreadable("no sound could be decoded; the file is damaged or holds none")
        if self._lost:
            raise Unreadable(
                f"{self._lost:,} of {self._packets:,} parts of its sound are damaged and could "
                "not be listened to; ask for the file again"
            )
        if self._missing:
            raise Unreadable(
                f"about {self._missing:.1f} s of its sound are missing: the file is damaged; ask "
                "for it again"
            )
        stated = _stated_seconds(self._opened, self._container)
        if self._heard and not self._too_long and self._now < stated - _SHORT:
            raise cut_off(self._now / stated)

    def _frames(self) -> Iterator[Any]:
        """Every frame that can be decoded, the others counted."""
        import av

        for packet in self._container.demux(self._stream):
            self._packets += packet.size > 0
            if self._packets % _WORD_EVERY == 1:
                self._opened.working()
            try:
                yield from packet.decode()
            except av.FFmpegError:
                self._lost += 1
                if self._lost > _MOST_FAILURES:
                    return

    def _taken(self, frame: Any) -> Iterator[Sound]:
        """A decoded frame, resampled; the block it completes or is not part of."""
        form = (frame.format.name, frame.layout.name, frame.sample_rate)
        if form != self._form:
            self._tick = float(frame.time_base or 0)
        skipped = self._skipped(frame)
        if form != self._form or skipped:
            self._drain()
            yield from self._block()
            self._start = self._now = self._now + skipped
            self._begin(frame, form)
        self._now += frame.samples / form[2]
        frame.pts = None
        self._decoded.write(frame)
        if self._decoded.samples >= min(3 * form[2] // 2, _TOGETHER // self._width):
            self._keep(self._resampler.resample(self._decoded.read()))
        if self._held >= _BLOCK_SECONDS * self._rate:
            yield from self._block()

    def _skipped(self, frame: Any) -> float:
        """Seconds without sound before this frame. Where time runs backwards it is set anew."""
        ahead = 0.0 if frame.pts is None else frame.pts * self._tick - self._origin - self._now
        if ahead > _LOST_SECONDS and self._container.format.name in _UNBROKEN:
            self._missing += ahead
        if abs(ahead) <= _SKIP:
            return 0.0
        if 0 < ahead < MOST_SECONDS:
            return ahead
        self._origin += ahead
        return 0.0

    def _begin(self, frame: Any, form: tuple[Any, ...]) -> None:
        """A resampler for what comes from here on."""
        import av

        if frame.layout.nb_channels > MOST_CHANNELS:
            raise Unreadable(
                f"the sound has {frame.layout.nb_channels} channels, and at most {MOST_CHANNELS} "
                "can be listened to"
            )
        if not _LOWEST <= frame.sample_rate <= _HIGHEST:
            raise Unreadable("the file gives its sound a sample rate that no sound has")
        self._form, self._width = form, frame.layout.nb_channels
        # Many decoded frames at a time are resampled at half the cost of one by one.
        self._decoded = av.AudioFifo()
        self._resampler = av.AudioResampler(format="flt", layout=frame.layout, rate=self._rate)

    def _drain(self) -> None:
        """What the resampler still holds."""
        if self._resampler is not None:
            if self._decoded.samples:
                self._keep(self._resampler.resample(self._decoded.read()))
            self._keep(self._resampler.resample(None))
            self._resampler = None

    def _keep(self, frames: list[Any]) -> None:
        import numpy

        for frame in frames:
            count = frame.samples * self._width
            part = numpy.frombuffer(frame.planes[0], numpy.float32, count)
            self._parts.append(part.reshape(-1, self._width))
            self._held += frame.samples

    def _block(self) -> Iterator[Sound]:
        """What was kept, as a block."""
        import numpy

        if not self._held:
            return
        samples = numpy.clip(numpy.concatenate(self._parts), -8, 8)
        if numpy.isnan(samples.sum()):
            numpy.nan_to_num(samples, copy=False)
        self._parts, self._held, self._heard = [], 0, True
        start = self._start
        self._start += len(samples) / self._rate
        yield Sound(samples, self._rate, start)
