"""Plain text and Fountain: which letters the bytes mean, and where scenes and pages begin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from checkthegate.model import Unreadable
from checkthegate.seams import Limits, Passage, Text

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_DAMAGED = "the text is damaged: its letters cannot be told, so it was not compared"
_CUE_TIMES = re.compile(
    r"^[ \t]*\d{1,3}:\d\d(?::\d\d)?[.,]\d{1,3}[ \t]+-->[ \t]+\d{1,3}:\d\d", re.MULTILINE
)
_HEAD = 20_000
# A scene heading as Fountain has it, or one forced by a point; numbers may stand before it.
_SCENE = re.compile(
    r"[\n\f][ \t]{0,80}(?:[0-9]{1,4}[A-Za-z]?[. \t][ \t]{0,80})?"
    r"((?:INT|EXT|EST|INT\.?/EXT|EXT\.?/INT|I/E)[. ][^\r\n]{1,200})(?=\r?\n|\Z)"
    r"|[\n\f]\.([A-Za-z0-9][^\r\n]{1,200})(?=\r?\n|\Z)"
)
_SCENE_NUMBER = re.compile(r"[ \t]*#[^#]{1,20}#$|[ \t]{2,}[0-9]{1,4}[A-Za-z]?$")


def decoded(content: bytes) -> str:
    """The letters of a text: by its mark, as UTF-8, as UTF-16 without a mark, as a legacy East
    Asian or Western encoding. Raises `Unreadable` for what is no text."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _by(content, encoding).lstrip("\ufeff")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    guessed = _unmarked_utf16(content)
    if guessed:
        return _by(content, guessed)
    if b"\0" in content:
        raise Unreadable(_DAMAGED)
    return _legacy(content)


def _by(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable(_DAMAGED) from None


def _unmarked_utf16(content: bytes) -> str:
    head = content[:4096]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > len(head) // 6 and even * 8 < odd:
        return "utf-16-le"
    return "utf-16-be" if even > len(head) // 6 and odd * 8 < even else ""


def _legacy(content: bytes) -> str:
    """One byte a letter, unless nearly all beyond ASCII is sound Japanese or Chinese."""
    for encoding in ("shift_jis", "gb18030", "big5"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        beyond = [letter for letter in islice(text, _HEAD) if letter > "\x7f"]
        east = sum(1 for letter in beyond if "\u3000" <= letter <= "\u9fff")
        kana = sum(1 for letter in beyond if "\u3040" <= letter <= "\u30ff")
        if east * 10 >= len(beyond) * 9 and (encoding != "shift_jis" or kana * 5 >= len(beyond)):
            return text
    return content.decode("cp1252", "replace")


def is_subtitles(body: str) -> bool:
    """Whether a text is WebVTT or SubRip: a first line that says so, or lines of cue times."""
    head = body[:_HEAD].lstrip("\ufeff \t\r\n")
    return head.startswith("WEBVTT") or bool(_CUE_TIMES.search(head[:400]))


def with_scenes(body: str, limits: Limits) -> Text:
    """The text as it is, with its scene headings, and pages where it has form feeds."""
    return Text(body, passages(body, _form_feeds(body), limits))


def passages(body: str, pages: Iterable[int], limits: Limits) -> list[Passage]:
    """Where pages (given by their first characters; none for one page without number) and
    scenes begin."""
    starts = [(start, number) for number, start in enumerate(islice(pages, limits.items), 1)]
    if not starts:
        return [Passage(start, 0, name) for start, _, name in _scenes(body, limits)]
    found = [*((start, number, "") for start, number in starts), *_scenes(body, limits)]
    page, scene, kept = 0, "", list[Passage]()
    for start, number, name in sorted(found, key=lambda each: each[:2]):
        page, scene = number or page, name or scene
        if kept and kept[-1].start == start:
            kept.pop()
        kept.append(Passage(start, page, scene))
    return kept


def _form_feeds(body: str) -> Iterator[int]:
    if "\f" in body:
        yield 0
        yield from (hit.end() for hit in re.finditer("\f", body))


def _scenes(body: str, limits: Limits) -> Iterator[tuple[int, int, str]]:
    # With a line's end before the first line, too, every heading stands after one.
    for hit in islice(_SCENE.finditer("\n" + body), limits.items):
        name = (hit[1] or hit[2]).strip()
        if not name[-1:].isalpha() or "  " in name:
            name = _SCENE_NUMBER.sub("", name)
        yield hit.start(), 0, " ".join(name.split())
