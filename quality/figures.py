"""What moves before a camera: jointed people, and things crossing."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from quality.noise import Array, Generator, colour, textured


@dataclass(frozen=True, slots=True)
class Sprite:
    """A cut-out turned about `joint`: `colours` uint8, `cover` float32 (h, w) in 0..1."""

    colours: Array
    cover: Array
    joint: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Part:
    """A sprite in a figure: where its joint sits and how it swings (degrees), each in its time."""

    sprite: Sprite
    place: tuple[float, float]
    swing: float


def ellipse(rng: Generator, width: int, height: int, joint: tuple[float, float]) -> Sprite:
    """A textured, shaded ellipse with a few marks, turned about `joint` (0..1 of its size)."""
    width, height = max(4, width), max(4, height)
    down, across = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    cover = np.clip((1 - down**2 - across**2) * min(width, height) / 4, 0, 1)
    body = np.tile(colour(rng, 0.9, (0.3, 1)), (height, width, 1)).astype(np.float32)
    body = textured(rng, body, rng.uniform(0.4, 1.2), rng.uniform(3, 12))
    body *= (1 - 0.4 * np.hypot(down + 0.3, across + 0.3))[..., None]
    for _ in range(int(rng.integers(1, 6))):
        where = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        mark = tuple(map(float, colour(rng)))
        cv2.circle(body, where, max(1, width // 10), mark, -1)
    pixels = np.clip(body, 0, 255).astype(np.uint8)
    return Sprite(pixels, cover, (joint[0] * width, joint[1] * height))


def person(rng: Generator, tall: float) -> list[Part]:
    """Legs, body, arms, head: parts placed relative to the hip, in pixels."""
    wide = tall * rng.uniform(0.2, 0.3)
    parts = []
    for side in (-1, 1):
        leg = ellipse(rng, int(wide * 0.4), int(tall * 0.55), (0.5, 0.05))
        parts.append(Part(leg, (side * wide * 0.25, 0.0), rng.uniform(8, 25)))
    body = ellipse(rng, int(wide), int(tall * 0.5), (0.5, 0.95))
    parts.append(Part(body, (0.0, 0.0), rng.uniform(2, 7)))
    for side in (-1, 1):
        arm = ellipse(rng, int(wide * 0.3), int(tall * 0.42), (0.5, 0.05))
        parts.append(Part(arm, (side * wide * 0.5, -tall * 0.4), rng.uniform(10, 60)))
    head = ellipse(rng, int(wide * 0.6), int(tall * 0.2), (0.5, 0.9))
    parts.append(Part(head, (0.0, -tall * 0.45), rng.uniform(5, 18)))
    return parts


def thing(rng: Generator, size: float) -> list[Part]:
    """Something that crosses: one or two blobs."""
    count = int(rng.integers(1, 3))
    shape = rng.uniform(0.4, 1.6)
    return [
        Part(
            ellipse(rng, int(size * shape), int(size), (0.5, 0.5)),
            (float(rng.normal(0, size * 0.3)), float(rng.normal(0, size * 0.3))),
            rng.uniform(5, 90),
        )
        for _ in range(count)
    ]


def put(frame: Array, sprite: Sprite, at: tuple[float, float], turn: float, scale: float) -> None:
    """Draw the sprite with its joint at `at`, turned by `turn` degrees. Changes the frame."""
    matrix = cv2.getRotationMatrix2D(sprite.joint, turn, scale)
    matrix[:, 2] += np.array(at) - sprite.joint
    height, width = sprite.cover.shape
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]])
    reached = corners @ matrix.T
    low = np.maximum(np.floor(reached.min(0)).astype(int), 0)
    high = np.minimum(np.ceil(reached.max(0)).astype(int), (frame.shape[1], frame.shape[0]))
    size = high - low
    if size.min() < 1:
        return
    matrix[:, 2] -= low
    shape = (int(size[0]), int(size[1]))
    colours = cv2.warpAffine(sprite.colours, matrix, shape, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpAffine(sprite.cover, matrix, shape)[..., None]
    part = frame[low[1] : high[1], low[0] : high[0]]
    part[:] = (part + (colours.astype(np.float32) - part) * cover).astype(np.uint8)
