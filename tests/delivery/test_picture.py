import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy
import OpenEXR
import OpenImageIO
import pytest
from PIL import Image
from tests.delivery.making import SIZE, encoded, gradient, heif_grid
from tests.detect.running import opened, opened_bytes

from checkthegate.delivery.picture import thumbnail
from checkthegate.delivery.pixels import ArrayPicture, DecodedPicture
from checkthegate.model import Unreadable
from checkthegate.seams import Limits, Picture


def decoded(folder: Path, content: bytes, limits: Limits | None = None) -> Picture:
    with opened_bytes(folder, "still.bin", content, limits) as found:
        return found.picture()


def refused(folder: Path, content: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(Unreadable) as problem:
        decoded(folder, content, limits)
    return problem.value.reason


def distance(picture: Picture, image: Image.Image) -> float:
    """Mean difference of 8-bit values."""
    wanted = numpy.asarray(image.convert("RGB")).astype(int)
    return float(abs(picture.rgb.astype(int) - wanted).mean())


LOSSLESS: list[tuple[str, dict[str, Any]]] = [
    ("PNG", {}),
    ("TIFF", {}),
    ("TIFF", {"compression": "tiff_lzw"}),
    ("TIFF", {"compression": "tiff_adobe_deflate"}),
    ("BMP", {}),
    ("WEBP", {"lossless": True}),
    ("JPEG2000", {}),
]


@pytest.mark.parametrize(("name", "options"), LOSSLESS)
def test_lossless_stills_come_back_bit_for_bit(
    tmp_path: Path, name: str, options: dict[str, Any]
) -> None:
    picture = decoded(tmp_path, encoded(gradient(), name, **options))
    assert picture.rgb.shape == (64, 96, 3)
    assert picture.rgb.dtype == numpy.uint8
    assert distance(picture, gradient()) == 0
    assert picture.alpha is None


@pytest.mark.parametrize("name", ["JPEG", "AVIF", "WEBP", "GIF"])
def test_lossy_stills_come_back_alike(tmp_path: Path, name: str) -> None:
    picture = decoded(tmp_path, encoded(gradient(), name))
    assert picture.image.size == SIZE
    assert distance(picture, gradient()) < 16


def test_palette_cmyk_and_bilevel_become_plain_modes(tmp_path: Path) -> None:
    palette = decoded(tmp_path, encoded(gradient().quantize(64), "PNG"))
    assert palette.image.mode == "RGB"
    assert distance(palette, gradient()) < 8
    cmyk = decoded(tmp_path, encoded(gradient().convert("CMYK"), "TIFF"))
    assert cmyk.image.mode == "RGB"
    assert distance(cmyk, gradient()) < 2
    bilevel = decoded(tmp_path, encoded(gradient().convert("1"), "PNG"))
    assert bilevel.image.mode == "L"
    assert set(numpy.unique(bilevel.rgb)) == {0, 255}


@pytest.mark.parametrize("name", ["PNG", "TIFF"])
def test_sixteen_bits_become_eight(tmp_path: Path, name: str) -> None:
    ramp = numpy.linspace(0, 65535, 64 * 96).reshape(64, 96).astype(numpy.uint16)
    picture = decoded(tmp_path, encoded(Image.fromarray(ramp), name))
    assert picture.image.mode == "L"
    assert (picture.rgb[:, :, 0] == ramp >> 8).all()


def test_float_tiff_is_scaled(tmp_path: Path) -> None:
    ramp = numpy.linspace(0, 1, 64 * 96, dtype=numpy.float32).reshape(64, 96)
    picture = decoded(tmp_path, encoded(Image.fromarray(ramp), "TIFF"))
    assert picture.rgb[0, 0, 0] == 0
    assert picture.rgb[-1, -1, 0] == 255


def test_alpha_is_kept_bit_for_bit(tmp_path: Path) -> None:
    image = gradient()
    image.putalpha(Image.fromarray(numpy.arange(64 * 96).reshape(64, 96).astype(numpy.uint8)))
    picture = decoded(tmp_path, encoded(image, "PNG"))
    assert picture.alpha is not None
    assert (picture.alpha == numpy.asarray(image)[:, :, 3]).all()
    assert (picture.rgb == numpy.asarray(image)[:, :, :3]).all()


def test_first_frame_of_an_animation(tmp_path: Path) -> None:
    frames = [Image.new("RGB", SIZE, colour) for colour in ("red", "blue")]
    content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert decoded(tmp_path, content).rgb[0, 0].tolist() == [255, 0, 0]


def bomb(width: int, height: int) -> bytes:
    """A PNG whose header lies about its size."""
    whole = encoded(gradient(), "PNG")
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return whole[:12] + header + zlib.crc32(header).to_bytes(4, "big") + whole[33:]


@pytest.mark.parametrize("size", [(10_000, 10_000), (20_000, 20_000), (100_000_000, 2)])
def test_bombs_are_refused_by_their_header(tmp_path: Path, size: tuple[int, int]) -> None:
    reason = refused(tmp_path, bomb(*size))
    assert f"{size[0] * size[1] / 1e6:,.0f} megapixels" in reason


def test_the_limit_on_pixels_is_the_one_given(tmp_path: Path) -> None:
    content = encoded(gradient(), "PNG")
    assert "megapixels" in refused(tmp_path, content, Limits(pixels=96 * 64 - 1))
    assert decoded(tmp_path, content, Limits(pixels=96 * 64)).rgb.shape == (64, 96, 3)


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "JPEG2000"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_cut_off_pictures_are_never_accepted(
    tmp_path: Path, name: str, share: float, capfd: pytest.CaptureFixture[str]
) -> None:
    noise = numpy.random.default_rng(1).integers(0, 256, (120, 160, 3), dtype=numpy.uint8)
    whole = encoded(Image.fromarray(noise), name)
    reason = refused(tmp_path, whole[: int(len(whole) * share)])
    assert "cut off" in reason or "damaged" in reason or "does not know" in reason
    assert capfd.readouterr() == ("", "")


def test_how_much_is_there_is_said(tmp_path: Path) -> None:
    noise = numpy.random.default_rng(1).integers(0, 256, (200, 160, 3), dtype=numpy.uint8)
    whole = encoded(Image.fromarray(noise), "PNG")
    assert "after about 6" in refused(tmp_path, whole[: int(len(whole) * 0.65)])
    whole = encoded(Image.fromarray(noise), "WEBP")
    assert "after about 65%" in refused(tmp_path, whole[: int(len(whole) * 0.65)])


def test_checksums_of_png_pixels_are_held(tmp_path: Path) -> None:
    whole = bytearray(encoded(gradient(), "PNG"))
    whole[-13] ^= 1
    assert "checksum" in refused(tmp_path, bytes(whole))
    assert "cut off" in refused(tmp_path, encoded(gradient(), "PNG")[:-12])


def test_a_flipped_bit_in_png_pixels_is_noticed(tmp_path: Path) -> None:
    whole = encoded(gradient(), "PNG")
    start = whole.index(b"IDAT") + 4
    for offset in range(start, len(whole) - 16, 97):
        damaged = bytearray(whole)
        damaged[offset] ^= 4
        assert refused(tmp_path, bytes(damaged))


def test_compressed_tiff_complains_to_us_alone(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    noise = numpy.random.default_rng(1).integers(0, 256, (120, 160), dtype=numpy.uint8)
    whole = bytearray(encoded(Image.fromarray(noise), "TIFF", compression="tiff_lzw"))
    whole[2000:3000] = bytes(1000)
    assert refused(tmp_path, bytes(whole))
    assert capfd.readouterr() == ("", "")


def test_raw_in_the_guise_of_tiff_is_not_its_thumbnail(tmp_path: Path) -> None:
    content = encoded(gradient(), "TIFF", tiffinfo={0xC612: b"\1\4\0\0"})
    assert "raw" in refused(tmp_path, content)


def exr(channels: dict[str, Any], **header: Any) -> bytes:
    buffer = io.BytesIO()
    kind = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    OpenEXR.File({**kind, **header}, channels).write(buffer)
    return buffer.getvalue()


def test_exr_is_shown_as_a_viewer_would(tmp_path: Path) -> None:
    level = numpy.full((300, 20), 0.5, numpy.float16)
    picture = decoded(tmp_path, exr({"R": level, "G": 0 * level, "B": 8 * level}))
    assert picture.rgb.shape == (300, 20, 3)
    assert picture.rgb[299, 19].tolist() == [188, 0, 255]


def test_exr_with_alpha_grey_and_odd_values(tmp_path: Path) -> None:
    level = numpy.full((9, 7), 1.0, numpy.float32)
    picture = decoded(tmp_path, exr({"R": level, "G": level, "B": level, "A": level / 2}))
    assert picture.alpha is not None
    assert picture.alpha.shape == (9, 7)
    odd = numpy.array([[numpy.nan, numpy.inf, -numpy.inf, -1.0]], numpy.float32)
    assert decoded(tmp_path, exr({"Y": odd})).rgb[0, :, 1].tolist() == [0, 255, 0, 0]


def test_damaged_exr_is_refused_quietly(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    noise = numpy.random.default_rng(1).random((300, 200)).astype(numpy.float16)
    whole = exr({"R": noise, "G": noise, "B": noise})
    for end in (200, len(whole) // 3, len(whole) - 500):
        assert refused(tmp_path, whole[:end])
    assert capfd.readouterr() == ("", "")


def test_exr_channels_with_impossible_names(tmp_path: Path) -> None:
    level = numpy.full((9, 7), 1.0, numpy.float16)
    whole = exr({"R": level, "G": level, "B": level})
    odd = whole.replace(b"B\0\1\0\0\0", b"\xec\0\1\0\0\0")
    assert odd != whole
    assert refused(tmp_path, odd[: len(odd) - 20])


def test_every_part_of_an_exr_is_decoded(tmp_path: Path) -> None:
    noise = numpy.random.default_rng(2).random((64, 64)).astype(numpy.float16)
    kind = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    parts = [OpenEXR.Part(dict(kind), {"Y": noise}, name) for name in ("left", "right")]
    buffer = io.BytesIO()
    OpenEXR.File(parts).write(buffer)
    whole = buffer.getvalue()
    assert decoded(tmp_path, whole).rgb.shape == (64, 64, 3)
    assert refused(tmp_path, whole[: len(whole) - 1000])


@pytest.mark.parametrize("suffix", ["dpx", "hdr", "jxl"])
def test_pictures_of_the_cutting_room(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"still.{suffix}"
    buffer = OpenImageIO.ImageBuf(OpenImageIO.ImageSpec(96, 64, 3, "uint8"))
    whole = OpenImageIO.ROI(0, 96, 0, 64, 0, 1, 0, 3)
    buffer.set_pixels(whole, numpy.asarray(gradient()).astype(numpy.float32) / 255)
    assert buffer.write(str(file))
    with opened(file) as found:
        assert found.asset.kind == "image"
        assert found.picture().rgb.shape == (64, 96, 3)


def test_heif_tiles_are_put_together(tmp_path: Path) -> None:
    picture = decoded(tmp_path, heif_grid(tmp_path))
    assert picture.rgb.shape == (100, 192, 3)
    assert picture.rgb[50, 10].max() < 5
    assert picture.rgb[50, 180].min() > 250


def test_heif_that_lies_about_its_tiles(tmp_path: Path) -> None:
    whole = heif_grid(tmp_path)
    at = whole.index(b"idat") + 4
    more = bytearray(whole)
    more[at + 3] = 2
    assert refused(tmp_path, bytes(more))
    huge = bytearray(whole)
    huge[at + 4 : at + 8] = b"\xff\xff\xff\xff"
    assert "megapixels" in refused(tmp_path, bytes(huge))


@pytest.mark.shared
def test_a_real_heif(shared_data: Path) -> None:
    with opened(shared_data / "c2pa/no_manifest/sample1.heif") as found:
        assert found.picture().rgb.shape == (960, 1440, 3)


def test_thumbnails_are_small_plain_and_upright() -> None:
    wide = gradient((1200, 600))
    wide.putalpha(0)
    small = Image.open(io.BytesIO(thumbnail(DecodedPicture(wide, orientation=6))))
    assert small.format == "JPEG"
    assert small.size == (160, 320)
    assert abs(numpy.asarray(small).astype(int) - 128).max() < 4
    assert not small.getexif()
    assert set(small.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    tiny = thumbnail(ArrayPicture(numpy.zeros((2, 3, 3), numpy.uint8)), edge=64)
    assert Image.open(io.BytesIO(tiny)).size == (3, 2)


def test_orientation_comes_from_the_file(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 8
    picture = decoded(tmp_path, encoded(gradient(), "JPEG", exif=exif))
    assert picture.image.size == SIZE
    assert Image.open(io.BytesIO(thumbnail(picture))).size == (64, 96)


def test_junk_without_end_is_not_searched_for_a_picture(tmp_path: Path) -> None:
    assert "junk" in refused(tmp_path, b"\xff\xd8\xff\xe0" + bytes(1_000_000))
