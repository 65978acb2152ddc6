"""The moving pictures of reel 1: every shot as frames of 480 by 270, painted by code.

A shot is a function from a frame's number to a picture, so that any range of it can be rendered,
by the camera that shot it and by whoever conforms the film. The same number gives the same frame.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import paint
import people
from PIL import Image, ImageDraw, ImageFilter

SIZE = (480, 270)
Shot = Callable[[int], Image.Image]
_WIDE = (720, 405)
_RED = ((0.10, 0.02, 0.10), (0.42, 0.06, 0.16), (0.86, 0.22, 0.12), (1.0, 0.62, 0.24))


def _moved(picture: Image.Image, left: float, top: float, width: float) -> Image.Image:
    """What a camera sees of a larger picture: a window, in pixels of the picture."""
    box = (left, top, left + width, top + width * SIZE[1] / SIZE[0])
    return picture.resize(SIZE, Image.Resampling.BICUBIC, box=box)


@lru_cache(maxsize=16)
def _painted(what: str) -> Image.Image:
    """The large pictures that shots move over, painted once."""
    return {
        "dusk": lambda: _mirrored(paint.harbour(1320, 742, paint.DUSK, 3, None)),
        "quay": lambda: paint.still(paint.harbour(960, 540, paint.DUSK, 203, None)),
        "dawn": lambda: _dawn(paint.DAWN),
        "sky": lambda: _dawn(_RED),
        "heaven": lambda: paint.still(paint.sky(405, 720, paint.DUSK, 31, 0.2)),
        "stones": _stones,
        "lamp room": _lamp_room,
        "table": _table,
    }[what]()


def _dawn(palette: Any) -> Image.Image:
    """The harbour at dawn, seen from the other side; another palette is another sky over it."""
    shore = paint.harbour(*_WIDE, paint.DAWN, 12, None)
    if palette is not paint.DAWN:
        line = int(_WIDE[1] * 0.60)
        sky = paint.sky(line, _WIDE[0], palette, 88, 0.3)
        plain = paint.sky(line, _WIDE[0], paint.DAWN, 12)
        kept = np.abs(shore[:line] - plain).max(axis=2, keepdims=True) > 0.02
        shore[:line] = np.where(kept, shore[:line] * np.array([0.85, 0.6, 0.6]), sky)
        shore[line:] = paint.water(shore[:line], _WIDE[1] - line, 23)
    return _mirrored(shore)


def _mirrored(picture: Any) -> Image.Image:
    """The shore from its other end."""
    return paint.still(picture).transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def harbour(n: int) -> Image.Image:
    """A wide of the harbour at dusk; the camera pushes in, gulls pass."""
    frame = _moved(_painted("dusk"), 40 + n * 0.9, 220 + n * 0.25, 700 - n * 1.3)
    people.gulls(ImageDraw.Draw(frame), n)
    return frame


def lighthouse(n: int) -> Image.Image:
    """The light turns over the quay."""
    still = paint.painted(_moved(_painted("quay"), 40, 110, 420))
    return paint.still(np.clip(still * 0.62 + paint.beam(*SIZE, 0.1 + n / 90), 0, 1))


def ingrid(n: int) -> Image.Image:
    """A woman on the harbour wall, in a coat too large for her, counting."""
    frame = _moved(_painted("heaven"), 120 + n * 0.35, 40, 400).filter(ImageFilter.GaussianBlur(2))
    draw = ImageDraw.Draw(frame)
    draw.rectangle([0, 252, 480, 270], fill=(24, 22, 30))
    people.woman(draw, 190 + 2.2 * np.sin(n / 17), 254, 200, n)
    return frame


def boats(n: int) -> Image.Image:
    """Boats on the mud, from above the mole, drifting by."""
    frame = _moved(_painted("quay"), 330 - n * 1.1, 300, 400)
    return Image.eval(frame, lambda value: min(255, int(value * 1.12)))


def ladder(n: int) -> Image.Image:
    """A boy comes down the ladder with a lantern."""
    frame = _moved(_painted("stones"), 60, 20 + n * 0.8, 480)
    draw = ImageDraw.Draw(frame)
    for rung in range(-2, 14):
        y = 22 * rung + (n * 0.8) % 22
        draw.line([(262, y), (322, y)], fill=(58, 44, 32), width=4)
    draw.line([(262, 0), (258, 270)], fill=(66, 50, 36), width=6)
    draw.line([(322, 0), (326, 270)], fill=(66, 50, 36), width=6)
    hand = people.boy(draw, 292, 40 + n * 1.7, 150, n)
    return _lit(frame, hand, 110 + 8 * np.sin(n / 2.7))


def storm(n: int) -> Image.Image:
    """A storm over the sea, with lightning: what a model would make of three words."""
    rng = np.random.default_rng(5000 + n // 2)
    flash = 0.55 if n % 29 in (4, 5, 8) else 0.0
    sky = _painted_clouds()
    top = np.roll(sky, -3 * n, axis=1)[:, :480] * (0.62 + flash)
    picture = np.concatenate([top, _waves(n) * (1.15 + flash * 0.4)])
    frame = paint.still(picture)
    draw = ImageDraw.Draw(frame)
    people.ship(draw, 120 + n * 0.9, 176 + 9 * np.sin(n / 7), n)
    if flash:
        people.bolt(draw, 300 + (n % 29) * 4, rng)
    for _ in range(36):
        x, y = rng.random() * 520, rng.random() * 270
        draw.line([(x, y), (x - 4, y + 13)], fill=(122, 134, 148))
    return frame


@lru_cache(maxsize=1)
def _painted_clouds() -> Any:
    grey = 0.5 * paint.mist((150, 960), 71, (5, 9)) + 0.5 * paint.mist((150, 960), 72, (14, 40))
    return grey[..., None] * np.array([0.80, 0.92, 1.12])


def _waves(n: int) -> Any:
    """A heavy sea, 120 rows: rolling sines, steeper and larger towards the camera."""
    y, x = np.mgrid[0:120, 0:480] / 120.0
    depth = y**1.5 + 0.06
    across = (x - 2) / (0.5 + depth)
    swell = np.sin(across * 2.6 + n * 0.16 + 11 / (0.3 + y))
    chop = np.sin(across * 13 - n * 0.27 + 4 * np.sin(across * 1.7) + 31 * y)
    height = 0.5 + 0.32 * swell * depth**0.4 + 0.12 * chop
    foam = np.clip(height - 0.80, 0, 1) * 3.2
    return 0.08 + height[..., None] * np.array([0.16, 0.25, 0.31]) + foam[..., None] * 0.5


def lens(n: int) -> Image.Image:
    """The lamp room: the great lens stands in the middle, and a light goes round in it."""
    frame = _painted("lamp room").copy()
    draw = ImageDraw.Draw(frame)
    for ring in range(9, 0, -1):
        bright = 0.5 + 0.5 * np.sin(ring * 0.9 - n / 6)
        tone = tuple(int(base + gain * bright) for base, gain in ((60, 170), (52, 150), (38, 84)))
        wide, tall = ring * 9, ring * 13
        draw.ellipse([240 - wide, 128 - tall, 240 + wide, 128 + tall], outline=tone, width=4)
    people.keeper(draw, 388, 252, 168, n)
    return _lit(frame, (240, 128), 150 + 14 * np.sin(n / 6))


def table(n: int) -> Image.Image:
    """An insert from above: the prop newspaper on the keeper's table."""
    return _moved(_painted("table"), 60 - n * 0.4, 40 + n * 0.5, 560 - n * 1.1)


def comp(n: int) -> Image.Image:
    """The shot out of a graph: the lighthouse turns in an empty harbour."""
    return paint.still(_empty() + paint.beam(*SIZE, n / 48))


@lru_cache(maxsize=1)
def _empty() -> Any:
    return paint.harbour(*SIZE, paint.DUSK, 30, None)


def dawn(n: int) -> Image.Image:
    """Dawn over the harbour, a slow pan to the left."""
    return _moved(_painted("dawn"), 190 - n * 1.2, 60, 500)


def red_dawn(n: int) -> Image.Image:
    """The same shot with a sky that nobody filmed."""
    return _moved(_painted("sky"), 190 - n * 1.2, 60, 500)


def _lit(frame: Image.Image, at: tuple[float, float], reach: float) -> Image.Image:
    """A frame with a warm light at a place, and dusk everywhere else."""
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    near = np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / (2 * reach**2 / 4))
    light = 0.42 + near[..., None] * np.array([0.95, 0.72, 0.42])
    return paint.still(paint.painted(frame) * light + 0.10 * near[..., None])


def _stones() -> Image.Image:
    image = paint.still(0.34 + 0.30 * paint.mist((405, 720), 9, (70, 120))[..., None] * np.ones(3))
    draw = ImageDraw.Draw(image)
    rng = np.random.default_rng(19)
    for row in range(0, 405, 27):
        x = -int(rng.integers(0, 60))
        while x < 720:
            wide = int(rng.integers(38, 78))
            draw.rectangle([x, row, x + wide, row + 27], outline=(44, 46, 52), width=2)
            x += wide
    return image


def _lamp_room() -> Image.Image:
    room = paint.still(0.10 + 0.22 * paint.mist((270, 480), 41, (12, 20))[..., None] * np.ones(3))
    night = paint.still(paint.sky(150, 480, paint.NIGHT, 66))
    for left in (14, 124, 300, 404):
        room.paste(night.crop((left, 0, left + 66, 150)), (left, 34))
    draw = ImageDraw.Draw(room)
    draw.rectangle([186, 236, 294, 270], fill=(46, 36, 26))
    return room


def _table() -> Image.Image:
    grain = 0.5 * paint.mist((480, 680), 77, (90, 3)) + 0.5 * paint.mist((480, 680), 78, (160, 6))
    wood = paint.still((0.16 + 0.26 * grain)[..., None] * np.array([1.25, 0.85, 0.55]))
    page = paint.newspaper(400, 500).resize((300, 375)).rotate(-6, expand=True, fillcolor=(0, 0, 0))
    sheet = Image.new("L", (300, 375), 255).rotate(-6, expand=True)
    wood.paste(page, (170, 50), sheet)
    draw = ImageDraw.Draw(wood)
    for wide, tone in ((52, (206, 200, 190)), (44, (66, 40, 24))):
        draw.ellipse([560 - wide, 160 - wide, 560 + wide, 160 + wide], fill=tone)
    return wood
