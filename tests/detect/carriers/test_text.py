"""Texts: Fountain title pages, Final Draft, RTF, letters that cannot be told, size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkthegate.detect.carriers import text
from checkthegate.seams import Limits

from .made import found, tags, troubles


def look(content: bytes, media_type: str = "text/plain", limits: Limits | None = None):
    return found(text.read, content, media_type, limits)


PAGE = (
    "Title:\n\t_**BRICK**_\n\tPart two\nCredit: Written by\n"
    "Notes: ünd KI\nTool: Sudowrite\n\nINT. HOUSE\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_fountain_title_page(encoding: str) -> None:
    carried = look(PAGE.encode(encoding))
    assert tags(carried) == {
        "fountain Title": "_**BRICK**_\nPart two",
        "fountain Credit": "Written by",
        "fountain Notes": "ünd KI",
        "fountain Tool": "Sudowrite",
    }
    assert troubles(carried) == []


@pytest.mark.parametrize(
    "plain", ["", "Dear all: come at eight.\n", "INT. HOUSE - DAY\n\nTitle: no\n"]
)
def test_other_texts_have_no_title_page(plain: str) -> None:
    assert look(plain.encode()) == []


FDX = b"""<?xml version="1.0" encoding="UTF-8"?>
<FinalDraft DocumentType="Script" Template="No" Version="5"><Content><Paragraph Type="Action">
<Text>He waits.</Text></Paragraph></Content><TitlePage><Content><Paragraph><Text>THE GATE</Text>
</Paragraph><Paragraph><Text>by </Text><Text>Nobody</Text></Paragraph>
</Content></TitlePage></FinalDraft>"""


def test_final_draft() -> None:
    carried = look(FDX, "application/x-fdx")
    assert tags(carried) == {
        "fdx DocumentType": "Script",
        "fdx Template": "No",
        "fdx Version": "5",
        "fdx TitlePage": "THE GATE\nby Nobody",
    }
    assert troubles(carried) == []


@pytest.mark.parametrize(
    "content",
    [
        FDX[:-20],
        b'<!DOCTYPE a [<!ENTITY e "x">]><FinalDraft>&e;</FinalDraft>',
        b"<FinalDraft>" + b"<a>" * 300 + b"</a>" * 300 + b"</FinalDraft>",
    ],
)
def test_damaged_final_draft_is_told(content: bytes) -> None:
    assert troubles(look(content, "application/x-fdx"))


RTF = rb"{\rtf1{\info{\title The Gate}{\author N\'f6body}{\*\generator Writer 9;}}He waits.}"


def test_rtf() -> None:
    carried = look(RTF, "application/rtf")
    assert tags(carried) == {
        "rtf title": "The Gate",
        "rtf author": "Nöbody",
        "rtf generator": "Writer 9",
    }
    assert troubles(carried) == []
    assert troubles(look(RTF[:-10], "application/rtf"))


def test_letters_that_cannot_be_told() -> None:
    assert troubles(look(b"words \0\xff\xfe\0\xc3"))
    assert troubles(look(b"\xff\xfe" + b"\x00\xd8\x20\x00"))


def test_larger_than_is_read() -> None:
    carried = look(PAGE.encode() + b"x" * 1000, limits=Limits(document_bytes=200))
    assert tags(carried)["fountain Credit"] == "Written by"
    assert troubles(carried)


@given(
    st.binary(max_size=300), st.sampled_from(["text/plain", "application/rtf", "application/x-fdx"])
)
def test_any_bytes_are_read_without_a_fault(junk: bytes, media_type: str) -> None:
    look(junk, media_type)
