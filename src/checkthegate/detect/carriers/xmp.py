"""XMP packets: RDF properties as tags, whatever way of writing RDF the tool chose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from checkthegate.detect.carriers.bounded import collected
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.model import Unreadable
from checkthegate.seams import Limits, OpenAsset

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from checkthegate.detect.carriers.bounded import Bounded

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_ADOBE = "http://ns.adobe.com/"
_XAP = "http://ns.adobe.com/xap/1.0/"
PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        RDF: "rdf",
        "adobe:ns:meta/": "x",
        "http://purl.org/dc/elements/1.1/": "dc",
        "http://purl.org/dc/terms/": "dcterms",
        _XAP: "xmp",
        f"{_XAP}mm/": "xmpMM",
        f"{_XAP}rights/": "xmpRights",
        f"{_XAP}bj/": "xmpBJ",
        f"{_XAP}t/pg/": "xmpTPg",
        f"{_XAP}g/": "xmpG",
        f"{_XAP}g/img/": "xmpGImg",
        f"{_XAP}sType/ResourceEvent#": "stEvt",
        f"{_XAP}sType/ResourceRef#": "stRef",
        f"{_XAP}sType/Version#": "stVer",
        f"{_XAP}sType/Font#": "stFnt",
        f"{_XAP}sType/Dimensions#": "stDim",
        f"{_XAP}sType/ManifestItem#": "stMfs",
        f"{_ADOBE}xmp/1.0/DynamicMedia/": "xmpDM",
        f"{_ADOBE}xmp/note/": "xmpNote",
        f"{_ADOBE}photoshop/1.0/": "photoshop",
        f"{_ADOBE}camera-raw-settings/1.0/": "crs",
        f"{_ADOBE}lightroom/1.0/": "lr",
        f"{_ADOBE}pdf/1.3/": "pdf",
        f"{_ADOBE}pdfx/1.3/": "pdfx",
        f"{_ADOBE}tiff/1.0/": "tiff",
        f"{_ADOBE}exif/1.0/": "exif",
        f"{_ADOBE}exif/1.0/aux/": "aux",
        "http://cipa.jp/exif/1.0/": "exifEX",
        f"{_ADOBE}illustrator/1.0/": "illustrator",
        f"{_ADOBE}creatorAtom/1.0/": "creatorAtom",
        "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
        "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
        "http://ns.useplus.org/ldf/xmp/1.0/": "plus",
        "http://www.tc260.org.cn/ns/AIGC/1.0/": "TC260",
        "http://ns.google.com/photos/1.0/camera/": "GCamera",
        "http://ns.google.com/photos/1.0/container/": "GContainer",
        "http://ns.google.com/photos/1.0/container/item/": "GContainerItem",
        "http://ns.google.com/photos/1.0/creations/": "GCreations",
        "http://www.metadataworkinggroup.com/schemas/regions/": "mwg-rs",
        "http://creativecommons.org/ns#": "cc",
        "http://ns.microsoft.com/photo/1.0/": "MicrosoftPhoto",
        "http://ns.acdsee.com/iptc/1.0/": "acdsee",
        "http://www.digikam.org/ns/1.0/": "digiKam",
        "http://www.gimp.org/xmp/": "GIMP",
    }
)
_RESOURCE, _VALUE = f"{{{RDF}}}resource", f"{{{RDF}}}value"
_STRUCTURE = frozenset({f"{{{RDF}}}{name}" for name in ("Seq", "Bag", "Alt", "li", "Description")})
_STRUCTURE |= {_VALUE}
_SYNTAX = ("{" + RDF, "{http://www.w3.org/XML/1998/namespace")
# Photoshop lists every file ever pasted from, sometimes hundreds of thousands of bare ids.
_ENDLESS = frozenset({"{http://ns.adobe.com/photoshop/1.0/}DocumentAncestors"})
_PLACE = re.compile(r"(?:^|[:/])GPS(?!Info)\w+")


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags of a file that is nothing but XMP: a sidecar checked by itself."""
    return collected(opened, lambda content: _whole(content, opened.limits))


def _whole(content: Bounded, limits: Limits) -> Iterator[Carried]:
    yield from parse(content.take(0, content.size), "xmp-sidecar", limits=limits)


def parse(
    packet: bytes, carrier: str = "xmp", *, limits: Limits | None = None
) -> Iterator[Carried]:
    """Tags of one XMP packet in any Unicode encoding, keys as `prefix:Name/prefix:Field`.

    Prefixes are the customary ones of their namespaces; items of lists share the key of the
    list. Places are told as present only. Broken XML yields a `Trouble` and then whatever
    properties can still be picked out of the text.
    """
    text, sound = _decoded(packet)
    if not sound:
        yield Trouble("its XMP metadata holds bytes that are no text: it is damaged")
    from checkthegate.detect.carriers import markup, xmp_damaged

    found, problem = markup.Found(), None
    try:
        markup.rdf_of(text, limits or Limits(), "its XMP metadata", into=found)
    except Unreadable as broken:
        problem = broken.reason
        yield Trouble(problem)
    if found.toolkit:
        yield Tag(carrier, "x:xmptk", found.toolkit)
    for root in found.roots:
        yield from walk(root, found.prefixes, carrier)
    picked = [] if found.roots else list(xmp_damaged.salvage(text, carrier))
    if picked and not problem:
        yield Trouble("its XMP metadata does not have the form that XMP must have")
    yield from without_places(picked)


def _decoded(packet: bytes) -> tuple[str, bool]:
    """Text of a packet from its first `<` on, and whether every byte was text."""
    encoding = _encoding(packet)
    usable = len(packet) // (4 if "32" in encoding else 2) * (4 if "32" in encoding else 2)
    raw = packet if encoding == "utf-8" else packet[:usable]
    try:
        text, sound = raw.decode(encoding), True
    except UnicodeDecodeError:
        text, sound = raw.decode(encoding, "replace"), False
    text = text[max(text.find("<"), 0) :].rstrip("\0 \r\n\t")
    end = text.rfind("<?xpacket end")
    close = text.find("?>", end) if end > 0 else -1
    return (text[: close + 2] if close > 0 else text), sound


def _encoding(packet: bytes) -> str:
    first = packet.lstrip(b"\xef\xbb\xbf\xfe\xff\0 \r\n\t")[:8]
    at = packet.find(first[:1]) if first else 0
    after = packet[at : at + 8]
    if after[1:4] == b"\0\0\0":
        return "utf-32-le" if at % 4 == 0 else "utf-32-be"
    if after[1:2] == b"\0" and after[3:4] == b"\0":
        return "utf-16-le" if at % 2 == 0 else "utf-16-be"
    return "utf-8"


def walk(root: Element, prefixes: Mapping[str, str], carrier: str) -> Iterator[Carried]:
    """Tags of one `rdf:RDF` element.

    `prefixes` maps namespace to the prefix the document itself uses for it.
    """
    names = _Names(prefixes)
    pairs = (pair for node in root for pair in _fields(node, names, ""))
    yield from without_places(Tag(carrier, key, value) for key, value in pairs)


def without_places(tags: Iterable[Tag]) -> Iterator[Carried]:
    """The same tags, with everything that gives a position replaced by its presence."""
    told = False
    for tag in tags:
        if not _PLACE.search(tag.key):
            yield tag
        elif not told:
            told = True
            yield Tag(tag.carrier, "exif:GPSInfo", "present")


class _Names:
    """Canonical keys for the names of one document."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = prefixes
        self._known: dict[str, str] = {}

    def key(self, name: str) -> str:
        """`prefix:Name` of an ElementTree name `{namespace}Name`."""
        if name not in self._known:
            space, _, local = name.removeprefix("{").rpartition("}")
            prefix = PREFIXES.get(space) or self._prefixes.get(space, "")
            self._known[name] = f"{prefix}:{local}" if prefix else local
        return self._known[name]


def _fields(node: Element, names: _Names, path: str) -> Iterator[tuple[str, str]]:
    """Properties of a description: its attributes, then its child elements."""
    for name, value in node.attrib.items():
        if name[0] == "{" and not name.startswith(_SYNTAX) and value.strip():
            yield _join(path, names.key(name)), value
    for child in node:
        if child.tag not in _ENDLESS:
            yield from _property(child, names, path)


def _property(node: Element, names: _Names, path: str) -> Iterator[tuple[str, str]]:
    """Values of one element below `path`; RDF's own elements add nothing to the path."""
    if node.tag not in _STRUCTURE:
        path = _join(path, names.key(node.tag))
    for name in (_RESOURCE, _VALUE):
        if node.attrib.get(name, "").strip():
            yield path, node.attrib[name]
    if len(node) == 0 and node.text and node.text.strip():
        yield path, node.text.strip()
    yield from _fields(node, names, path)


def _join(path: str, key: str) -> str:
    return f"{path}/{key}" if path else key
