"""The people of the show, its gulls and its lightning: silhouettes that move, drawn with Pillow."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import ImageDraw

_COAT = (16, 18, 26)
_SKIN = (74, 50, 44)
_SCARF = (116, 32, 34)


def woman(draw: ImageDraw.ImageDraw, x: float, ground: float, tall: float, n: int) -> None:
    """Ingrid: a wide coat, a scarf in the wind, a head that turns to the light."""
    turn, breath = 3 * np.sin(n / 23), 1.5 * np.sin(n / 11)
    top = ground - tall
    neck = top + tall * 0.19
    coat = [
        (x - tall * 0.10, neck + 4), (x + tall * 0.10, neck + 4),
        (x + tall * 0.21 + breath, ground - tall * 0.30), (x + tall * 0.19, ground),
        (x - tall * 0.19, ground), (x - tall * 0.22 - breath, ground - tall * 0.30),
    ]  # fmt: skip
    draw.polygon(coat, fill=_COAT)
    for side, swing in ((-1, breath), (1, -breath)):
        elbow = (x + side * tall * 0.20, ground - tall * 0.48 + swing)
        draw.line([(x + side * tall * 0.11, neck + 12), elbow], fill=_COAT, width=int(tall * 0.09))
        hand = (x + side * tall * 0.12, ground - tall * 0.26)
        draw.line([elbow, hand], fill=_COAT, width=int(tall * 0.08))
    head = tall * 0.085
    draw.ellipse([x - head + turn, top, x + head + turn, top + head * 2.3], fill=_SKIN)
    draw.pieslice(
        [x - head * 1.2 + turn, top - head * 0.4, x + head * 1.1 + turn, top + head * 2.2],
        110, 330, fill=(30, 20, 18),
    )  # fmt: skip
    draw.rectangle([x - head, neck - 6, x + head, neck + 8], fill=_SCARF)
    tail = [(x + head, neck), *((x + head + s * 9, neck + 3 * np.sin(n / 4 + s)) for s in range(6))]
    draw.line(tail, fill=_SCARF, width=6)


def boy(
    draw: ImageDraw.ImageDraw, x: float, top: float, tall: float, n: int
) -> tuple[float, float]:
    """Tomas on the ladder, from behind; returns where his lantern hangs."""
    step = 6 * np.sin(n / 4)
    head = tall * 0.10
    draw.ellipse([x - head, top, x + head, top + head * 2.2], fill=(52, 36, 30))
    draw.rectangle([x - head * 1.1, top - 2, x + head * 1.1, top + head], fill=(30, 34, 44))
    waist, hip = top + tall * 0.58, tall * 0.14
    draw.polygon(
        [(x - hip * 1.3, top + head * 2), (x + hip * 1.3, top + head * 2), (x + hip, waist),
         (x - hip, waist)], fill=(40, 44, 58),
    )  # fmt: skip
    for side in (-1, 1):
        knee = (x + side * hip * 0.9, waist + tall * 0.22 + side * step)
        draw.line([(x + side * hip * 0.6, waist - 4), knee], fill=(26, 26, 32), width=13)
        foot = (x + side * hip, waist + tall * 0.42 + side * step)
        draw.line([knee, foot], fill=(26, 26, 32), width=11)
    draw.line([(x + hip, top + 24), (x + 28, top - 4 - step)], fill=(40, 44, 58), width=10)
    hand = (x - 46 + step / 3, top + tall * 0.44)
    draw.line([(x - hip, top + 26), hand], fill=(40, 44, 58), width=10)
    lantern = (hand[0] - 2, hand[1] + 16)
    draw.rectangle(
        [lantern[0] - 8, lantern[1] - 10, lantern[0] + 8, lantern[1] + 12], fill=(255, 214, 130)
    )
    return lantern


def keeper(draw: ImageDraw.ImageDraw, x: float, ground: float, tall: float, n: int) -> None:
    """Somebody in the corner of the lamp room, who comes closer by an inch a second."""
    x -= n / 3
    head = tall * 0.09
    draw.ellipse([x - head, ground - tall, x + head, ground - tall * 0.80], fill=(34, 30, 30))
    draw.rectangle(
        [x - head * 1.8, ground - tall - 3, x + head * 1.8, ground - tall + 4], fill=(18, 18, 22)
    )
    draw.polygon(
        [(x - tall * 0.17, ground - tall * 0.76), (x + tall * 0.17, ground - tall * 0.76),
         (x + tall * 0.13, ground), (x - tall * 0.13, ground)], fill=(26, 26, 32),
    )  # fmt: skip


def ship(draw: ImageDraw.ImageDraw, x: float, y: float, n: int) -> None:
    """A three-master that pitches in the waves."""
    lean = 0.14 * np.sin(n / 7 + 1)

    def at(across: float, up: float) -> tuple[float, float]:
        return x + across + lean * up, y - up + lean * across

    hull = [at(-62, 14), at(66, 20), at(48, -10), at(-50, -10)]
    draw.polygon(hull, fill=(14, 12, 14))
    for mast, tall in ((-34, 70), (2, 88), (36, 66)):
        draw.line([at(mast, 10), at(mast, tall)], fill=(14, 12, 14), width=3)
        for low, wide in ((0.30, 20), (0.62, 15)):
            sail = [at(mast - wide, tall * low), at(mast + wide, tall * low),
                    at(mast + wide * 0.7, tall * (low + 0.26)),
                    at(mast - wide * 0.7, tall * (low + 0.26))]  # fmt: skip
            draw.polygon(sail, fill=(120, 112, 100))


def gulls(draw: ImageDraw.ImageDraw, n: int) -> None:
    """Five gulls that cross the sky."""
    for bird in range(5):
        x, y = 40 + n * (1.9 + bird * 0.16) + bird * 33, 46 + bird * 13 - n * 0.2
        beat = 5 * np.sin(n / 2.2 + bird * 1.7)
        draw.line([(x - 8, y - beat), (x, y), (x + 8, y - beat)], fill=(236, 232, 236), width=2)


def bolt(draw: ImageDraw.ImageDraw, x: float, rng: Any) -> None:
    """Lightning down to the sea."""
    points = [(x, 0.0)]
    while points[-1][1] < 150:
        points.append((points[-1][0] + rng.normal(0, 14), points[-1][1] + 20))
    draw.line(points, fill=(240, 246, 255), width=3)
