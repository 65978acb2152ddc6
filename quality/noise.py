"""Textures and colours that pictures are painted with. Everything follows from a generator."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

Array = np.ndarray[Any, Any]
Generator = np.random.Generator


def fractal(
    rng: Generator, width: int, height: int, *, cells: float = 4.0, roughness: float = 0.55
) -> Array:
    """Cloud-like noise, `float32` of shape (height, width) in 0..1; about `cells` blobs across."""
    total = np.zeros((height, width), np.float32)
    weight, across = 1.0, cells
    while across < width / 2 and weight > 0.02:
        down = max(2, round(across * height / width))
        grid = rng.random((down + 1, round(across) + 1), np.float32)
        total += weight * cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        weight, across = weight * roughness, across * 2.1
    return cv2.normalize(total, total, 0, 1, cv2.NORM_MINMAX)


def colour(rng: Generator, saturation: float = 0.6, value: tuple[float, float] = (0.2, 1)) -> Array:
    """A colour as `float32` BGR in 0..255."""
    hue, strong = rng.uniform(0, 360), rng.uniform(0, saturation)
    shade = np.array([[[hue, strong, rng.uniform(*value)]]], np.float32)
    return cv2.cvtColor(shade, cv2.COLOR_HSV2BGR)[0, 0] * 255


def plain(rng: Generator, **kinds: Any) -> tuple[float, float, float]:
    """A colour as drawing functions want it."""
    blue, green, red = colour(rng, **kinds)
    return float(blue), float(green), float(red)


def mixed(first: Array, second: Array, share: Array) -> Array:
    """`second` over `first` where `share` (height, width) is 1; colours or whole pictures."""
    weight = share[..., None]
    return first * (1 - weight) + second * weight


def ramp(rng: Generator, width: int, height: int) -> Array:
    """A gradient between two colours in some direction, `float32` BGR."""
    angle = rng.uniform(0, 2 * np.pi)
    down, across = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    along = across * np.cos(angle) + down * np.sin(angle)
    along = cv2.normalize(along, None, 0, 1, cv2.NORM_MINMAX).astype(np.float32)
    return mixed(colour(rng), colour(rng), along)


def textured(rng: Generator, picture: Array, strength: float, cells: float = 40.0) -> Array:
    """The picture with the light and dark of a rough surface."""
    height, width = picture.shape[:2]
    rough = fractal(rng, width, height, cells=cells, roughness=0.8)
    return picture * (1 + strength * (rough - 0.5))[..., None]


def grain_tile(rng: Generator, width: int, height: int) -> Array:
    """Noise of strength 1 as `float32`, softened as film grain is, half as strong in colour."""
    grey = rng.standard_normal((height, width, 1), np.float32)
    tint = rng.standard_normal((height, width, 3), np.float32)
    grain = cv2.GaussianBlur(grey + 0.5 * tint, (3, 3), 0.7)
    return grain / max(1e-6, float(grain.std()))
