"""Where the next marker lies behind a JPEG's compressed picture, found fast."""

from __future__ import annotations

from checkthegate.seams import OpenAsset

_WINDOW = 256 * 1024
_MARK = 0xFF


def next_marker(opened: OpenAsset, at: int) -> int | None:
    """Offset of the first marker at or after `at` that ends a scan; None if there is none.

    Stuffed bytes, fill bytes and restart markers are passed over.
    """
    import numpy

    buffer = bytearray(_WINDOW + 1)
    view, block = memoryview(buffer), numpy.frombuffer(buffer, numpy.uint8)
    marks, plain = numpy.empty(_WINDOW, numpy.bool_), numpy.empty(_WINDOW, numpy.bool_)
    kept = 0
    with opened.open() as stream:
        stream.seek(at)
        while count := stream.readinto(view[kept:]):  # type: ignore[attr-defined]
            pairs = kept + count - 1
            now, after = block[:pairs], block[1 : pairs + 1]
            # Nearly every 0xFF is followed by a stuffed zero: looking for the rest at once
            # costs a third of listing them all.
            numpy.equal(now, _MARK, out=marks[:pairs])
            numpy.not_equal(after, 0, out=plain[:pairs])
            numpy.logical_and(marks[:pairs], plain[:pairs], out=marks[:pairs])
            if marks[:pairs].any():
                found = numpy.flatnonzero(marks[:pairs])
                kinds = after[found]
                ends = found[(kinds != _MARK) & ((kinds < 0xD0) | (kinds > 0xD7))]
                if len(ends):
                    return at + int(ends[0])
            at += pairs
            buffer[0], kept = buffer[pairs], 1
    return None
