"""SVG and other XML: RDF metadata, titles, descriptions and comments."""

from __future__ import annotations

from collections.abc import Iterator

from checkthegate.detect.carriers.bounded import Bounded, collected
from checkthegate.detect.carriers.markup import Found, rdf_of
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.model import Unreadable
from checkthegate.seams import OpenAsset


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags of RDF under `xmp`; `title`, `desc` and `comment` under `svg`.

    Broken XML is `Trouble`, and properties are then picked out of the text.
    """
    return collected(opened, _tags)


def _tags(content: Bounded) -> Iterator[Carried]:
    from checkthegate.detect.carriers import xmp, xmp_damaged

    if content.size > content.limits.document_bytes:
        megabytes = content.limits.document_bytes >> 20
        raise Unreadable(f"the XML is larger than {megabytes} MB and was not read")
    raw = content.peek(0, content.size)
    found, broken = Found(), None
    try:
        rdf_of(raw, content.limits, "the XML", into=found)
    except Unreadable as problem:
        broken = problem.reason
    for key, text in found.spoken:
        yield Tag("svg", key, text)
    for root in found.roots:
        yield from xmp.walk(root, found.prefixes, "xmp")
    if broken:
        yield Trouble(broken)
        if not found.roots:
            text = raw.decode("utf-8", "replace")
            yield from xmp.without_places(xmp_damaged.salvage(text, "xmp"))
