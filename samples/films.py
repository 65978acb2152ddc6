"""Writes moving pictures with sound, time-code and tags: H.264 and AAC in MOV or MP4."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from PIL import Image

SOUND_RATE = 16_000


@dataclass(frozen=True, slots=True)
class Film:
    """How a film is written. `quality` is x264's: a larger number is a smaller file.

    `timecode` is that of the first frame; `reel` the tape's or card's name.
    """

    box: str = "mov"
    rate: int = 24
    quality: int = 27
    timecode: str = ""
    reel: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)

    def write(self, frames: Iterable[Image.Image], samples: Any = None) -> bytes:
        """The file. `samples` are 16-bit mono at 16 kHz, or None for a silent film."""
        import av

        stream = io.BytesIO()
        flags = {"movflags": "use_metadata_tags"} if self.tags else {}
        with av.open(stream, "w", format=self.box, options=flags) as box:
            box.metadata.update(self.tags)
            pictures = iter(frames)
            first = next(pictures)
            video = self._picture_stream(box, first)
            sound = _sound_stream(box) if samples is not None else None
            for number, image in enumerate(_all(first, pictures)):
                frame = av.VideoFrame.from_image(image)
                frame.pts = number
                box.mux(video.encode(frame))
            box.mux(video.encode())
            if sound is not None:
                _play(box, sound, samples)
        return stream.getvalue()

    def _picture_stream(self, box: Any, first: Image.Image) -> Any:
        video = box.add_stream("libx264", rate=self.rate)
        video.width, video.height, video.pix_fmt = first.width, first.height, "yuv420p"
        # Unless told otherwise, x264 rounds differently from run to run and by processor.
        video.options = {
            "crf": str(self.quality), "preset": "medium", "threads": "1",
            "x264-params": "cpu-independent=1",
        }  # fmt: skip
        video.codec_context.time_base = Fraction(1, self.rate)
        if self.timecode:
            video.metadata["timecode"] = self.timecode
        if self.reel:
            video.metadata["reel_name"] = self.reel
        return video


def _sound_stream(box: Any) -> Any:
    sound = box.add_stream("aac", rate=SOUND_RATE)
    sound.layout, sound.bit_rate = "mono", 40_000
    return sound


def _play(box: Any, sound: Any, samples: Any) -> None:
    import av
    import numpy as np

    wave = (np.frombuffer(samples, dtype="<i2") / 32768).astype(np.float32)[None, :]
    for start in range(0, wave.shape[1], 1024):
        block = np.ascontiguousarray(wave[:, start : start + 1024])
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="mono")
        frame.sample_rate, frame.pts = SOUND_RATE, start
        box.mux(sound.encode(frame))
    box.mux(sound.encode())


def _all(first: Image.Image, rest: Iterable[Image.Image]) -> Iterable[Image.Image]:
    yield first
    yield from rest
