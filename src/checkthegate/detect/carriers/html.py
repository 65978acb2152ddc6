"""HTML pages: the named values of their head, the generator among them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from checkthegate.detect.carriers.bounded import Bounded, collected
from checkthegate.detect.carriers.tag import Carried, Tag
from checkthegate.detect.carriers.unpack import any_text
from checkthegate.model import Unreadable
from checkthegate.seams import OpenAsset

_META = re.compile(r"<meta\b((?:[^<>\"']|\"[^\"]*+\"|'[^']*+')*+)>", re.I)
_ATTRIBUTE = re.compile(
    r"(?<![\w-])(name|property|itemprop|content)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))",
    re.I,
)


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags of `<meta name content>` (and `property`), keys as written there."""
    return collected(opened, _tags)


def _tags(content: Bounded) -> Iterator[Carried]:
    if content.size > content.limits.document_bytes:
        megabytes = content.limits.document_bytes >> 20
        raise Unreadable(f"the page is larger than {megabytes} MB and was not read")
    for meta in _META.finditer(any_text(content.peek(0, content.size))):
        told = {
            mark[1].lower(): html.unescape(mark[2] or mark[3] or mark[4] or "")
            for mark in _ATTRIBUTE.finditer(meta[1])
        }
        key = told.get("name") or told.get("property") or told.get("itemprop")
        if key and told.get("content"):
            yield Tag("html", key, told["content"])
