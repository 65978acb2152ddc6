"""Makes folders of pictures of realistic size, cheaply: twenty bases, varied by a few bytes.

Each base is painted once (broad shapes, fine texture, grain) and compressed once; each file is a
base with its own number in a comment, so that no two files are equal and none needs encoding.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

JPEG_SIZES = ((4032, 3024), (4000, 3000), (4240, 2832), (4608, 2592))
PNG_SIZES = ((1920, 1080), (1920, 1080), (2048, 1152), (2560, 1440))


@dataclass(frozen=True, slots=True)
class Base:
    """A compressed picture waiting for its number."""

    suffix: str
    content: bytes

    def numbered(self, number: int) -> bytes:
        """The same picture as a file of its own."""
        if self.suffix == ".jpg":
            text = f"frame {number:06d}".encode()
            comment = b"\xff\xfe" + struct.pack(">H", len(text) + 2) + text
            return self.content[:2] + comment + self.content[2:]
        body = b"tEXtComment\0" + f"frame {number:06d}".encode()
        chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
        return self.content[:33] + chunk + self.content[33:]


def bases(count: int = 20) -> list[Base]:
    """`count` bases, three JPEG (about 12 megapixels) to two PNG (HD to 1440p)."""
    return [_jpeg(seed) if seed % 5 < 3 else _png(seed) for seed in range(count)]


def write(folder: Path, ready: list[Base], numbers: range) -> list[Path]:
    """Write the files with these numbers into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number in numbers:
        base = ready[number % len(ready)]
        file = folder / f"frame_{number:06d}{base.suffix}"
        file.write_bytes(base.numbered(number))
        files.append(file)
    return files


def rounds(total: int, size: int) -> Iterator[range]:
    """Numbers 0..total in rounds of at most `size`."""
    for start in range(0, total, size):
        yield range(start, min(total, start + size))


def _jpeg(seed: int) -> Base:
    """As a camera writes it: quality 90, EXIF."""
    from PIL import Image

    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0132] = "Meridian", "Meridian M5", "2026:03:11 18:42:07"
    stream = io.BytesIO()
    picture = Image.fromarray(_photograph(*JPEG_SIZES[seed % len(JPEG_SIZES)], seed, grain=4.0))
    picture.save(stream, "JPEG", quality=90, exif=exif.tobytes())
    return Base(".jpg", stream.getvalue())


def _png(seed: int) -> Base:
    from PIL import Image

    stream = io.BytesIO()
    picture = Image.fromarray(_photograph(*PNG_SIZES[seed % len(PNG_SIZES)], seed, grain=1.6))
    picture.save(stream, "PNG", compress_level=4)
    return Base(".png", stream.getvalue())


def _photograph(width: int, height: int, seed: int, grain: float) -> Any:
    """`uint8` (height, width, 3): broad shapes, texture at three scales, grain."""
    import numpy as np
    from PIL import Image

    rng = np.random.default_rng(seed)
    picture = np.zeros((height, width, 3), dtype=np.float32)
    for cells, weight in ((6, 110), (60, 60), (500, 40)):
        small = (rng.random((cells, cells, 3)) * 255).astype(np.uint8)
        large = Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)
        picture += np.asarray(large, dtype=np.float32) * (weight / 255)
    picture += rng.standard_normal((height, width, 1), dtype=np.float32) * grain
    return np.clip(picture, 0, 255).astype(np.uint8)
