"""Final Draft screenplays: the program's version and the words of the title page."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from checkthegate.detect.carriers.office_xml import local, parsed
from checkthegate.detect.carriers.tag import Carried, Tag
from checkthegate.model import Unreadable
from checkthegate.seams import Limits

CARRIER = "fdx"
_ROOT = ("DocumentType", "Template", "Version")
_BROKEN = "the screenplay is damaged or cut short, and was not wholly read"


def tags(content: bytes, limits: Limits) -> Iterator[Carried]:
    """Attributes of the document, its title page as one text, and its scripted settings."""
    try:
        root = parsed(content, limits)
    except Unreadable:
        raise Unreadable(_BROKEN) from None
    for name in _ROOT:
        if root.get(name):
            yield Tag(CARRIER, name, root.get(name, ""))
    page = next((child for child in root if local(child.tag) == "TitlePage"), None)
    if page is not None:
        words = "\n".join(_paragraphs(page, limits.items))
        if words:
            yield Tag(CARRIER, "TitlePage", words)


def _paragraphs(page: Element, most: int) -> Iterator[str]:
    for number, element in enumerate(page.iter()):
        if number > most:
            raise Unreadable(_BROKEN)
        if local(element.tag) == "Paragraph":
            line = "".join(element.itertext()).strip()
            if line:
                yield line
