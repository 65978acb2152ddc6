"""The XML of IMF packages: parsed without entities, bounded, looked up by local names.

Namespaces differ between editions of SMPTE ST 2067 and ST 429; names of elements do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from checkthegate.model import Unreadable

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_BYTES: Final = 64 * 1024 * 1024
MOST_ELEMENTS: Final = 2_000_000
_DEEPEST: Final = 100


def parse_xml(content: bytes) -> Element:
    """The root element. Raises `Unreadable` for what is no XML, too large, too deep or hostile."""
    if len(content) > MOST_BYTES:
        raise Unreadable("it is larger than any list of its kind and was not read")
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise Unreadable("it declares XML entities or a document type, which is refused") from None
    except (ParseError, ValueError, LookupError, RecursionError) as problem:
        place = getattr(problem, "position", None)
        where = f" (line {place[0]})" if place else ""
        raise Unreadable(f"it is not well-formed XML{where}") from None
    _bounded(root)
    return root


def _bounded(root: Element) -> None:
    waiting, count = [(root, 1)], 0
    while waiting:
        element, depth = waiting.pop()
        count += 1
        if depth > _DEEPEST or count > MOST_ELEMENTS:
            raise Unreadable("its XML is nested too deep or has too many elements")
        waiting.extend((child, depth + 1) for child in element)


def local(element: Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: Element | None, name: str) -> Iterator[Element]:
    """The direct children of this name."""
    if element is not None:
        yield from (child for child in element if local(child) == name)


def child(element: Element | None, *names: str) -> Element | None:
    """The first descendant along these names, or None."""
    for name in names:
        element = next(children(element, name), None)
    return element


def text(element: Element | None, *names: str) -> str:
    """The text of the descendant along these names, stripped; empty where there is none."""
    found = child(element, *names) if names else element
    return (found.text or "").strip() if found is not None else ""


def whole(element: Element | None, *names: str) -> int | None:
    """The descendant's text as a whole number of at most 18 digits, or None."""
    found = text(element, *names)
    return int(found) if found.isascii() and found.isdigit() and len(found) <= 18 else None


def identifier(element: Element | None, *names: str) -> str:
    """A UUID as lower-case text without `urn:uuid:`; empty where there is none."""
    return text(element, *names).lower().removeprefix("urn:uuid:")
