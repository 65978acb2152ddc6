"""RDF out of XML, read as a stream: no entities, bounded depth, nothing kept but metadata."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from checkthegate.model import Unreadable
from checkthegate.seams import Limits

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF"
_WRAPPERS = ("{adobe:ns:meta/}xmpmeta", "{adobe:ns:meta/}xapmeta")
_TOOLKIT = "{adobe:ns:meta/}xmptk"
_SPOKEN = frozenset({"title", "desc"})
_KEPT = 1000


@dataclass(slots=True)
class Found:
    """Metadata of one XML document.

    `roots` are its `rdf:RDF` elements, `prefixes` maps namespace to the document's prefix,
    `spoken` holds (`title`, `desc` or `comment`, text) outside RDF, at most 1,000 of them.
    """

    roots: list[Element] = field(default_factory=list)
    prefixes: dict[str, str] = field(default_factory=dict)
    toolkit: str = ""
    spoken: list[tuple[str, str]] = field(default_factory=list)


def rdf_of(text: str | bytes, limits: Limits, what: str, *, into: Found | None = None) -> Found:
    """The metadata of an XML document.

    Raises `Unreadable` for broken XML, entities and excessive depth; `into` then holds what
    was complete before the fault.
    """
    from xml.parsers.expat import ExpatError

    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    found = Found() if into is None else into
    parser = ElementTree.DefusedXMLParser(target=_Collector(found, limits.xml_depth, what))
    try:
        parser.feed(text)
        parser.close()
    except DefusedXmlException:
        raise Unreadable(f"{what} defines XML entities, which are never followed") from None
    except (ElementTree.ParseError, ExpatError, ValueError, LookupError):
        raise Unreadable(f"{what} is broken XML: not all of it could be read") from None
    return found


class _Collector:
    """A parser target that builds trees of RDF only, and listens to the rest."""

    def __init__(self, found: Found, depth: int, what: str) -> None:
        self._found = found
        self._left = depth
        self._what = what
        self._inside = 0
        self._builder: Any = None
        self._heard: list[str] | None = None

    def start_ns(self, prefix: str, uri: str) -> None:
        """Remember the document's own prefix for a namespace."""
        if len(self._found.prefixes) < _KEPT:
            self._found.prefixes.setdefault(uri, prefix or "")

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element opens."""
        self._left -= 1
        if self._left < 0:
            raise Unreadable(f"{self._what} is nested deeper than any real document")
        if self._inside or tag == _RDF:
            self._open(tag, attributes)
        elif tag in _WRAPPERS:
            self._found.toolkit = attributes.get(_TOOLKIT, "")
        elif tag.rpartition("}")[2] in _SPOKEN:
            self._heard = []

    def _open(self, tag: str, attributes: Mapping[str, str]) -> None:
        if not self._inside:
            from xml.etree.ElementTree import TreeBuilder

            self._builder = TreeBuilder()
        self._inside += 1
        self._builder.start(tag, dict(attributes))

    def end(self, tag: str) -> None:
        """An element closes."""
        self._left += 1
        if self._inside:
            self._inside -= 1
            self._builder.end(tag)
            if not self._inside:
                self._found.roots.append(self._builder.close())
        elif self._heard is not None:
            self._speak(tag.rpartition("}")[2], "".join(self._heard))
            self._heard = None

    def data(self, text: str) -> None:
        """Text between tags."""
        if self._inside:
            self._builder.data(text)
        elif self._heard is not None:
            self._heard.append(text)

    def comment(self, text: str) -> None:
        """A comment."""
        self._speak("comment", text)

    def close(self) -> None:
        """The document ends."""

    def _speak(self, key: str, text: str) -> None:
        if text.strip() and len(self._found.spoken) < _KEPT:
            self._found.spoken.append((key, text.strip()))
