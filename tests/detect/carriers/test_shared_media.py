"""The shared real audio, video and documents: whole files read cleanly, halves never do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from checkthegate.delivery.identify import identify
from checkthegate.delivery.opened import OpenedFile
from checkthegate.detect.carriers import READERS, read_tags
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.model import Asset

FOLDERS = ("audio_copy", "copy_video", "takes", "packages_imf", "voices", "c2pa", "text_copy")
MEDIA = frozenset({"bmff", "matroska", "riff", "id3", "vorbis", "aiff", "mxf", "pdf", "office"})
BROKEN = frozenset({"riff_bomb_1000.wav"})

pytestmark = pytest.mark.shared


def asset_of(file: Path) -> Asset:
    with open(file, "rb") as stream:
        kind, media_type = identify(stream, file.name)
    return Asset(file.name, kind, media_type, file.stat().st_size, "")


def files(root: Path) -> Iterator[tuple[Path, Asset]]:
    for folder in FOLDERS:
        for file in sorted((root / folder).rglob("*")):
            if file.is_file():
                asset = asset_of(file)
                if READERS.get(asset.media_type) in MEDIA:
                    yield file, asset


def read(file: Path, asset: Asset) -> list[Carried]:
    opened = OpenedFile(asset, file)
    try:
        return list(read_tags(opened))
    finally:
        opened.close()


def test_whole_files_are_read_without_trouble(shared_data: Path) -> None:
    seen = 0
    for file, asset in files(shared_data):
        seen += 1
        troubles = [one.reason for one in read(file, asset) if isinstance(one, Trouble)]
        assert bool(troubles) == (file.name in BROKEN), (file.name, troubles)
    assert seen > 60


def test_halves_are_told(shared_data: Path, tmp_path: Path) -> None:
    half = tmp_path / "half"
    for file, asset in files(shared_data):
        content = file.read_bytes()
        half.write_bytes(content[: len(content) // 2])
        assert any(isinstance(one, Trouble) for one in read(half, asset)), file.name


def test_known_tags_are_found(shared_data: Path) -> None:
    wanted = {
        "c2pa/ai_signed/videotest2.mp4": ("mp4", "uuid/d8fec3d61b0e483c92975828877ec481"),
        "c2pa/signed_not_ai/video1.mp4": ("xmp", "dcterms:provenance"),
        "c2pa/signed_not_ai/sample1_signed.wav": ("id3", "TIT2"),
        "c2pa/ai_signed/adobe-20240110-single_manifest_store.pdf": ("xmp", "xmp:CreatorTool"),
        "audio_copy/test1_22050.mp3": ("id3", "encoder"),
        "takes/again.mkv": ("matroska", "WritingApp"),
        "voices/impostors/118-121721-0000.flac": ("vorbis", "vendor"),
        "text_copy/novels/carroll-lookingglass.docx": ("docx", "app/Application"),
    }
    for path, (carrier, key) in wanted.items():
        file = shared_data / path
        found = {
            (one.carrier, one.key) for one in read(file, asset_of(file)) if isinstance(one, Tag)
        }
        assert (carrier, key) in found, path
