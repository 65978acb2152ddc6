"""Media containers through PyAV, opened so that a hostile file can only be read, and little of it.

The decoder gets a file object, never a path; it may open nothing else (no playlists, no
external references), only known containers, and reads a bounded number of bytes.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

from checkthegate.delivery.extent import share_present, top_boxes
from checkthegate.model import Unreadable

if TYPE_CHECKING:
    from checkthegate.seams import OpenAsset

_CONTAINERS = (
    "mov,matroska,mxf,avi,mpegts,mpeg,mpegvideo,flac,mp3,wav,w64,aiff,ogg,aac,asf,flv,caf,amr"
)
_OPTIONS = {
    "format_whitelist": _CONTAINERS,
    "protocol_whitelist": "none",
    "enable_drefs": "0",
    "use_absolute_path": "0",
}
OPEN_BYTES = 192 * 1024 * 1024
MOST_CALLS = 200_000
_CALL_BYTES = 4096
VIEW_BYTES = 64 * 1024 * 1024
_MOOV_BYTES = 16 * 1024 * 1024
_MXF_ENCRYPTED = re.compile(
    rb"\x06\x0e\x2b\x34\x04\x01\x01.\x0d\x01\x03\x01\x02\x0b\x01", re.DOTALL
)
_PROTECTED = re.compile(rb"(?:encv|enca|drmi|drms).{0,600}?sinf", re.DOTALL)
_SAMPLE_ENTRY = re.compile(rb"stsd.{4}\0\0\0.{5}([\x20-\x7e]{4})", re.DOTALL)
_TRACK_CODEC = re.compile(rb"\x86[\x80-\xbf]([VAS]_[A-Z0-9/_.]{2,40})")


class BoundedReader:
    """A file object that pretends to be at its end once `budget` bytes were read.

    Or after `calls` calls: millions of tiny parts are passed over one by one.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.calls = MOST_CALLS
        self.budget = OPEN_BYTES
        self.exhausted = False

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, none when the budget is spent."""
        self.calls -= 1
        if self.budget <= 0 or self.calls < 0:
            self.exhausted = True
            return b""
        part = self._stream.read(min(size, self.budget) if size >= 0 else self.budget)
        self.budget -= len(part)
        return part

    def seek(self, offset: int, whence: int = 0) -> int:
        """As a file's; -1, the decoder's own sign of failure, for an offset no file can have."""
        self.calls -= 1
        if self.calls < 0:
            self.exhausted = True
            return -1
        try:
            return self._stream.seek(offset, whence)
        except (OSError, OverflowError, ValueError):
            return -1

    def tell(self) -> int:
        """As a file's."""
        return self._stream.tell()


@contextlib.contextmanager
def opened_container(opened: OpenAsset, *, passes: int = 0) -> Iterator[Any]:
    """A PyAV container for as long as the block runs; its errors become `Unreadable`.

    After opening, `VIEW_BYTES` and a few raw frames may be read, and `passes` times the file.
    """
    try:
        import av
    except ImportError:
        raise Unreadable(
            "video and audio need PyAV, which is not installed here (checkthegate[media])"
        ) from None
    av.logging.set_level(None)
    with opened.open() as stream:
        reader = BoundedReader(stream)
        try:
            with av.open(
                reader,
                options=_OPTIONS,
                metadata_errors="replace",
                io_open=_refuse,
            ) as container:
                reader.budget = VIEW_BYTES + _raw_frames(container) + passes * opened.asset.size
                reader.calls += passes * opened.asset.size // _CALL_BYTES
                yield container
        except (av.FFmpegError, OSError, ValueError, EOFError, MemoryError) as problem:
            raise explained(opened, problem, exhausted=reader.exhausted) from None
        if reader.exhausted:
            raise Unreadable(_too_much())


def _refuse(url: str, flags: int, options: object) -> NoReturn:
    raise PermissionError("nothing but the file itself is opened")


def _raw_frames(container: Any) -> int:
    """Bytes of four uncompressed frames of the largest picture."""
    known = [s.codec_context for s in container.streams.video if s.codec_context is not None]
    sizes = [codec.width * codec.height for codec in known]
    return 32 * min(max(sizes, default=0), 64_000_000)


def _too_much() -> str:
    return (
        "too much of the file would have to be read to find a place in it (it has no usable "
        "index), so nobody looked at all of it"
    )


def explained(opened: OpenAsset, problem: BaseException, *, exhausted: bool = False) -> Unreadable:
    """The sentence for what the decoder could not do."""
    protection = protected(opened)
    if protection is not None:
        return protection
    present = share_present(opened, opened.asset.size)
    if present < 1:
        return cut_off(present)
    if exhausted:
        return Unreadable(_too_much())
    if isinstance(problem, MemoryError):
        return Unreadable("there was not enough memory to decode it")
    if type(problem).__name__ in ("ArgumentError", "DemuxerNotFoundError"):
        return Unreadable(
            "this kind of media file cannot be opened here, so nobody looked at what it holds"
        )
    return Unreadable(
        "the file is damaged or cut off: what it holds could not be decoded; ask for it again"
    )


def cut_off(share: float) -> Unreadable:
    """The sentence for a file of which only `share` (0..1) is there."""
    about = f" after about {share:.0%}" if 0.01 <= share <= 0.99 else ""
    return Unreadable(f"the file is cut off{about}; ask for the whole file")


def protected(opened: OpenAsset) -> Unreadable | None:
    """Why an encrypted file (Common Encryption, FairPlay, encrypted MXF) is not read, or None."""
    if opened.asset.media_type == "application/mxf":
        found = _MXF_ENCRYPTED.search(opened.read_at(0, 1 << 20))
    else:
        found = _PROTECTED.search(_moov(opened))
    if not found:
        return None
    return Unreadable("the file is encrypted, so nobody can look at what it holds without its key")


def codec_names(opened: OpenAsset) -> list[str]:
    """The codecs' names as the file itself gives them, in the order of its tracks."""
    moov = _moov(opened)
    if moov:
        return [name.decode("ascii") for name in _SAMPLE_ENTRY.findall(moov)]
    head = opened.read_at(0, 1 << 20)
    return [name.decode("ascii") for name in _TRACK_CODEC.findall(head)]


def _moov(opened: OpenAsset) -> bytes:
    """The movie box, at most its first 16 MB; empty where there is none."""
    if opened.read_at(4, 4) not in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return b""
    for name, start, end in top_boxes(opened, opened.asset.size):
        if name == b"moov":
            return opened.read_at(start, min(end - start, _MOOV_BYTES))
    return b""
