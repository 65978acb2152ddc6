"""Screenplays and other texts: Fountain title pages, Final Draft, RTF information.

Sources: the Fountain syntax (fountain.io), Final Draft's FDX as written by the program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checkthegate.detect.carriers.bounded import shielded
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.model import Unreadable
from checkthegate.seams import Limits, OpenAsset

_TITLE_KEYS = frozenset(
    {
        *("title", "credit", "author", "authors", "source", "notes", "draft date", "date"),
        *("contact", "copyright", "revision", "format", "font", "language", "generator"),
    }
)
_TITLE_LINE = re.compile(r"([A-Za-z][A-Za-z ]{0,39}):[ \t]*(.*)")
_TITLE_PAGE = 65_536
_RTF_FIELD = re.compile(rb"\{\\(?:\*\\)?(title|author|operator|comment|doccomm|company|generator) ")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags of a text with carrier `fountain`, `fdx` or `rtf`.

    Trouble when it is no text or larger than is read of a document.
    """
    limits = opened.limits
    content = opened.read_at(0, limits.document_bytes + 1)
    if len(content) > limits.document_bytes:
        megabytes = limits.document_bytes >> 20
        yield Trouble(f"the text is larger than {megabytes} MB; what lies beyond was not read")
        content = content[: limits.document_bytes]
    yield from shielded(_text(content, opened.asset.media_type, limits))


def _text(content: bytes, media_type: str, limits: Limits) -> Iterator[Carried]:
    if media_type == "application/x-fdx":
        from checkthegate.detect.carriers import fdx

        yield from fdx.tags(content, limits)
        return
    if media_type == "application/rtf":
        yield from _rtf(content)
        return
    text = decoded(content)
    if media_type == "text/plain":
        yield from _title_page(text)


def decoded(content: bytes) -> str:
    """The text; without a mark it is UTF-8, else Windows-1252 if no byte speaks against it."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as problem:
        if encoding == "utf-8" and problem.start >= len(content) - 3:
            return content[: problem.start].decode("utf-8")
        if encoding != "utf-8" or b"\0" in content:
            raise Unreadable("the text is damaged: its letters cannot be told") from None
    return content.decode("cp1252", "replace")


def _title_page(text: str) -> Iterator[Carried]:
    """Fountain's `Key: value` lines at the beginning, up to the first empty line.

    They are a title page only if the first key is one that title pages have.
    """
    page = re.split(r"\r?\n[ \t]*\r?\n", text[:_TITLE_PAGE].lstrip("\ufeff\r\n"), maxsplit=1)[0]
    fields: list[tuple[str, list[str]]] = []
    for line in page.splitlines():
        match = _TITLE_LINE.fullmatch(line)
        if match and not line[0].isspace():
            fields.append((match[1], [match[2]]))
        elif fields and line[:1].isspace():
            fields[-1][1].append(line.strip())
        else:
            break
    if fields and fields[0][0].lower() in _TITLE_KEYS:
        for key, lines in fields:
            yield Tag("fountain", key, "\n".join(lines).strip())


def _closed(content: bytes) -> bool:
    """Whether every brace is closed; where raw bytes lie inside, only the last one counts."""
    plain = re.sub(rb"\\[\\{}]", b"", content)
    balanced = plain.count(b"{") == plain.count(b"}") or b"\\bin" in plain
    return balanced and plain.rstrip(b"\0 \r\n\t")[-1:] == b"}"


def _rtf(content: bytes) -> Iterator[Carried]:
    """Fields of the information group; anything that is not closed means a cut file."""
    if not _closed(content):
        yield Trouble("the document is cut short: its end mark is missing")
    for match in _RTF_FIELD.finditer(content[:1_000_000]):
        stop = content.find(b"}", match.end(), match.end() + 65_536)
        raw = content[match.end() : stop if stop >= 0 else match.end()]
        text = re.sub(r"\\'([0-9a-f]{2})", lambda hit: chr(int(hit[1], 16)), raw.decode("latin-1"))
        yield Tag("rtf", match[1].decode("ascii"), text.strip("; "))
