import gzip
import json
from pathlib import Path
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from checkthegate.detect import stealth_pixels
from checkthegate.detect.stealth import observer
from checkthegate.model import Evidence, Observation
from checkthegate.seams import Limits
from tests.delivery.making import encoded, gradient
from tests.detect.running import claims, details, gaps, opened, opened_bytes, seen

STEALTH = observer({})
GENERATED = ("ai-generated", "declared")
SETTINGS = {
    "Software": "NovelAI",
    "Source": "NovelAI Diffusion V4.5 4F1E9A2B",
    "Description": "a lighthouse",
    "Comment": json.dumps({"prompt": "a lighthouse", "uc": "fog", "seed": 1234567, "steps": 28}),
}
INFOTEXT = (
    "a lighthouse\nNegative prompt: fog\n"
    "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 99, Size: 96x64, Model: example"
)
PACKED = gzip.compress(json.dumps(SETTINGS).encode())


def carrier(size: tuple[int, int] = (96, 64)) -> Image.Image:
    image = gradient(size)
    image.putalpha(255)
    return image


def said(
    folder: Path,
    image: Image.Image,
    name: str = "PNG",
    limits: Limits | None = None,
    **options: Any,
) -> list[Observation]:
    with opened_bytes(folder, "still", encoded(image, name, **options), limits) as found:
        return seen(STEALTH, found)


def hidden(magic: str, content: bytes) -> Image.Image:
    return stealth_pixels.hide(carrier(), magic, content)


def test_novelai_in_alpha(tmp_path: Path) -> None:
    observations = said(tmp_path, hidden("stealth_pngcomp", PACKED))
    assert claims(observations) == [GENERATED]
    first = observations[0]
    assert isinstance(first, Evidence)
    assert first.observer == "stealth"
    assert first.detail["tool"] == "NovelAI"
    assert str(first.detail["model"]).startswith("NovelAI Diffusion V4.5")
    assert first.detail["carrier"] == "stealth pixels"
    assert first.private["prompt"] == "a lighthouse"
    assert first.private["negative_prompt"] == "fog"
    assert "lighthouse" not in json.dumps([dict(shown) for shown in details(observations)])


def test_settings_text_in_colours(tmp_path: Path) -> None:
    image = stealth_pixels.hide(gradient(), "stealth_rgbinfo", INFOTEXT.encode())
    (shown,) = details(said(tmp_path, image))
    assert shown["tool"] == "AUTOMATIC1111"
    assert shown["model"] == "example"


def test_the_layout_is_the_published_one(tmp_path: Path) -> None:
    """Written here bit by bit, without the project's own writer."""
    text = json.dumps(SETTINGS).encode()
    message = b"stealth_pnginfo" + (len(text) * 8).to_bytes(4, "big") + text
    bits = [byte >> shift & 1 for byte in message for shift in range(7, -1, -1)]
    image = carrier()
    for number, bit in enumerate(bits):
        x, y = divmod(number, image.height)
        red, green, blue, _ = image.getpixel((x, y))
        image.putpixel((x, y), (red, green, blue, 254 | bit))
    assert details(said(tmp_path, image))[0]["tool"] == "NovelAI"


@pytest.mark.parametrize(
    ("name", "options"),
    [("PNG", {}), ("WEBP", {"lossless": True, "exact": True}), ("WEBP", {}), ("TIFF", {})],
)
def test_every_file_that_keeps_the_bits(tmp_path: Path, name: str, options: dict[str, Any]) -> None:
    observations = said(tmp_path, hidden("stealth_pngcomp", PACKED), name, **options)
    assert GENERATED in claims(observations)


@pytest.mark.parametrize(
    "content", [PACKED[:-30], b"no gzip at all", PACKED[:20] + b"\0\0\0" + PACKED[23:]]
)
def test_damage_behind_a_magic_is_said(tmp_path: Path, content: bytes) -> None:
    observations = said(tmp_path, hidden("stealth_pngcomp", content))
    assert claims(observations) == [("ai-possible", "suspected")]
    assert len(gaps(observations)) == 1


@pytest.mark.parametrize("length", [0, 7, 8 * 96 * 64, 2**32 - 8])
def test_a_length_that_lies_is_said(tmp_path: Path, length: int) -> None:
    image = hidden("stealth_pnginfo", b"{}")
    head = b"stealth_pnginfo" + length.to_bytes(4, "big")
    pixels = numpy.array(image)
    columns = pixels[:, :, 3].T.copy()
    bits = numpy.unpackbits(numpy.frombuffer(head, numpy.uint8))
    columns.reshape(-1)[: len(bits)] = 254 | bits
    pixels[:, :, 3] = columns.T
    observations = said(tmp_path, Image.fromarray(pixels))
    assert claims(observations) == [("ai-possible", "suspected")]
    assert gaps(observations)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    content = gzip.compress(bytes(300_000))
    observations = said(
        tmp_path, hidden("stealth_pngcomp", content), limits=Limits(metadata_bytes=10_000)
    )
    assert "more than is allowed" in gaps(observations)[0]


def test_text_of_no_known_tool_is_still_a_statement(tmp_path: Path) -> None:
    observations = said(tmp_path, hidden("stealth_pnginfo", b'{"recipe": [1, 2]}'))
    assert GENERATED in claims(observations)


def test_pictures_that_hide_nothing(tmp_path: Path) -> None:
    for image in (gradient(), carrier(), gradient().convert("L"), Image.new("RGBA", (1, 1))):
        assert said(tmp_path, image) == []
    assert said(tmp_path, hidden("stealth_pngcomp", PACKED).convert("RGB")) == []


@given(
    text=st.text(max_size=200),
    magic=st.sampled_from(["stealth_pnginfo", "stealth_rgbinfo", "stealth_rgbcomp"]),
    height=st.integers(20, 90),
)
def test_what_is_hidden_is_found(text: str, magic: str, height: int) -> None:
    image = carrier((130, height)) if "png" in magic else gradient((130, height))
    content = text.encode() or b"-"
    packed = gzip.compress(content) if magic.endswith("comp") else content
    found = stealth_pixels.find(stealth_pixels.hide(image, magic, packed))
    assert found is not None
    assert found.magic == magic
    assert found.text(10_000).encode() == content


@pytest.mark.shared
def test_real_pictures(shared_data: Path) -> None:
    for file in sorted((shared_data / "ai_metadata").rglob("*.png")):
        with opened(file) as found:
            assert gaps(seen(STEALTH, found)) == [], file.name
            if "negative" in str(file) or "watermark" in str(file):
                assert claims(seen(STEALTH, found)) == [], file.name
