"""Word, Excel, PowerPoint, OpenDocument and EPUB files: who and what wrote them.

All are zip archives. Every member is read through, so that its checksum is verified.
Sources: ECMA-376 part 2 (core properties), OASIS OpenDocument 1.3, EPUB 3.3 packages.
"""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from checkthegate.detect.carriers import office_xml
from checkthegate.detect.carriers.bounded import capped, shielded, text_tag
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.model import Unreadable
from checkthegate.seams import Limits, OpenAsset

_CARRIERS = {
    "wordprocessingml": "docx",
    "spreadsheetml": "xlsx",
    "presentationml": "pptx",
    "opendocument": "odt",
    "epub": "epub",
}
# Others unpack whole blocks of any size at once, so they could fill the memory.
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_BLOCK = 1 << 16
_RATIO = 200
_SMALL = 1 << 20
_MEDIA = 16
_MARKUP = (".xml", ".rdf", ".xmp")
_TELLING = (
    *(".opf", ".json", *_MARKUP),
    *(".png", ".jpg", ".jpeg", ".jfif", ".webp", ".tif", ".tiff", ".gif", ".svg"),
    *(".mp4", ".m4v", ".mov", ".m4a", ".mp3", ".wav", ".avi", ".webm"),
)
_BOMB = "the document unpacks to more than can be checked, and was not wholly read"
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, lzma.LZMAError),
    *(OSError, ValueError, OverflowError, EOFError, RuntimeError, LookupError),
)


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags of the document, keys as `core/creator`, and trouble where members are damaged."""
    carrier = next(
        (name for part, name in _CARRIERS.items() if part in opened.asset.media_type), "docx"
    )
    with opened.open() as stream:
        yield from capped(_document(stream, carrier, opened.limits), opened.limits)


def _document(stream: IO[bytes], carrier: str, limits: Limits) -> Iterator[Carried]:
    try:
        with zipfile.ZipFile(stream) as archive:
            yield from _members(archive, carrier, limits)
    except _DAMAGE:
        raise Unreadable("the document is damaged or cut short, and was not read") from None


def _members(archive: zipfile.ZipFile, carrier: str, limits: Limits) -> Iterator[Carried]:
    members = archive.infolist()
    if len(members) > limits.items:
        raise Unreadable("the document has more parts than can be checked")
    left = limits.document_bytes * _MEDIA
    for member in members:
        left -= member.file_size
        if member.flag_bits & 1:
            yield Trouble("the document is locked with a password and was not read")
        elif member.compress_type not in _METHODS:
            yield Trouble("a part of the document is packed in a way that cannot be read here")
        elif left < 0 or _swollen(member):
            yield Trouble(_BOMB)
            return
        else:
            yield from shielded(_member(archive, member, carrier, limits))


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, carrier: str, limits: Limits
) -> Iterator[Carried]:
    """Read one member through; look into it if it can hold tags."""
    name = member.filename.lower()
    kept = name.endswith(_TELLING)
    if kept and member.file_size > limits.document_bytes:
        yield Trouble("a part of the document is too large to be looked into")
        kept = False
    try:
        content = _content(archive, member, kept=kept)
    except _DAMAGE:
        raise Unreadable("a part of the document is damaged: its checksum does not fit") from None
    if kept:
        yield from _part(member.filename, content, carrier, limits)


def _swollen(member: zipfile.ZipInfo) -> bool:
    return member.file_size > _SMALL and member.file_size > _RATIO * member.compress_size


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, *, kept: bool) -> bytes:
    """The member's bytes if they are to be kept; its checksum is verified either way."""
    blocks, size = list[bytes](), 0
    with archive.open(member) as stream:
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > member.file_size:
                raise zipfile.BadZipFile
            if kept:
                blocks.append(block)
    if size != member.file_size:
        raise zipfile.BadZipFile
    return b"".join(blocks)


def _part(name: str, content: bytes, carrier: str, limits: Limits) -> Iterator[Carried]:
    lower = name.lower()
    if lower in office_xml.PROPERTIES or lower.endswith(".opf"):
        yield from office_xml.properties(lower, content, carrier, limits)
    elif lower.endswith(_MARKUP):
        if b"xmpmeta" in content or b"rdf:RDF" in content:
            yield from _xmp(content, carrier)
    elif lower.endswith(".json"):
        yield text_tag(carrier, name, content)
    else:
        yield from _inside(content, carrier, limits)


def _xmp(content: bytes, carrier: str) -> Iterator[Carried]:
    from checkthegate.detect.carriers import xmp

    yield from xmp.parse(content, f"{carrier}:xmp")


def _inside(content: bytes, carrier: str, limits: Limits) -> Iterator[Carried]:
    """What a picture, film or sound in the document carries, its carrier behind the document's."""
    from checkthegate.detect.carriers import embedded

    for carried in embedded.tags(content, limits):
        if isinstance(carried, Tag):
            yield Tag(f"{carrier}:{carried.carrier}", carried.key, carried.value, carried.raw)
        else:
            yield Trouble(f"a picture, film or sound in the document: {carried.reason}")
