"""Containers built byte by byte for the tests of audio, video and document carriers."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from checkthegate.detect.carriers.embedded import Member
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.seams import Limits, OpenAsset

Read = Callable[[OpenAsset], Iterator[Carried]]

XMP = (
    b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    b'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="Dream Machine"/></rdf:RDF>'
    b'</x:xmpmeta><?xpacket end="w"?>'
)


def found(
    read: Read, content: bytes, media_type: str, limits: Limits | None = None
) -> list[Carried]:
    """Everything `read` yields for a file of these bytes."""
    return list(read(Member(content, media_type, limits or Limits())))


def tags(carried: list[Carried]) -> dict[str, str]:
    """Values by `carrier key`; the last of a name wins."""
    return {f"{tag.carrier} {tag.key}": tag.value for tag in carried if isinstance(tag, Tag)}


def troubles(carried: list[Carried]) -> list[str]:
    """All reasons."""
    return [one.reason for one in carried if isinstance(one, Trouble)]


def box(kind: bytes, *payload: bytes) -> bytes:
    """An ISO base media box."""
    body = b"".join(payload)
    return struct.pack(">I", 8 + len(body)) + kind + body


def chunk(kind: bytes, payload: bytes, order: str = "<") -> bytes:
    """A RIFF (`<`) or IFF (`>`) chunk with its padding."""
    return kind + struct.pack(order + "I", len(payload)) + payload + b"\0" * (len(payload) & 1)


def riff(form: bytes, *chunks: bytes) -> bytes:
    """A RIFF file."""
    body = form + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def wave(*chunks: bytes) -> bytes:
    """A WAV file with a little silence."""
    fmt = struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)
    return riff(b"WAVE", chunk(b"fmt ", fmt), *chunks, chunk(b"data", b"\0" * 64))


def id3(*frames: bytes, version: int = 4, flags: int = 0) -> bytes:
    """An ID3v2 tag."""
    body = b"".join(frames)
    return b"ID3" + bytes([version, 0, flags]) + syncsafe(len(body)) + body


def frame(name: bytes, payload: bytes, version: int = 4, flags: int = 0) -> bytes:
    """An ID3v2 frame."""
    if version == 2:
        return name + len(payload).to_bytes(3, "big") + payload
    size = syncsafe(len(payload)) if version == 4 else len(payload).to_bytes(4, "big")
    return name + size + flags.to_bytes(2, "big") + payload


def syncsafe(number: int) -> bytes:
    """Seven bits a byte."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def mpeg(count: int = 5) -> bytes:
    """Silent MPEG-1 layer III frames, 128 kbit/s at 44.1 kHz: 417 bytes each."""
    return (b"\xff\xfb\x90\x00" + b"\0" * 413) * count


def comments(vendor: bytes, *lines: bytes) -> bytes:
    """A Vorbis comment block."""
    fields = [vendor, *lines]
    counted = [struct.pack("<I", len(field)) + field for field in fields]
    return counted[0] + struct.pack("<I", len(lines)) + b"".join(counted[1:])


def element(number: int, *payload: bytes) -> bytes:
    """An EBML element with an eight-byte size."""
    body = b"".join(payload)
    name = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return name + b"\x01" + len(body).to_bytes(7, "big") + body
