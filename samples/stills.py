"""The stills of reel 1 (title, end card), and the lamp as a render writes it: linear light."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import paint
import shots
from PIL import Image, ImageDraw, ImageFilter

_LAMP = (240, 135)


@lru_cache(maxsize=1)
def main_title() -> Image.Image:
    """The main title over nothing, with an alpha channel."""
    image = Image.new("RGBA", shots.SIZE, (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    for fill, shift in (((0, 0, 0, 150), 2), ((250, 240, 220, 255), 0)):
        draw.text(
            (240 + shift, 96 + shift), "NIGHT HARBOUR", font=paint.font(40), fill=fill, anchor="ma"
        )
        draw.text(
            (240 + shift, 146 + shift), "101  THE KEEPER", font=paint.font(15), fill=fill,
            anchor="ma",
        )  # fmt: skip
    return image


@lru_cache(maxsize=1)
def end_card() -> Image.Image:
    """The last card."""
    image = Image.new("RGB", shots.SIZE, (10, 12, 18))
    draw = ImageDraw.Draw(image)
    draw.ellipse([210, 70, 270, 130], outline=(196, 60, 52), width=5)
    draw.line([(240, 60), (240, 140)], fill=(196, 60, 52), width=3)
    draw.text((240, 152), "A PIER NINE PICTURE", font=paint.font(20), fill=(222, 214, 200),
              anchor="ma")  # fmt: skip
    return image


def lamp(n: int) -> Any:
    """The burning lamp, close: float light of shape (135, 240, 3), brighter than white within."""
    width, height = _LAMP
    y, x = np.mgrid[0:height, 0:width]
    sway = 5 * np.sin(n / 1.9 + y / 22)
    reach = 34 + 3 * np.sin(n / 1.3)
    flame = np.exp(-(((x - 120 - sway) / (7 + y / 9)) ** 2) - ((y - 78) / reach) ** 2)
    glow = np.exp(-((x - 120) ** 2 + (y - 80) ** 2) / 2 / 46**2)
    glass = 0.05 * (np.abs(np.hypot((x - 120) / 52, (y - 70) / 62) - 1) < 0.03)
    light = flame[..., None] * np.array([6.0, 3.4, 1.1]) + glow[..., None] * [0.34, 0.18, 0.07]
    return (light + glass[..., None] + 0.012).astype(np.float32)


def display(light: Any) -> Image.Image:
    """Linear light as a screen shows it."""
    shown = paint.still(np.clip(light / (1 + 0.35 * light), 0, 1) ** (1 / 2.2))
    return shown.filter(ImageFilter.GaussianBlur(0.3))
