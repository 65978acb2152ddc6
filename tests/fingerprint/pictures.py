"""Pictures made by code, a delivery of one still, and a bank in memory, for tests of matching."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from checkthegate.app.places import account_models
from checkthegate.fingerprint.picture import PictureHasher, hasher
from checkthegate.fingerprint.sscd import Descriptors
from checkthegate.model import Asset, Kind
from checkthegate.model.match import Banked, Match, Role


def weights() -> Path:
    """The folder of weights; skips where they are not installed."""
    folder = account_models()
    if not Descriptors(folder).ready:
        pytest.skip("the weights of the networks are not installed: make setup fetches them")
    return folder


def scene(seed: int, width: int = 480, height: int = 320) -> np.ndarray:
    """A picture with shapes, shading and texture: uint8 rgb, another one for each seed."""
    random = np.random.default_rng(seed)
    coarse = random.integers(40, 215, (5, 7, 3)).astype(np.float32)
    picture = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    picture = np.ascontiguousarray(np.clip(picture, 0, 255).astype(np.uint8))
    for _ in range(40):
        corners = random.integers((0, 0), (width, height), (3, 2)) // 3
        corners = corners + random.integers((0, 0), (2 * width // 3, 2 * height // 3))
        colour = tuple(int(each) for each in random.integers(0, 256, 3))
        cv2.fillPoly(picture, [corners.astype(np.int32)], colour, cv2.LINE_AA)
    for _ in range(30):
        centre = tuple(int(each) for each in random.integers((0, 0), (width, height)))
        colour = tuple(int(each) for each in random.integers(0, 256, 3))
        cv2.circle(picture, centre, int(random.integers(3, 18)), colour, 2, cv2.LINE_AA)
    fine = random.normal(0, 6, (height // 2, width // 2, 1)).astype(np.float32)
    texture = cv2.resize(fine, (width, height), interpolation=cv2.INTER_LINEAR)[..., None]
    return np.clip(picture + texture, 0, 255).astype(np.uint8)


def jpeg(picture: np.ndarray, quality: int) -> np.ndarray:
    body = io.BytesIO()
    Image.fromarray(picture).save(body, "JPEG", quality=quality)
    return np.asarray(Image.open(body).convert("RGB"))


def graded(picture: np.ndarray) -> np.ndarray:
    """Warmer, with lifted blacks and clipped whites."""
    toned = 18 + 1.15 * (picture / 255.0) ** 0.85 * 255
    return np.clip(toned * (1.06, 1.0, 0.88), 0, 255).astype(np.uint8)


def grained(picture: np.ndarray, strength: float = 9.0) -> np.ndarray:
    grain = np.random.default_rng(7).normal(0, strength, picture.shape)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


def cropped(picture: np.ndarray, area: float) -> np.ndarray:
    height, width = picture.shape[:2]
    down, across = int(height * area**0.5), int(width * area**0.5)
    top, left = (height - down) // 3, (width - across) // 2
    return np.ascontiguousarray(picture[top : top + down, left : left + across])


def letterboxed(picture: np.ndarray, rows: int = 60) -> np.ndarray:
    return np.pad(picture, ((rows, rows), (0, 0), (0, 0)))


def turned(picture: np.ndarray, degrees: float) -> np.ndarray:
    return np.asarray(Image.fromarray(picture).rotate(degrees, Image.Resampling.BICUBIC))


def written(picture: np.ndarray, *, bar: bool) -> np.ndarray:
    """With a time-code over it, on a bar or on the picture."""
    image = Image.fromarray(picture.copy())
    drawing, (width, height) = ImageDraw.Draw(image), image.size
    size = height // 14
    if bar:
        drawing.rectangle((0, height - 3 * size, width, height), fill=(0, 0, 0))
    font = ImageFont.load_default(size=size)
    where = (width * 0.3, height - 2 * size)
    drawing.text(where, "01:04:12:07", "white", font, stroke_width=2, stroke_fill="black")
    return np.asarray(image)


def on_a_desk(picture: np.ndarray) -> np.ndarray:
    """A screenshot: the picture in a window of a desk."""
    desk = np.full((600, 900, 3), 232, np.uint8)
    desk[:40] = (60, 66, 80)
    for row in range(8):
        cv2.putText(desk, f"reel {row:03d}", (12, 90 + 50 * row), 0, 0.6, (40, 40, 40), 1)
    height, width = picture.shape[:2]
    desk[90 : 90 + height, 300 : 300 + width] = picture
    return desk


def collaged(pictures: Sequence[np.ndarray]) -> np.ndarray:
    parts = [cv2.resize(each, (400, 300), interpolation=cv2.INTER_AREA) for each in pictures]
    return np.vstack([np.hstack(parts[:2]), np.hstack(parts[2:])])


class Still:
    """An open asset that is one still."""

    def __init__(self, picture: np.ndarray, digest: str = "sha256:t") -> None:
        self.asset = Asset("still.png", Kind.IMAGE, "image/png", 1, digest)
        self._picture = picture
        self.decoded = 0

    def picture(self) -> Any:
        self.decoded += 1
        return SimpleNamespace(rgb=self._picture, alpha=None, image=None)

    def working(self) -> None:
        pass


class Kept(dict[tuple[str, str], bytes]):
    """A cache of what was computed from a file's bytes."""

    def get(self, digest: str, recipe: str) -> bytes | None:  # type: ignore[override]
        return dict.get(self, (digest, recipe))

    def put(self, digest: str, recipe: str, body: bytes) -> None:
        self[digest, recipe] = body


class MemoryBank:
    """A bank of stills, indexed in a folder; `inputs` maps an entry to what it was made from."""

    def __init__(
        self,
        folder: Path,
        knower: PictureHasher,
        prints: Sequence[bytes],
        inputs: Mapping[int, Sequence[int]] | None = None,
    ) -> None:
        self._prints, self._inputs = prints, inputs or {}
        half = len(prints) // 2
        self.folders = []
        numbered = list(enumerate(prints))
        for name, part in (("one", numbered[:half]), ("two", numbered[half:])):
            (folder / name).mkdir()
            knower.index(part, folder / name)
            self.folders.append(folder / name)

    def __len__(self) -> int:
        return len(self._prints)

    def banked(self, number: int) -> Banked:
        made_from = tuple(f"sha256:{each}" for each in self._inputs.get(number, ()))
        digest = f"sha256:{number}"
        return Banked(number, Role.RECORDED, "rec", f"{number}.png", digest, Kind.IMAGE, made_from)

    def fingerprint(self, number: int) -> bytes:
        return self._prints[number]

    def numbers_of(self, digest: str) -> Sequence[int]:
        return [int(digest.removeprefix("sha256:"))]


def banked(
    folder: Path,
    pictures: Sequence[np.ndarray],
    models: Path | None,
    inputs: Mapping[int, Sequence[int]] | None = None,
) -> tuple[PictureHasher, MemoryBank]:
    knower = hasher({"models": str(models)} if models else {})
    prints = [knower.fingerprint(Still(each)) for each in pictures]  # type: ignore[arg-type]
    return knower, MemoryBank(folder, knower, [each or b"" for each in prints], inputs)


def found(
    knower: PictureHasher, bank: MemoryBank, picture: np.ndarray, cache: Kept | None = None
) -> list[Match]:
    said = list(knower.match(Still(picture), bank, cache if cache is not None else Kept()))  # type: ignore[arg-type]
    assert all(isinstance(each, Match) for each in said)
    return said  # type: ignore[return-value]
