"""A taste of a sound to play to people: its first minutes, small, and excerpts of a few seconds."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.spectra import RATE

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

TASTE_SECONDS: Final = 240
EXCERPT_SECONDS: Final = 8.0
_OPUS_RATE = 12_000
_TASTE_BITS = 14_000
_EXCERPT_BITS = 24_000
_BLOCK = 12_000
_MOST_BYTES = 60 * 1024


class Taster:
    """Keeps the first minutes of what it is fed, as Ogg Opus."""

    def __init__(self) -> None:
        self._left = TASTE_SECONDS * RATE
        self._encoder = Encoder(RATE, _TASTE_BITS)

    def feed(self, samples: Array) -> None:
        """The next samples: `float32` at `RATE`."""
        if self._left > 0:
            self._encoder.feed(samples[: self._left])
            self._left -= len(samples)

    def finish(self) -> bytes:
        """The file; empty where it could not be made."""
        return self._encoder.finish()


class Encoder:
    """Makes a mono Ogg Opus file of what it is fed. Where Opus is not at hand it makes nothing."""

    def __init__(self, rate: int, bits: int) -> None:
        import av

        self._file = io.BytesIO()
        self._rate = rate
        self._at = 0
        self._failed = False
        try:
            self._container = av.open(self._file, "w", format="ogg")
            self._stream = self._container.add_stream("libopus", rate=_OPUS_RATE)
            self._stream.layout, self._stream.bit_rate = "mono", bits
            # What Opus does for voices alone takes half as long again.
            self._stream.options = {"compression_level": "0", "application": "lowdelay"}
            self._resampler = av.AudioResampler(format="flt", layout="mono", rate=_OPUS_RATE)
        except (av.FFmpegError, ValueError):
            self._failed = True

    def feed(self, samples: Array) -> None:
        """The next samples, `float32`."""
        for start in range(0, len(samples), _BLOCK):
            self._encode(samples[start : start + _BLOCK])

    def finish(self) -> bytes:
        """The file; empty where it could not be made."""
        import av

        if self._failed or not self._at:
            return b""
        try:
            self._put(self._resampler.resample(None))
            self._container.mux(self._stream.encode(None))
            self._container.close()
        except (av.FFmpegError, ValueError):
            return b""
        return self._file.getvalue()

    def _encode(self, samples: Array) -> None:
        import av
        import numpy

        if self._failed:
            return
        block = numpy.ascontiguousarray(samples[None], numpy.float32)
        frame = av.AudioFrame.from_ndarray(block, format="flt", layout="mono")
        frame.rate, frame.pts = self._rate, self._at
        self._at += len(samples)
        try:
            self._put(self._resampler.resample(frame))
        except (av.FFmpegError, ValueError):
            self._failed = True

    def _put(self, frames: Sequence[Any]) -> None:
        for frame in frames:
            self._container.mux(self._stream.encode(frame))


def excerpt(samples: Array, rate: int) -> bytes:
    """At most 8 s of mono `float32` as a small Ogg Opus file; empty where it could not be made."""
    import numpy

    samples = samples[: int(EXCERPT_SECONDS * rate)]
    highest = float(numpy.abs(samples).max(initial=0))
    if not highest:
        return b""
    encoder = Encoder(rate, _EXCERPT_BITS)
    # Something that lies quietly under a mix is to be heard.
    encoder.feed(samples * numpy.float32(min(0.7 / highest, 8.0)))
    made = encoder.finish()
    return made if len(made) <= _MOST_BYTES else b""


def tasted(taste: bytes, start: float, stop: float) -> Array:
    """The samples from `start` up to `stop` seconds of a taste, at `RATE`; none where it ends."""
    import av
    import numpy

    parts, heard = [numpy.zeros(0, numpy.float32)], 0
    try:
        with av.open(io.BytesIO(taste), format="ogg") as container:
            resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
            for frame in container.decode(audio=0):
                for each in resampler.resample(frame):
                    heard += each.samples
                    parts.append(each.to_ndarray()[0])
                if heard > stop * RATE:
                    break
    except (av.FFmpegError, ValueError):
        return parts[0]
    whole: Array = numpy.concatenate(parts)[int(start * RATE) : int(stop * RATE)]
    return whole
