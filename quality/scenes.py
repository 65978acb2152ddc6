"""Set-ups and takes: moving pictures from a still, layers, people and a hand-held camera.

A `Setup` is a place, a framing and a cast. A `Take` is one performance before it: other takes of
the same set-up show the same with other movement. A frame follows from its number alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np

from quality.figures import Part, Sprite, ellipse, person, put, thing
from quality.noise import Array, grain_tile
from quality.paint import backdrop

_MARGIN = 1.22
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Setup:
    """A place with a camera before it. `motionless` ones have nothing that moves."""

    seed: int
    motionless: bool = False


@dataclass(frozen=True, slots=True)
class Wave:
    """A sum of slow swings, one value at each time."""

    amounts: Array
    speeds: Array
    phases: Array

    def __call__(self, time: float) -> float:
        """Its value at a time in seconds."""
        return float((self.amounts * np.sin(self.speeds * time + self.phases)).sum())


def wave(rng: np.random.Generator, amount: float, hertz: tuple[float, float], count: int) -> Wave:
    """Swings of together about `amount`."""
    amounts = rng.uniform(0.3, 1, count)
    amounts *= amount / amounts.sum()
    speeds = 2 * np.pi * rng.uniform(*hertz, count)
    return Wave(amounts, speeds, rng.uniform(0, 2 * np.pi, count))


@dataclass(frozen=True, slots=True)
class Actor:
    """A figure on its way: parts, start and velocity (pixels, pixels a second), swings."""

    parts: list[Part]
    start: Array
    going: Array
    sway: tuple[Wave, Wave]
    swings: list[Wave]
    scale: float = 1.0


@dataclass
class Take:
    """One performance before a set-up, at `size`. `number` tells it from other takes."""

    setup: Setup
    number: int
    size: Size
    rate: float = 24.0
    grain: float = 2.5
    modified: int = 0
    _camera: list[Wave] = field(init=False)
    _drift: Array = field(init=False)
    _actors: list[Actor] = field(init=False)

    def __post_init__(self) -> None:
        place = np.random.default_rng([1, self.setup.seed])
        self._shade = place.uniform(0, 0.05) if place.random() < 0.3 else 0.0
        self._actors = [] if self.setup.motionless else self._cast(place)
        performance = np.random.default_rng([2, self.setup.seed, self.number])
        self._camera, self._drift = self._held(place, performance)
        for actor in self._actors:
            self._direct(performance, actor)
        if self.modified:
            self._actors.append(addition(self.setup.seed, self.modified, self.size))
        self._tile = grain_of(self.size)

    def frames(self, start: int, count: int) -> Iterator[Array]:
        """`count` frames from the one numbered `start`, `uint8` BGR."""
        return (self.frame(number) for number in range(start, start + count))

    def frame(self, number: int) -> Array:
        """One frame, `uint8` BGR."""
        time = number / self.rate
        picture = _background(self.setup.seed, self.size)
        frame = cv2.warpAffine(
            picture, self._view(time), self.size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        )
        for actor in self._actors:
            draw(frame, actor, time)
        return self._exposed(frame, number)

    def _view(self, time: float) -> Array:
        """From the frame's coordinates to the background's."""
        width, height = self.size
        x, y, roll, zoom = (each(time) for each in self._camera)
        going = self._drift * time
        scale = (1 + zoom) * np.exp(-abs(going[2]) if going[2] < 0 else going[2])
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), roll, min(scale, 1.08))
        spare = (_MARGIN - 1) / 2 * np.array(self.size)
        shift = spare + np.clip(going[:2] + np.array([x, y]), -0.6, 0.6) * spare
        matrix[:, 2] += shift
        return matrix

    def _held(
        self, place: np.random.Generator, rng: np.random.Generator
    ) -> tuple[list[Wave], Array]:
        """How the camera shakes and goes: on sticks, by hand, on a dolly."""
        manner = 0.0 if self.setup.motionless else float(place.choice([0.0, 0.012, 0.06, 0.15]))
        shake = [wave(rng, manner, (0.2, 2.2), 5) for _ in range(2)]
        roll, zoom = wave(rng, manner * 4, (0.2, 1.0), 3), wave(rng, manner * 0.05, (0.1, 0.5), 2)
        moving = place.random() < 0.35 and not self.setup.motionless
        going = rng.normal(0, (0.12, 0.04, 0.012)) if moving else np.zeros(3)
        return [*shake, roll, zoom], going

    def _cast(self, place: np.random.Generator) -> list[Actor]:
        """Who and what is before the camera."""
        width, height = self.size
        cast = []
        for _ in range(int(place.integers(1, 4))):
            tall = height * place.uniform(0.3, 0.95)
            parts = person(place, tall) if place.random() < 0.65 else thing(place, tall * 0.4)
            start = place.uniform((0.15, 0.5), (0.85, 0.9)) * (width, height)
            going = place.normal(0, (0.12, 0.01)) * width if place.random() < 0.5 else np.zeros(2)
            cast.append(_actor(place, parts, start, going))
        if place.random() < 0.35:
            leaf = ellipse(place, int(width * 0.3), int(height * 0.5), (0.5, 0.5))
            start = np.array([place.choice([0.0, 1.0]) * width, place.uniform(0.5, 1) * height])
            cast.append(_actor(place, [Part(leaf, (0.0, 0.0), 3.0)], start, np.zeros(2)))
        return cast

    def _direct(self, rng: np.random.Generator, actor: Actor) -> None:
        """Another performance: other beginnings and swings."""
        width, height = self.size
        actor.start[:] += rng.normal(0, (0.05, 0.01)) * (width, height)
        actor.going[:] *= rng.choice([-1, 1]) * rng.uniform(0.5, 1.5)
        sways = wave(rng, width * 0.03, (0.1, 0.7), 3), wave(rng, height * 0.015, (0.1, 1.0), 3)
        for mine, other in zip(actor.sway, sways, strict=True):
            _replace(mine, other)
        for part, swing in zip(actor.parts, actor.swings, strict=True):
            _replace(swing, wave(rng, part.swing, (0.2, 1.6), 3))

    def _exposed(self, frame: Array, number: int) -> Array:
        """Flickering light and the sensor's noise."""
        if self._shade:
            gain = 1 + self._shade * np.sin(number * 2.1 + self.number)
            frame = cv2.convertScaleAbs(frame, alpha=float(gain))
        return grained(frame, self._tile, self.grain, (self.setup.seed, self.number, number))


def grained(frame: Array, tile: Array, strength: float, seed: tuple[int, ...]) -> Array:
    """The frame with noise: a part of the tile, which is larger, picked by the seed."""
    if strength <= 0:
        return frame
    rng = np.random.default_rng([5, *seed])
    height, width = frame.shape[:2]
    top = int(rng.integers(0, tile.shape[0] - height + 1))
    left = int(rng.integers(0, tile.shape[1] - width + 1))
    noise = tile[top : top + height, left : left + width]
    return cv2.addWeighted(frame, 1.0, noise, strength / 16.0, -128 * strength / 16.0)


@lru_cache(maxsize=8)
def grain_of(size: Size) -> Array:
    """Noise around 128 of strength 16, larger than the frame, as `uint8`."""
    width, height = size[0] + 64, size[1] + 64
    tile = grain_tile(np.random.default_rng([4, *size]), width, height)
    return np.clip(tile * 16 + 128, 0, 255).astype(np.uint8)


@lru_cache(maxsize=24)
def _background(seed: int, size: Size) -> Array:
    wide, high = (round(side * _MARGIN) + 2 for side in size)
    return backdrop(seed, wide, high)


def _actor(rng: np.random.Generator, parts: list[Part], start: Array, going: Array) -> Actor:
    swings = [wave(rng, part.swing, (0.2, 1.6), 3) for part in parts]
    sway = (wave(rng, start[0] * 0.03, (0.1, 0.7), 3), wave(rng, start[1] * 0.01, (0.1, 1.0), 3))
    return Actor(parts, np.array(start), np.array(going), sway, swings)


def _replace(mine: Wave, other: Wave) -> None:
    mine.amounts[:], mine.speeds[:] = other.amounts, other.speeds
    mine.phases[:] = other.phases


def addition(seed: int, number: int, size: Size) -> Actor:
    """What an AI puts into a picture: something that was not there, and moves."""
    rng = np.random.default_rng([3, seed, number])
    width, height = size
    start = rng.uniform((0.35, 0.4), (0.65, 0.7)) * (width, height)
    return _actor(rng, person(rng, height * rng.uniform(0.35, 0.5)), start, np.zeros(2))


def draw(frame: Array, actor: Actor, time: float) -> None:
    """Draw an actor as it is at a time (seconds). Changes the frame."""
    here = actor.start + actor.going * time + [each(time) for each in actor.sway]
    lean = actor.swings[0](time) * 0.1
    for part, swing in zip(actor.parts, actor.swings, strict=True):
        at = here + np.array(part.place) * (1 + 0.01 * lean)
        _put(frame, part.sprite, at, swing(time), actor.scale)


def _put(frame: Array, sprite: Sprite, at: Array, turn: float, scale: float) -> None:
    put(frame, sprite, (float(at[0]), float(at[1])), turn, scale)
