"""Example files of the observer `decode`, made by code: whole ones and damaged ones."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

from checkthegate.seams import Example

if TYPE_CHECKING:
    from PIL.Image import Image


def examples() -> list[Example]:
    """Stills, sound and bytes of no known kind."""
    whole = {name: _still(name) for name in ("PNG", "JPEG", "WEBP", "TIFF", "GIF", "BMP")}
    tone = wave()
    return [
        *(Example(f"whole.{name.lower()}", content) for name, content in whole.items()),
        Example("cut.png", whole["PNG"][: len(whole["PNG"]) // 2], gap=True),
        Example("cut.jpeg", whole["JPEG"][: len(whole["JPEG"]) // 2], gap=True),
        Example("bomb.png", _bomb(), gap=True),
        Example("whole.wav", tone),
        Example("cut.wav", tone[: len(tone) // 2], gap=True),
        Example("unknown.bin", bytes(range(256)) * 4, gap=True),
    ]


def _still(name: str) -> bytes:
    buffer = io.BytesIO()
    _picture().save(buffer, name)
    return buffer.getvalue()


def _picture() -> Image:
    import numpy
    from PIL import Image

    grain = numpy.random.default_rng(3).integers(0, 256, (48, 64, 3), dtype=numpy.uint8)
    return Image.fromarray(grain)


def _bomb() -> bytes:
    """A PNG whose header claims 100 megapixels."""
    whole = _still("PNG")
    import zlib

    header = b"IHDR" + struct.pack(">IIBBBBB", 10_000, 10_000, 8, 2, 0, 0, 0)
    return whole[:12] + header + zlib.crc32(header).to_bytes(4, "big") + whole[33:]


def wave(seconds: float = 2.0, rate: int = 8000) -> bytes:
    """A WAV file of one 16-bit channel with a rising tone."""
    import numpy

    time = numpy.arange(int(seconds * rate)) / rate
    samples = (8000 * numpy.sin(2 * numpy.pi * (220 + 50 * time) * time)).astype("<i2").tobytes()
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16)
    chunk = form + struct.pack("<4sI", b"data", len(samples)) + samples
    return struct.pack("<4sI4s", b"RIFF", 4 + len(chunk), b"WAVE") + chunk
