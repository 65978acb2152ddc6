"""Writes and reads films through PyAV: what a camera, a tool and an editor would write."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from quality.noise import Array
from quality.scenes import Size

SOUND_RATE = 48_000
CODECS: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "h264": (".mp4", "libx264", "yuv420p", {"preset": "superfast", "crf": "20"}),
    "h264-fixed": (
        ".mp4", "libx264", "yuv420p",
        {"preset": "superfast", "crf": "20", "g": "48", "keyint_min": "48", "sc_threshold": "0"},
    ),
    "clip": (".mp4", "libx264", "yuv420p", {"preset": "ultrafast", "crf": "14"}),
    "prores": (".mov", "prores_ks", "yuv422p10le", {"profile": "1"}),
    "dnxhr": (".mov", "dnxhd", "yuv422p", {"profile": "dnxhr_lb"}),
    "mxf": (".mxf", "dnxhd", "yuv422p", {"profile": "dnxhr_lb"}),
}  # fmt: skip
"""How each is written: ending, codec, pixel format, options."""


class FilmWriter:
    """A film on its way to a file: frames, then sound, in any mixture. Close it."""

    def __init__(
        self,
        path: Path | io.BytesIO,
        codec: str,
        size: Size,
        rate: float,
        *,
        sound: bool = True,
        quality: int | None = None,
    ) -> None:
        import av

        ending, name, self._format, options = CODECS[codec]
        if quality is not None:
            options = {**options, "preset": "veryfast", "crf": str(quality)}
        kind = {".mp4": "mp4", ".mov": "mov", ".mxf": "mxf"}[ending]
        target = path if isinstance(path, io.BytesIO) else str(path)
        self._container: Any = av.open(target, "w", format=kind)
        self._video: Any = self._container.add_stream(name, Fraction(rate).limit_denominator(1001))
        self._video.width, self._video.height = size
        self._video.pix_fmt = self._format
        self._video.codec_context.options = dict(options)
        self._video.codec_context.thread_count = 2
        self._sound: Any = self._track(kind) if sound else None
        self._count = self._samples = 0

    def _track(self, kind: str) -> Any:
        codec = "aac" if kind == "mp4" else "pcm_s16le"
        return self._container.add_stream(codec, SOUND_RATE, layout="mono")

    def frame(self, bgr: Array) -> None:
        """The next frame, `uint8` BGR of the film's size."""
        import av

        planes = cv2.cvtColor(bgr, cv2.COLOR_BGR2YUV_I420)
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        if self._format != "yuv420p":
            frame = frame.reformat(format=self._format)
        frame.pts = self._count
        frame.time_base = 1 / Fraction(self._video.codec_context.framerate)
        self._count += 1
        self._container.mux(self._video.encode(frame))

    def sound(self, samples: Array) -> None:
        """More sound: `float32` in -1..1, one channel, `SOUND_RATE` a second."""
        import av

        if self._sound is None:
            return
        flat = np.ascontiguousarray(np.clip(samples, -1, 1)[None, :])
        wanted = (flat * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(wanted, format="s16", layout="mono")
        frame.sample_rate, frame.pts = SOUND_RATE, self._samples
        frame.time_base = Fraction(1, SOUND_RATE)
        self._samples += flat.shape[1]
        self._container.mux(self._sound.encode(frame))

    def close(self) -> None:
        """Write what is left."""
        for stream in filter(None, (self._video, self._sound)):
            self._container.mux(stream.encode(None))
        self._container.close()


def write_film(
    path: Path, codec: str, frames: Iterable[Array], rate: float, sound: Array | None = None
) -> int:
    """Write a film of these frames, all of one size; how many there were."""
    writer: FilmWriter | None = None
    count = 0
    for frame in frames:
        size = (frame.shape[1], frame.shape[0])
        writer = writer or FilmWriter(path, codec, size, rate, sound=sound is not None)
        writer.frame(frame)
        count += 1
    if writer is None:
        raise ValueError("a film needs a frame")
    if sound is not None:
        writer.sound(sound)
    writer.close()
    return count


def frames_of(path: Path | io.BytesIO, start: int = 0) -> Iterator[Array]:
    """The frames of a film from the one numbered `start`, `uint8` BGR."""
    import av

    source = path if isinstance(path, io.BytesIO) else str(path)
    with av.open(source) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for number, frame in enumerate(container.decode(stream)):
            if number >= start:
                yield frame.to_ndarray(format="bgr24")


def rate_and_length(path: Path) -> tuple[float, int]:
    """Frames a second, and how many frames there are (by counting packets)."""
    import av

    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        rate = float(stream.average_rate or 24)
        return rate, sum(1 for packet in container.demux(stream) if packet.size)


def worsened(frames: Iterable[Array], quality: int) -> Iterator[Array]:
    """The frames after one more lossy encoding at this quality (CRF)."""
    buffer = io.BytesIO()
    writer: FilmWriter | None = None
    for frame in frames:
        if writer is None:
            size = (frame.shape[1], frame.shape[0])
            writer = FilmWriter(buffer, "clip", size, 24.0, sound=False, quality=quality)
        writer.frame(frame)
    if writer is None:
        return
    writer.close()
    buffer.seek(0)
    yield from frames_of(buffer)


def resampled(frames: Iterator[Array], places: Iterable[float], blend: bool) -> Iterator[Array]:
    """Frames at these ascending places (0 is the first): the nearest below, or two blended.

    Past the end, the last frame stays.
    """
    here, current = 0, next(frames)
    following = next(frames, current)
    for place in places:
        while here < int(place + 1e-6):
            here, current, following = here + 1, following, next(frames, following)
        share = place - here
        if blend and share > 0.2:
            yield cv2.addWeighted(current, 1 - share, following, share, 0)
        else:
            yield current
