"""What is kept of a sound so that it is known again: peaks, words, an outline, a taste.

The stored form is a header and blocks that say how long they are; reading it is bounded and raises
`ValueError` for anything else than what `to_bytes` wrote.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.spectra import Peaks

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

OUTLINE_RATE: Final = 21
"""Values a second of `Channel.outline`."""
MIX: Final = 255
"""The number of all channels of a stream together."""

_MAGIC = b"GSND\x01"
_MOST_CHANNELS = 4096
_HEAD = struct.Struct("<dH")
_CHANNEL = struct.Struct("<HBI")
_LENGTH = struct.Struct("<I")


@dataclass(frozen=True, slots=True, eq=False)
class Channel:
    """What one channel of one stream sounds like, or several that sound the same.

    `stream` is the stream's index in its container, `number` counts channels from 0, or is `MIX`;
    `outline` uint8 is the square root of the highest level, 255 for full scale; `words` uint32.
    """

    stream: int
    number: int
    peaks: Peaks
    outline: Array
    words: Array

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.outline) / OUTLINE_RATE


@dataclass(frozen=True, slots=True, eq=False)
class SoundPrint:
    """All channels of a file, how long it is in seconds, and its first minutes as Ogg Opus."""

    seconds: float
    channels: Sequence[Channel]
    taste: bytes = b""

    def to_bytes(self) -> bytes:
        """The stored form."""
        parts = [_MAGIC, _HEAD.pack(self.seconds, len(self.channels))]
        for channel in self.channels:
            parts.append(_CHANNEL.pack(channel.stream, channel.number, len(channel.words)))
            parts.append(channel.words.astype("<u4").tobytes())
            parts += _block(channel.outline.tobytes())
            parts += _block(channel.peaks.to_bytes())
        return b"".join([*parts, *_block(self.taste)])

    @staticmethod
    def from_bytes(stored: bytes) -> SoundPrint:
        """The inverse of `to_bytes`. Raises `ValueError`."""
        reading = _Stored(stored)
        seconds, count = reading.head()
        channels = tuple(reading.channels(count))
        return SoundPrint(seconds, channels, reading.block())


def channels_of(stored: bytes) -> Iterator[Channel]:
    """The channels alone, one after the other. Raises `ValueError`."""
    reading = _Stored(stored)
    _, count = reading.head()
    yield from reading.channels(count)


def _block(body: bytes) -> tuple[bytes, bytes]:
    return _LENGTH.pack(len(body)), body


class _Stored:
    """Reads the stored form from the front."""

    def __init__(self, stored: bytes) -> None:
        if not stored.startswith(_MAGIC):
            raise ValueError("this is no fingerprint of a sound")
        self._stored = stored
        self._at = len(_MAGIC)

    def head(self) -> tuple[float, int]:
        """Seconds, and how many channels follow."""
        seconds, count = _HEAD.unpack(self._bytes(_HEAD.size))
        if count > _MOST_CHANNELS or not 0 <= seconds < 1e6:
            raise ValueError("a fingerprint of a sound says what cannot be")
        return float(seconds), int(count)

    def channels(self, count: int) -> Iterator[Channel]:
        """The next channels."""
        import numpy

        for _ in range(count):
            stream, number, words = _CHANNEL.unpack(self._bytes(_CHANNEL.size))
            said = numpy.frombuffer(self._bytes(4 * words), "<u4")
            outline = numpy.frombuffer(self.block(), "u1")
            yield Channel(stream, number, Peaks.from_bytes(self.block()), outline, said)

    def block(self) -> bytes:
        """The next block."""
        (length,) = _LENGTH.unpack(self._bytes(_LENGTH.size))
        return self._bytes(length)

    def _bytes(self, length: int) -> bytes:
        part = self._stored[self._at : self._at + length]
        if len(part) != length:
            raise ValueError("a fingerprint of a sound is cut off")
        self._at += length
        return part
