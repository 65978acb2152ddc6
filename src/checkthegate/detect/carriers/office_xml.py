"""Properties of office documents: core, extended and custom ones, OpenDocument meta, EPUB."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.model import Unreadable
from checkthegate.seams import Limits

PROPERTIES = {
    "docprops/core.xml": "core",
    "docprops/app.xml": "app",
    "docprops/custom.xml": "custom",
    "meta.xml": "meta",
}
_VALUE = 1 << 20


def properties(name: str, content: bytes, carrier: str, limits: Limits) -> Iterator[Carried]:
    """Tags of one property file, `name` in lower case."""
    group = PROPERTIES.get(name, "package")
    try:
        root = parsed(content, limits)
    except Unreadable:
        yield Trouble("the document's own description is damaged and was not read")
        return
    for element in _elements(root, limits):
        key = local(element.tag)
        value = (element.text or "").strip()
        named = next((text for at, text in element.items() if local(at) == "name"), "")
        if group == "custom":
            key = named
            value = "".join(element.itertext()).strip() if named else ""
        elif key in ("user-defined", "meta") and named:
            key, value = named, value or element.get("content", "")
        if value and key:
            yield Tag(carrier, f"{group}/{key}", value[:_VALUE])


def _elements(root: Element, limits: Limits) -> Iterator[Element]:
    for number, element in enumerate(root.iter()):
        if number > limits.items:
            raise Unreadable("the document's own description is longer than can be checked")
        yield element


def local(name: object) -> str:
    """An XML name without its namespace; empty for comments."""
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def parsed(content: bytes, limits: Limits) -> Element:
    """The root of an XML document: no entities, bounded depth; `Unreadable` otherwise."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    parser = DefusedXMLParser(target=_Shallow(limits), forbid_dtd=False)
    try:
        parser.feed(content)
        root: Element = parser.close()
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Unreadable("its XML is damaged or holds what is not allowed in it") from None
    return root


class _Shallow:
    """A tree builder that refuses depth and number beyond the limits while building."""

    def __init__(self, limits: Limits) -> None:
        from xml.etree.ElementTree import TreeBuilder

        self._builder = TreeBuilder()
        self._depth, self._count = 0, 0
        self._deepest, self._most = limits.xml_depth, limits.items * 50

    def start(self, tag: str, attributes: dict[str, str]) -> object:
        """An element begins."""
        self._depth += 1
        self._count += 1
        if self._depth > self._deepest or self._count > self._most:
            raise ValueError
        return self._builder.start(tag, attributes)

    def end(self, tag: str) -> object:
        """An element ends."""
        self._depth -= 1
        return self._builder.end(tag)

    def data(self, text: str) -> None:
        """Text within an element."""
        self._builder.data(text)

    def close(self) -> Element:
        """The root."""
        return self._builder.close()
