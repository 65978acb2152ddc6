"""Listens to a file once, from beginning to end, and keeps what it will be known by.

Channels that sound the same are listened to once. A pair of channels that differ is heard as both
together and as each alone; of more channels each is heard alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.chromaprint import WordMaker
from checkthegate.fingerprint.sound_print import MIX, OUTLINE_RATE, Channel, SoundPrint
from checkthegate.fingerprint.sound_taste import Taster
from checkthegate.fingerprint.spectra import RATE, TICK_SECONDS, PeakFinder, Peaks
from checkthegate.model import Kind, Unreadable
from checkthegate.seams import OpenAsset

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

MOST_STREAMS: Final = 32
MOST_CHANNELS: Final = 128
LEAST_PEAKS: Final = 20
LEAST_SECONDS: Final = 1.5
"""Less, and less long, is nothing that could be known again."""
_ALIKE = 1e-3
_LATE = 0.05
_PAUSE = 60 * RATE
_STEP = RATE // OUTLINE_RATE
_TOO_MANY = "the file holds more sounds than are listened to; deliver it in parts"


@dataclass(slots=True)
class Heard:
    """What came of listening: the print, and in sentences what could not be heard."""

    found: SoundPrint
    gaps: list[str] = field(default_factory=list)


def listened(opened: OpenAsset, *, taste: bool = False) -> Heard:
    """All the sound of an asset. `taste` keeps its first minutes to play to people.

    Raises `Unreadable` where nothing could be heard.
    """
    streams = [stream for stream in opened.media().streams if stream.kind == "audio"]
    if not streams and opened.asset.kind is not Kind.VIDEO:
        raise Unreadable("the file holds no sound that can be listened to")
    kept: list[Channel] = []
    gaps: list[str] = []
    sample, count = b"", 0
    for stream in streams[:MOST_STREAMS]:
        listening = Listening(stream.index, Taster() if taste and not sample else None)
        try:
            reason = listening.hear(opened)
            heard = listening.heard()
        finally:
            listening.close()
        gaps += [reason] if reason else []
        kept += heard
        sample = sample or (listening.taste() if heard else b"")
        count += listening.width
        if count > MOST_CHANNELS:
            break
    if len(streams) > MOST_STREAMS or count > MOST_CHANNELS:
        gaps.append(_TOO_MANY)
    if not kept and gaps:
        raise Unreadable(gaps[0])
    seconds = max((channel.seconds for channel in kept), default=0.0)
    return Heard(SoundPrint(seconds, tuple(kept), sample), gaps)


class Listening:
    """Listens to one stream."""

    def __init__(self, stream: int, taster: Taster | None) -> None:
        self._stream = stream
        self._taster = taster
        self._ears: list[_Ear] = []
        self._words = WordMaker()
        self._samples = 0
        self.width = 0

    def hear(self, opened: OpenAsset) -> str:
        """Listen to all of it; why not all of it could be heard, else nothing."""
        try:
            for sound in opened.sounds(self._stream, RATE):
                self._catch_up(round(sound.start * RATE))
                self._feed(sound.samples)
        except Unreadable as problem:
            return problem.reason
        return ""

    def heard(self) -> list[Channel]:
        """What was heard. Nothing can be heard after that."""
        words = self._words.finish()
        found = []
        for number, ear in enumerate(self._ears):
            channel = ear.finished(self._stream, words[:0] if number else words)
            if _enough(channel.peaks):
                found.append(channel)
        return found

    def taste(self) -> bytes:
        """The first minutes, as Ogg Opus."""
        return self._taster.finish() if self._taster is not None else b""

    def close(self) -> None:
        """Stop what still runs."""
        self._words.close()

    def _catch_up(self, place: int) -> None:
        """Silence up to a place in samples."""
        import numpy

        while self._samples and place - self._samples > _LATE * RATE:
            self._feed(numpy.zeros((min(place - self._samples, _PAUSE), max(1, self.width)), "f4"))
        if not self._samples and place > _LATE * RATE:
            self._feed(numpy.zeros((min(place, _PAUSE), 1), "f4"))
            self._catch_up(place)

    def _feed(self, samples: Array) -> None:
        rows = _rows(samples)
        whole = rows[0] if len(rows) == 1 else rows.mean(axis=0)
        columns = _columns(rows, whole)
        if not self._ears:
            self._ears = [_Ear(list(columns))]
        self.width = max(self.width, samples.shape[1])
        for ear in list(self._ears):
            self._ears += ear.split(columns)
        for ear in self._ears:
            ear.feed(columns.get(ear.number, whole))
        self._words.feed(whole)
        if self._taster is not None:
            self._taster.feed(whole)
        self._samples += len(samples)


def _enough(peaks: Peaks) -> bool:
    if len(peaks) < LEAST_PEAKS:
        return False
    return bool((peaks.times[-1] - peaks.times[0]) * TICK_SECONDS >= LEAST_SECONDS)


def _rows(samples: Array) -> Array:
    """The channels, each in one piece."""
    import numpy

    return numpy.ascontiguousarray(samples.T, numpy.float32)


def _columns(rows: Array, whole: Array) -> dict[int, Array]:
    """What is heard apart, by channel number."""
    columns = dict(enumerate(rows))
    return {MIX: whole, **columns} if len(columns) == 2 else columns


class _Ear:
    """Hears channels that have sounded alike so far, the first of them for all."""

    def __init__(self, channels: list[int]) -> None:
        self._channels = channels
        self._finder = PeakFinder()
        self._outline: list[Array] = []
        self._rest: Array | None = None

    @property
    def number(self) -> int:
        """The channel that is listened to."""
        return self._channels[0]

    def split(self, columns: dict[int, Array]) -> list[_Ear]:
        """Other ears for channels that sound different from now on."""
        mine, groups = columns.get(self.number), []
        away = [n for n in self._channels if n in columns and not _alike(mine, columns[n])]
        self._channels = [n for n in self._channels if n not in away]
        while away:
            first = columns[away[0]]
            together = [n for n in away if _alike(first, columns[n])]
            away = [n for n in away if n not in together]
            groups.append(self._parted(together))
        return groups

    def _parted(self, channels: list[int]) -> _Ear:
        other = _Ear(channels)
        other._finder = self._finder.copied()
        other._outline, other._rest = list(self._outline), self._rest
        return other

    def feed(self, samples: Array) -> None:
        """The next samples of its channel."""
        import numpy

        self._finder.feed(samples)
        rest = samples if self._rest is None else numpy.concatenate([self._rest, samples])
        steps = len(rest) // _STEP
        self._outline.append(_outlined(rest[: steps * _STEP].reshape(steps, _STEP)))
        self._rest = rest[steps * _STEP :].copy()

    def finished(self, stream: int, words: Array) -> Channel:
        """What it heard."""
        import numpy

        if self._rest is not None and len(self._rest):
            self._outline.append(_outlined(self._rest[None]))
        outline = numpy.concatenate([numpy.zeros(0, "u1"), *self._outline])
        return Channel(stream, self.number, self._finder.finish(), outline, words)


def _outlined(steps: Array) -> Array:
    import numpy

    highest = numpy.abs(steps).max(axis=1, initial=0)
    outline: Array = (numpy.sqrt(numpy.minimum(highest, 1)) * 255).astype("u1")
    return outline


def _alike(one: Array | None, other: Array) -> bool:
    """Whether two channels hold the same, but for its level and for what a codec does to it."""
    import numpy

    if one is None or one is other:
        return one is not None
    powers = numpy.dot(one, one) * numpy.dot(other, other)
    if not powers:
        return not numpy.any(one) and not numpy.any(other)
    return bool(numpy.dot(one, other) ** 2 >= (1 - _ALIKE) * powers)
