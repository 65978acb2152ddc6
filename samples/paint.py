"""Paints the pictures of the invented show "Night Harbour": seeded numpy and Pillow, no model.

Pictures are float arrays of shape (height, width, 3), 0..1, display-referred, until `still`
turns them into Pillow images. The same arguments always give the same picture.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Array = np.ndarray[Any, Any]
Colour = tuple[int, int, int]

DUSK = ((0.05, 0.08, 0.22), (0.23, 0.17, 0.38), (0.78, 0.36, 0.30), (1.0, 0.72, 0.38))
NIGHT = ((0.01, 0.02, 0.07), (0.03, 0.06, 0.15), (0.07, 0.13, 0.24), (0.16, 0.25, 0.36))
DAWN = ((0.30, 0.46, 0.66), (0.56, 0.66, 0.76), (0.90, 0.78, 0.70), (1.0, 0.90, 0.74))
INK: Colour = (9, 11, 20)
LAMP: Colour = (255, 206, 120)


def still(picture: Array) -> Image.Image:
    """The 8-bit RGB image of a painted picture."""
    return Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8))


def painted(image: Image.Image) -> Array:
    """The float picture of an image."""
    return np.asarray(image.convert("RGB"), dtype=np.float64) / 255


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own typeface: nothing to ship, nothing to license."""
    return ImageFont.load_default(size=size)


def mist(shape: tuple[int, int], seed: int, cells: tuple[int, int]) -> Array:
    """Smooth noise 0..1 of a shape (height, width), with `cells` (rows, columns) of detail."""
    rng = np.random.default_rng(seed)
    grid = Image.fromarray((rng.random(cells) * 255).astype(np.uint8))
    smooth = grid.resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
    return np.asarray(smooth, dtype=np.float64) / 255


def sky(height: int, width: int, palette: Any, seed: int, sun: float = 0.62) -> Array:
    """A sky that ends at the horizon: four colours from the top down, a glow, clouds, stars."""
    fall = np.linspace(0, 1, height) ** 1.3
    stops = np.linspace(0, 1, len(palette))
    rows = np.stack([np.interp(fall, stops, [c[i] for c in palette]) for i in range(3)], axis=-1)
    picture = np.repeat(rows[:, None, :], width, axis=1)
    y, x = np.mgrid[0:height, 0:width]
    near = np.exp(-(((x / width - sun) / 0.20) ** 2 + ((y / height - 1.0) / 0.42) ** 2))
    picture += near[..., None] * np.array([0.42, 0.22, 0.06])
    clouds = 0.6 * mist((height, width), seed, (9, 5)) + 0.4 * mist(
        (height, width), seed + 1, (26, 9)
    )
    clouds = np.clip((clouds - 0.52) * 3.2, 0, 1) * (1 - 0.55 * fall[:, None])
    picture += clouds[..., None] * (np.array(palette[2]) - picture) * 0.55
    dark = np.clip(1 - 2.2 * np.mean(palette[0]), 0, 1) * (1 - fall[:, None, None])
    return np.clip(picture + _stars(height, width, seed)[..., None] * dark, 0, 1)


def _stars(height: int, width: int, seed: int) -> Array:
    rng = np.random.default_rng(seed + 7)
    field = np.zeros((height, width))
    count = max(8, width // 9)
    ys = (rng.random(count) ** 1.8 * height * 0.8).astype(int)
    xs = (rng.random(count) * width).astype(int)
    field[ys, np.clip(xs, 0, width - 1)] = rng.random(count) * 0.55 + 0.15
    return field


def water(above: Array, height: int, seed: int) -> Array:
    """The harbour's surface: what is above it, mirrored, darkened and broken by ripples."""
    rows, width = above.shape[0], above.shape[1]
    depth = np.arange(height) / height
    source = np.clip(rows - 1 - depth**0.9 * rows * 0.95, 0, rows - 1)
    ripple = mist((height, width), seed, (60, 12)) - 0.5
    ys = np.clip(source[:, None] + ripple * (4 + 34 * depth[:, None]), 0, rows - 1).astype(int)
    sway = (mist((height, 1), seed + 3, (40, 1)) - 0.5) * 14 * depth[:, None]
    xs = np.clip(np.arange(width)[None, :] + sway, 0, width - 1).astype(int)
    shade = (0.78 - 0.42 * depth)[:, None, None]
    glint = np.clip(mist((height, width), seed + 5, (70, 30)) - 0.72, 0, 1) * 0.9
    return np.clip(above[ys, xs] * shade + glint[..., None] * np.array([0.9, 0.75, 0.6]), 0, 1)


def harbour(width: int, height: int, palette: Any, seed: int, light: float | None = 0.0) -> Array:
    """A harbour under a sky: hills, quay with lit windows, cranes, boats, a lighthouse.

    `light` turns the lighthouse's beam, in turns (0..1); None leaves it dark.
    """
    line = int(height * 0.60)
    above = painted(_shore(still(sky(line, width, palette, seed)), seed))
    picture = np.concatenate([above, water(above, height - line, seed + 11)])
    picture = painted(_boats(still(picture), seed, line))
    return picture if light is None else np.clip(picture + beam(width, height, light), 0, 1)


def beam(width: int, height: int, turn: float) -> Array:
    """The lighthouse's light alone, to be added to a harbour of that size."""
    x0, y0 = width * 0.165, height * 0.245
    y, x = np.mgrid[0:height, 0:width]
    far = np.hypot(x - x0, y - y0) / width
    angle = np.arctan2(y - y0, x - x0)
    aim = np.sin(turn * 2 * np.pi) * 0.22 + 0.03
    wedge = np.exp(-(((angle - aim) / 0.055) ** 2)) * np.exp(-far * 2.1) * (x > x0)
    halo = np.exp(-((far / 0.018) ** 2))
    return (0.55 * wedge + halo)[..., None] * np.array([1.0, 0.93, 0.70])


def _shore(image: Image.Image, seed: int) -> Image.Image:
    """Hills, quay, cranes and the lighthouse, drawn at twice the size and reduced."""
    width, height = image.width * 2, image.height * 2
    big = image.resize((width, height), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(big)
    ridge = mist((1, width), seed + 21, (1, 9))[0]
    tone = tuple(int(v) for v in np.asarray(image)[image.height // 2].mean(axis=0) * 0.55)
    hills = [(x, height - int(height * (0.07 + 0.17 * ridge[x]))) for x in range(0, width, 4)]
    draw.polygon([(0, height), *hills, (width, height)], fill=tone)
    _quay(draw, width, height, seed)
    for at in (0.72, 0.83):
        _crane(draw, int(width * at), height, int(height * 0.36))
    _lighthouse(draw, int(width * 0.165), height, int(height * 0.62), width)
    return big.resize(image.size, Image.Resampling.LANCZOS)


def _quay(draw: ImageDraw.ImageDraw, width: int, height: int, seed: int) -> None:
    rng = np.random.default_rng(seed + 31)
    x = int(width * 0.30)
    while x < width:
        wide, tall = int(width * rng.uniform(0.03, 0.07)), int(height * rng.uniform(0.06, 0.19))
        roof = height - tall
        draw.rectangle([x, roof, x + wide, height], fill=INK)
        draw.polygon([(x, roof), (x + wide // 2, roof - tall // 3), (x + wide, roof)], fill=INK)
        step = max(6, width // 110)
        for wx in range(x + step, x + wide - step, step * 2):
            for wy in range(roof + step, height - step, step * 2):
                if rng.random() < 0.42:
                    draw.rectangle([wx, wy, wx + step // 2, wy + step // 2 + 1], fill=LAMP)
        x += wide + int(width * rng.uniform(0.0, 0.02))
    draw.rectangle([int(width * 0.28), height - height // 40, width, height], fill=INK)


def _crane(draw: ImageDraw.ImageDraw, x: int, ground: int, tall: int) -> None:
    thick = max(2, tall // 40)
    draw.line([(x, ground), (x + tall // 6, ground - tall)], fill=INK, width=thick)
    draw.line([(x + tall // 3, ground), (x + tall // 6, ground - tall)], fill=INK, width=thick)
    jib = [(x - tall // 2, ground - int(tall * 1.12)), (x + tall // 2, ground - int(tall * 0.86))]
    draw.line(jib, fill=INK, width=thick + 1)
    draw.line([jib[0], (jib[0][0], ground - tall // 2)], fill=INK, width=max(1, thick // 2))


def _lighthouse(draw: ImageDraw.ImageDraw, x: int, ground: int, tall: int, width: int) -> None:
    foot, top = width // 44, width // 72
    draw.polygon(
        [(x - foot * 5, ground), (x - foot * 2, ground - foot), (x + foot * 3, ground - foot // 2),
         (x + foot * 6, ground)], fill=INK,
    )  # fmt: skip
    head = ground - tall + top * 2
    for band in range(5):
        a, b = band / 5, (band + 1) / 5
        wide_a, wide_b = foot + (top - foot) * a, foot + (top - foot) * b
        ya, yb = (
            ground - foot - (ground - foot - head) * a,
            ground - foot - (ground - foot - head) * b,
        )
        fill = (198, 192, 184) if band % 2 else (128, 38, 40)
        draw.polygon(
            [(x - wide_a, ya), (x + wide_a, ya), (x + wide_b, yb), (x - wide_b, yb)], fill=fill
        )
    draw.rectangle([x - top, head - top * 2, x + top, head], fill=(255, 240, 190))
    draw.polygon(
        [(x - top * 2, head - top * 2), (x, head - top * 4), (x + top * 2, head - top * 2)],
        fill=INK,
    )
    draw.rectangle([x - top * 2, head, x + top * 2, head + top // 2], fill=INK)


def _boats(image: Image.Image, seed: int, line: int) -> Image.Image:
    rng = np.random.default_rng(seed + 41)
    wide, tall = image.size
    big = image.resize((wide * 2, tall * 2), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(big)
    for at, deep, size in ((0.40, 0.10, 0.10), (0.56, 0.30, 0.15), (0.24, 0.52, 0.21)):
        x = int(wide * 2 * (at + rng.uniform(-0.03, 0.03)))
        y, long = int(2 * (line + (tall - line) * deep)), int(wide * 2 * size)
        _boat(draw, x, y, long)
    return big.resize(image.size, Image.Resampling.LANCZOS)


def _boat(draw: ImageDraw.ImageDraw, x: int, y: int, long: int) -> None:
    deck = y - long // 9
    hull = [
        (x - long // 2, deck),
        (x + long // 2, deck - long // 14),
        (x + long // 3, y),
        (x - long // 3, y),
    ]
    draw.polygon(hull, fill=INK)
    mast = x - long // 12
    draw.line([(mast, deck), (mast, deck - int(long * 0.62))], fill=INK, width=max(2, long // 60))
    for end in (x - long // 2, x + long // 2):
        draw.line(
            [(mast, deck - int(long * 0.6)), (end, deck)], fill=INK, width=max(1, long // 160)
        )
    draw.rectangle([x + long // 16, deck - long // 7, x + long // 4, deck], fill=INK)
    lamp = max(2, long // 45)
    draw.rectangle(
        [x + long // 10, deck - long // 9, x + long // 10 + lamp, deck - long // 9 + lamp],
        fill=LAMP,
    )
    for step in range(5):
        half = long // 3 - step * long // 18
        draw.line([(x - half, y + 3 + step * long // 40), (x + half, y + 3 + step * long // 40)],
                  fill=INK, width=max(1, long // 110))  # fmt: skip


def poster(width: int, height: int) -> Image.Image:
    """A printed bill for the regatta: flat colours, a sail, big type."""
    image = Image.new("RGB", (width, height), (236, 222, 190))
    draw = ImageDraw.Draw(image)
    rise = int(height * 0.66)
    draw.rectangle([0, rise, width, height], fill=(22, 52, 82))
    draw.ellipse(
        [width * 0.56, height * 0.24, width * 0.86, height * 0.24 + width * 0.30],
        fill=(214, 92, 52),
    )
    for wave in range(5):
        y = rise + wave * height // 28
        points = [
            (x, y + int(np.sin(x / width * 14 + wave) * height * 0.006))
            for x in range(0, width + 8, 8)
        ]
        draw.line(points, fill=(92, 140, 160), width=max(2, height // 220))
    draw.polygon(
        [(width * 0.42, height * 0.27), (width * 0.42, rise), (width * 0.80, rise)],
        fill=(250, 246, 234),
    )
    draw.polygon(
        [(width * 0.38, height * 0.34), (width * 0.38, rise), (width * 0.16, rise)],
        fill=(178, 46, 44),
    )
    keel = rise * 1.07
    hull = [(width * 0.12, rise), (width * 0.84, rise), (width * 0.72, keel), (width * 0.24, keel)]
    draw.polygon(hull, fill=(52, 34, 26))
    _centred(draw, width, height * 0.05, "HARBOUR", height // 9, (22, 52, 82))
    _centred(draw, width, height * 0.155, "REGATTA", height // 14, (178, 46, 44))
    _centred(draw, width, height * 0.83, "14 to 16 AUGUST 1931", height // 24, (236, 222, 190))
    _centred(
        draw, width, height * 0.90, "Lantern parade at nightfall", height // 34, (236, 222, 190)
    )
    return image.filter(ImageFilter.GaussianBlur(0.4))


def newspaper(width: int, height: int) -> Image.Image:
    """A prop front page: aged paper, a masthead, a picture, columns of lines."""
    paper = (
        0.86
        + 0.10 * (mist((height, width), 5, (7, 6)) - 0.5)
        + 0.05 * mist((height, width), 6, (60, 50))
    )
    tint = np.array([1.0, 0.95, 0.82])
    image = still(paper[..., None] * tint)
    draw = ImageDraw.Draw(image)
    _centred(draw, width, height * 0.02, "The Harbour Courier", height // 14, (38, 32, 28))
    draw.line(
        [(width * 0.04, height * 0.115), (width * 0.96, height * 0.115)], fill=(38, 32, 28), width=2
    )
    _centred(
        draw, width, height * 0.135, "KEEPER OF THE LIGHT STILL MISSING", height // 26, (38, 32, 28)
    )
    photo = (
        still(harbour(int(width * 0.5), int(height * 0.30), NIGHT, 77, 0.1))
        .convert("L")
        .convert("RGB")
    )
    image.paste(photo, (int(width * 0.25), int(height * 0.21)))
    rng = np.random.default_rng(15)
    for column in range(4):
        left = width * (0.05 + column * 0.235)
        for row in range(int(height * 0.55), int(height * 0.96), max(5, height // 64)):
            reach = width * 0.20 * (1.0 if rng.random() < 0.85 else rng.uniform(0.3, 0.8))
            draw.line(
                [(left, row), (left + reach, row)], fill=(92, 82, 72), width=max(1, height // 300)
            )
    return image


def _centred(
    draw: ImageDraw.ImageDraw, width: int, y: float, text: str, size: int, fill: Colour
) -> None:
    draw.text((width / 2, y), text, fill=fill, font=font(size), anchor="ma")
