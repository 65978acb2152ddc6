"""XML of documents: read without entities, within bounds of depth and number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkthegate.model import Unreadable
from checkthegate.seams import Limits

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ELEMENTS_PER_ITEM = 100


def document_root(content: bytes, limits: Limits, what: str) -> Element:
    """The root of an XML document. `what` begins the reason of what is raised, `Unreadable`."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    parser = DefusedXMLParser(target=_Builder(limits), forbid_dtd=False)
    try:
        parser.feed(content)
        root: Element = parser.close()
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Unreadable(f"{what} is damaged or cut short, and its words were not read") from None
    return root


def local(name: object) -> str:
    """An XML name without its namespace; empty for comments."""
    return name.rpartition("}")[2] if isinstance(name, str) else ""


class _Builder:
    """Builds a tree, and refuses depth and number beyond the limits."""

    def __init__(self, limits: Limits) -> None:
        from xml.etree.ElementTree import TreeBuilder

        self._builder = TreeBuilder()
        self._depth, self._left = limits.xml_depth, limits.items * _ELEMENTS_PER_ITEM

    def start(self, tag: str, attributes: dict[str, str]) -> object:
        """An element begins."""
        self._depth -= 1
        self._left -= 1
        if self._depth < 0 or self._left < 0:
            raise ValueError
        return self._builder.start(tag, attributes)

    def end(self, tag: str) -> object:
        """An element ends."""
        self._depth += 1
        return self._builder.end(tag)

    def data(self, text: str) -> None:
        """Text within an element."""
        self._builder.data(text)

    def close(self) -> Element:
        """The root."""
        return self._builder.close()
