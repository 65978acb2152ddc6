"""Films read packet by packet: the frames asked for, at the times asked for, and no others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy
import pytest
from tests.detect.running import opened

from checkthegate.model import Unreadable
from checkthegate.seams import Limits

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


def test_a_run_is_gone_on_with_where_the_last_one_ended(tmp_path: Path) -> None:
    with opened(film(tmp_path / "long.mp4", options=LONG_GOP)) as found, found.film() as moving:
        parts = [moving.between(a / RATE, b / RATE, 160) for a, b in ((5, 13), (13, 33), (33, 60))]
        numbers = [number_in(frame.rgb) for part in parts for frame in part]
        assert numbers == list(range(5, 60))
        broken_off = moving.between(0, 2, 160)
        assert number_in(next(broken_off).rgb) == 0
        again = [number_in(frame.rgb) for frame in moving.between(8 / RATE, 10 / RATE, 160)]
        assert again == [8, 9]


def test_key_frames_cost_one_packet_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fed = count_decoding(monkeypatch)
    with opened(film(tmp_path / "long.mp4", options=LONG_GOP)) as found, found.film() as moving:
        packets = moving.packets()
        assert fed == []
        keys = packets.times[packets.keys]
        assert [number_in(frame.rgb) for frame in moving.at(keys, 160)] == [0, 20, 40]
        assert len([packet for packet in fed if packet]) == 3


def test_where_every_frame_stands_alone_only_those_asked_for_are_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fed = count_decoding(monkeypatch)
    file = film(tmp_path / "prores.mov", "prores_ks", "yuv422p10le")
    with opened(file) as found, found.film() as moving:
        assert moving.packets().keys.all()
        assert [number_in(frame.rgb) for frame in moving.at([0.4, 2.0], 160)] == [10, 50]
        assert len([packet for packet in fed if packet]) == 2


def count_decoding(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Grows by one for whatever goes into a decoder: True for a packet, False for its end."""
    from checkthegate.delivery.film_decoding import Decoder

    fed: list[bool] = []
    decoded = Decoder._decoded

    def counted(self: Decoder, packet: Any) -> list[Any]:
        fed.append(packet is not None)
        return decoded(self, packet)

    monkeypatch.setattr(Decoder, "_decoded", counted)
    return fed


def test_frames_that_last_unevenly(tmp_path: Path) -> None:
    stamps = [number * (1 + number // 20) for number in range(FRAMES)]
    file = film(tmp_path / "uneven.mkv", stamps=stamps, options=LONG_GOP)
    with opened(file) as found, found.film() as moving:
        assert moving.packets().times == pytest.approx(numpy.array(stamps) / RATE, abs=2e-3)
        wanted = [0, 25, 50]
        frames = list(moving.at([stamps[number] / RATE for number in wanted], 160))
        assert [number_in(frame.rgb) for frame in frames] == wanted


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
def test_time_begins_with_the_first_frame(tmp_path: Path, suffix: str) -> None:
    stamps = list(range(100, 100 + FRAMES))
    file = film(tmp_path / f"late.{suffix}", stamps=stamps, options=LONG_GOP)
    with opened(file) as found, found.film() as moving:
        assert moving.packets().times[0] == 0
        assert [number_in(frame.rgb) for frame in moving.at([1.0], 160)] == [25]
        assert [number_in(frame.rgb) for frame in moving.between(0.4, 0.44, 160)] == [10]


def test_frames_stand_upright_and_have_square_pixels(tmp_path: Path) -> None:
    turned = film(tmp_path / "turned.mp4", prepare=lambda s: s.set_display_rotation(90))
    with opened(turned) as found, found.film() as moving:
        assert (moving.width, moving.height) == (180, 320)
        assert next(iter(moving.at([0], 160))).rgb.shape == (160, 90, 3)

    def wide(stream: Any) -> None:
        stream.codec_context.sample_aspect_ratio = 2

    with opened(film(tmp_path / "wide.mp4", prepare=wide)) as found, found.film() as moving:
        assert (moving.width, moving.height) == (640, 180)
        assert next(iter(moving.at([0], 320))).rgb.shape == (90, 320, 3)


def test_large_pictures_of_small_detail_are_decoded_at_a_fraction(tmp_path: Path) -> None:
    file = film(tmp_path / "large.mov", "mjpeg", "yuvj420p", stamps=[0, 1], size=(3200, 1800))
    with opened(file) as found, found.film() as moving:
        assert (moving.width, moving.height) == (3200, 1800)
        first, second = moving.at([0, 1], 384)
        assert first.rgb.shape == (216, 384, 3)
        assert [number_in(first.rgb), number_in(second.rgb)] == [0, 1]


def test_what_cannot_be_decoded_is_counted(tmp_path: Path) -> None:
    file = film(tmp_path / "prores.mov", "prores_ks", "yuv422p10le")
    whole = bytearray(file.read_bytes())
    with av.open(str(file)) as container:
        places = [entry.pos for entry in container.streams.video[0].index_entries]
    for place in places[10:20]:
        whole[place : place + 200] = bytes(200)
    file.write_bytes(whole)
    with opened(file) as found, found.film() as moving:
        shown = [number_in(frame.rgb) for frame in moving.between(0, 3, 160)]
        assert set(range(FRAMES)) - set(shown) == set(range(10, 20))
        assert moving.lost == 10


def test_a_film_that_is_cut_off_is_known_to_be(tmp_path: Path) -> None:
    options = {"movflags": "faststart"}
    file = tmp_path / "cut.mp4"
    with av.open(str(file), "w", options=options) as container:
        stream = container.add_stream("libx264", rate=RATE, options=LONG_GOP)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for number in range(FRAMES):
            frame = av.VideoFrame.from_ndarray(numbered(number), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    file.write_bytes(file.read_bytes()[: file.stat().st_size * 2 // 3])
    with opened(file) as found, found.film() as moving:
        shown = list(moving.between(0, 3, 160))
        assert 0 < len(shown) < FRAMES
        assert moving.lost > 0


def test_files_that_are_no_films_say_so(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.mp4"
    nothing.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(200))
    with opened(nothing) as found, pytest.raises(Unreadable), found.film() as moving:
        moving.packets()
    huge = film(tmp_path / "huge.mp4")
    with (
        opened(huge, Limits(pixels=1000)) as found,
        pytest.raises(Unreadable, match="megapixels"),
        found.film(),
    ):
        pass


def test_a_fault_of_the_reader_is_not_told_as_the_files(tmp_path: Path) -> None:
    def read(file: Path) -> None:
        with opened(file) as found, found.film() as moving:
            moving.packets()
            raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        read(film(tmp_path / "long.mp4"))


def test_reading_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = film(tmp_path / "plain.mkv", "rawvideo")
    monkeypatch.setattr("checkthegate.delivery.film._PASSES", 0)
    monkeypatch.setattr("checkthegate.delivery.container.VIEW_BYTES", 0)
    with (
        opened(file) as found,
        pytest.raises(Unreadable, match="too much"),
        found.film() as moving,
    ):
        list(moving.between(0, 3, 160))
