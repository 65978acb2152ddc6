"""Films read packet by packet: the frames asked for, at the times asked for, and no others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy
import pytest
from tests.detect.running import opened

FRAMES = 60
RATE = 25
LONG_GOP = {"g": "20", "bf": "3", "sc_threshold": "0"}


def numbered(number: int, width: int = 320, height: int = 180) -> Any:
    """A frame that shows its number as eight black or white fields in its upper half."""
    pixels = numpy.full((height, width, 3), 90, numpy.uint8)
    for bit in range(8):
        shade = 255 if number >> bit & 1 else 0
        pixels[: height // 2, bit * width // 8 : (bit + 1) * width // 8] = shade
    return pixels


def number_in(rgb: Any) -> int:
    height, width = rgb.shape[:2]
    row = rgb[height // 4, :, 1]
    return sum(int(row[(2 * bit + 1) * width // 16] > 128) << bit for bit in range(8))


def film(
    file: Path,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    *,
    options: dict[str, str] | None = None,
    stamps: list[int] | None = None,
    size: tuple[int, int] = (320, 180),
    prepare: Any = None,
) -> Path:
    with av.open(str(file), "w") as container:
        stream = container.add_stream(codec, rate=RATE, options=options or {})
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        if prepare is not None:
            prepare(stream)
        for number, stamp in enumerate(stamps or range(FRAMES)):
            frame = av.VideoFrame.from_ndarray(numbered(number, *size), format="rgb24")
            frame.pts = stamp
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file


KINDS = [
    ("long.mp4", "libx264", "yuv420p", LONG_GOP),
    ("open.mkv", "libx264", "yuv420p", {**LONG_GOP, "x264-params": "open-gop=1"}),
    ("long.ts", "libx264", "yuv420p", LONG_GOP),
    ("hevc.mp4", "libx265", "yuv420p", {"x265-params": "keyint=20:log-level=none"}),
    ("mpeg.mxf", "mpeg2video", "yuv420p", {"g": "12", "bf": "2"}),
    ("prores.mov", "prores_ks", "yuv422p10le", {}),
    ("jpeg.mov", "mjpeg", "yuvj420p", {}),
    ("j2k.mxf", "jpeg2000", "yuv420p", {}),
]


@pytest.mark.parametrize(("name", "codec", "pixels", "options"), KINDS)
def test_the_frames_asked_for_and_no_others(
    tmp_path: Path, name: str, codec: str, pixels: str, options: dict[str, str]
) -> None:
    file = film(tmp_path / name, codec, pixels, options=options)
    with opened(file) as found, found.film() as moving:
        packets = moving.packets()
        assert len(packets.times) == FRAMES
        assert packets.times == pytest.approx(numpy.arange(FRAMES) / RATE, abs=1e-3)
        assert moving.seconds == pytest.approx(FRAMES / RATE, abs=0.001)
        assert (moving.width, moving.height, moving.rate) == (320, 180, RATE)
        wanted = [0, 1, 19, 20, 21, 38, 39, 47, 59]
        frames = list(moving.at([number / RATE + 0.004 for number in wanted], 160))
        assert [number_in(frame.rgb) for frame in frames] == wanted
        assert [frame.time for frame in frames] == pytest.approx([n / RATE for n in wanted])
        assert {frame.rgb.shape for frame in frames} == {(90, 160, 3)}
        run = list(moving.between(17 / RATE, 44 / RATE, 320))
        assert [number_in(frame.rgb) for frame in run] == list(range(17, 44))
        back = list(moving.at([0.2], 320))
        assert [number_in(frame.rgb) for frame in back] == [5]
        assert moving.lost == 0
