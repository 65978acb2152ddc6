from pathlib import Path

import numpy
import pytest

from checkthegate.detect.decode import observer
from checkthegate.detect.decode_examples import wave
from checkthegate.model import Asset, Kind
from tests.delivery.making import encoded, gradient, movie
from tests.detect.running import claims, gaps, opened, opened_bytes, seen

DECODE = observer({})


def asset(kind: Kind, media_type: str, name: str = "a") -> Asset:
    return Asset(name, kind, media_type, 1, "sha256:00")


@pytest.mark.parametrize(
    ("kind", "media_type", "wanted"),
    [
        (Kind.IMAGE, "image/png", True),
        (Kind.IMAGE, "image/x-camera-raw", True),
        (Kind.IMAGE, "image/svg+xml", False),
        (Kind.VIDEO, "application/mxf", True),
        (Kind.AUDIO, "audio/midi", True),
        (Kind.TEXT, "text/plain", False),
        (Kind.PACKAGE, "application/zip", False),
        (Kind.OTHER, "application/x-technical", False),
        (Kind.OTHER, "application/octet-stream", True),
        (Kind.OTHER, "application/vnd.something-nobody-reads", True),
    ],
)
def test_what_is_looked_at(kind: Kind, media_type: str, wanted: bool) -> None:
    assert DECODE.wants(asset(kind, media_type)) is wanted


@pytest.mark.parametrize(("name", "wanted"), [("a.MOV", True), (".keep", False), ("done", False)])
def test_empty_files_count_by_their_name(tmp_path: Path, name: str, wanted: bool) -> None:
    with opened_bytes(tmp_path, name, b"") as found:
        reasons = gaps(seen(DECODE, found))
    assert bool(reasons) is wanted
    assert all("empty (0 bytes)" in reason for reason in reasons)


def test_unknown_content_is_a_gap(tmp_path: Path) -> None:
    with opened_bytes(tmp_path, "cut.prt", b"\x01\x9c\x11\xe0" + bytes(range(256))) as found:
        (reason,) = gaps(seen(DECODE, found))
    assert "does not know" in reason


def test_whole_media_say_nothing(tmp_path: Path) -> None:
    film = movie(tmp_path / "film.mp4")
    for content in (film.read_bytes(), wave(), encoded(gradient(), "JPEG")):
        with opened_bytes(tmp_path, "whole", content) as found:
            assert seen(DECODE, found) == []


def test_a_film_without_its_end_is_a_gap_said_once(tmp_path: Path) -> None:
    whole = movie(tmp_path / "film.mp4", movflags="faststart").read_bytes()
    with opened_bytes(tmp_path, "cut.mp4", whole[: len(whole) * 4 // 5]) as found:
        reasons = gaps(seen(DECODE, found))
    assert reasons == ["the file is cut off after about 80%; ask for the whole file"]


def test_sound_that_cannot_be_decoded_beside_a_picture(tmp_path: Path) -> None:
    whole = movie(tmp_path / "film.mov").read_bytes()
    head, mark, tail = whole.rpartition(b"mp4a")
    broken = head.replace(b"mp4a", b"zzza") + (b"zzza" if mark else b"") + tail
    broken = broken.replace(b"esds", b"free")
    with opened_bytes(tmp_path, "odd.mov", broken) as found:
        reasons = gaps(seen(DECODE, found))
    assert reasons == ["its sound is coded as “zzza” and cannot be decoded, so nobody looked at it"]


def test_damaged_noise_of_every_kind_never_escapes(tmp_path: Path) -> None:
    random = numpy.random.default_rng(5)
    seeds = [encoded(gradient(), name) for name in ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "AVIF")]
    seeds += [wave(0.5), movie(tmp_path / "a.mp4", 8).read_bytes()]
    for number in range(120):
        content = bytearray(seeds[number % len(seeds)])
        for place in random.integers(4, len(content), 8):
            content[place] = int(random.integers(0, 256))
        with opened_bytes(tmp_path, "damaged", bytes(content)) as found:
            assert claims(seen(DECODE, found)) == []


@pytest.mark.shared
@pytest.mark.parametrize("folder", ["c2pa/no_manifest", "exr/single", "takes", "audio_copy"])
def test_real_files_decode(shared_data: Path, folder: str) -> None:
    for file in sorted((shared_data / folder).iterdir()):
        with opened(file) as found:
            assert gaps(seen(DECODE, found)) == [], file.name
