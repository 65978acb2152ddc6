"""How a clip is finished on its way into a cut: geometry, grade, grain, bars, burn-ins."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from quality.noise import Array
from quality.scenes import Size, grain_of, grained

KINDS = (
    "none", "re-encode", "grade", "letterbox", "crop", "punch-in", "flip", "scale", "speed",
    "grain", "burn-in", "frame-rate", "combination", "modified plate", "still picture",
)  # fmt: skip
_COMBINED = ("re-encode", "grade", "letterbox", "punch-in", "flip", "speed", "grain", "burn-in")
_SCOPE = 2.39


@dataclass(frozen=True, slots=True)
class Finish:
    """What is done to a shot. Shares and factors; nothing is done by default.

    `view` is the part of the picture that stays, (left, top, width, height) in 0..1; `push` moves
    in further by this share a second; `worsened` is the quality (CRF) of one more encoding.
    """

    view: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    push: float = 0.0
    flip: bool = False
    grade: int = 0
    grain: float = 0.0
    letterbox: bool = False
    burned: bool = False
    worsened: int = 0
    speed: float = 1.0
    blend: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """How the clip was recorded that is finished: its size, its rate."""

    size: Size
    rate: float


def finish_of(kind: str, rng: np.random.Generator) -> Finish:
    """A finish of this kind, by chance. Kinds that change how a clip is recorded change nothing."""
    if kind == "combination":
        several = rng.choice(_COMBINED, int(rng.integers(2, 5)), replace=False)
        parts: dict[str, Any] = {}
        for each in several:
            parts |= _parts(str(each), rng)
        return Finish(**parts)
    return Finish(**_parts(kind, rng))


def recorded_of(kind: str, rng: np.random.Generator, size: Size) -> Recorded:
    """How a clip is recorded whose shot will be finished in this way, for a cut of this size."""
    if kind == "frame-rate":
        return Recorded(size, float(rng.choice([25.0, 30.0])))
    if kind == "scale":
        scale = float(rng.choice([0.5, 2 / 3, 1.5, 2.0, 3.0 if size[1] < 800 else 2.0]))
        return Recorded((_even(size[0] * scale), _even(size[1] * scale)), 24.0)
    if kind == "combination" and rng.random() < 0.5:
        return Recorded((_even(size[0] * 2 / 3), _even(size[1] * 2 / 3)), 24.0)
    return Recorded(size, 24.0)


def _even(side: float) -> int:
    return 2 * round(side / 2)


def _parts(kind: str, rng: np.random.Generator) -> dict[str, Any]:
    """What a kind sets, by chance."""
    if kind in ("crop", "punch-in"):
        scale = rng.uniform(0.7, 0.87) if kind == "crop" else 1 / rng.uniform(1.1, 1.6)
        reach = (1 - scale) * (1.0 if kind == "crop" else 0.6)
        offset = (1 - scale) / 2 + rng.uniform(-0.5, 0.5, 2) * reach
        push = rng.uniform(0, 0.03) if kind == "punch-in" and rng.random() < 0.5 else 0.0
        return {"view": (float(offset[0]), float(offset[1]), scale, scale), "push": push}
    if kind == "speed":
        return {"speed": float(rng.choice([0.8, 0.85, 0.9, 1.1, 1.18, 1.25]))}
    settings: dict[str, dict[str, Any]] = {
        "re-encode": {"worsened": int(rng.integers(30, 37))},
        "grade": {"grade": int(rng.integers(1, 1_000_000))},
        "letterbox": {"letterbox": True},
        "flip": {"flip": True},
        "grain": {"grain": float(rng.uniform(5, 13))},
        "burn-in": {"burned": True},
        "frame-rate": {"blend": bool(rng.random() < 0.5)},
        "still picture": {"push": float(rng.choice([0.0, 0.02]))},
    }
    return settings.get(kind, {})


@dataclass
class Finisher:
    """Applies a finish to frames, for a cut of `size`. `seed` decides grain and logo."""

    finish: Finish
    size: Size
    seed: int = 0
    _tables: Array | None = field(init=False, default=None)
    _mix: Array | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.finish.grade:
            self._tables, self._mix = grade_of(self.finish.grade)

    def __call__(self, frame: Array, number: int, time: float) -> Array:
        """The finished frame; `number` and `time` (seconds) count from the shot's first."""
        finish = self.finish
        frame = framed(frame, self._view(time), self.size, finish.flip)
        if self._tables is not None and self._mix is not None:
            frame = cv2.LUT(cv2.transform(frame, self._mix), self._tables)
        frame = grained(frame, grain_of(self.size), finish.grain, (6, self.seed, number))
        if finish.letterbox:
            frame = letterboxed(frame)
        if finish.burned:
            frame = burned(frame, self.seed * 1009 + number)
        return frame

    def _view(self, time: float) -> tuple[float, float, float, float]:
        left, top, wide, high = self.finish.view
        less = min(0.9, self.finish.push * time) / 2
        return (left + wide * less, top + high * less, wide * (1 - 2 * less), high * (1 - 2 * less))


def framed(
    frame: Array, view: tuple[float, float, float, float], size: Size, flip: bool = False
) -> Array:
    """The part of a frame that fills `size`: cropped to its shape first, never squeezed."""
    height, width = frame.shape[:2]
    scale = max(size[0] / (width * view[2]), size[1] / (height * view[3]))
    centre = ((view[0] + view[2] / 2) * width, (view[1] + view[3] / 2) * height)
    while scale <= 0.5:
        frame = cv2.resize(frame, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        scale, centre = scale * 2, (centre[0] / 2, centre[1] / 2)
    matrix = np.array(
        [
            [scale, 0, size[0] / 2 - scale * centre[0]],
            [0, scale, size[1] / 2 - scale * centre[1]],
        ]
    )
    if flip:
        matrix[0] = -matrix[0]
        matrix[0, 2] += size[0]
    if frame.shape[:2] == (size[1], size[0]) and np.allclose(matrix, np.eye(2, 3)):
        return frame.copy()
    way = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_LINEAR
    return cv2.warpAffine(frame, matrix, size, flags=way, borderMode=cv2.BORDER_REPLICATE)


def grade_of(seed: int) -> tuple[Array, Array]:
    """A grade: tables of shape (1, 256, 3) and a colour matrix (3, 3). One in three looks flat."""
    rng = np.random.default_rng([8, seed])
    steps = np.linspace(0, 1, 256)[:, None]
    if rng.random() < 0.35:
        curve = 0.12 + 0.6 * np.log1p(9 * steps) / np.log(10) * rng.uniform(0.9, 1.1, 3)
    else:
        strength = rng.uniform(0.1, 0.75)
        bent = steps**2 * (3 - 2 * steps)
        curve = steps * (1 - strength) + bent * strength
        curve = curve ** (rng.uniform(0.75, 1.35) * rng.uniform(0.9, 1.1, 3))
        curve = curve * rng.uniform(0.85, 1.08, 3) + rng.uniform(-0.03, 0.06, 3)
    tables = np.clip(curve * 255, 0, 255).astype(np.uint8).reshape(1, 256, 3)
    saturation = rng.choice(
        [0.0, rng.uniform(0.4, 0.8), rng.uniform(1.1, 1.5)], p=[0.15, 0.5, 0.35]
    )
    grey = np.tile([0.114, 0.587, 0.299], (3, 1))
    return tables, (saturation * np.eye(3) + (1 - saturation) * grey).astype(np.float32)


def letterboxed(frame: Array, aspect: float = _SCOPE) -> Array:
    """Black bars above and below."""
    height, width = frame.shape[:2]
    bar = max(0, round((height - width / aspect) / 2))
    frame = frame.copy()
    frame[:bar], frame[height - bar :] = 0, 0
    return frame


def burned(frame: Array, number: int) -> Array:
    """Time-code in a box below, a logo in a corner."""
    height, width = frame.shape[:2]
    frame = frame.copy()
    seconds, rest = divmod(number, 24)
    code = f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}:{rest:02}"
    size, low = height / 620, int(height * 0.93)
    left, right = int(width * 0.36), int(width * 0.64)
    cv2.rectangle(frame, (left, int(height * 0.875)), (right, int(height * 0.95)), (0, 0, 0), -1)
    white = (235, 235, 235)
    cv2.putText(frame, code, (left + int(width * 0.02), low), 0, size, white, 2, cv2.LINE_AA)
    corner = frame[int(height * 0.05) : int(height * 0.15), int(width * 0.86) : int(width * 0.96)]
    logo = np.full_like(corner, 60)
    middle = (logo.shape[1] // 2, logo.shape[0] // 2)
    cv2.circle(logo, middle, logo.shape[0] // 2, (220, 220, 230), -1, cv2.LINE_AA)
    corner[:] = cv2.addWeighted(corner, 0.4, logo, 0.6, 0)
    return frame
