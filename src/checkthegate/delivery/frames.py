"""Decoded video frames as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from checkthegate.delivery.picture import Pixels


def to_pixels(frame: Any) -> Pixels:
    """A PyAV frame as `uint8` (height, width, 3), or 4 where it has an alpha channel."""
    see_through = any(component.is_alpha for component in frame.format.components)
    pixels: Pixels = frame.to_ndarray(format="rgba" if see_through else "rgb24")
    return pixels
