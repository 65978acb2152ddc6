"""What pictures show: land, towns, rooms, things, people, signs. Each paints a `float32` BGR."""

from __future__ import annotations

import string
from collections.abc import Callable

import cv2
import numpy as np

from quality.noise import Array, Generator, colour, fractal, mixed, plain, ramp, textured

Genre = Callable[[Generator, int, int], Array]


def landscape(rng: Generator, width: int, height: int) -> Array:
    """Sky with clouds, ridges one behind the other, a ground, and perhaps trees."""
    sky = ramp(rng, width, height) * 0.5 + 110
    clouds = np.clip(fractal(rng, width, height, cells=rng.uniform(2, 7)) * 2.4 - 1, 0, 1)
    picture = mixed(sky, np.full(3, 235, np.float32), clouds * rng.uniform(0.2, 0.9))
    level = rng.uniform(0.3, 0.6)
    for distance in np.linspace(0.7, 0, int(rng.integers(2, 6))):
        line = fractal(rng, width, 4, cells=rng.uniform(2, 9), roughness=rng.uniform(0.35, 0.7))[1]
        edge = (level + (line - 0.5) * rng.uniform(0.1, 0.4)) * height
        below = (np.arange(height)[:, None] > edge[None, :]).astype(np.float32)
        ground = textured(rng, np.tile(colour(rng, 0.7), (height, width, 1)), 0.9, 60)
        haze = mixed(ground, np.tile(sky.mean((0, 1)), (height, width, 1)), below * distance)
        picture = mixed(picture, haze, cv2.GaussianBlur(below, (3, 3), 0.8))
        level += rng.uniform(0.08, 0.2)
    for _ in range(int(rng.integers(0, 14))):
        _tree(rng, picture, width, height)
    return picture


def _tree(rng: Generator, picture: Array, width: int, height: int) -> None:
    foot = int(rng.integers(0, width)), int(rng.uniform(0.55, 1.0) * height)
    tall = rng.uniform(0.1, 0.45) * height
    top = (foot[0] + int(rng.normal(0, 0.05) * tall), int(foot[1] - tall))
    cv2.line(picture, foot, top, plain(rng, value=(0.05, 0.3)), max(1, int(tall * 0.06)))
    leaf = colour(rng, 0.8, (0.1, 0.6))
    for _ in range(int(rng.integers(8, 50))):
        where = rng.normal(top, tall * 0.16).astype(int)
        shade = tuple(map(float, leaf * rng.uniform(0.6, 1.3)))
        cv2.circle(
            picture, tuple(map(int, where)), int(rng.uniform(0.02, 0.09) * tall) + 1, shade, -1
        )


def town(rng: Generator, width: int, height: int) -> Array:
    """Fronts with windows, some lit, in several rows."""
    picture = ramp(rng, width, height)
    for row in range(int(rng.integers(2, 5))):
        left = -int(rng.integers(0, width // 8 + 1))
        while left < width:
            wide = int(rng.uniform(0.05, 0.22) * width) + 4
            top = int(rng.uniform(0.05, 0.6) * height + row * 0.13 * height)
            _front(rng, picture, (left, top, wide, height))
            left += wide + int(rng.integers(0, width // 25 + 1))
    return textured(rng, picture, 0.35, 50)


def _front(rng: Generator, picture: Array, box: tuple[int, int, int, int]) -> None:
    left, top, wide, bottom = box
    cv2.rectangle(picture, (left, top), (left + wide, bottom), plain(rng), -1)
    across, down = int(rng.integers(2, 8)), wide / rng.uniform(2, 9)
    glass, lit = plain(rng, value=(0.05, 0.5)), plain(rng, value=(0.7, 1))
    for column in range(across):
        x = left + int((column + 0.2) * wide / across)
        for y in np.arange(top + down * 0.4, bottom, down):
            shade = lit if rng.random() < 0.15 else glass
            corner = (x + max(1, int(wide / across * 0.55)), int(y + down * 0.5))
            cv2.rectangle(picture, (x, int(y)), corner, shade, -1)


def room(rng: Generator, width: int, height: int) -> Array:
    """A floor in perspective, a wall, a window's light, furniture and pictures."""
    picture = textured(rng, ramp(rng, width, height), 0.3, rng.uniform(10, 90))
    line = int(rng.uniform(0.5, 0.8) * height)
    floor = np.tile(colour(rng), (height - line, width, 1))
    picture[line:] = textured(rng, floor, 0.5, 30)
    away = (int(rng.uniform(0.2, 0.8) * width), int(line - rng.uniform(0.05, 0.3) * height))
    board = plain(rng, value=(0.1, 0.5))
    for x in np.linspace(-width, 2 * width, int(rng.integers(8, 40))):
        cv2.line(picture, (int(x), height), away, board, 1, cv2.LINE_AA)
    picture[:line] = np.minimum(picture[:line] + 0, 255)
    for _ in range(int(rng.integers(3, 12))):
        x, y = int(rng.uniform(0, 0.9) * width), int(rng.uniform(0.05, 0.8) * height)
        far = (x + int(rng.uniform(0.05, 0.3) * width), y + int(rng.uniform(0.05, 0.4) * height))
        cv2.rectangle(picture, (x, y), far, plain(rng), -1)
        cv2.rectangle(picture, (x, y), far, plain(rng, value=(0.05, 0.4)), int(rng.integers(1, 6)))
    return _lit(rng, picture)


def _lit(rng: Generator, picture: Array) -> Array:
    """Light falling in from somewhere."""
    height, width = picture.shape[:2]
    beam = np.zeros((height, width), np.float32)
    corners = rng.uniform(-0.2, 1.2, (4, 2)) * (width, height)
    cv2.fillConvexPoly(beam, cv2.convexHull(corners.astype(np.int32)), 1.0)
    soft = cv2.GaussianBlur(beam, (0, 0), width / rng.uniform(15, 60))
    return picture * (0.6 + rng.uniform(0.3, 0.8) * soft)[..., None]


def things(rng: Generator, width: int, height: int) -> Array:
    """Shaded round and tall things on a table."""
    picture = cv2.GaussianBlur(town(rng, width, height), (0, 0), width / 90)
    line = int(rng.uniform(0.55, 0.8) * height)
    picture[line:] = textured(rng, np.tile(colour(rng), (height - line, width, 1)), 0.7, 25)
    for _ in range(int(rng.integers(2, 10))):
        centre = rng.uniform((0.1, 0.35), (0.9, 0.85)) * (width, height)
        reach = rng.uniform(0.04, 0.2) * height * rng.uniform(0.5, 1.4, 2)
        _ball(rng, picture, centre, reach)
    return picture


def _ball(rng: Generator, picture: Array, centre: Array, reach: Array) -> None:
    down, across = np.mgrid[: picture.shape[0], : picture.shape[1]].astype(np.float32)
    x, y = (across - centre[0]) / reach[0], (down - centre[1]) / reach[1]
    far = x * x + y * y
    light = np.clip(1 - 0.6 * np.hypot(x + 0.35, y + 0.4), 0.15, 1)
    surface = textured(rng, np.tile(colour(rng, 0.9), (*far.shape, 1)), rng.uniform(0, 1.2), 50)
    shaded = (
        surface * light[..., None]
        + 160 * np.clip(1 - 4 * np.hypot(x + 0.4, y + 0.45), 0, 1)[..., None]
    )
    picture[:] = mixed(picture, shaded, np.clip((1 - far) * 12, 0, 1))


def leaves(rng: Generator, width: int, height: int) -> Array:
    """Hundreds of leaves, blades or stones."""
    picture = ramp(rng, width, height) * 0.5
    basic, slim = colour(rng, 0.9), rng.uniform(0.15, 1.0)
    for order in np.linspace(0.5, 1, int(rng.integers(150, 700))):
        where = tuple(map(int, rng.uniform(0, 1, 2) * (width, height)))
        size = rng.uniform(0.01, 0.07) * width
        shade = np.clip(basic * rng.uniform(0.4, 1.5) * order + rng.normal(0, 18, 3), 0, 255)
        turn = float(rng.normal(rng.choice([0, 60, 120]), 40))
        axes = (int(size) + 1, int(size * slim) + 1)
        cv2.ellipse(picture, where, axes, turn, 0, 360, tuple(map(float, shade)), -1, cv2.LINE_AA)
    return textured(rng, picture, 0.3, 80)


def lights(rng: Generator, width: int, height: int) -> Array:
    """A night out of focus."""
    picture = textured(rng, ramp(rng, width, height) * 0.15, 0.8, 8)
    for _ in range(int(rng.integers(20, 110))):
        glow = np.zeros_like(picture)
        where = tuple(map(int, rng.uniform(0, 1, 2) * (width, height)))
        reach = int(rng.uniform(0.004, 0.05) * width) + 1
        cv2.circle(glow, where, reach, plain(rng, saturation=1.0, value=(0.4, 1)), -1, cv2.LINE_AA)
        picture += glow * rng.uniform(0.3, 1)
    return cv2.GaussianBlur(picture, (0, 0), width / rng.uniform(200, 600))


def surface(rng: Generator, width: int, height: int) -> Array:
    """Water, sand, marble, rust: noise pulled about by noise."""
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    pull = rng.uniform(0.03, 0.35) * width
    first = fractal(rng, width, height, cells=rng.uniform(2, 10))
    second = fractal(rng, width, height, cells=rng.uniform(2, 10))
    base = fractal(rng, width, height, cells=rng.uniform(3, 30), roughness=rng.uniform(0.5, 0.9))
    bent = cv2.remap(
        base, across + pull * first, down + pull * second, cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )  # fmt: skip
    waves = 0.5 + 0.5 * np.sin(bent * rng.uniform(4, 40))
    return mixed(mixed(colour(rng), colour(rng), bent), colour(rng), waves * rng.uniform(0, 0.8))


def sign(rng: Generator, width: int, height: int) -> Array:
    """Lines of letters on a wall, a page or a screen."""
    picture = textured(rng, ramp(rng, width, height), rng.uniform(0.1, 0.9), rng.uniform(5, 80))
    ink = colour(rng, value=(0.0, 0.4)) if picture.mean() > 120 else colour(rng, value=(0.7, 1))
    letters = np.zeros((height, width), np.uint8)
    size = rng.uniform(0.4, 3.5) * height / 500
    for y in np.arange(0.1, 1.0, rng.uniform(0.05, 0.3)) * height:
        words = "".join(rng.choice(list(string.ascii_letters + "   "), int(rng.integers(4, 40))))
        where = (int(rng.uniform(0.0, 0.3) * width), int(y))
        face = int(rng.integers(0, 8))
        cv2.putText(letters, words, where, face, size, 255, max(1, int(size * 2)), cv2.LINE_AA)
    return mixed(picture, ink, letters.astype(np.float32) / 255)


def crowd(rng: Generator, width: int, height: int) -> Array:
    """Many small people before something."""
    back = GENRES[int(rng.integers(0, 3))](rng, width, height)
    for y in np.sort(rng.uniform(0.35, 1.0, int(rng.integers(6, 60)))) * height:
        tall = height * rng.uniform(0.1, 0.14) * (0.4 + y / height)
        x = rng.uniform(0, width)
        body, skin = plain(rng, saturation=0.9), plain(rng, saturation=0.4, value=(0.3, 0.9))
        cv2.ellipse(back, (int(x), int(y)), (int(tall * 0.3), int(tall)), 0, 0, 360, body, -1)
        cv2.circle(
            back, (int(x), int(y - tall * 1.15)), int(tall * 0.27) + 1, skin, -1, cv2.LINE_AA
        )
    return textured(rng, back, 0.3, 90)


def machine(rng: Generator, width: int, height: int) -> Array:
    """Wheels, pipes, gratings."""
    picture = textured(rng, ramp(rng, width, height), 0.6, 60)
    for _ in range(int(rng.integers(10, 60))):
        start, end = (rng.uniform(0, 1, (2, 2)) * (width, height)).astype(int)
        thick = int(rng.uniform(0.002, 0.04) * width) + 1
        if rng.random() < 0.5:
            cv2.line(picture, tuple(map(int, start)), tuple(map(int, end)), plain(rng), thick)
        else:
            reach = int(rng.uniform(0.02, 0.25) * height)
            cv2.circle(picture, tuple(map(int, start)), reach, plain(rng), thick, cv2.LINE_AA)
    return picture


def portrait(rng: Generator, width: int, height: int) -> Array:
    """A head and shoulders before something out of focus."""
    back = GENRES[int(rng.integers(0, len(GENRES) - 1))](rng, width, height)
    picture = cv2.GaussianBlur(back, (0, 0), width / rng.uniform(20, 120))
    centre = np.array([rng.uniform(0.3, 0.7) * width, rng.uniform(0.35, 0.5) * height])
    size = rng.uniform(0.12, 0.27) * height
    coat, hair = plain(rng, saturation=0.8), plain(rng, value=(0.05, 0.5))
    below = (int(centre[0]), int(centre[1] + size * 2.6))
    cv2.ellipse(picture, below, (int(size * 2.1), int(size * 1.7)), 0, 0, 360, coat, -1)
    over = (int(centre[0]), int(centre[1] - size * 0.25))
    cv2.ellipse(picture, over, (int(size * 0.95), int(size * 1.15)), 0, 0, 360, hair, -1)
    _ball(rng, picture, centre, np.array([size * 0.75, size]))
    for side in (-1, 1):
        eye = (int(centre[0] + side * size * 0.3), int(centre[1] - size * 0.15))
        cv2.circle(picture, eye, max(1, int(size * 0.08)), plain(rng, value=(0, 0.3)), -1)
    mouth = (int(centre[0]), int(centre[1] + size * 0.45))
    cv2.ellipse(picture, mouth, (int(size * 0.25), int(size * 0.08) + 1), 0, 0, 360, hair, -1)
    return textured(rng, picture, 0.2, 100)


GENRES: tuple[Genre, ...] = (
    landscape, town, room, things, leaves, lights, surface, sign, crowd, machine, portrait,
)  # fmt: skip
