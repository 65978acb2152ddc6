"""Tags of MP4 and QuickTime files: `udta`, `meta` with `keys` and `ilst`, 3GPP texts."""

from __future__ import annotations

from collections.abc import Iterator

from checkthegate.detect.carriers.bounded import (
    Bounded,
    printable,
    shielded,
    text_tag,
    xmp_tags,
)
from checkthegate.detect.carriers.boxes import Box, boxes, kind_name, nameless_tags, plausible
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.model import Unreadable

CARRIER = "mp4"
_INTEGERS = frozenset({21, 22, 65, 66, 67, 74, 75, 76, 77, 78})
_PICTURES = frozenset({b"covr"})
_ASSET_TEXTS = frozenset(
    {b"titl", b"dscp", b"cprt", b"perf", b"auth", b"gnre", b"albm", b"coll", b"kywd"}
)
_PICTURE_TYPES = frozenset({12, 13, 14, 27})
_PICTURE_STARTS = (b"\xff\xd8", b"\x89PNG", b"GIF8", b"BM")
_BESIDE_VALUES = frozenset({b"name", b"itif", b"keyd", b"free", b"skip"})
_MAC_LANGUAGES = 0x400


def meta_start(source: Bounded, box: Box) -> int:
    """Where the children of a `meta` box begin: QuickTime has no version and flags there."""
    head = source.peek(box.start, 12)
    if head[8:12] == b"hdlr":
        return box.start + 4
    plain = head[4:8] == b"hdlr" or head[:4] != b"\0\0\0\0"
    return box.start if plain else box.start + 4


def meta_tags(source: Bounded, box: Box) -> Iterator[Carried]:
    """Tags of a `meta` box: named keys, iTunes codes, ID3 and XML inside."""
    names: list[str] = []
    lists: list[Box] = []
    for child in boxes(source, meta_start(source, box), box.end):
        if child.kind == b"keys":
            names = _key_names(source, child)
        elif child.kind == b"ilst":
            lists.append(child)
        elif child.kind == b"ID32":
            yield from shielded(_id3(source, child))
        elif child.kind == b"xml ":
            raw = source.take(child.start, child.length)[4:]
            yield from xmp_tags(raw) if b"rdf:RDF" in raw else (text_tag(CARRIER, "xml", raw),)
        elif child.kind in (b"udta", b"meta"):
            yield Trouble("it is damaged: a part that holds tags lies inside its own kind")
        elif child.kind != b"hdlr" and (lost := nameless_tags(source, child)):
            yield Trouble(lost)
        if child.cut:
            yield Trouble(f"it is damaged: its part '{child.name}' runs past the end of 'meta'")
    if names and not lists:
        yield Trouble("it is damaged: it names tags, and their values are missing")
    for listed in lists:
        yield from shielded(_list_tags(source, listed, names))


def _key_names(source: Bounded, box: Box) -> list[str]:
    raw = source.take(box.start, box.length)
    count, at, names = int.from_bytes(raw[4:8], "big"), 8, list[str]()
    while at + 8 <= len(raw) and len(names) < min(count, source.limits.items):
        size = int.from_bytes(raw[at : at + 4], "big")
        if size < 8 or at + size > len(raw):
            raise Unreadable("it is damaged: the names of its tags cannot be read")
        names.append(raw[at + 8 : at + size].decode("utf-8", "replace").rstrip("\0"))
        at += size
    if len(names) != count:
        raise Unreadable("it is damaged: the names of some of its tags are missing")
    return names


def _list_tags(source: Bounded, box: Box, names: list[str]) -> Iterator[Carried]:
    for entry in _entries(source, box):
        index = int.from_bytes(entry.kind, "big")
        if entry.kind == b"----":
            yield from _freeform(source, entry)
        elif 0 < index <= len(names):
            yield from _values(source, entry, names[index - 1])
        elif not plausible(entry.kind):
            yield Trouble("it is damaged: a tag in it has lost its name")
        elif entry.kind not in _PICTURES:
            yield from _values(source, entry, kind_name(entry.kind))
        if entry.cut:
            yield Trouble("it is damaged: a tag runs past the end of the list of tags")


def _entries(source: Bounded, box: Box) -> Iterator[Box]:
    """Entries of an `ilst`; with named keys their kinds are numbers, not text."""
    start = box.start
    while box.end - start >= 8:
        source.step()
        head = source.peek(start, 8)
        size = int.from_bytes(head[:4], "big")
        if size == 0 and source.zeros(start, box.end):
            return
        if size < 8:
            raise Unreadable("it is damaged: its list of tags cannot be read")
        yield Box(head[4:8], start + 8, min(start + size, box.end), start + size > box.end)
        start += size


def _values(source: Bounded, entry: Box, key: str) -> Iterator[Carried]:
    for child in boxes(source, entry.start, entry.end):
        if child.kind == b"data":
            tag = _value(source, child, key)
            if tag is not None:
                yield tag
        elif child.kind not in _BESIDE_VALUES:
            yield Trouble(f"it is damaged: the value of its tag '{key[:40]}' cannot be read")
        if child.cut:
            yield Trouble(f"it is damaged: the value of its tag '{key[:40]}' is cut short")


def _value(source: Bounded, box: Box, key: str) -> Tag | None:
    kind = int.from_bytes(source.take(box.start, 4)[1:], "big")
    if kind in _PICTURE_TYPES and source.peek(box.start + 8, 4).startswith(_PICTURE_STARTS):
        return None
    raw = source.take(box.start + 8, box.length - 8)
    if kind == 2:
        # Under a wrong type plain text would look like Chinese: both are kept.
        plain = printable(raw) if b"\0" not in raw else ""
        return Tag(CARRIER, key, plain + raw.decode("utf-16-be", "replace"))
    if kind in _INTEGERS and len(raw) <= 8:
        signed = kind in (21, 65, 66, 67, 74)
        return Tag(CARRIER, key, str(int.from_bytes(raw, "big", signed=signed)))
    if kind == 1 or printable(raw):
        return text_tag(CARRIER, key, raw)
    return Tag(CARRIER, key, "", raw[:4096])


def _freeform(source: Bounded, entry: Box) -> Iterator[Carried]:
    parts = {b"mean": "", b"name": ""}
    for child in boxes(source, entry.start, entry.end):
        if child.kind in parts:
            raw = source.take(child.start, min(child.length, 1024))[4:]
            parts[child.kind] = raw.decode("utf-8", "replace")
        elif child.kind == b"data":
            tag = _value(source, child, f"----:{parts[b'mean']}:{parts[b'name']}")
            if tag is not None:
                yield tag
        if child.cut:
            yield Trouble("it is damaged: the value of one of its tags is cut short")


def user_tags(source: Bounded, box: Box) -> Iterator[Carried]:
    """Tags of a `udta` box: QuickTime and 3GPP texts, plain texts, XMP, a `meta` inside."""
    for child in boxes(source, box.start, box.end):
        if child.kind == b"meta":
            yield from shielded(meta_tags(source, child))
        elif child.kind == b"XMP_":
            yield from xmp_tags(source.take(child.start, child.length))
        elif child.kind == b"uuid":
            yield Tag(CARRIER, f"uuid/{source.take(child.start, 16).hex()}", "")
        else:
            yield from shielded(_user_text(source, child))
        if child.cut:
            yield Trouble(f"it is damaged: its part '{child.name}' runs past the end of 'udta'")


def _user_text(source: Bounded, box: Box) -> Iterator[Carried]:
    if source.peek(box.start + 4, 4) == b"data" and box.length >= 16:
        yield from _values(source, box, box.name)
        return
    if not box.kind.startswith(b"\xa9") and _binary(
        source.peek(box.start, min(box.length, 68))[4:]
    ):
        lost = nameless_tags(source, box)
        if lost:
            yield Trouble(lost)
        return
    raw = source.take(box.start, box.length)
    if box.kind.startswith(b"\xa9"):
        yield from (Tag(CARRIER, box.name, text) for text in _international(raw))
    elif box.kind in _ASSET_TEXTS:
        yield text_tag(CARRIER, box.name, raw[6:])
    else:
        text = printable(raw) or printable(raw[4:])
        if text:
            yield Tag(CARRIER, box.name, text)


def _binary(head: bytes) -> bool:
    """Whether the first bytes of a part can be no text: such parts are not read at all."""
    return any(byte < 9 for byte in head.rstrip(b"\0")) and head[2:4] not in (
        b"\xfe\xff",
        b"\xff\xfe",
    )


def _international(raw: bytes) -> Iterator[str]:
    """QuickTime texts: length, language, text; and again. Some writers put bare text there."""
    at = 0
    while at + 4 <= len(raw):
        size, language = (int.from_bytes(raw[at + n : at + n + 2], "big") for n in (0, 2))
        if at + 4 + size > len(raw):
            if at == 0:
                yield raw.decode("utf-8", "replace").strip("\0")
            return
        yield _worded(raw[at + 4 : at + 4 + size], language)
        at += 4 + size


def _worded(raw: bytes, language: int) -> str:
    try:
        return raw.decode("utf-16" if raw[:2] in (b"\xfe\xff", b"\xff\xfe") else "utf-8").strip(
            "\0"
        )
    except UnicodeDecodeError:
        return raw.decode("mac_roman" if language < _MAC_LANGUAGES else "latin-1")


def _id3(source: Bounded, box: Box) -> Iterator[Carried]:
    from checkthegate.detect.carriers import id3

    yield from id3.tags(source.take(box.start + 6, box.length - 6), source.limits)
