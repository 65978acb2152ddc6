"""What is kept of a picture or a film to know it again: descriptors, small stills, motion.

The stored form is a header, a table of sections, and the sections: numbers little-endian, stills
as JPEG, motion as differences from frame to frame, compressed. Reading it back trusts nothing:
a damaged fingerprint raises `Unreadable`.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from checkthegate.model import Unreadable

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

DIMENSIONS: Final = 512
CODE_BYTES: Final = 32
STILL_EDGE: Final = 384
MOTION_WIDTH: Final = 64

_MAGIC = b"CTGPICT1"
_HEAD = struct.Struct("<8sBddIIIIII")
_SECTION = struct.Struct("<4sQ")
_STILL = struct.Struct("<dI")
_KINDS: tuple[Literal["still", "film"], ...] = ("still", "film")
_MOST_SAMPLES = 2_000_000
_MOST_STILLS = 4_096
_MOST_MOTION = 512 * 1024 * 1024
_MOST_BODY = 2**31
_DAMAGED = "a stored fingerprint of a picture is damaged and was not compared"


@dataclass(frozen=True, slots=True)
class KeptStill:
    """A small picture kept of a still or film: its time in seconds, a colour JPEG."""

    time: float
    jpeg: bytes


def _none(shape: tuple[int, ...], kind: str) -> Array:
    import numpy

    return numpy.zeros(shape, kind)


@dataclass(frozen=True, slots=True, eq=False)
class PicturePrint:
    """All that later matching needs of a still or a film.

    `seconds` and `rate` are 0 for a still; `width` and `height` are in square pixels. Samples, one
    a row: `times` float32[n] in seconds, `codes` uint8[n,32] (PDQ), `descriptors` float16[n,512]
    (SSCD distilled; no rows where the models were not there). `stills` are small colour pictures,
    longest side 384. `motion` uint8[T,h,64] is luma, with `motion_times` float32[T].
    """

    kind: Literal["still", "film"]
    width: int
    height: int
    seconds: float = 0.0
    rate: float = 0.0
    times: Array = field(default_factory=lambda: _none((0,), "<f4"))
    codes: Array = field(default_factory=lambda: _none((0, CODE_BYTES), "u1"))
    descriptors: Array = field(default_factory=lambda: _none((0, DIMENSIONS), "<f2"))
    stills: tuple[KeptStill, ...] = ()
    motion: Array = field(default_factory=lambda: _none((0, 0, MOTION_WIDTH), "u1"))
    motion_times: Array = field(default_factory=lambda: _none((0,), "<f4"))


def to_bytes(print_: PicturePrint) -> bytes:
    """The stored form: the same print gives the same bytes."""
    sections = {
        b"time": _raw(print_.times, "<f4"),
        b"pdq ": _raw(print_.codes, "u1"),
        b"sscd": _raw(print_.descriptors, "<f2"),
        b"stil": b"".join(_STILL.pack(s.time, len(s.jpeg)) + s.jpeg for s in print_.stills),
        b"motn": _packed_motion(print_.motion),
        b"mtim": _raw(print_.motion_times, "<f4"),
    }
    frames, height, width = print_.motion.shape
    head = _HEAD.pack(
        _MAGIC,
        _KINDS.index(print_.kind),
        print_.seconds,
        print_.rate,
        print_.width,
        print_.height,
        frames,
        height,
        width,
        len(sections),
    )
    table = b"".join(_SECTION.pack(name, len(body)) for name, body in sections.items())
    return b"".join((head, table, *sections.values()))


def from_bytes(body: bytes) -> PicturePrint:
    """The print in its stored form. Raises `Unreadable` where that is damaged."""
    return _read(body, stills=True, motion=True)


def samples_of(body: bytes) -> PicturePrint:
    """Only the head and the samples, without unpacking stills and motion: for an index."""
    return _read(body)


def pictures_of(body: bytes) -> PicturePrint:
    """All but the motion, which is not unpacked."""
    return _read(body, stills=True)


def _read(body: bytes, *, stills: bool = False, motion: bool = False) -> PicturePrint:
    try:
        return _parsed(body, stills, motion)
    except (struct.error, ValueError, IndexError, KeyError, zlib.error) as problem:
        raise Unreadable(_DAMAGED) from problem


def _parsed(body: bytes, stills: bool, motion: bool) -> PicturePrint:
    if len(body) > _MOST_BODY:
        raise ValueError("too large")
    magic, kind, seconds, rate, width, height, *shape, count = _HEAD.unpack_from(body)
    if magic != _MAGIC or count > 32:
        raise ValueError("not a print")
    sections = _sections(body, count)
    times = _array(sections[b"time"], "<f4", (-1,))
    codes = _array(sections[b"pdq "], "u1", (-1, CODE_BYTES))
    descriptors = _array(sections[b"sscd"], "<f2", (-1, DIMENSIONS))
    if len(times) > _MOST_SAMPLES or len(codes) not in (0, len(times)):
        raise ValueError("samples do not fit")
    if len(descriptors) not in (0, len(times)):
        raise ValueError("descriptors do not fit")
    print_ = PicturePrint(_KINDS[kind], width, height, seconds, rate, times, codes, descriptors)
    if stills:
        print_ = replace(print_, stills=_stills(sections[b"stil"]))
    return _with_motion(print_, sections, tuple(shape)) if motion else print_


def _with_motion(
    print_: PicturePrint, sections: Mapping[bytes, memoryview], shape: tuple[int, ...]
) -> PicturePrint:
    motion = _unpacked_motion(sections[b"motn"], shape)
    motion_times = _array(sections[b"mtim"], "<f4", (-1,))
    if len(motion) != len(motion_times):
        raise ValueError("motion does not fit")
    return replace(print_, motion=motion, motion_times=motion_times)


def _sections(body: bytes, count: int) -> dict[bytes, memoryview]:
    at, start = _HEAD.size, _HEAD.size + count * _SECTION.size
    view, found = memoryview(body), {}
    for _ in range(count):
        name, length = _SECTION.unpack_from(body, at)
        if start + length > len(body):
            raise ValueError("cut short")
        found[name] = view[start : start + length]
        at, start = at + _SECTION.size, start + length
    return found


def _stills(section: memoryview) -> tuple[KeptStill, ...]:
    stills: list[KeptStill] = []
    at = 0
    while at < len(section):
        time, length = _STILL.unpack_from(section, at)
        at += _STILL.size
        if length > len(section) - at or len(stills) >= _MOST_STILLS:
            raise ValueError("stills do not fit")
        stills.append(KeptStill(time, bytes(section[at : at + length])))
        at += length
    return tuple(stills)


def _raw(array: Array, kind: str) -> bytes:
    import numpy

    return numpy.ascontiguousarray(array, dtype=kind).tobytes()


def _array(section: memoryview, kind: str, shape: tuple[int, ...]) -> Array:
    import numpy

    found = numpy.frombuffer(section, dtype=kind).reshape(shape)
    if found.dtype.kind == "f" and not numpy.isfinite(found).all():
        raise ValueError("not finite")
    return found


def _packed_motion(motion: Array) -> bytes:
    """Differences from frame to frame, modulo 256: smaller than the frames themselves."""
    import numpy

    steps = numpy.array(motion, dtype=numpy.uint8)
    steps[1:] -= motion[:-1].astype(numpy.uint8)
    return zlib.compress(steps.tobytes(), 6)


def _unpacked_motion(section: memoryview, shape: tuple[int, ...]) -> Array:
    import numpy

    frames, height, width = shape
    size = frames * height * width
    if size > _MOST_MOTION:
        raise ValueError("too much motion")
    unpacking = zlib.decompressobj()
    raw = unpacking.decompress(section, size + 1)
    steps = numpy.frombuffer(raw, numpy.uint8).reshape(shape)
    return numpy.add.accumulate(steps, axis=0, dtype=numpy.uint8)
