"""Video and audio through PyAV: what a container says, single frames, short stretches of sound.

Only seeks and a bounded amount of decoding: at most 5,000 packets, and about 250 megapixels of
frames on the way to the frame asked for. Whatever cannot be reached raises `Unreadable`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checkthegate.delivery.container import codec_names, cut_off, opened_container, protected
from checkthegate.delivery.extent import share_present
from checkthegate.delivery.frames import to_pixels, to_samples
from checkthegate.delivery.pixels import ArrayPicture, check_size
from checkthegate.model import Unreadable
from checkthegate.seams import Media, Sound, Stream

if TYPE_CHECKING:
    from checkthegate.seams import OpenAsset, Picture

_PACKETS = 5000
_PIXEL_BUDGET = 250_000_000
_STREAMS = 256
_TAGS = 1000
_SOUND_SECONDS = 1.0
_LATE = 1.0
_EARLY = 0.3
_STEPS_BACK = (0.0, 5.0, 30.0, float("inf"))
_GUESSED = frozenset({"mp3", "aac", "amr", "mpegvideo"})
_CLOCK = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)")


def read_media(opened: OpenAsset) -> Media:
    """Format, tags and streams of a container, nothing decoded; raises `Unreadable`."""
    with opened_container(opened) as container:
        streams = tuple(_described(opened, stream) for stream in _first_streams(container))
        return Media(
            format=container.format.name,
            seconds=_container_seconds(container),
            tags=_tags(container.metadata),
            streams=streams,
        )


def decode_frame(opened: OpenAsset, fraction: float) -> Picture:
    """The frame nearest `fraction` (0..1) of the first video stream; raises `Unreadable`.

    In long groups of pictures it may lie before that, by what was too much to decode.
    """
    _check_there(opened, fraction)
    with opened_container(opened) as container:
        stream = video_stream(opened, container)
        check_size(stream.width, stream.height, opened.limits.pixels)
        stated = states_length(opened, container)
        frame = _nearest(container, stream, fraction if stated else fraction / 2)
        check_size(frame.width, frame.height, opened.limits.pixels)
        return ArrayPicture(to_pixels(frame))


def decode_sound(opened: OpenAsset, fraction: float, stream: int) -> Sound:
    """About a second of the stream with index `stream`, its last for 1; raises `Unreadable`.

    Where a file does not say how long it is, only its first half is within reach.
    """
    _check_there(opened, fraction)
    with opened_container(opened) as container:
        chosen = sound_stream(opened, container, stream)
        length = _seconds(container, chosen)
        if not states_length(opened, container):
            return _heard(container, chosen, fraction * length / 2, None)
        start = max(0.0, min(fraction * length, length - _SOUND_SECONDS))
        return _heard(container, chosen, start, length)


def _check_there(opened: OpenAsset, fraction: float) -> None:
    problem = protected(opened)
    if problem is not None:
        raise problem
    present = share_present(opened, opened.asset.size)
    if fraction > present:
        raise cut_off(present)


def _first_streams(container: Any) -> list[Any]:
    streams = list(container.streams)
    if not streams:
        raise Unreadable("the file holds no picture and no sound")
    return streams[:_STREAMS]


def _described(opened: OpenAsset, stream: Any) -> Stream:
    codec = stream.codec_context
    rate = getattr(stream, "average_rate", None) or getattr(codec, "sample_rate", 0) or 0
    return Stream(
        index=stream.index,
        kind=_kind(stream),
        codec=codec.name if codec is not None else _unknown_codec(opened, stream.index),
        tags=_tags(stream.metadata),
        width=(getattr(codec, "width", 0) or 0) if stream.type == "video" else 0,
        height=(getattr(codec, "height", 0) or 0) if stream.type == "video" else 0,
        rate=float(rate),
        seconds=_own_seconds(stream) or 0.0,
    )


def _kind(stream: Any) -> str:
    """`video`, `audio`, `subtitle`, `data`, or `cover` for a picture that comes with sound."""
    from av.stream import Disposition

    if stream.type == "video" and stream.disposition & Disposition.attached_pic:
        return "cover"
    return str(stream.type)


def _unknown_codec(opened: OpenAsset, index: int) -> str:
    names = codec_names(opened)
    return names[index] if index < len(names) else ""


def _tags(metadata: Any) -> dict[str, str]:
    return {str(key): str(metadata[key]) for key in list(metadata)[:_TAGS]}


def _own_seconds(stream: Any) -> float | None:
    """The stream's own length, where it gives one."""
    if stream.duration is not None and stream.time_base:
        return max(0.0, float(stream.duration * stream.time_base))
    clock = _CLOCK.match(stream.metadata.get("DURATION", ""))
    if clock is None:
        return None
    return int(clock[1]) * 3600 + int(clock[2]) * 60 + float(clock[3])


def _container_seconds(container: Any) -> float:
    return max(0.0, (container.duration or 0) / 1_000_000)


def _seconds(container: Any, stream: Any) -> float:
    """How long a stream is: its own word, else the container's, else 0."""
    own = _own_seconds(stream)
    return _container_seconds(container) if own is None else own


def states_length(opened: OpenAsset, container: Any) -> bool:
    """Whether a length is written in the file; otherwise it is a guess from size and bit rate."""
    if container.format.name not in _GUESSED:
        return True
    head = opened.read_at(0, 10)
    tag = 0
    if head[:3] == b"ID3":
        tag = 10 + sum((head[6 + n] & 127) << (21 - 7 * n) for n in range(4))
    frame = opened.read_at(tag, 4096)
    return any(mark in frame for mark in (b"Xing", b"Info", b"VBRI"))


def video_stream(opened: OpenAsset, container: Any) -> Any:
    """The first moving picture (no cover), decoder set up; raises `Unreadable`."""
    for stream in container.streams.video:
        if _kind(stream) == "video":
            return _ready(opened, stream)
    raise Unreadable("the file holds no moving picture")


def sound_stream(opened: OpenAsset, container: Any, index: int) -> Any:
    """The sound with this index, decoder set up; raises `Unreadable`."""
    for stream in container.streams.audio:
        if stream.index == index:
            return _ready(opened, stream)
    raise Unreadable("the file does not hold the sound it was asked for")


def _ready(opened: OpenAsset, stream: Any) -> Any:
    """The stream with its decoder set up; raises `Unreadable` where there is none."""
    if stream.codec_context is None:
        what = "pictures are" if stream.type == "video" else "sound is"
        name = _unknown_codec(opened, stream.index)
        named = f"coded as “{name}”" if name else "coded in a way that nobody here knows"
        raise Unreadable(f"its {what} {named} and cannot be decoded, so nobody looked at it")
    stream.codec_context.thread_count = 1
    return stream


@dataclass(slots=True)
class _Reach:
    """How far a walk through the packets came: `seconds` is the latest time met."""

    seconds: float | None = None
    ended: bool = False

    def note(self, time: float | None) -> None:
        if time is not None and (self.seconds is None or time > self.seconds):
            self.seconds = time


def _nearest(container: Any, stream: Any, fraction: float) -> Any:
    """The frame nearest to a fraction of the stream's length."""
    length = _seconds(container, stream)
    step = 1 / float(stream.average_rate or 25)
    origin = _origin(stream)
    goal = min(fraction * length, max(0.0, length - step)) + origin
    for back in _STEPS_BACK:
        # formats without an index land between key frames; then from further ahead
        start = goal - back if goal - back > origin else 0.0
        best, reach = _walk(container, stream, start, goal - step / 2)
        if best is not None:
            break
        if start <= 0:
            raise Unreadable(
                "no frame of the moving picture could be decoded there; the file is damaged"
            )
    if reach.ended and reach.seconds is not None and reach.seconds < goal - max(_LATE, 3 * step):
        raise cut_off((reach.seconds - origin) / length)
    return best


def _walk(container: Any, stream: Any, start: float, goal: float) -> tuple[Any, _Reach]:
    """The first frame at `goal` or later, else the last one met, and how far that went."""
    reach = _Reach()
    best = None
    for frame in _frames_from(container, stream, start, goal, reach):
        best = frame
        time = _time(frame)
        if time is not None and time >= goal:
            break
    return best, reach


def _origin(stream: Any) -> float:
    start = stream.start_time
    return float(start * stream.time_base) if start is not None and stream.time_base else 0.0


def _frames_from(
    container: Any, stream: Any, start: float, goal: float, reach: _Reach
) -> Iterator[Any]:
    """Frames from the key frame before `start` on; all streams' packets count as reached."""
    _seek(container, stream, start)
    budget = max(2, _PIXEL_BUDGET // max(1, stream.width * stream.height))
    for count, packet in enumerate(container.demux()):
        if count > _PACKETS:
            return
        reach.note(_time(packet))
        if packet.stream.index != stream.index or budget <= 0:
            if budget <= 0 and (reach.seconds or 0) >= goal:
                return
            continue
        for frame in packet.decode():
            budget -= 1
            yield frame
    reach.ended = True


def _time(timed: Any) -> float | None:
    """Seconds of media time of a packet or frame; AVI has decoding times only."""
    stamp = timed.pts if timed.pts is not None else timed.dts
    return None if stamp is None else float(stamp * timed.time_base)


def _seek(container: Any, stream: Any, goal: float) -> None:
    import av

    if goal <= 0 or not stream.time_base:
        container.seek(0)
        return
    try:
        container.seek(int(goal / stream.time_base), stream=stream, backward=True)
    except (av.FFmpegError, OSError, OverflowError):
        container.seek(0)


def _heard(container: Any, stream: Any, start: float, length: float | None) -> Sound:
    goal = start + _origin(stream)
    rate = stream.codec_context.sample_rate or 1
    parts: list[Any] = []
    first, end = None, None
    _seek(container, stream, goal)
    for frame in _sound_frames(container, stream):
        began = frame.time if frame.time is not None else (end or 0.0)
        end = began + frame.samples / rate
        if end < goal:
            continue
        first = began if first is None else first
        parts.append(to_samples(frame))
        if end - goal >= _SOUND_SECONDS:
            break
    if length and end is not None and end < goal + min(_SOUND_SECONDS, length - start) - _EARLY:
        raise cut_off(end / (length + _origin(stream)))
    return Sound(samples=_joined(parts), rate=rate, start=first or 0.0)


def _joined(parts: list[Any]) -> Any:
    import numpy

    if not parts:
        raise Unreadable("no sound could be decoded there; the file is damaged or holds none")
    if len({part.shape[1] for part in parts}) > 1:
        raise Unreadable("the number of sound channels changes on the way; the file is damaged")
    return numpy.concatenate(parts)


def _sound_frames(container: Any, stream: Any) -> Iterator[Any]:
    for count, packet in enumerate(container.demux(stream)):
        if count > _PACKETS:
            return
        yield from packet.decode()
