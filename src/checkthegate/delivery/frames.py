"""Decoded frames of video and sound as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkthegate.model import Unreadable

if TYPE_CHECKING:
    from checkthegate.delivery.pixels import Pixels

MOST_CHANNELS = 64


def to_pixels(frame: Any) -> Pixels:
    """A PyAV frame as `uint8` (height, width, 3), or 4 where it has an alpha channel."""
    see_through = any(component.is_alpha for component in frame.format.components)
    pixels: Pixels = frame.to_ndarray(format="rgba" if see_through else "rgb24")
    return pixels


def to_samples(frame: Any) -> Pixels:
    """A PyAV sound frame as `float32` (frames, channels), -1..1; at most 64 channels."""
    import numpy

    channels = frame.layout.nb_channels
    if channels > MOST_CHANNELS:
        raise Unreadable(f"the sound has {channels} channels, and at most 64 can be looked at")
    raw: Pixels = frame.to_ndarray()
    samples: Pixels = raw.T if frame.format.is_planar else raw.reshape(-1, channels)
    if samples.dtype.kind == "f":
        return numpy.asarray(samples, numpy.float32).copy()
    full = float(2 ** (8 * samples.dtype.itemsize - 1))
    centre = full if samples.dtype.kind == "u" else 0.0
    return numpy.asarray((samples - centre) / full, numpy.float32)
