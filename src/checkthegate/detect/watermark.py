"""Observer `watermark`: the open watermarks that Stable Diffusion's and FLUX's scripts embed.

Looks at 8-bit stills, as generators write them; EXR, DPX and moving pictures are not theirs.
A mark is reported where so many of its bits agree that chance explains it less than once in
10⁹ pictures, all marks and views together, and where the single blocks back it up: blocks that
should carry 1 vote 1 more often than the others do. The 32 bits of Stable Diffusion 2 are too
few for that bound when two of them disagree (1 in 10⁷); there the blocks have to agree far more
than in any unmarked picture. Bits are judged against the mean of the picture's votes, not
against one half: where colours clip or lie flat, all votes lean to one side.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checkthegate.detect import dwt_dct
from checkthegate.detect.dwt_dct import View
from checkthegate.detect.readers import reader_versions
from checkthegate.model import Asset, Evidence, Grade, Json
from checkthegate.seams import Example, OpenAsset

if TYPE_CHECKING:
    from PIL.Image import Image

_MEDIA_TYPES = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/tiff",
        "image/bmp",
        "image/avif",
        "image/heic",
        "image/heif",
        "image/jxl",
        "image/jp2",
        "image/vnd.adobe.photoshop",
    }
)
_GLANCE_BLOCKS = 4096
_ALL_BLOCKS = 65_536
_WORTH_A_LOOK = 0.7


@dataclass(frozen=True, slots=True)
class Mark:
    """A known watermark: whose it is, its bits, and how its writers saw the pixels.

    It is reported from `enough` agreeing bits on, with a backing of at least `backing`.
    """

    tool: str
    bits: tuple[int, ...]
    views: tuple[View, ...]
    enough: int
    backing: float = 0.05


def _of_bytes(text: bytes) -> tuple[int, ...]:
    return tuple(byte >> shift & 1 for byte in text for shift in range(7, -1, -1))


def _of_number(number: int, length: int) -> tuple[int, ...]:
    return tuple(number >> shift & 1 for shift in range(length - 1, -1, -1))


_SDXL = 0b101100111110110010010000011110111011000110011110
_FLUX = 0b001010101111111010000111100111001111010100101110
_ANY = (View.OFFSET, View.SIGNED, View.SWAPPED)

# unmarked photographs: at most 33 of 46, 32 of 48, 23 of 32 and 85 of 136 bits, backing 0.083
MARKS = (
    Mark("Stable Diffusion 1", _of_bytes(b"StableDiffusionV1"), (View.OFFSET,), 105),
    Mark("Stable Diffusion 2", _of_bytes(b"SDV2"), (View.OFFSET,), 30, 0.25),
    Mark("Stable Diffusion XL", _of_number(_SDXL, 48), _ANY, 45),
    Mark("FLUX", _of_number(_FLUX, 48), (View.OFFSET, View.SIGNED), 45),
    Mark("FLUX", _of_number(_FLUX, 46), (View.OFFSET, View.SIGNED), 44),
)


def chance_of(length: int, agreeing: int) -> float:
    """The probability that at least `agreeing` of `length` fair coins fall as foretold."""
    ways = sum(math.comb(length, n) for n in range(agreeing, length + 1))
    return ways / float(2**length)


@dataclass(frozen=True, slots=True)
class Reading:
    """How well a mark fits: bits agreeing, and how far the blocks back it.

    `backing` is the share of votes for 1 where the mark has 1, less that where it has 0.
    """

    mark: Mark
    agreeing: int
    backing: float

    @property
    def convinces(self) -> bool:
        """Whether this is the mark and not chance."""
        return self.agreeing >= self.mark.enough and self.backing >= self.mark.backing


def readings(image: Image, most_blocks: int = _ALL_BLOCKS) -> list[Reading]:
    """The best reading of each known mark over its views."""
    votes = dwt_dct.count_votes(image, most_blocks)
    return [_best(mark, votes) for mark in MARKS] if votes else []


def _best(mark: Mark, votes: Mapping[View, dwt_dct.Votes]) -> Reading:
    fits = (_fit(mark, votes[view]) for view in mark.views)
    return max(fits, key=lambda fit: (fit.agreeing, fit.backing))


def _fit(mark: Mark, votes: dwt_dct.Votes) -> Reading:
    import numpy

    bits = numpy.array(mark.bits, dtype=bool)
    shares = votes.shares(len(mark.bits))
    agreeing = int(((shares > shares.mean()) == bits).sum())
    return Reading(mark, agreeing, float(shares[bits].mean() - shares[~bits].mean()))


def find_mark(image: Image) -> Reading | None:
    """The mark in a picture, or None. A glance at 4,096 blocks first, more if it is worth it."""
    glance = readings(image, _GLANCE_BLOCKS)
    if not any(fit.agreeing >= _WORTH_A_LOOK * len(fit.mark.bits) for fit in glance):
        return None
    found = [fit for fit in readings(image) if fit.convinces]
    return max(found, key=lambda fit: fit.backing, default=None)


class WatermarkObserver:
    """Reports the open watermarks; see the module."""

    id = "watermark"
    version = "1"

    @property
    def settings(self) -> Mapping[str, Json]:
        """The libraries that decode the pixels."""
        return reader_versions("pillow", "openimageio", "av")

    @property
    def reads_pixels(self) -> bool:
        """It decodes pictures."""
        return True

    @property
    def reads_path(self) -> bool:
        """No: only pixels are read."""
        return False

    def wants(self, asset: Asset) -> bool:
        """8-bit stills."""
        return asset.media_type in _MEDIA_TYPES

    def observe(self, opened: OpenAsset) -> Iterable[Evidence]:
        """At most one piece of evidence; `Unreadable` where the picture cannot be decoded."""
        image = opened.picture().image
        found = find_mark(image) if dwt_dct.can_carry(image) else None
        if found is not None:
            yield _evidence(found)

    def examples(self) -> Sequence[Example]:
        """A marked picture for each mark, and pictures without one."""
        plain = _example_picture()
        marked = [
            Example(
                f"{mark.tool} {len(mark.bits)}.png",
                _png(dwt_dct.embed(plain, mark.bits)),
                claims=(("ai-watermark", Grade.DECLARED.value),),
            )
            for mark in MARKS
        ]
        return [*marked, Example("unmarked.png", _png(plain)), Example("grey.png", _grey())]


def _evidence(found: Reading) -> Evidence:
    return Evidence(
        observer=WatermarkObserver.id,
        grade=Grade.DECLARED,
        claim="ai-watermark",
        detail={
            "tool": found.mark.tool,
            "carrier": "pixels",
            "mark": "dwtDct",
            "bits": len(found.mark.bits),
            "bits_agreeing": found.agreeing,
        },
    )


def _example_picture() -> Image:
    """A soft, coloured, slightly grainy picture of 320×288 pixels, the same every time."""
    import numpy
    from PIL import Image

    grain = numpy.random.default_rng(7).normal(0, 4, (288, 320, 3))
    y, x = numpy.mgrid[0:288, 0:320]
    waves = [110 + 60 * numpy.sin(x / (29 + 8 * n) + n) * numpy.cos(y / 41) for n in range(3)]
    picture = numpy.stack(waves, axis=2) + grain
    return Image.fromarray(numpy.clip(picture, 0, 255).astype(numpy.uint8))


def _grey() -> bytes:
    from PIL import Image

    return _png(Image.new("RGB", (320, 288), (128, 128, 128)))


def _png(image: Image) -> bytes:
    import io

    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def observer(settings: Mapping[str, Any]) -> WatermarkObserver:
    """The entry point; this observer has no settings."""
    return WatermarkObserver()
