"""Word documents: the paragraphs of the body, its notes and text boxes, with pages and scenes.

Source: ECMA-376 (WordprocessingML). What was deleted with changes tracked is left out.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from checkthegate.delivery.documents_xml import document_root, local
from checkthegate.delivery.words_plain import passages
from checkthegate.delivery.zip_directory import BROKEN, PLAIN_METHODS, open_zip
from checkthegate.model import Unreadable
from checkthegate.seams import Limits, Text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
_GONE = frozenset({"del", "delText", "moveFrom", "Fallback", "instrText", "pPr", "rPr", "sectPr"})
_BLANK = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "\xad"}
_WHAT = "the document"
_DAMAGED = "the document is damaged or cut short, and its words were not read"


def docx_words(stream: IO[bytes], limits: Limits) -> Text:
    """The words, one paragraph a line; pages as Word last laid them out. Raises `Unreadable`."""
    try:
        with open_zip(stream) as archive:
            roots = [document_root(part, limits, _WHAT) for part in _parts(archive, limits)]
    except (*BROKEN, OSError):
        raise Unreadable(_DAMAGED) from None
    body, pages, length = list[str](), [0], 0
    for piece in (piece for root in roots for piece in _pieces(root)):
        if piece != "\f":
            body.append(piece)
            length += len(piece)
        elif "".join(body[-2:]).strip():
            # Word notes its own break right after one that the writer made.
            pages.append(length)
    joined = "".join(body)
    return Text(joined, passages(joined, pages if len(pages) > 1 else (), limits))


def _parts(archive: zipfile.ZipFile, limits: Limits) -> Iterator[bytes]:
    names = set(archive.namelist())
    if _PARTS[0] not in names:
        raise Unreadable("the document keeps its words in a place of its own, and was not compared")
    for name in _PARTS:
        if name in names:
            yield _part(archive, archive.getinfo(name), limits)


def _part(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits) -> bytes:
    if member.flag_bits & 1:
        raise Unreadable("the document is locked with a password, and its words were not read")
    if member.compress_type not in PLAIN_METHODS:
        raise Unreadable("the document is packed in a way that cannot be read here")
    with archive.open(member) as stream:
        content = stream.read(limits.document_bytes + 1)
        if len(content) > limits.document_bytes:
            raise Unreadable("the document unpacks to more than is read of one")
    return content


def _pieces(element: Element) -> Iterator[str]:
    """Texts and breaks in order; `\\f` for a new page."""
    for child in element:
        name = local(child.tag)
        if name in _GONE:
            continue
        if name == "t":
            yield child.text or ""
        elif name == "lastRenderedPageBreak" or _breaks_page(child, name):
            yield "\f"
        elif name in _BLANK:
            yield _BLANK[name]
        else:
            yield from _pieces(child)
            if name == "p":
                yield "\n"


def _breaks_page(element: Element, name: str) -> bool:
    """Whether this is a break that the writer made."""
    kinds = (value for key, value in element.items() if local(key) == "type")
    return name == "br" and "page" in kinds
