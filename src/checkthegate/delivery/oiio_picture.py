"""Stills through OpenImageIO: EXR, DPX, Cineon, Radiance, JPEG XL, odd TIFF and PSD.

Scene-linear values are shown as a viewer would: clipped to 0..1, sRGB curve, 8 bits. Of a
file with several parts the first one is decoded.
"""

from __future__ import annotations

import contextlib
import functools
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from checkthegate.delivery.pixels import ArrayPicture, check_size
from checkthegate.model import Unreadable

if TYPE_CHECKING:
    import numpy

    from checkthegate.delivery.pixels import Pixels
    from checkthegate.seams import OpenAsset

MEDIA_TYPES = frozenset(
    {
        "image/x-exr",
        "image/x-dpx",
        "image/x-cineon",
        "image/vnd.radiance",
        "image/jxl",
    }
)
FALLBACK = frozenset({"image/tiff", "image/vnd.adobe.photoshop", "image/jp2"})
_DAMAGED = "the picture data is damaged or cut off, so nobody looked at all of its pixels"
_STRIP = 256
_PARTS = 64


def decode(opened: OpenAsset) -> ArrayPicture:
    """The first picture at full size; raises `Unreadable`."""
    try:
        import OpenImageIO as oiio
    except ImportError:
        raise Unreadable(
            "pictures of this kind need OpenImageIO, which is not installed here "
            "(checkthegate[media])"
        ) from None
    oiio.attribute("threads", 1)
    oiio.attribute("exr_threads", 1)
    with opened.open() as stream, _descriptor(stream) as number:
        source = oiio.ImageInput.open(f"/dev/fd/{number}")
        if source is None:
            _forget_error(oiio)
            raise Unreadable(
                "the picture could not be opened: it is damaged, or of a variety that cannot "
                "be decoded here; nobody looked at its pixels"
            )
        try:
            picture = ArrayPicture(_pixels(oiio, source, opened.limits.pixels))
            _check_others(source, opened.limits.pixels)
            return picture
        except Unreadable:
            raise
        except Exception:  # names and messages out of hostile files are not always text
            raise Unreadable(_DAMAGED) from None
        finally:
            source.close()


@contextlib.contextmanager
def _descriptor(stream: BinaryIO) -> Iterator[int]:
    """A descriptor the library can open by number, so that it never sees a path."""
    try:
        yield stream.fileno()
    except OSError:
        with tempfile.TemporaryFile() as spooled:
            while part := stream.read(1 << 20):
                spooled.write(part)
            spooled.flush()
            yield spooled.fileno()


def _pixels(oiio: Any, source: Any, limit: int) -> Pixels:
    spec = source.spec()
    check_size(spec.width, spec.height, limit)
    if spec.deep:
        raise Unreadable(
            "the picture holds deep samples, which are not flattened here; nobody looked at its "
            "pixels"
        )
    first, last = _colour_channels([name.lower() for name in spec.channelnames])
    linear = str(spec.format) in ("half", "float", "double")
    rows = [_shown(part, linear) for part in _strips(source, spec, first, last, linear)]
    import numpy

    flat = numpy.concatenate(rows) if len(rows) > 1 else rows[0]
    return flat if flat.shape[2] >= 3 else numpy.repeat(flat[:, :, :1], 3, axis=2)


def _check_others(source: Any, limit: int) -> None:
    """Decode the other parts and sizes too, up to `limit` pixels: damage may lie there alone."""
    for part in range(_PARTS):
        for level in range(_PARTS):
            if not source.seek_subimage(part, level):
                _forget_error(source)
                break
            spec = source.spec()
            limit -= spec.width * spec.height
            if limit < 0:
                return
            if (part or level) and not spec.deep:
                _whole(source, source.read_image(part, level, 0, spec.nchannels, "half"))
        if level == 0:
            return


def _colour_channels(names: list[str]) -> tuple[int, int]:
    """First and last (exclusive) of the channels that make the picture: RGBA, RGB or one."""
    short = [name.rpartition(".")[2] for name in names]
    for first in range(len(short) - 2):
        if short[first : first + 3] in (["r", "g", "b"], ["red", "green", "blue"]):
            more = short[first + 3 : first + 4] in (["a"], ["alpha"])
            return first, first + 3 + more
    grey = short.index("y") if "y" in short else 0
    return grey, grey + 1


def _strips(source: Any, spec: Any, first: int, last: int, linear: bool) -> Iterator[Pixels]:
    """The picture from top to bottom; in strips, so that only one is held unconverted."""
    wanted = "half" if linear else "uint8"
    if spec.tile_width:
        yield _whole(source, source.read_image(0, 0, first, last, wanted))
        return
    for top in range(spec.y, spec.y + spec.height, _STRIP):
        end = min(top + _STRIP, spec.y + spec.height)
        yield _whole(source, source.read_scanlines(0, 0, top, end, 0, first, last, wanted))


def _whole(source: Any, part: Pixels | None) -> Pixels:
    if part is None:
        _forget_error(source)
        raise Unreadable(_DAMAGED)
    return part


def _forget_error(told: Any) -> None:
    """Take the error back, which the library would otherwise print at its end."""
    with contextlib.suppress(UnicodeDecodeError):
        told.geterror()


def _shown(part: Pixels, linear: bool) -> Pixels:
    import numpy

    if not linear:
        return part
    return _curve()[numpy.ascontiguousarray(part).view(numpy.uint16)]


@functools.cache
def _curve() -> numpy.ndarray[Any, Any]:
    """8-bit sRGB of each of the 65,536 half-float values."""
    import numpy

    halves = numpy.arange(65536, dtype=numpy.uint16).view(numpy.float16).astype(numpy.float32)
    values = numpy.clip(numpy.nan_to_num(halves, nan=0.0, posinf=1.0, neginf=0.0), 0, 1)
    curved = numpy.where(values <= 0.0031308, values * 12.92, 1.055 * values ** (1 / 2.4) - 0.055)
    return (curved * 255 + 0.5).astype(numpy.uint8)
