"""The words of every kind of text, with pages and scenes; and what cannot be read says so."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkthegate.delivery.documents_docx import docx_words
from checkthegate.delivery.documents_rtf import rtf_words
from checkthegate.delivery.identify import DOCX
from checkthegate.delivery.opened import OpenedFile
from checkthegate.delivery.words_plain import decoded, with_scenes
from checkthegate.delivery.words_subtitles import subtitle_words
from checkthegate.model import Asset, Kind, Unreadable
from checkthegate.seams import Limits, Text

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PLAIN, FDX, PDF = "text/plain", "application/x-fdx", "application/pdf"


def words_of(folder: Path, content: bytes, media_type: str, limits: Limits | None = None) -> Text:
    file = folder / "x"
    file.write_bytes(content)
    asset = Asset("x", Kind.TEXT, media_type, len(content), "sha256:0")
    opened = OpenedFile(asset, file, limits=limits)
    try:
        return opened.text()
    finally:
        opened.close()


def reason(folder: Path, content: bytes, media_type: str, limits: Limits | None = None) -> str:
    with pytest.raises(Unreadable) as raised:
        words_of(folder, content, media_type, limits)
    assert str(folder) not in raised.value.reason
    return raised.value.reason


def at(text: Text, word: str) -> tuple[int, str]:
    """Page and scene of a word."""
    place = text.body.index(word)
    passage = [each for each in text.passages if each.start <= place][-1]
    return passage.page, passage.scene


def docx(document: str, **others: str) -> bytes:
    parts = {"[Content_Types].xml": "<Types/>", "word/document.xml": document, **others}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def document(*paragraphs: str) -> str:
    inner = "".join(f"<w:p>{each}</w:p>" for each in paragraphs)
    return f'<w:document xmlns:w="{WORD}"><w:body>{inner}</w:body></w:document>'


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def pdf(*pages: str) -> bytes:
    """A PDF with a line of text on each page."""
    count = len(pages)
    kids = " ".join(f"{number} 0 R" for number in range(4, 4 + count))
    bodies = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number in range(count):
        bodies.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {4 + count + number} "
            "0 R /Resources << /Font << /F 3 0 R >> >> >>"
        )
    for page in pages:
        lines = "".join(f"({line}) Tj 0 -14 Td " for line in page.split("\n"))
        stream = f"BT /F 12 Tf 50 700 Td {lines}ET" if page else ""
        bodies.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    content, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(content))
        content += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    table = f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{rows}"
    trailer = f"trailer << /Size {len(bodies) + 1} /Root 1 0 R >>\nstartxref\n{len(content)}\n"
    return content + (table + trailer + "%%EOF\n").encode()


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_encodings_of_the_west(tmp_path: Path, encoding: str) -> None:
    said = "Ein Mädchen läuft über die Straße – “schnell”, sagt sie.\n" * 8
    assert words_of(tmp_path, said.encode(encoding), PLAIN).body == said


@pytest.mark.parametrize(
    ("said", "encoding"),
    [
        ("東京の空は青い。電車がゆっくりと駅に入ってくる。", "shift_jis"),
        ("他走进房间，看见桌子上有一封没有打开的信。", "gb18030"),
        ("مرحبا بالعالم، هذه قصة قصيرة", "utf-8"),
    ],
)
def test_encodings_of_the_east(said: str, encoding: str) -> None:
    assert decoded((said * 5).encode(encoding)) == said * 5


def test_a_screenplay_keeps_every_letter_and_knows_its_scenes(tmp_path: Path) -> None:
    script = (
        "Title: Rain\r\n\r\nINT. HARBOUR - NIGHT\r\n\r\nRain falls.\r\n\r\n"
        "12 EXT. PIER - DAY #12#\r\n\r\nGulls cry.\r\n\r\n.THE CELLAR\r\n\r\nDark here."
        "\r\n\r\nExterminate them. Interesting.\r\n"
    )
    text = words_of(tmp_path, script.encode(), PLAIN)
    assert text.body == script
    assert [each.scene for each in text.passages] == [
        "INT. HARBOUR - NIGHT", "EXT. PIER - DAY", "THE CELLAR",
    ]  # fmt: skip
    assert at(text, "Gulls") == (0, "EXT. PIER - DAY")
    assert text.body[text.passages[1].start :].startswith("12 EXT. PIER")


def test_form_feeds_are_pages() -> None:
    text = with_scenes("first\fsecond\fINT. HALL - DAY\nthird", Limits())
    assert at(text, "first") == (1, "")
    assert at(text, "second") == (2, "")
    assert at(text, "third") == (3, "INT. HALL - DAY")


def test_subrip_and_webvtt_give_their_words_alone(tmp_path: Path) -> None:
    subrip = (
        "\ufeff1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Where were you</i>\r\nlast night?\r\n\r\n"
        "2\r\n00:01:05,000 --> 00:01:06,000\r\n{\\an8}At the harbour.\r\n"
    )
    text = words_of(tmp_path, subrip.encode(), PLAIN)
    assert text.body == "Where were you\nlast night?\nAt the harbour.\n"
    assert at(text, "harbour") == (0, "00:01:05")
    webvtt = (
        "WEBVTT\n\nSTYLE\n::cue { color: red }\n\nNOTE nothing to say\n\nintro\n"
        "01:02.000 --> 01:04.000 align:start\n<v Marta>Fish &amp; chips <c.loud>now</c></v>\n"
    )
    text = words_of(tmp_path, webvtt.encode(), "text/vtt")
    assert text.body == "Fish & chips now\n"
    assert at(text, "chips") == (0, "01:02")


def test_final_draft_paragraphs_scenes_and_pages(tmp_path: Path) -> None:
    script = """<?xml version="1.0"?><FinalDraft DocumentType="Script"><Content>
    <Paragraph Type="Scene Heading"><SceneProperties Page="7"/><Text>INT. </Text><Text>HALL</Text>
    <ScriptNote><Paragraph><Text>a private note</Text></Paragraph></ScriptNote></Paragraph>
    <Paragraph Type="Action"><Text>She </Text><Text Style="Bold">runs.</Text></Paragraph>
    <Paragraph><DualDialogue><Paragraph Type="Dialogue"><Text>Left.</Text></Paragraph>
    <Paragraph Type="Dialogue"><Text>Right.</Text></Paragraph></DualDialogue></Paragraph>
    </Content><TitlePage><Content><Paragraph><Text>A TITLE</Text></Paragraph></Content></TitlePage>
    </FinalDraft>"""
    text = words_of(tmp_path, script.encode(), FDX)
    assert text.body.split("\n") == ["INT. HALL", "She runs.", "Left.", "Right.", ""]
    assert at(text, "Right") == (7, "INT. HALL")


def test_word_documents(tmp_path: Path) -> None:
    made = docx(
        document(
            run("EXT. PIER - DAY"),
            run("Gulls ") + run("cry.") + "<w:r><w:tab/></w:r>" + run("Again."),
            f'<w:del xmlns:w="{WORD}">{run("taken out")}</w:del>' + run("Kept."),
            '<w:r><w:br w:type="page"/></w:r>',
            "<w:r><w:lastRenderedPageBreak/></w:r>" + run("On the next page."),
        ),
        **{"word/footnotes.xml": document(run("A note."))},
    )
    text = words_of(tmp_path, made, DOCX)
    assert text.body.split("\n") == [
        "EXT. PIER - DAY", "Gulls cry.\tAgain.", "Kept.", "", "On the next page.", "A note.", "",
    ]  # fmt: skip
    assert at(text, "cry") == (1, "EXT. PIER - DAY")
    assert at(text, "next") == (2, "EXT. PIER - DAY")


def test_a_document_of_the_library_reads_as_it_was_written(tmp_path: Path) -> None:
    docx_library = pytest.importorskip("docx")
    made = docx_library.Document()
    for number in range(50):
        made.add_paragraph(f"Paragraph {number} is here.")
    made.save(str(tmp_path / "made.docx"))
    with (tmp_path / "made.docx").open("rb") as stream:
        body = docx_words(stream, Limits()).body
    assert body.split("\n")[:50] == [f"Paragraph {number} is here." for number in range(50)]


def test_pdf_pages(tmp_path: Path) -> None:
    text = words_of(tmp_path, pdf("INT. HALL - DAY\nShe runs.", "He waits.", ""), PDF)
    assert at(text, "runs") == (1, "INT. HALL - DAY")
    assert at(text, "waits") == (2, "INT. HALL - DAY")


def test_html_without_its_machinery(tmp_path: Path) -> None:
    page = b"<html><head><title>x</title></head><body><p>One <b>bo</b>ld &amp; two</p><script>no()"
    page += b"</script><style>p{}</style><div>Three</div></body></html>"
    words = words_of(tmp_path, page, "text/html").body.split()
    assert words == ["One", "bold", "&", "two", "Three"]


def test_rich_text() -> None:
    content = (
        rb"{\rtf1\ansi{\fonttbl{\f0 Courier;}}{\info{\title Secret}}{\*\generator Riched;}"
        rb"\f0 Caf\'e9 \u8212? d\u233\'e9j\u224\'e0 \ldblquote vu\rdblquote\par"
        rb"{\b bold} \{brace\}\page Next}"
    )
    text = rtf_words(content, Limits())
    assert text.body == "Café — déjà “vu”\nbold {brace}\fNext"
    assert at(text, "Next") == (2, "")


def test_what_is_no_text_or_too_much_says_so(tmp_path: Path) -> None:
    small = Limits(document_bytes=1000, items=20)
    assert "larger than" in reason(tmp_path, b"a" * 1001, PLAIN, small)
    assert "damaged" in reason(tmp_path, b"\xff\xfe\x00\xd8\x00", PLAIN)
    assert "cannot be told" in reason(tmp_path, b"\x00\x01\x80" * 30, PLAIN)
    assert "damaged" in reason(tmp_path, b"<FinalDraft><Content>", FDX)
    assert "damaged" in reason(tmp_path, b"<FinalDraft>" + b"<a>" * 300 + b"</a>" * 300, FDX)
    entities = b'<!DOCTYPE x [<!ENTITY a "b">]><FinalDraft><Content>&a;</Content></FinalDraft>'
    assert "damaged" in reason(tmp_path, entities, FDX)
    assert "kind of document" in reason(tmp_path, b"x", "application/epub+zip")


def test_broken_documents_say_so(tmp_path: Path) -> None:
    whole = docx(document(run("Words.")))
    assert "damaged" in reason(tmp_path, whole[: len(whole) // 2], DOCX)
    bomb = docx(document(run("a" * 3_000_000)))
    assert "unpacks" in reason(tmp_path, bomb, DOCX, Limits(document_bytes=1_000_000))
    odd = docx("x")
    assert "damaged" in reason(tmp_path, odd, DOCX)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/other.xml", "<x/>")
    assert "place of its own" in reason(tmp_path, buffer.getvalue(), DOCX)


def test_broken_and_wordless_pdf_say_so(tmp_path: Path) -> None:
    assert "no words" in reason(tmp_path, pdf("", ""), PDF)
    assert "damaged" in reason(tmp_path, b"%PDF-1.4 nothing more", PDF)
    assert "more pages" in reason(tmp_path, pdf("a", "b", "c"), PDF, Limits(items=2))


@given(st.binary(max_size=300), st.sampled_from([PLAIN, FDX, "text/html", "application/rtf"]))
def test_any_bytes_are_words_or_a_reason(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, media_type: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    try:
        text = words_of(folder, content, media_type)
    except Unreadable:
        return
    starts = [each.start for each in text.passages]
    assert starts == sorted(set(starts))


def test_cues_without_end_are_bounded() -> None:
    body = "WEBVTT\n\n" + "00:01.000 --> 00:02.000\nword\n\n" * 500
    text = subtitle_words(body, Limits(items=20))
    assert len(text.passages) == 100
    assert text.body.count("word") == 500


@pytest.mark.shared
def test_shared_documents_are_read(shared_data: Path, tmp_path: Path) -> None:
    novel = (shared_data / "text_copy" / "novels" / "carroll-lookingglass.docx").read_bytes()
    assert len(words_of(tmp_path, novel, DOCX).body.split()) > 1000
    script = (shared_data / "text_copy" / "screenplays" / "Brick And Steel.txt").read_bytes()
    assert at(words_of(tmp_path, script, PLAIN), "Beer's ready") == (0, "EXT. BRICK'S PATIO - DAY")
