"""Files are what their content is, whatever they are called."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkthegate.delivery.identify import identify
from checkthegate.model import Kind


def told(content: bytes, name: str = "x.bin") -> tuple[Kind, str]:
    return identify(io.BytesIO(content), name)


@pytest.mark.parametrize(
    ("content", "kind", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n", Kind.IMAGE, "image/png"),
        (b"\xff\xd8\xff\xe0", Kind.IMAGE, "image/jpeg"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", Kind.IMAGE, "image/webp"),
        (b"RIFF\x10\0\0\0WAVEfmt ", Kind.AUDIO, "audio/wav"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", Kind.VIDEO, "video/mp4"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", Kind.VIDEO, "video/quicktime"),
        (b"\0\0\0\x18ftypM4A \0\0\0\0isommp42", Kind.AUDIO, "audio/mp4"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\x82\x84webm", Kind.VIDEO, "video/webm"),
        (b"v/1\x01\x02\0\0\0", Kind.IMAGE, "image/x-exr"),
        (b"%PDF-1.7\n", Kind.TEXT, "application/pdf"),
        (b"fLaC\0\0\0\x22", Kind.AUDIO, "audio/flac"),
        (b"INT. HARBOUR - NIGHT\n\nRain.", Kind.TEXT, "text/plain"),
        ('{"nodes": []}'.encode("utf-16"), Kind.TEXT, "text/x-json"),
        (
            b'<?xml version="1.0"?>\n<FinalDraft DocumentType="Script">',
            Kind.TEXT,
            "application/x-fdx",
        ),
        (b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>", Kind.OTHER, "application/rdf+xml"),
        (b"\0\0\0\x01Bud1\0", Kind.OTHER, "application/x-technical"),
        (b"", Kind.OTHER, "application/x-empty"),
        (bytes(range(256)), Kind.OTHER, "application/octet-stream"),
    ],
)
def test_by_content(content: bytes, kind: Kind, media_type: str) -> None:
    assert told(content) == (kind, media_type)


@given(
    content=st.binary(max_size=64),
    start=st.sampled_from([b"", b"\xff", b"BM", b"II*\0", b"PK\3\4"]),
)
def test_any_bytes_are_something(content: bytes, start: bytes) -> None:
    kind, media_type = told(start + content)
    assert isinstance(kind, Kind)
    assert media_type


def test_a_name_alone_makes_nothing_technical() -> None:
    picture = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
    assert told(picture, "Thumbs.db") == (Kind.IMAGE, "image/png")
    assert told(picture, "look.cube") == (Kind.IMAGE, "image/png")


def test_checksum_lists_and_luts_are_technical() -> None:
    sums = (
        b"d41d8cd98f00b204e9800998ecf8427e  reel_1.mov\nd41d8cd98f00b204e9800998ecf8427e *b.wav\n"
    )
    lut = b'TITLE "look"\nLUT_3D_SIZE 2\n0 0 0\n1 1 1\n'
    assert told(sums)[1] == told(lut)[1] == "application/x-technical"
    assert told(b"d41d8cd98f00b204e9800998ecf8427e  reel_1.mov\nand a poem\n")[1] == "text/plain"


def test_the_directory_of_a_tiff_may_lie_anywhere() -> None:
    far = 20_000
    directory = (
        b"\x01\x00" + (0xC612).to_bytes(2, "little") + b"\x01\x00\x04\x00\x00\x00\x01\x04\x00\x00"
    )
    content = b"II*\0" + far.to_bytes(4, "little") + b"\0" * (far - 8) + directory
    assert told(content) == (Kind.IMAGE, "image/x-adobe-dng")


def test_a_drawing_with_its_own_entities_is_still_a_drawing() -> None:
    content = b'<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "x" "y" [\n <!ENTITY ns "z">\n]>\n<svg>'
    assert told(content) == (Kind.IMAGE, "image/svg+xml")


def zipped(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize("stated", [b"application/x-technical", b"image/png", b"a/b\x1b[31m"])
def test_an_archive_does_not_choose_what_it_is_taken_for(stated: bytes) -> None:
    content = zipped({"mimetype": stated, "hero.png": b"x"})
    assert told(content) == (Kind.PACKAGE, "application/zip")


def test_a_document_that_brings_other_files_is_an_archive() -> None:
    document = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<a/>"}
    assert told(zipped(document))[0] is Kind.TEXT
    assert told(zipped({**document, "hero.png": b"x"}))[0] is Kind.PACKAGE


@pytest.mark.parametrize(
    "content",
    [b"<!--a-->" * 900 + b"!", b"\n" * 8000 + b"x", b"<!DOCTYPE a [" + b"]" * 8000, b"#\n" * 4000],
)
def test_no_text_takes_for_ever_to_tell(content: bytes) -> None:
    assert told(content)[0] is Kind.TEXT


@pytest.mark.parametrize(
    "before", ["<!--" + "a" * 9000 + "-->", " " * 9000, "<!DOCTYPE svg [" + "\n" * 9000 + "]>"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_what_lies_before_the_root_does_not_hide_it(before: str, encoding: str) -> None:
    drawing = before + '<svg xmlns="http://www.w3.org/2000/svg">'
    assert told(drawing.encode(encoding)) == (Kind.IMAGE, "image/svg+xml")


def test_text_that_never_begins_is_not_known() -> None:
    assert told(b" " * 2_000_000 + b"<svg>")[1] == "application/octet-stream"
    assert told(b"<!--" + b"a" * 2_000_000)[1] == "application/octet-stream"


def test_blanks_do_not_hide_a_recipe() -> None:
    assert told(b"\n" * 9000 + b'{"3": {"class_type": "KSampler"}}')[1] == "text/x-json"


def test_a_recipe_cut_to_one_letter_is_still_taken_for_one() -> None:
    assert told(b"{", "graph.json")[1] == "text/x-json"


def test_only_the_root_makes_a_colour_list_technical() -> None:
    assert told(b'<?xml version="1.0"?><hashlist version="2.0">')[1] == "application/x-technical"
    assert told(b"<svg><!-- <hashlist> <ProcessList> --></svg>")[1] == "image/svg+xml"


def test_a_lut_may_begin_with_comments_and_a_title() -> None:
    lut = b'# made by a tool\n\n  TITLE "x"\r\n\nLUT_3D_SIZE 33\n0 0 0\n'
    assert told(lut) == (Kind.OTHER, "application/x-technical")
