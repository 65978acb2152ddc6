"""PDF: the words of each page, through pypdf, which may be slow on hostile files; whoever asks
bounds the time."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from checkthegate.delivery.words_plain import passages
from checkthegate.model import Unreadable
from checkthegate.seams import Limits, Text

if TYPE_CHECKING:
    from pypdf import PdfReader

_DAMAGED = "the PDF is damaged or cut short, and its words were not read"
_MOST_LETTERS = 16_000_000


def pdf_words(content: bytes, limits: Limits, working: Callable[[], None]) -> Text:
    """The words, page after page. Raises `Unreadable`, also where pages are pictures alone."""
    reader = _opened(content)
    parts, starts, length = list[str](), list[int](), 0
    for words in _pages(reader, limits, working):
        starts.append(length)
        parts.append(words + "\n")
        length += len(parts[-1])
        if length > _MOST_LETTERS:
            raise Unreadable("the PDF holds more text than is read of a document")
    body = "".join(parts)
    if not body.strip():
        raise Unreadable("the PDF has no words that can be read: its pages may be pictures of text")
    return Text(body, passages(body, starts, limits))


def _opened(content: bytes) -> PdfReader:
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
    except Exception:
        raise Unreadable(_DAMAGED) from None
    if locked:
        raise Unreadable("the PDF is locked with a password, and its words were not read")
    return reader


def _pages(reader: PdfReader, limits: Limits, working: Callable[[], None]) -> Iterator[str]:
    """pypdf raises whatever a damaged file makes Python raise: all of it means damage."""
    try:
        if len(reader.pages) > limits.items:
            raise Unreadable("the PDF has more pages than can be read")
        for page in reader.pages:
            working()
            yield page.extract_text()
    except Unreadable:
        raise
    except Exception:
        raise Unreadable(_DAMAGED) from None
