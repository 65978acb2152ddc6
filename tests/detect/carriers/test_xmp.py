"""XMP: all ways of writing RDF, all encodings, and packets that are broken."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkthegate.detect.carriers import Tag, Trouble, xmp
from checkthegate.seams import Limits
from tests.detect.carriers import images
from tests.detect.carriers.images import AI, ai_xmp, jpeg, said

_DST = "Iptc4xmpExt:DigitalSourceType"


def _tags(packet: bytes) -> dict[str, str]:
    return {one.key: one.value for one in xmp.parse(packet) if isinstance(one, Tag)}


def _troubles(packet: bytes, limits: Limits | None = None) -> list[str]:
    return [one.reason for one in xmp.parse(packet, limits=limits) if isinstance(one, Trouble)]


@pytest.mark.parametrize(
    ("properties", "attributes"),
    [
        ("", f'ext:DigitalSourceType="{AI}"'),
        (f"<ext:DigitalSourceType>{AI}</ext:DigitalSourceType>", ""),
        (f'<ext:DigitalSourceType rdf:resource="{AI}"/>', ""),
        (f'<ext:DigitalSourceType rdf:value="{AI}"/>', ""),
        (
            "<ext:DigitalSourceType><rdf:Description>"
            f"<rdf:value>{AI}</rdf:value></rdf:Description></ext:DigitalSourceType>",
            "",
        ),
        (
            f"<ext:DigitalSourceType><rdf:Bag><rdf:li>{AI}</rdf:li></rdf:Bag>"
            "</ext:DigitalSourceType>",
            "",
        ),
    ],
)
def test_one_property_in_all_forms(properties: str, attributes: str) -> None:
    assert _tags(images.xmp(properties, attributes)) == {_DST: AI}


def test_lists_structures_and_unknown_namespaces() -> None:
    packet = images.xmp(
        "<dc:description><rdf:Alt>"
        '<rdf:li xml:lang="x-default">a &amp; b</rdf:li></rdf:Alt></dc:description>'
        '<mm:History><rdf:Seq><rdf:li rdf:parseType="Resource">'
        "<evt:softwareAgent>First</evt:softwareAgent></rdf:li>"
        '<rdf:li evt:softwareAgent="Second"/></rdf:Seq></mm:History>',
        'own:Thing="kept" exif:GPSLatitude="51,30N" exif:GPSLongitude="0,7W"',
    )
    found = [(one.key, one.value) for one in xmp.parse(packet) if isinstance(one, Tag)]
    assert sorted(found) == [
        ("dc:description", "a & b"),
        ("exif:GPSInfo", "present"),
        ("own:Thing", "kept"),
        ("xmpMM:History/stEvt:softwareAgent", "First"),
        ("xmpMM:History/stEvt:softwareAgent", "Second"),
    ]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
)
def test_encodings(encoding: str) -> None:
    packet = ai_xmp().decode().encode(encoding) + bytes(64)
    assert _tags(packet) == {_DST: AI}
    assert not _troubles(packet)


def test_the_label_of_generated_content() -> None:
    label = '{"Label":"1","ContentProducer":"x"}'
    escaped = label.replace('"', "&quot;")
    packet = images.xmp("", f'xmlns:t="http://www.tc260.org.cn/ns/AIGC/1.0/" t:AIGC="{escaped}"')
    assert _tags(packet) == {"TC260:AIGC": label}


@pytest.mark.parametrize(
    "properties",
    [
        f"<ext:DigitalSourceType>{AI}</ext:DigitalSourceType><dc:title>",
        f'<ext:DigitalSourceType rdf:resource="{AI}"/><broken',
        f"<dc:subject><rdf:Bag><rdf:li>&nothing;</rdf:li></rdf:Bag>"
        f"<ext:DigitalSourceType>{AI}</ext:DigitalSourceType>",
    ],
)
def test_damage_is_told_and_does_not_hide_ai(properties: str) -> None:
    packet = images.xmp(properties)
    assert _troubles(packet)
    assert _tags(packet)[_DST] == AI


def test_every_cut_and_every_flip_keeps_the_mark_or_tells() -> None:
    packet = ai_xmp()
    for at in range(len(packet)):
        flipped = packet[:at] + bytes([packet[at] ^ 0x04]) + packet[at + 1 :]
        for damaged in (packet[:at], flipped):
            text = damaged.decode("utf-8", "replace")
            protected = "DigitalSourceType" in text and "trainedAlgorithmicMedia" in text
            if protected and "adobe:ns:meta" in text and "22-rdf-syntax-ns#" in text:
                found = _tags(damaged)
                assert _troubles(damaged) or any("trained" in value for value in found.values())


def test_entities_and_depth() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    assert "entities" in _troubles(bomb + images.xmp("<dc:title>&b;</dc:title>"))[0]
    deep = images.xmp("<dc:title>" * 300 + "x" + "</dc:title>" * 300)
    assert "nested" in _troubles(deep)[0]
    assert not _troubles(deep, Limits(xml_depth=400))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("junk", ['<a:b c="', "<a:b ", "a:b=", "<", "&", '<ext:AIGC x="'])
def test_no_damaged_packet_takes_long(junk: str) -> None:
    _tags(b"<x" + junk.encode() * (600_000 // len(junk)))


@given(st.binary(max_size=200))
def test_no_bytes_raise(content: bytes) -> None:
    list(xmp.parse(content))
    list(xmp.parse(b"<x:xmpmeta " + content))


def test_a_sidecar_beside_and_a_sidecar_alone(tmp_path: Path) -> None:
    assert said(tmp_path, jpeg(), sidecar=ai_xmp()).value("xmp-sidecar", _DST) == AI
    alone = said(tmp_path, ai_xmp().partition(b"?>")[2])
    assert alone.value("xmp-sidecar", _DST) == AI
    assert said(tmp_path, jpeg(), sidecar=b"<x:xmpmeta").troubles
