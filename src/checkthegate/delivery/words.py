"""The words of text, documents, screenplays and subtitles, with pages and scenes.

Offsets are those of the string that comes out: plain texts and Fountain keep every character,
formats with markup keep their words alone.
"""

from __future__ import annotations

from collections.abc import Callable

from checkthegate.delivery.identify import DOCX
from checkthegate.delivery.words_plain import decoded, is_subtitles
from checkthegate.model import Unreadable
from checkthegate.seams import Limits, OpenAsset, Text

_Reader = Callable[[bytes, Limits], Text]
_PLAIN = frozenset({"text/plain", "text/vtt", "application/x-subrip", "text/x-json", "text/xml"})


def read_text(opened: OpenAsset) -> Text:
    """The words of an asset. Raises `Unreadable`."""
    media_type = opened.asset.media_type
    if media_type == "application/pdf":
        from checkthegate.delivery.documents_pdf import pdf_words

        return pdf_words(_content(opened), opened.limits, opened.working)
    if media_type == DOCX:
        from checkthegate.delivery.documents_docx import docx_words

        with opened.open() as stream:
            return docx_words(stream, opened.limits)
    return _reader(media_type)(_content(opened), opened.limits)


def _reader(media_type: str) -> _Reader:
    if media_type == "application/x-fdx":
        from checkthegate.delivery.documents_fdx import fdx_words

        return fdx_words
    if media_type == "text/html":
        from checkthegate.delivery.documents_html import html_words

        return html_words
    if media_type == "application/rtf":
        from checkthegate.delivery.documents_rtf import rtf_words

        return rtf_words
    if media_type in _PLAIN:
        return _plain
    raise Unreadable("the words of this kind of document cannot be read, so they were not compared")


def _content(opened: OpenAsset) -> bytes:
    most = opened.limits.document_bytes
    content = opened.read_at(0, most + 1)
    if len(content) > most:
        raise Unreadable(f"it is larger than the {most >> 20} MB that are read of a document")
    return content


def _plain(content: bytes, limits: Limits) -> Text:
    body = decoded(content)
    if is_subtitles(body):
        from checkthegate.delivery.words_subtitles import subtitle_words

        return subtitle_words(body, limits)
    from checkthegate.delivery.words_plain import with_scenes

    return with_scenes(body, limits)
