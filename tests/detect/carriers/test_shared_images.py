"""The real files: every text and Exif value that others found in them is found here too."""

import csv
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from checkthegate.delivery.identify import identify
from checkthegate.delivery.opened import OpenedFile
from checkthegate.detect.carriers import read_tags
from checkthegate.model import Asset, Kind
from tests.detect.carriers.images import AI, Said

pytestmark = pytest.mark.shared


def _said(file: Path) -> Said:
    content = file.read_bytes()
    kind, media_type = identify(BytesIO(content), file.name)
    opened = OpenedFile(Asset(file.name, kind, media_type, len(content), "sha256:"), file)
    try:
        return Said(list(read_tags(opened)))
    finally:
        opened.close()


def _rows(shared_data: Path) -> Iterator[dict[str, str]]:
    with (shared_data / "ai_metadata/manifest.csv").open(encoding="utf-8") as table:
        yield from csv.DictReader(table)


def test_every_text_key_of_the_manifest(shared_data: Path) -> None:
    compared = 0
    for row in _rows(shared_data):
        keys = {key for key in row["text_keys"].split("|") if key and key != "xmp"}
        keys = {"exif:GPSInfo" if key.startswith("exif:GPS") else key for key in keys}
        if keys and row["file"].endswith(".png"):
            found = {tag.key for tag in _said(shared_data / "ai_metadata" / row["file"]).tags}
            # The manifest cuts long lists of keys off in the middle of a key.
            missing = keys - found
            assert all(any(one.startswith(cut) for one in found) for cut in missing), row["file"]
            compared += len(keys)
    assert compared > 35


def test_every_exif_text_of_the_manifest(shared_data: Path) -> None:
    compared = 0
    for row in _rows(shared_data):
        told = dict(pair.split("=", 1) for pair in row["exif"].split("|") if "=" in pair)
        if not told or "negative_camera" in row["file"]:
            continue
        found = _said(shared_data / "ai_metadata" / row["file"])
        exif = {tag.key: tag.value for tag in found.tags}
        for key in ("Make", "Model", "Software", "Artist", "UserComment", "ImageDescription"):
            start = told.get(key, "")[:20].strip()
            if start and start.isascii():
                value = exif.get(key) or exif.get(f"exif:{key}") or ""
                assert " ".join(value.split()).startswith(" ".join(start.split())), (row, key)
                compared += 1
    assert compared > 15


@pytest.mark.parametrize("folder", ["ai_metadata", "c2pa", "exr"])
def test_no_whole_image_gives_trouble(shared_data: Path, folder: str) -> None:
    for file in sorted((shared_data / folder).rglob("*")):
        if file.is_file():
            with file.open("rb") as stream:
                kind, _ = identify(stream, file.name)
            if kind is Kind.IMAGE:
                assert not _said(file).troubles, file.name


def test_digital_source_types(shared_data: Path) -> None:
    folder = shared_data / "ai_metadata/iptc_dst_derived"
    key = ("xmp", "Iptc4xmpExt:DigitalSourceType")
    assert _said(folder / "iptc_trainedAlgorithmicMedia.jpg").values(*key) == [AI]
    assert _said(folder / "iptc_digitalCapture.jpg").value(*key).endswith("/digitalCapture")
    gemini = _said(shared_data / "c2pa/ai_signed/gemini_img.png")
    assert gemini.value("xmp", "photoshop:Credit") == "Made with Google AI"


def test_every_cut_is_noticed(shared_data: Path, tmp_path: Path) -> None:
    names = ("tagged/civitai.jpeg", "tagged/forge-classic.webp", "tagged/lora_multiple.png")
    files = [shared_data / "ai_metadata" / name for name in names]
    files.append(shared_data / "exr/single/ColorCodedLevels.exr")
    for file in files:
        content = file.read_bytes()
        for part in range(1, 20):
            cut = tmp_path / f"cut{file.suffix}"
            cut.write_bytes(content[: len(content) * part // 20])
            assert _said(cut).troubles, (file.name, part)
