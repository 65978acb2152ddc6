"""PDF: description, XMP of the document and of pictures, locked and damaged files."""

from __future__ import annotations

import io

import pytest

from checkthegate.detect.carriers import pdf
from checkthegate.seams import Limits

from .made import XMP, found, tags, troubles

pypdf = pytest.importorskip("pypdf")


def look(content: bytes, limits: Limits | None = None):
    return found(pdf.read, content, "application/pdf", limits)


def written(*, password: str = "", picture: bool = False, owner_only: bool = False) -> bytes:
    from pypdf.generic import DictionaryObject, NameObject, StreamObject

    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(100, 100)
    writer.add_metadata({"/Title": "Page one", "/Producer": "Midjourney", "/AIGC": '{"Label":"1"}'})
    stream = StreamObject()
    stream.set_data(XMP)
    stream.update({NameObject("/Type"): NameObject("/Metadata")})
    if picture:
        image = StreamObject()
        image.set_data(b"\0")
        image[NameObject("/Metadata")] = writer._add_object(stream)
        shown = DictionaryObject({NameObject("/Im0"): writer._add_object(image)})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): shown})
    else:
        writer._root_object[NameObject("/Metadata")] = writer._add_object(stream)
    if password or owner_only:
        writer.encrypt(password, "owner", algorithm="RC4-128")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


WANTED = {"pdf Title": "Page one", "pdf Producer": "Midjourney", "pdf AIGC": '{"Label":"1"}'}


@pytest.mark.parametrize("picture", [True, False])
def test_description_and_xmp(picture: bool) -> None:
    carried = look(written(picture=picture))
    assert tags(carried).items() >= (WANTED | {"xmp xmp:CreatorTool": "Dream Machine"}).items()
    assert troubles(carried) == []


def test_locked_files() -> None:
    assert any("password" in reason for reason in troubles(look(written(password="x"))))  # noqa: S106
    opened = look(written(owner_only=True))
    assert tags(opened)["pdf Producer"] == "Midjourney"
    assert troubles(opened) == []


def test_every_cut_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    content = written()
    for keep in range(10, len(content) - 5, 97):
        assert troubles(look(content[:keep])), keep
    assert capfd.readouterr().err == ""


def test_larger_than_is_read() -> None:
    carried = look(written(), Limits(document_bytes=100))
    assert tags(carried) == {}
    assert troubles(carried)


def test_hostile_structures_are_told() -> None:
    assert troubles(look(b"%PDF-1.7\n" + b"[" * 20_000 + b"\n%%EOF"))
    assert troubles(look(b"%PDF-1.7\nnothing here\n%%EOF"))
