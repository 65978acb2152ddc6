"""Image files built byte by byte, and what the carriers say of them."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

from checkthegate.delivery.identify import identify
from checkthegate.delivery.opened import OpenedFile
from checkthegate.detect.carriers import Tag, Trouble, read_tags
from checkthegate.model import Asset, digest_bytes
from checkthegate.seams import Limits

AI = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"


class Said:
    """All that the carriers said of one file."""

    def __init__(self, found: list[Tag | Trouble]) -> None:
        self.tags = [one for one in found if isinstance(one, Tag)]
        self.troubles = [one.reason for one in found if isinstance(one, Trouble)]

    def values(self, carrier: str, key: str) -> list[str]:
        return [tag.value for tag in self.tags if (tag.carrier, tag.key) == (carrier, key)]

    def value(self, carrier: str, key: str) -> str:
        (only,) = self.values(carrier, key)
        return only


def said(
    folder: Path,
    content: bytes,
    sidecar: bytes | None = None,
    limits: Limits | None = None,
    media_type: str = "",
) -> Said:
    """What is read from a file with this content, identified as it is in a delivery."""
    file = folder / "picture.bin"
    file.write_bytes(content)
    beside = {}
    if sidecar is not None:
        beside[".xmp"] = folder / "picture.xmp"
        beside[".xmp"].write_bytes(sidecar)
    kind, known = identify(BytesIO(content), file.name)
    asset = Asset(file.name, kind, media_type or known, len(content), digest_bytes(content))
    opened = OpenedFile(asset, file, limits=limits, sidecars=beside)
    try:
        return Said(list(read_tags(opened)))
    finally:
        opened.close()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*before: bytes, after: bytes = b"", end: bytes | None = None) -> bytes:
    """A grey 4x4 PNG with chunks before and after its pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\1\2\3\4" * 4))
    last = chunk(b"IEND", b"") if end is None else end
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(before) + pixels + after + last


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


_SCAN = segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\xff\0\x34\xff\xd0\x56\xff\0\x78"


def jpeg(*segments: bytes, late: bytes = b"", end: bytes = b"\xff\xd9") -> bytes:
    """The markers of a JPEG around a scan of a few bytes; `late` comes behind the scan."""
    return b"\xff\xd8" + b"".join(segments) + _SCAN + late + end


def tiff(
    texts: dict[int, tuple[int, bytes]],
    order: str = "<",
    sub: dict[int, tuple[int, bytes]] | None = None,
    following: int = 0,
) -> bytes:
    """A TIFF structure of (type, value) by tag; `sub` becomes its Exif directory."""
    entries = dict(texts)
    if sub is not None:
        entries[0x8769] = (4, b"\0\0\0\0")
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HL", 42, 8)
    first, body = _directory(entries, order, 8, following)
    if sub is None:
        return head + first + body
    place = 8 + len(first) + len(body)
    entries[0x8769] = (4, struct.pack(order + "L", place))
    first, body = _directory(entries, order, 8, following)
    inner, inner_body = _directory(sub, order, place, 0)
    return head + first + body + inner + inner_body


def _directory(
    entries: dict[int, tuple[int, bytes]], order: str, at: int, following: int
) -> tuple[bytes, bytes]:
    sizes = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1}
    end = at + 2 + 12 * len(entries) + 4
    table, body = struct.pack(order + "H", len(entries)), b""
    for tag, (kind, value) in sorted(entries.items()):
        table += struct.pack(order + "HHL", tag, kind, len(value) // sizes[kind])
        if len(value) <= 4:
            table += value.ljust(4, b"\0")
        else:
            table += struct.pack(order + "L", end + len(body))
            body += value + b"\0" * (len(value) % 2)
    return table + struct.pack(order + "L", following), body


def comment(code: bytes, text: bytes, order: str = "<") -> bytes:
    """An Exif block with one UserComment."""
    return tiff({}, order, {0x9286: (7, code.ljust(8, b"\0") + text)})


def xmp(properties: str, attributes: str = "") -> bytes:
    """An XMP packet; prefixes `ext`, `dc`, `xmp` and `own` are declared."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        f'xmlns:ext="{EXT}" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:exif="http://ns.adobe.com/exif/1.0/" '
        'xmlns:mm="http://ns.adobe.com/xap/1.0/mm/" '
        'xmlns:evt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#" '
        'xmlns:own="http://example.invalid/own/1.0/">'
        f'<rdf:Description rdf:about="" {attributes}>{properties}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def ai_xmp() -> bytes:
    """A packet that says nothing but that the picture is generated."""
    return xmp("", f'ext:DigitalSourceType="{AI}"')


def resource(kind: int, content: bytes) -> bytes:
    """One Photoshop image resource."""
    padded = content + b"\0" * (len(content) % 2)
    return b"8BIM" + struct.pack(">H", kind) + b"\0\0" + struct.pack(">I", len(content)) + padded


def dataset(number: int, text: bytes, record: int = 2) -> bytes:
    """One IPTC dataset."""
    return struct.pack(">BBBH", 0x1C, record, number, len(text)) + text
