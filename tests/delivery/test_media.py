import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy
import pytest
from tests.delivery.making import movie
from tests.detect.running import opened, opened_bytes

from checkthegate.delivery.container import MOST_CALLS, BoundedReader
from checkthegate.delivery.extent import declared_size, share_present
from checkthegate.delivery.opened import OpenedFile
from checkthegate.detect.decode_examples import wave
from checkthegate.model import Asset, Kind, Unreadable
from checkthegate.seams import Limits

FRAMES = 50


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return movie(tmp_path_factory.mktemp("film") / "film.mp4", FRAMES)


@contextmanager
def changed(folder: Path, content: bytes) -> Iterator[OpenedFile]:
    with opened_bytes(folder, "changed.mp4", content) as found:
        yield found


def reason(found: OpenedFile, fraction: float = 0.0) -> str:
    with pytest.raises(Unreadable) as problem:
        found.frame(fraction)
    return problem.value.reason


def test_what_a_container_says(film: Path) -> None:
    with opened(film) as found:
        media = found.media()
    picture, sound = media.streams
    assert "mp4" in media.format
    assert media.seconds == pytest.approx(2, abs=0.1)
    assert (picture.kind, picture.codec, picture.width, picture.height) == (
        "video",
        "h264",
        320,
        240,
    )
    assert picture.rate == 25
    assert (sound.kind, sound.codec, sound.rate) == ("audio", "aac", 48000)
    assert media.tags["major_brand"] == "isom"


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv", "avi", "ts"])
@pytest.mark.parametrize(("fraction", "number"), [(0.0, 0), (0.5, 25), (1.0, 49)])
def test_the_frame_asked_for(tmp_path: Path, suffix: str, fraction: float, number: int) -> None:
    with opened(movie(tmp_path / f"film.{suffix}", FRAMES)) as found:
        red = found.frame(fraction).rgb[:, :, 0].mean()
    assert found.asset.kind is Kind.VIDEO
    # AVI knows no presentation times, so frames come as much earlier as the decoder lags
    assert red == pytest.approx(4 * number, abs=13 if suffix == "avi" else 7)


@pytest.mark.parametrize("fraction", [0.0, 0.5, 1.0])
def test_the_sound_asked_for(tmp_path: Path, fraction: float) -> None:
    with opened_bytes(tmp_path, "tone.wav", wave(10)) as found:
        sound = found.sound(fraction, 0)
    assert sound.rate == 8000
    assert sound.samples.dtype == numpy.float32
    assert sound.samples.shape[1] == 1
    assert sound.samples.shape[0] == pytest.approx(8000, abs=600)
    assert sound.start == pytest.approx(min(10 * fraction, 9), abs=0.2)
    assert 0.1 < abs(sound.samples).max() < 0.3


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_cut_off_films_fail_where_nothing_is_left(tmp_path: Path, film: Path, share: float) -> None:
    fast = movie(tmp_path / "fast.mp4", FRAMES, movflags="faststart").read_bytes()
    with changed(tmp_path, fast[: int(len(fast) * share)]) as found:
        assert found.frame(0.0).rgb.shape == (240, 320, 3)
        assert f"cut off after about {share:.0%}" in reason(found, 1.0)
    whole = film.read_bytes()
    with changed(tmp_path, whole[: int(len(whole) * share)]) as found:
        assert "cut off" in reason(found)


def test_a_length_that_no_packet_reaches_is_noticed(tmp_path: Path) -> None:
    whole = bytearray(movie(tmp_path / "long.mkv", FRAMES, sound=False).read_bytes())
    at = whole.index(b"\x44\x89\x88") + 3
    whole[at : at + 8] = numpy.array([9000.0], ">f8").tobytes()
    whole = whole.replace(b"00:00:02.000", b"00:00:09.000")
    with opened_bytes(tmp_path, "changed.mkv", bytes(whole)) as found:
        assert found.media().seconds == 9
        assert "cut off after about 2" in reason(found, 1.0)


def test_a_picture_that_ends_before_the_sound_is_whole(tmp_path: Path) -> None:
    whole = movie(tmp_path / "short.mkv", 100).read_bytes()
    with opened_bytes(tmp_path, "changed.mkv", whole.replace(b"DURATION", b"PURATION")) as found:
        assert found.frame(1.0).rgb.shape == (240, 320, 3)


def test_unknown_codecs_are_named(tmp_path: Path, film: Path) -> None:
    with changed(tmp_path, film.read_bytes().replace(b"avc1", b"zzz1")) as found:
        assert found.media().streams[0].codec == "zzz1"
        assert "coded as “zzz1”" in reason(found)


def test_encrypted_films_are_said_to_be(tmp_path: Path) -> None:
    key = {
        "encryption_scheme": "cenc-aes-ctr",
        "encryption_key": "76a6c65c5ea762046bd749a2e632ccbb",
        "encryption_kid": "a7e61c373e219033c21091fa607bf3b8",
    }
    with opened(movie(tmp_path / "locked.mp4", FRAMES, **key)) as found:
        assert found.media().streams[0].codec == "h264"
        assert "encrypted" in reason(found)
        with pytest.raises(Unreadable, match="encrypted"):
            found.sound(0.0, 1)


def test_size_is_held_against_the_limit(film: Path) -> None:
    with opened(film, Limits(pixels=320 * 240 - 1)) as found:
        assert "megapixels" in reason(found)


@pytest.mark.parametrize(
    "content",
    [
        b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile://{}\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile {}\n",
        b"<?xml version='1.0'?><MPD><Period><BaseURL>{}</BaseURL></Period></MPD>",
    ],
)
def test_no_file_opens_another(tmp_path: Path, film: Path, content: bytes) -> None:
    file = tmp_path / "list.mp4"
    file.write_bytes(content.replace(b"{}", str(film).encode()))
    asset = Asset("list.mp4", Kind.VIDEO, "video/mp4", file.stat().st_size, "sha256:00")
    found = OpenedFile(asset, file)
    with pytest.raises(Unreadable):
        found.media()
    found.close()


def test_noise_is_refused_quietly(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    noise = numpy.random.default_rng(1).integers(0, 256, 100_000, dtype=numpy.uint8).tobytes()
    with changed(tmp_path, b"\0\0\0\x14ftypisom\0\0\0\0isom" + noise) as found:
        assert reason(found)
    assert capfd.readouterr() == ("", "")


def test_a_place_no_file_has_is_refused_quietly() -> None:
    reader = BoundedReader(io.BytesIO(b"0123"))
    assert (reader.seek(2), reader.tell()) == (2, 2)
    assert [reader.seek(-5), reader.seek(2**70)] == [-1, -1]


def test_what_files_say_of_their_size(tmp_path: Path, film: Path) -> None:
    tone = wave(1)
    for content in (tone, film.read_bytes(), movie(tmp_path / "a.mkv", 5).read_bytes()):
        with opened_bytes(tmp_path, "whole", content) as found:
            assert declared_size(found, len(content)) == len(content)
        with opened_bytes(tmp_path, "half", content[: len(content) // 2]) as found:
            assert share_present(found, len(content) // 2) == pytest.approx(0.5, abs=0.06)
    with opened_bytes(tmp_path, "open", b"RIFF\xff\xff\xff\xffWAVE" + tone[12:]) as found:
        assert declared_size(found, len(tone)) is None


def test_an_absurd_number_of_channels_is_refused(tmp_path: Path) -> None:
    tone = bytearray(wave(1))
    tone[22:24], tone[32:34] = (65).to_bytes(2, "little"), (130).to_bytes(2, "little")
    with opened_bytes(tmp_path, "many.wav", bytes(tone)) as found, pytest.raises(Unreadable):
        found.sound(0.0, 0)


def test_countless_empty_parts_are_not_all_passed_over() -> None:
    reader = BoundedReader(io.BytesIO(bytes(MOST_CALLS)))
    for _ in range(MOST_CALLS):
        reader.seek(0)
    assert not reader.exhausted
    assert reader.seek(0) == -1
    assert reader.read(1) == b""
    assert reader.exhausted


def test_lengths_beyond_all_files_are_no_trouble(tmp_path: Path) -> None:
    pack = b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02\x04\x00\x83\0\0\x78"
    for content in (pack + b"\xff" * 200, b"\0\0\0\1ftyp" + b"\xff" * 200):
        with opened_bytes(tmp_path, "odd", content) as found:
            assert 0 <= share_present(found, len(content)) <= 1


@pytest.mark.shared
def test_real_takes(shared_data: Path) -> None:
    for file in sorted((shared_data / "takes").glob("*.m[kp]*"))[:4]:
        with opened(file) as found:
            shapes = {found.frame(at).rgb.shape for at in (0.0, 0.5, 1.0)}
        assert len(shapes) == 1
        assert shapes.pop()[1] == 640


@pytest.mark.shared
def test_a_real_mxf_that_is_cut_off(shared_data: Path, tmp_path: Path) -> None:
    whole = next((shared_data / "packages_imf").rglob("*ENG-51_00.mxf")).read_bytes()
    with opened_bytes(tmp_path, "whole.mxf", whole) as found:
        assert found.sound(1.0, 0).samples.shape[1] == 6
    with (
        opened_bytes(tmp_path, "cut.mxf", whole[: len(whole) * 9 // 10]) as found,
        pytest.raises(Unreadable, match=r"cut off after about 9[01]%"),
    ):
        found.sound(1.0, 0)
