"""Pictures that look like photographs as far as a script can make them; shared ones where set."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from quality.genres import GENRES
from quality.noise import Array, fractal, grain_tile, mixed, textured

_SHARED = ("copy_image/distractors/*.jpg", "copy_image/pdq/aaa-orig.jpg")
_STRANGERS = (
    "ai_metadata/negative_camera/*.jpg", "c2pa/no_manifest/*.jpg", "c2pa/signed_not_ai/*.jpg",
    "faces/images/*",
)  # fmt: skip


def photograph(seed: int, width: int, height: int) -> Array:
    """A painted picture, `uint8` BGR: parts of several scenes, through a lens, on a sensor.

    Scenes of one genre look alike to a network as photographs do not. So each is seen from its
    own side, near or far, bent, and something else stands before it.
    """
    rng = np.random.default_rng([7, seed])
    picture = _seen(rng, seed % len(GENRES), width, height)
    for _ in range(int(rng.integers(1, 4))):
        front = _seen(rng, int(rng.integers(0, len(GENRES))), width, height)
        picture = mixed(picture, front, _shape(rng, width, height))
    return _developed(rng, picture)


def _seen(rng: np.random.Generator, genre: int, width: int, height: int) -> Array:
    """A part of a scene, turned, slanted and bent."""
    scene = GENRES[genre](rng, width, height)
    near = rng.uniform(0.35, 1.0)
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) - 0.5
    angle = rng.normal(0, 0.35)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    view = corners @ turn * near + rng.uniform(-0.3, 0.3, 2) + rng.normal(0, 0.08 * near, (4, 2))
    view = ((view + 0.5) * (width, height)).astype(np.float32)
    frame = ((corners + 0.5) * (width, height)).astype(np.float32)
    back = cv2.getPerspectiveTransform(frame, view)
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    places = cv2.perspectiveTransform(np.dstack([across, down]), back)
    pull = rng.uniform(0, 0.2) * width
    for axis in (0, 1):
        places[..., axis] += pull * (fractal(rng, width, height, cells=2, roughness=0.4) - 0.5)
    part = cv2.remap(
        scene, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    return part[:, ::-1] if rng.random() < 0.5 else part


def _shape(rng: np.random.Generator, width: int, height: int) -> Array:
    """Where something stands before something else: 0..1, with an edge sharp or soft."""
    down, across = np.mgrid[-0.5 : 0.5 : height * 1j, -0.5 : 0.5 : width * 1j].astype(np.float32)
    rough = fractal(rng, width, height, cells=rng.uniform(1, 5), roughness=rng.uniform(0.3, 0.6))
    x, y = rng.normal(0, 0.3, 2)
    angle, slim = rng.uniform(0, np.pi), rng.uniform(0.4, 2.5)
    along = (across - x) * np.cos(angle) + (down - y) * np.sin(angle)
    aside = (down - y) * np.cos(angle) - (across - x) * np.sin(angle)
    far = [np.hypot(along, aside * slim), along + 0.25, np.abs(along) + 0.1][
        int(rng.integers(0, 3))
    ]
    depth = 0.35 - far + rng.uniform(0.05, 0.5) * (rough - 0.5)
    return np.clip(0.5 + depth * rng.choice([200.0, 60.0, 8.0]), 0, 1).astype(np.float32)


def _developed(rng: np.random.Generator, picture: Array) -> Array:
    """Light falls off to the corners, a tone curve, a cast, a little softness and noise."""
    height, width = picture.shape[:2]
    down, across = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    falling = 1 - rng.uniform(0, 0.35) * (down**2 + across**2) / 2
    tone = np.clip(picture / 255, 0, 1.2) * falling[..., None] * rng.uniform(0.9, 1.1, 3)
    tone = np.clip(tone, 0, 1) ** rng.uniform(0.8, 1.25)
    soft = cv2.GaussianBlur(tone.astype(np.float32), (0, 0), max(0.3, width / 1800))
    noisy = soft * 255 + grain_tile(rng, width, height) * rng.uniform(0.5, 4)
    return np.clip(noisy, 0, 255).astype(np.uint8)


@lru_cache(maxsize=1)
def shared_pictures() -> tuple[Path, ...]:
    """The shared pictures, by name; none where `$GATE_TEST_DATA` is not set."""
    return _files(_SHARED)


@lru_cache(maxsize=1)
def shared_strangers() -> tuple[Path, ...]:
    """Shared photographs that are none of `shared_pictures`, nor edited from one."""
    return _files(_STRANGERS)


def _files(patterns: tuple[str, ...]) -> tuple[Path, ...]:
    named = os.environ.get("GATE_TEST_DATA", "")
    if not named:
        return ()
    return tuple(sorted(path for pattern in patterns for path in Path(named).glob(pattern)))


def shared_takes() -> tuple[Path, ...]:
    """The shared takes on one set, by name; none where `$GATE_TEST_DATA` is not set."""
    return _files(("takes/*.mkv",))


def filling(small: Array, seed: int, width: int, height: int) -> Array:
    """A picture filling a larger frame, with the roughness that enlarging cannot give."""
    scale = max(width / small.shape[1], height / small.shape[0])
    size = (round(small.shape[1] * scale) + 1, round(small.shape[0] * scale) + 1)
    large = cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)
    top, left = (size[1] - height) // 2, (size[0] - width) // 2
    rng = np.random.default_rng([11, seed])
    part = large[top : top + height, left : left + width].astype(np.float32)
    return np.clip(textured(rng, part, 0.25, width / 12), 0, 255).astype(np.uint8)


def read(path: Path) -> Array:
    """The picture in a file, `uint8` BGR. Raises `ValueError`."""
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError(f"{path.name} is no picture")
    return picture


def backdrop(seed: int, width: int, height: int) -> Array:
    """What a camera is pointed at: half of them shared pictures, where these are set."""
    shared = shared_pictures()
    if shared and seed % 2:
        return filling(read(shared[(seed * 7919) % len(shared)]), seed, width, height)
    scale = min(1.0, 560 / width)
    painted = photograph(seed, round(width * scale), round(height * scale))
    return filling(painted, seed, width, height) if scale < 1 else painted
