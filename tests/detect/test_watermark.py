import csv
from pathlib import Path

import numpy
import pytest
from PIL import Image, ImageDraw

from checkthegate.detect import dwt_dct
from checkthegate.detect.dwt_dct import View
from checkthegate.detect.watermark import MARKS, Mark, chance_of, find_mark, observer, readings
from tests.delivery.making import encoded
from tests.detect.running import claims, details, opened, opened_bytes, seen

WATERMARK = observer({})


def photo(size: tuple[int, int] = (512, 448), seed: int = 7) -> Image.Image:
    """A soft, coloured, grainy picture."""
    width, height = size
    random = numpy.random.default_rng(seed)
    small = random.integers(30, 226, (9, 9, 3), dtype=numpy.uint8)
    soft = numpy.asarray(Image.fromarray(small).resize(size, Image.Resampling.BICUBIC))
    grainy = soft + random.normal(0, 5, (height, width, 3))
    return Image.fromarray(numpy.clip(grainy, 0, 255).astype(numpy.uint8))


def slowly_marked(image: Image.Image, mark: Mark, view: View) -> Image.Image:
    """The encoder once more, block by block in floating point, for all three views."""
    rgb = numpy.asarray(image).astype(numpy.float64)
    if view is View.SWAPPED:
        rgb = rgb[:, :, ::-1]
    red, green, blue = (rgb[:, :, n] for n in range(3))
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    u = 0.492 * (blue - luma) + (128 if view is View.OFFSET else 0.5)
    v = 0.877 * (red - luma)
    across, number = image.width // 8, 0
    for top in range(0, image.height // 8 * 8, 8):
        for left in range(0, across * 8, 8):
            block = u[top : top + 8, left : left + 8]
            low = (block[::2, ::2] + block[1::2, ::2] + block[::2, 1::2] + block[1::2, 1::2]) / 2
            row, column = divmod(int(abs(low).ravel()[1:].argmax()) + 1, 4)
            size = abs(low[row, column])
            bit = mark.bits[number % len(mark.bits)]
            wanted = numpy.copysign((size // 36 + 0.25 + bit / 2) * 36, low[row, column])
            block[2 * row : 2 * row + 2, 2 * column : 2 * column + 2] += (
                wanted - low[row, column]
            ) / 2
            number += 1
    u -= 128 if view is View.OFFSET else 0.5
    marked = numpy.stack(
        [
            luma + v / 0.877,
            luma - 0.114 / 0.587 / 0.492 * u - 0.299 / 0.587 / 0.877 * v,
            luma + u / 0.492,
        ],
        axis=2,
    )
    if view is View.SWAPPED:
        marked = marked[:, :, ::-1]
    return Image.fromarray(numpy.clip(numpy.rint(marked), 0, 255).astype(numpy.uint8))


@pytest.mark.parametrize(
    ("mark", "view"),
    [(mark, view) for mark in MARKS for view in mark.views],
    ids=lambda part: part.value if isinstance(part, View) else f"{part.tool} {len(part.bits)}",
)
def test_every_mark_is_found_as_its_writers_wrote_it(mark: Mark, view: View) -> None:
    found = find_mark(slowly_marked(photo(), mark, view))
    assert found is not None
    assert found.mark is mark
    assert found.agreeing >= len(mark.bits) - 1


def test_the_examples_writer_agrees_with_the_slow_one() -> None:
    for mark in MARKS:
        found = find_mark(dwt_dct.embed(photo(), mark.bits))
        assert found is not None
        assert found.mark is mark


@pytest.mark.parametrize("size", [(256, 256), (1000, 300), (301, 259), (1100, 900)])
def test_any_size_is_read(size: tuple[int, int]) -> None:
    found = find_mark(dwt_dct.embed(photo(size), MARKS[2].bits))
    assert found is not None
    assert found.mark is MARKS[2]


def test_a_good_jpeg_keeps_it_and_a_crop_loses_it(tmp_path: Path) -> None:
    marked = slowly_marked(photo(), MARKS[2], View.SIGNED)
    content = encoded(marked, "JPEG", quality=98, subsampling=0)
    with opened_bytes(tmp_path, "marked.jpg", content) as found:
        assert claims(seen(WATERMARK, found)) == [("ai-watermark", "declared")]
    assert find_mark(marked.crop((3, 5, 500, 440))) is None


def test_the_evidence_names_tool_and_bits(tmp_path: Path) -> None:
    content = encoded(dwt_dct.embed(photo(), MARKS[1].bits), "PNG")
    with opened_bytes(tmp_path, "marked.png", content) as found:
        (shown,) = details(seen(WATERMARK, found))
    assert shown["tool"] == "Stable Diffusion 2"
    assert shown["mark"] == "dwtDct"
    assert shown["bits"] == 32
    assert shown["bits_agreeing"] >= 30


def test_alpha_does_not_change_the_colours_read() -> None:
    marked = dwt_dct.embed(photo(), MARKS[0].bits)
    marked.putalpha(Image.linear_gradient("L").resize(marked.size))
    found = find_mark(marked)
    assert found is not None
    assert found.mark is MARKS[0]


def test_chance_stays_under_the_promise() -> None:
    promised = [mark for mark in MARKS if mark.backing < 0.25]
    assert len(promised) == len(MARKS) - 1
    total = sum(chance_of(len(mark.bits), mark.enough) * len(mark.views) for mark in promised)
    assert total < 1e-9
    assert chance_of(32, 30) < 1.3e-7
    assert chance_of(3, 2) == 0.5


def synthetic() -> list[Image.Image]:
    y, x = numpy.mgrid[0:264, 0:312]
    flat = [Image.new("RGB", (312, 264), (n, 255 - n, n // 2)) for n in range(0, 256, 5)]
    greys = [Image.new("RGB", (312, 264), (n, n, n)) for n in (0, 1, 128, 254, 255)]
    ramps = [x, y, x + y, x * y // 300, (x // 8 + y // 8) % 2 * 255, (x // 4 + y) % 3 * 80]
    patterns = [
        Image.fromarray(numpy.stack([ramp % 256, x * 0 + 90, 255 - ramp % 256], 2).astype("uint8"))
        for ramp in ramps
    ]
    tiles = []
    for period in (32, 46, 48, 136, 256, 368, 384):
        tile = numpy.asarray(photo((period, 64), seed=period))
        tiles.append(Image.fromarray(numpy.tile(tile, (9, 1 + 1600 // period, 1))[:, :1536]))
    text = Image.new("RGB", (640, 360))
    ImageDraw.Draw(text).multiline_text((20, 20), "WRITTEN BY\nnobody\n" * 9, fill=(255, 240, 0))
    return [*flat, *greys, *patterns, *tiles, text]


def test_flat_and_drawn_pictures_never_convict() -> None:
    for image in synthetic():
        assert find_mark(image) is None
        assert not any(fit.convinces for fit in readings(image))


def test_unmarked_pictures_stay_far_away() -> None:
    for seed in range(40):
        fits = readings(photo((320, 320), seed=seed))
        assert not any(fit.convinces for fit in fits)


def test_small_and_grey_pictures_cannot_carry_it(tmp_path: Path) -> None:
    for image in (photo((255, 256)), photo().convert("L")):
        with opened_bytes(tmp_path, "still.png", encoded(image, "PNG")) as found:
            assert seen(WATERMARK, found) == []


def test_long_thin_pictures_do_not_crash() -> None:
    for size in ((70_000, 3), (3, 70_000), (70_000, 9), (9, 70_000)):
        assert find_mark(photo(size)) is None


def test_bits_are_in_the_writers_order() -> None:
    assert MARKS[1].bits[:8] == (0, 1, 0, 1, 0, 0, 1, 1)
    assert [len(mark.bits) for mark in MARKS] == [136, 32, 48, 48, 46]
    assert MARKS[3].bits[2:] == MARKS[4].bits


@pytest.mark.shared
def test_real_pictures_marked_by_the_reference_encoder(shared_data: Path) -> None:
    folder = shared_data / "ai_metadata"
    with (folder / "manifest.csv").open(encoding="utf-8") as table:
        rows = [row for row in csv.DictReader(table) if "invisible_watermark" in row["file"]]
    assert len(rows) >= 12
    for row in rows:
        with opened(folder / row["file"]) as found:
            observations = seen(WATERMARK, found)
        expected = [("ai-watermark", "declared")] if row["expect_ai"] == "yes" else []
        assert claims(observations) == expected, row["file"]


@pytest.mark.shared
def test_no_real_unmarked_picture_comes_near(shared_data: Path) -> None:
    folders = ("copy_image/distractors", "copy_image/pdq", "ai_metadata/negative_camera")
    for file in [f for folder in folders for f in sorted((shared_data / folder).iterdir())][:90]:
        with opened(file) as found:
            image = found.picture().image
            if WATERMARK.wants(found.asset) and dwt_dct.can_carry(image):
                fits = readings(image)
                assert all(fit.backing < 0.1 for fit in fits), file.name
                assert all(fit.agreeing < fit.mark.enough - 5 for fit in fits), file.name
