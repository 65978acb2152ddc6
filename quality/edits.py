"""The seventeen edits a copied picture may have gone through."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from quality.noise import Array, grain_tile

Edit = Callable[[Array, np.random.Generator, Array], Array]
"""(picture, chance, another picture) to the edited picture, all `uint8` BGR."""


def _jpeg(picture: Array, rng: np.random.Generator, other: Array) -> Array:
    packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 20])[1]
    return cv2.imdecode(packed, cv2.IMREAD_COLOR)


def _crop(area: float) -> Edit:
    def crop(picture: Array, rng: np.random.Generator, other: Array) -> Array:
        height, width = picture.shape[:2]
        high, wide = int(height * area**0.5), int(width * area**0.5)
        top, left = (
            int(rng.integers(0, height - high + 1)),
            int(rng.integers(0, width - wide + 1)),
        )
        return picture[top : top + high, left : left + wide]

    return crop


def _quarter(picture: Array, rng: np.random.Generator, other: Array) -> Array:
    return cv2.resize(picture, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)


def _squeezed(picture: Array, rng: np.random.Generator, other: Array) -> Array:
    height, width = picture.shape[:2]
    wide = round(height * 16 / 9) if width < height * 16 / 9 else width
    return cv2.resize(picture, (wide, round(wide * 9 / 16)), interpolation=cv2.INTER_AREA)


def _flip(picture: Array, rng: np.random.Generator, other: Array) -> Array:
    return cv2.flip(picture, 1)


def _quarter_turn(picture: Array, rng: np.random.Generator, other: Array) -> Array:
    return cv2.rotate(picture, cv2.ROTATE_90_CLOCKWISE)


def _turned(degrees: float) -> Edit:
    def turned(picture: Array, rng: np.random.Generator, other: Array) -> Array:
        height, width = picture.shape[:2]
        side = 1 if rng.random() < 0.5 else -1
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), side * degrees, 1.0)
        return cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_LINEAR)

    return turned


def _text(picture: Array, rng: np.random.Generator, other: Array) -> Array:
    edited = picture.copy()
    height, width = edited.shape[:2]
    top = round(height * rng.uniform(0.6, 0.8))
    cv2.rectangle(edited, (0, top), (width, round(top + height * 0.18)), (20, 20, 20), -1)
    size = height / 350
    where = (round(width * 0.04), round(top + height * 0.12))
    cv2.putText(edited, "NOW STREAMING", where, 0, size, (250, 250, 250), 2, cv2.LINE_AA)
    return edited


def _blur(picture: Array, rng: np.random.Generator, other: Array) -> Array:
    return cv2.GaussianBlur(picture, (0, 0), 3 * max(picture.shape) / 500)


def _colour(picture: Array, rng: np.random.Generator, other: Array) -> Array:
    tone = (picture / 255.0) ** rng.uniform(0.7, 1.4, 3)
    return np.clip(tone * 255 * rng.uniform(0.8, 1.15, 3), 0, 255).astype(np.uint8)


def _grey(picture: Array, rng: np.random.Generator, other: Array) -> Array:
    return cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)


def _noise(picture: Array, rng: np.random.Generator, other: Array) -> Array:
    grain = grain_tile(rng, picture.shape[1], picture.shape[0]) * 20
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


def _letterbox(picture: Array, rng: np.random.Generator, other: Array) -> Array:
    bar = round(picture.shape[0] * rng.uniform(0.15, 0.35))
    return cv2.copyMakeBorder(picture, bar, bar, 0, 0, cv2.BORDER_CONSTANT)


def _screenshot(picture: Array, rng: np.random.Generator, other: Array) -> Array:
    screen = cv2.resize(other, (960, 600))
    height, width = picture.shape[:2]
    scale = min(576 / width, 372 / height)
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    top = int(rng.integers(60, 600 - small.shape[0] - 20))
    left = int(rng.integers(20, 960 - small.shape[1] - 20))
    corner = (left + small.shape[1] + 8, top + small.shape[0] + 8)
    cv2.rectangle(screen, (left - 8, top - 40), corner, (225, 225, 225), -1)
    cv2.putText(screen, "frame.png", (left, top - 14), 0, 0.6, (60, 60, 60), 1, cv2.LINE_AA)
    screen[top : top + small.shape[0], left : left + small.shape[1]] = small
    return screen


def _collage(picture: Array, rng: np.random.Generator, other: Array) -> Array:
    size = (360, 270)
    others = [cv2.flip(other, code) for code in (0, 1, -1)]
    parts = [cv2.resize(each, size, interpolation=cv2.INTER_AREA) for each in (picture, *others)]
    order = rng.permutation(4)
    upper = np.hstack([parts[order[0]], parts[order[1]]])
    return np.vstack([upper, np.hstack([parts[order[2]], parts[order[3]]])])


EDITS: dict[str, Edit] = {
    "jpeg 20": _jpeg,
    "crop 70 %": _crop(0.7),
    "crop 40 %": _crop(0.4),
    "resize 25 %": _quarter,
    "aspect 16:9": _squeezed,
    "flip": _flip,
    "turn 90": _quarter_turn,
    "turn 5": _turned(5),
    "turn 15": _turned(15),
    "text bar": _text,
    "blur": _blur,
    "colour": _colour,
    "grey": _grey,
    "noise": _noise,
    "letterbox": _letterbox,
    "screenshot": _screenshot,
    "collage": _collage,
}
