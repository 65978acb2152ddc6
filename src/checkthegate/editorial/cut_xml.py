"""The XML of editing systems: bounded, without entities, whatever its document type says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from checkthegate.model import Unreadable

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MOST_ELEMENTS: Final = 3_000_000
_DEEPEST: Final = 300


def parse_cut(content: bytes) -> Element:
    """The root element. Raises `Unreadable` for broken XML, entities, and XML beyond bounds."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(content)
    except DefusedXmlException:
        raise Unreadable(
            "this timeline defines XML entities, which are never followed, so it was not read"
        ) from None
    except (ParseError, ValueError, LookupError, RecursionError) as problem:
        place = getattr(problem, "position", None)
        where = f" at line {place[0]}" if place else ""
        raise Unreadable(
            f"this timeline is broken XML{where}, so what the cut holds is not known"
        ) from None
    _bounded(root)
    return root


def _bounded(root: Element) -> None:
    level, count, depth = [root], 1, 0
    while level:
        depth += 1
        level = [child for element in level for child in element]
        count += len(level)
        if depth > _DEEPEST or count > _MOST_ELEMENTS:
            raise Unreadable("this timeline's XML is nested deeper or longer than any real cut")


def child(element: Element | None, path: str) -> Element | None:
    """The first element along a path of plain names, or None."""
    for name in path.split("/"):
        if element is None:
            return None
        element = next((each for each in element if each.tag == name), None)
    return element


def text(element: Element | None, path: str = "") -> str:
    """The stripped text along a path; empty where there is none."""
    found = child(element, path) if path else element
    return (found.text or "").strip() if found is not None else ""


def children(element: Element | None, *names: str) -> Iterator[Element]:
    """The direct children of these names, in order."""
    if element is not None:
        yield from (each for each in element if each.tag in names)


def number(written: str) -> float | None:
    """A plain decimal number, or None for anything else."""
    try:
        value = float(written)
    except ValueError:
        return None
    return value if -1e12 < value < 1e12 else None


def is_no(written: str) -> bool:
    """Whether a switch is off."""
    return written.strip().lower() in ("false", "0", "no")
