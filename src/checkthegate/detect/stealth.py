"""Observer `stealth`: generation settings hidden in the lowest bits of pixels.

NovelAI writes them into every picture; a widespread extension does the same for AUTOMATIC1111
and its kin. They survive the removal of metadata. Only lossless stills can hold them (and
WebP, whose alpha channel is lossless).
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from checkthegate.detect.readers import reader_versions
from checkthegate.model import Asset, Evidence, Gap, Grade, Json, Observation, Unreadable
from checkthegate.seams import Example, OpenAsset

if TYPE_CHECKING:
    from checkthegate.detect.carriers.tag import Tag

_CARRIER = "stealth pixels"
_MEDIA_TYPES = frozenset({"image/png", "image/webp", "image/tiff", "image/bmp"})
_FIELDS = 64


class StealthObserver:
    """Reports what stealth pixels say; see the module."""

    id = "stealth"
    version = "1"

    @property
    def settings(self) -> Mapping[str, Json]:
        """The library that decodes the pixels."""
        return reader_versions("pillow", "openimageio")

    @property
    def reads_pixels(self) -> bool:
        """It decodes pictures."""
        return True

    @property
    def reads_path(self) -> bool:
        """No: only pixels are read."""
        return False

    def wants(self, asset: Asset) -> bool:
        """Stills that keep every bit of a pixel."""
        return asset.media_type in _MEDIA_TYPES

    def observe(self, opened: OpenAsset) -> Iterable[Observation]:
        """What the hidden text says; a gap where it is there but damaged.

        Raises `Unreadable` where the picture cannot be decoded.
        """
        from checkthegate.detect import stealth_pixels

        hidden = stealth_pixels.find(opened.picture().image)
        if hidden is None:
            return
        try:
            text = hidden.text(opened.limits.metadata_bytes)
        except Unreadable as problem:
            yield _said("ai-possible", hidden.magic, Grade.SUSPECTED)
            yield Gap(
                self.id,
                "generation settings are hidden in the pixels, but their text "
                f"{problem.reason} and could not be read",
            )
            return
        yield from _recognised(text, hidden.magic)

    def examples(self) -> Sequence[Example]:
        """Each of the four kinds, a damaged one, and pictures that hide nothing."""
        return _examples()


def _recognised(text: str, magic: str) -> Iterator[Evidence]:
    """The text's statements about AI; that it is there is one of its own."""
    from checkthegate.detect.traces import recognise

    said = [found for found in recognise(_tags(text)) if found.claim.startswith("ai-")]
    if not any(found.grade is not Grade.SUSPECTED for found in said):
        yield _said("ai-generated", magic, Grade.DECLARED, {"comment": text})
    named = [found for found in said if found.detail.get("tool")]
    for found in named or said:
        yield dataclasses.replace(found, observer=StealthObserver.id)


def _said(
    claim: str, magic: str, grade: Grade, private: Mapping[str, Json] | None = None
) -> Evidence:
    detail: dict[str, Json] = {"carrier": _CARRIER, "key": magic}
    return Evidence(StealthObserver.id, grade, claim, detail, private or {})


def _tags(text: str) -> list[Tag]:
    """The fields of a JSON object under their names, other text as settings."""
    from checkthegate.detect.carriers.tag import Tag
    from checkthegate.detect.traces.statement import mapping

    fields = mapping(text)
    if not fields:
        return [Tag(_CARRIER, "parameters", text)]
    if "prompt" in fields and "Comment" not in fields:
        fields = {**fields, "Comment": text}
    return [
        Tag(_CARRIER, name, value if isinstance(value, str) else json.dumps(value))
        for name, value in list(fields.items())[:_FIELDS]
    ]


def _examples() -> list[Example]:
    import gzip

    settings = {"prompt": "a lighthouse", "uc": "fog", "steps": 28, "seed": 7, "sampler": "k_euler"}
    novelai = json.dumps(
        {
            "Title": "NovelAI generated image",
            "Description": "a lighthouse",
            "Software": "NovelAI",
            "Source": "NovelAI Diffusion V4.5 4F1E9A2B",
            "Comment": json.dumps(settings),
        }
    ).encode()
    infotext = (
        b"a lighthouse\nNegative prompt: fog\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 7, "
        b"Size: 96x64, Model hash: 0123456789, Model: example"
    )
    generated = [("ai-generated", Grade.DECLARED.value)]
    possible = [("ai-possible", Grade.SUSPECTED.value)]
    packed = gzip.compress(novelai, mtime=0)
    return [
        Example("alpha.png", _hidden("stealth_pnginfo", novelai), generated),
        Example("alpha, packed.png", _hidden("stealth_pngcomp", packed), generated),
        Example("colours.png", _hidden("stealth_rgbinfo", infotext), generated),
        Example(
            "colours, packed.png",
            _hidden("stealth_rgbcomp", gzip.compress(infotext, mtime=0)),
            generated,
        ),
        Example("damaged.png", _hidden("stealth_pngcomp", packed[:-40]), possible, gap=True),
        Example("nothing.png", _hidden("", b"")),
    ]


def _hidden(magic: str, content: bytes) -> bytes:
    """A PNG of 96×64 soft pixels with `content` behind `magic`, plain when there is no magic."""
    import io

    import numpy
    from PIL import Image

    from checkthegate.detect import stealth_pixels

    y, x = numpy.mgrid[0:64, 0:96]
    pixels = numpy.stack([2 * x, 3 * y, x + y, numpy.full_like(x, 255)], axis=2)
    image = Image.fromarray(pixels.astype(numpy.uint8))
    if magic:
        image = stealth_pixels.hide(image, magic, content)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def observer(settings: Mapping[str, Any]) -> StealthObserver:
    """The entry point; this observer has no settings."""
    return StealthObserver()
