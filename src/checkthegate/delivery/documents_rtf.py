"""RTF: its words, without control words and hidden groups.

Source: the Rich Text Format specification 1.9.1 (Unicode by `\\u`, code pages by `\\'`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checkthegate.delivery.words_plain import passages
from checkthegate.model import Unreadable
from checkthegate.seams import Limits, Text

_TOKEN = re.compile(
    rb"\\'([0-9a-fA-F]{2})|\\([a-zA-Z]{1,32})(-?[0-9]{1,10})? ?|\\([^a-zA-Z'])|([{}])|[\r\n]+"
    rb"|([^\\{}\r\n]+)"
)
_HIDDEN = frozenset(
    {
        b"fonttbl",
        b"colortbl",
        b"stylesheet",
        b"info",
        b"pict",
        b"object",
        b"themedata",
        b"listtable",
    }
    | {
        b"header",
        b"footer",
        b"generator",
        b"rsidtbl",
        b"xmlnstbl",
        b"listoverridetable",
        b"deleted",
    }
)
_MEANS = {b"par": "\n", b"line": "\n", b"tab": "\t", b"page": "\f", b"sect": "\n", b"cell": "\t"}
_MEANS |= {b"row": "\n", b"emdash": "—", b"endash": "–", b"lquote": "‘", b"rquote": "’"}
_MEANS |= {b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•"}
_SIGNS = {b"~": "\xa0", b"_": "-", b"-": "\xad", b"\\": "\\", b"{": "{", b"}": "}"}


def rtf_words(content: bytes, limits: Limits) -> Text:
    """The words, one paragraph a line. Raises `Unreadable`."""
    text = "".join(_pieces(content, limits))
    pages = [0, *(hit.end() for hit in re.finditer("\f", text))] if "\f" in text else ()
    return Text(text, passages(text, pages, limits))


def _pieces(content: bytes, limits: Limits) -> Iterator[str]:
    """Texts in order. A group hides with all it holds; what stands in for a letter is skipped."""
    hidden, skip, after, stack = False, 0, 1, list[tuple[bool, int]]()
    for token in _TOKEN.finditer(content):
        coded, word, number, sign, brace, plain = token.groups()
        if brace == b"{":
            stack.append((hidden, after))
            if len(stack) > limits.xml_depth:
                raise Unreadable("the document is nested deeper than any real document")
        elif brace == b"}":
            hidden, after = stack.pop() if stack else (hidden, after)
        elif word in _HIDDEN or sign == b"*":
            hidden = True
        elif word == b"uc":
            after = min(int(number or 1), 8)
        elif hidden:
            continue
        elif word == b"u" and number:
            yield (
                chr(int(number) & 0xFFFF)
                .encode("utf-16", "surrogatepass")
                .decode("utf-16", "replace")
            )
            skip = after
        elif coded and skip:
            skip -= 1
        elif coded:
            yield bytes([int(coded, 16)]).decode("cp1252", "replace")
        elif word or sign:
            yield _MEANS.get(word or b"", "") or _SIGNS.get(sign or b"", "")
        elif plain:
            yield plain.decode("cp1252", "replace")[skip:]
            skip = 0
