"""PDF: the document's own description, its XMP, and the XMP of pictures in it.

Read through pypdf, which may be slow on hostile files; whoever runs observers bounds time.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from checkthegate.detect.carriers.bounded import capped, shielded, xmp_tags
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.model import Unreadable
from checkthegate.seams import OpenAsset

if TYPE_CHECKING:
    from pypdf import PdfReader

CARRIER = "pdf"
_PICTURES = 200
_TAIL = 2048
_BROKEN = "the PDF is damaged or cut short, and was not wholly read"


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags of the file with carrier `pdf` and `xmp`, and trouble where it cannot be read."""
    with opened.open() as stream:
        size = stream.seek(0, 2)
    if size > opened.limits.document_bytes:
        megabytes = opened.limits.document_bytes >> 20
        yield Trouble(f"the PDF is larger than the {megabytes} MB that are read of a document")
        return
    content = opened.read_at(0, size)
    if b"%%EOF" not in content[-_TAIL:]:
        yield Trouble("the PDF is cut short: its end mark is missing")
    yield from capped(_document(content, opened.limits.items), opened.limits)


def _document(content: bytes, most: int) -> Iterator[Carried]:
    reader = _opened(content)
    for source in (_description, _metadata, _picture_metadata):
        yield from shielded(_sheltered(source(reader, most)))


def _opened(content: bytes) -> PdfReader:
    """A reader, with the empty password tried on an encrypted file."""
    try:
        import pypdf
    except ImportError:
        raise Unreadable(
            "PDF files cannot be read here: the optional part 'documents' is not installed"
        ) from None
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
        locked = reader.is_encrypted and not reader.decrypt("")
    except Exception as problem:
        raise Unreadable(_reason(problem)) from None
    if locked:
        raise Unreadable("the PDF is locked with a password and was not read")
    return reader


def _reason(problem: Exception) -> str:
    """pypdf raises whatever a damaged file makes Python raise: all of it means damage."""
    if type(problem).__name__ == "DependencyError":
        return "the PDF is locked in a way that cannot be opened here, and was not read"
    return _BROKEN


def _sheltered(found: Iterator[Carried]) -> Iterator[Carried]:
    try:
        yield from found
    except Unreadable:
        raise
    except Exception as problem:
        raise Unreadable(_reason(problem)) from None


def _description(reader: PdfReader, most: int) -> Iterator[Carried]:
    described = reader.metadata
    if described is None:
        return
    for number, (key, stored) in enumerate(described.items()):
        if number >= most:
            raise Unreadable("the PDF's description has more entries than can be checked")
        value = stored.get_object() if hasattr(stored, "get_object") else stored
        yield Tag(CARRIER, str(key).removeprefix("/"), _plain(value))


def _plain(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value if isinstance(value, str) else str(value)[:4096]


def _metadata(reader: PdfReader, most: int) -> Iterator[Carried]:
    yield from _packet(reader.root_object.get("/Metadata"))


def _packet(reference: Any) -> Iterator[Carried]:
    stream = reference.get_object() if reference is not None else None
    if stream is not None and hasattr(stream, "get_data"):
        yield from xmp_tags(stream.get_data())


def _picture_metadata(reader: PdfReader, most: int) -> Iterator[Carried]:
    """XMP hung on pictures; what more than `_PICTURES` of them hold is not looked for."""
    seen = set[int]()
    for number, page in enumerate(reader.pages):
        if number >= most:
            raise Unreadable("the PDF has more pages than can be checked")
        resources = _got(page, "/Resources")
        pictures = _got(resources, "/XObject") if resources is not None else None
        for name in list(pictures or ())[:most]:
            picture = _got(pictures, name)
            if picture is None or id(picture) in seen or "/Metadata" not in picture:
                continue
            seen.add(id(picture))
            if len(seen) > _PICTURES:
                raise Unreadable("the PDF holds more described pictures than can be checked")
            yield from _packet(picture["/Metadata"])


def _got(holder: Any, key: str) -> Any:
    value = holder.get(key)
    return value.get_object() if value is not None else None
