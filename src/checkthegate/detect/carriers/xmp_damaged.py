"""What can still be picked out of an XMP packet that is no longer XML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from checkthegate.detect.carriers.tag import Tag

_NAME = r"[A-Za-z_][\w.-]{0,60}:[A-Za-z_][\w.-]{0,60}"
_ELEMENT = re.compile(rf"<({_NAME})((?:[^<>\"']|\"[^\"<]*+\"|'[^'<]*+')*+)>([^<]*+)")
_ATTRIBUTE = re.compile(
    rf"(?<![\w.:-])({_NAME})\s{{0,20}}=\s{{0,20}}(?:\"([^\"<]*+)\"|'([^'<]*+)')"
)
_SPACE = re.compile(r"xmlns:([\w.-]{1,60})\s{0,20}=\s{0,20}[\"']([^\"'<>]{1,200})[\"']")
_TELLING = re.compile(
    r"(DigitalSourceType|AISystemUsed|AISystemVersionUsed|AIPromptInformation|AIGC)\b"
    r"[^\w]{1,40}([\w:/.#,{}&;\" -]{1,4000})"
)
_HOME = {"AIGC": "TC260"}
_MOST = 20_000


def salvage(text: str, carrier: str) -> Iterator[Tag]:
    """Leaf properties of a damaged packet, at most 20,000, then bare AI marks.

    Fields of structures come without the structure's name before theirs. Linear in the text.
    """
    from checkthegate.detect.carriers.xmp import PREFIXES

    known = {own: PREFIXES[uri] for own, uri in _SPACE.findall(text) if uri in PREFIXES}
    seen: set[str] = set()
    for count, (name, value) in enumerate(_leaves(text)):
        if count >= _MOST:
            return
        key = _canonical(name, known)
        seen.add(key.rpartition(":")[2])
        yield Tag(carrier, key, html.unescape(value).strip())
    for mark in _TELLING.finditer(text):
        if mark[1] not in seen:
            seen.add(mark[1])
            value = html.unescape(mark[2]).strip(' "')
            yield Tag(carrier, f"{_HOME.get(mark[1], 'Iptc4xmpExt')}:{mark[1]}", value)


def _canonical(name: str, known: dict[str, str]) -> str:
    prefix, _, local = name.partition(":")
    return f"{known.get(prefix, prefix)}:{local}"


def _leaves(text: str) -> Iterator[tuple[str, str]]:
    """(name, value) of attributes and of elements holding text; list entries count as the
    property they are in."""
    for mark in _ATTRIBUTE.finditer(text):
        if not mark[1].startswith(("xmlns:", "xml:", "rdf:", "x:")):
            yield mark[1], mark[2] or mark[3] or ""
    current = ""
    for element in _ELEMENT.finditer(text):
        name, inside, value = element.groups()
        if not name.startswith(("rdf:", "x:")):
            current = name
        if current and value.strip() and not inside.endswith("/"):
            yield current, value
        for attribute in _ATTRIBUTE.finditer(inside):
            if attribute[1] == "rdf:resource" and current:
                yield current, attribute[2] or attribute[3] or ""
