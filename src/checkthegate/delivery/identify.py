"""What a file is, by its content: the name is only a last resort between kinds of text.

Every media type has one kind. `application/x-technical` is litter and machinery that holds
nothing generative (fonts, LUTs, checksum lists, project files); `application/octet-stream`
is what nobody here knows, and that is a gap.
"""

from __future__ import annotations

import re
import zipfile
from typing import BinaryIO, Literal

from checkthegate.delivery import cut_lists, technical
from checkthegate.delivery.zip_directory import BROKEN, PLAIN_METHODS, open_zip
from checkthegate.model import Kind

HEAD_BYTES = 8192
UNKNOWN = "application/octet-stream"
TECHNICAL = "application/x-technical"
EMPTY = "application/x-empty"
ZIP = "application/zip"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, cut_lists.AAF_MAGIC, cut_lists.AAF),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"8BPS", "image/vnd.adobe.photoshop"),
    (0, b"\x76\x2f\x31\x01", "image/x-exr"),
    (0, b"SDPX", "image/x-dpx"),
    (0, b"XPDS", "image/x-dpx"),
    (0, b"\x80\x2a\x5f\xd7", "image/x-cineon"),
    (0, b"\xff\x0a", "image/jxl"),
    (0, b"\x00\x00\x00\x0cJXL \r\n\x87\n", "image/jxl"),
    (0, b"\x00\x00\x00\x0cjP  \r\n\x87\n", "image/jp2"),
    (0, b"\xff\x4f\xff\x51", "image/jp2"),
    (0, b"#?RADIANCE", "image/vnd.radiance"),
    (0, b"BM", "image/bmp"),
    (0, b"II\xbc\x01", "image/x-camera-raw"),
    (0, b"FUJIFILMCCD-RAW", "image/x-camera-raw"),
    (0, b"\x1aE\xdf\xa3", "video/x-matroska"),
    (0, b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01", "application/mxf"),
    (0, b"\x00\x00\x01\xba", "video/mpeg"),
    (0, b"\x00\x00\x01\xb3", "video/mpeg"),
    (0, b"FLV\x01", "video/x-flv"),
    (0, b"0&\xb2u\x8ef\xcf\x11", "video/x-ms-asf"),
    (0, b"fLaC", "audio/flac"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"caff", "audio/x-caf"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"MThd", "audio/midi"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"PK\x03\x04", ZIP),
    (0, b"PK\x05\x06", ZIP),
    (4, b"jumb", "application/c2pa"),
)

_BRANDS: tuple[tuple[frozenset[bytes], str], ...] = (
    (frozenset({b"avif", b"avis"}), "image/avif"),
    (frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}), "image/heic"),
    (frozenset({b"mif1", b"msf1"}), "image/heif"),
    (frozenset({b"crx "}), "image/x-camera-raw"),
    (frozenset({b"M4A ", b"M4B ", b"M4P "}), "audio/mp4"),
    (frozenset({b"qt  "}), "video/quicktime"),
)
_MP4_ATOMS = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})

_STATED_DOCUMENTS = frozenset(
    {
        "application/epub+zip",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.presentation",
        "application/vnd.oasis.opendocument.spreadsheet",
    }
)
_OFFICE_PARTS = frozenset(
    {
        *("[content_types].xml", "_rels", "docprops", "word", "xl", "ppt", "customxml"),
        *("customui", "_xmlsignatures", "usercustomization", "meta-inf", "[trash]"),
        *("docmetadata", "visio", "bib", "webextension", "xmlsignatures"),
    }
)
_LONGEST_TYPE = 200
_LONGEST_PROLOGUE = 1024 * 1024
_MOST_TIFF_TAGS = 200
_DNG_VERSION = 0xC612
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_FORM = {b"AIFF": "audio/aiff", b"AIFC": "audio/aiff"}

_KINDS = {
    "application/mxf": Kind.VIDEO,
    "application/pdf": Kind.TEXT,
    "application/rtf": Kind.TEXT,
    "application/x-fdx": Kind.TEXT,
    "application/epub+zip": Kind.TEXT,
    DOCX: Kind.TEXT,
    XLSX: Kind.TEXT,
    PPTX: Kind.TEXT,
    "application/vnd.oasis.opendocument.text": Kind.TEXT,
    "application/vnd.oasis.opendocument.presentation": Kind.TEXT,
    "application/vnd.oasis.opendocument.spreadsheet": Kind.TEXT,
    "text/plain": Kind.TEXT,
    "text/html": Kind.TEXT,
    ZIP: Kind.PACKAGE,
    **dict.fromkeys(cut_lists.TIMELINES, Kind.TIMELINE),
}
ARCHIVES = frozenset({ZIP, cut_lists.OTIOZ})
"""The media types whose members are looked at one by one."""


def kind_of(media_type: str) -> Kind:
    """The kind of asset a media type makes."""
    known = _KINDS.get(media_type)
    if known is not None:
        return known
    prefix = media_type.partition("/")[0]
    return Kind(prefix) if prefix in ("image", "video", "audio", "text") else Kind.OTHER


def identify(stream: BinaryIO, name: str) -> tuple[Kind, str]:
    """Kind and media type of the file behind `stream`, which is left anywhere.

    `name` (last path part) only tells apart kinds of text and litter.
    """
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    media_type = _media_type(head, stream, name)
    if media_type == UNKNOWN:
        media_type = cut_lists.by_name(name) or UNKNOWN
    return kind_of(media_type), media_type


def _media_type(head: bytes, stream: BinaryIO, name: str) -> str:
    if not head:
        return EMPTY
    if technical.is_litter(name, head):
        return TECHNICAL
    for offset, magic, media_type in _MAGIC:
        if head.startswith(magic, offset):
            return _refined(media_type, head, stream)
    boxed = _boxed(head) or _tiff(head, stream)
    if boxed:
        return boxed
    # A UTF-16 byte order mark looks like the sync word of MPEG audio; text is the stricter test.
    if head.startswith(_UTF16_MARKS):
        return _text(head, stream, name) or _mpeg_audio(head) or UNKNOWN
    return _mpeg_audio(head) or _text(head, stream, name) or UNKNOWN


def _refined(media_type: str, head: bytes, stream: BinaryIO) -> str:
    """Settle the magics that several formats share."""
    if media_type == "video/x-matroska" and b"webm" in head[:64]:
        return "video/webm"
    if media_type == "image/bmp" and head[6:10] != b"\0\0\0\0":
        return _text(head, stream, "") or UNKNOWN
    if media_type == "audio/ogg" and (b"\x80theora" in head[:256] or b"OVP80" in head[:256]):
        return "video/ogg"
    if media_type == ZIP:
        return _zip_flavour(stream)
    return media_type


def _boxed(head: bytes) -> str | None:
    """RIFF, IFF and ISO base media files."""
    if head[:4] in (b"RIFF", b"RF64", b"BW64"):
        return _RIFF.get(head[8:12])
    if head[:4] == b"FORM":
        return _FORM.get(head[8:12])
    if head[4:8] == b"ftyp":
        size = min(int.from_bytes(head[:4], "big"), 256)
        brands = [head[8:12], *(head[at : at + 4] for at in range(16, size, 4))]
        for known, media_type in _BRANDS:
            if brands[0] in known:
                return media_type
        heif = next((m for known, m in _BRANDS[:2] for brand in brands if brand in known), None)
        return heif or "video/mp4"
    if head[4:8] in _MP4_ATOMS:
        return "video/quicktime"
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return "video/mp2t"
    return None


def _tiff(head: bytes, stream: BinaryIO) -> str | None:
    if head[:4] not in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return None
    if head[8:10] == b"CR":
        return "image/x-camera-raw"
    order: Literal["little", "big"] = "little" if head[:2] == b"II" else "big"
    first = int.from_bytes(head[4:8], order)
    stream.seek(first)
    directory = stream.read(2 + 12 * _MOST_TIFF_TAGS)
    count = min(int.from_bytes(directory[:2], order), _MOST_TIFF_TAGS)
    tags = {int.from_bytes(directory[at : at + 2], order) for at in range(2, 2 + 12 * count, 12)}
    return "image/x-adobe-dng" if _DNG_VERSION in tags else "image/tiff"


def _mpeg_audio(head: bytes) -> str | None:
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    layer, rate = (head[1] >> 1) & 3, head[2] >> 4
    if layer == 0:
        return "audio/aac" if head[1] & 0xF0 == 0xF0 else None
    return "audio/mpeg" if 0 < rate < 15 and (head[2] >> 2) & 3 != 3 else None


def _zip_flavour(stream: BinaryIO) -> str:
    """Office documents and books are zips too; told by their own table of contents."""
    try:
        with open_zip(stream) as archive:
            names = set(archive.namelist())
            stated = _stated_type(archive) if "mimetype" in names else ""
    except (*BROKEN, OSError):
        return ZIP
    # An archive does not choose what it is taken for: only these are documents.
    if stated in _STATED_DOCUMENTS:
        return stated
    if cut_lists.OTIOZ_MEMBER in names:
        return cut_lists.OTIOZ
    if "[Content_Types].xml" in names and _only_office(names):
        for folder, media_type in (("word/", DOCX), ("xl/", XLSX), ("ppt/", PPTX)):
            if any(entry.startswith(folder) for entry in names):
                return media_type
    return ZIP


def _only_office(names: set[str]) -> bool:
    """Whether nothing lies in it but the parts of an office document, which are read as such."""
    return {name.partition("/")[0].lower() for name in names} <= _OFFICE_PARTS


def _stated_type(archive: zipfile.ZipFile) -> str:
    """What the member `mimetype` says, as OpenDocument and EPUB have it."""
    if archive.getinfo("mimetype").compress_type not in PLAIN_METHODS:
        return ""
    with archive.open("mimetype") as member:
        return member.read(_LONGEST_TYPE).decode("ascii", "replace").strip()


# Nothing here is tried twice (`*+`, `(?>…)`), or a few hundred comments would take for ever.
_XML = re.compile(
    rb"^\s*+(?:<\?xml[^>]*+>\s*+)?(?:(?><!--.*?-->)\s*+"
    rb"|(?><!DOCTYPE[^>\[]*+(?:\[.*?\]\s*+)?>)\s*+)*+<([\w:.-]+)",
    re.S,
)
_JSON = re.compile(rb'(?:\{\s*["}]|\[\s*(?:[{"\]]|\[\s*[\[{"\d-]))')
_MEDIA_NAME = re.compile(
    r"\.(?:jpe?g|png|gif|webp|tiff?|exr|dpx|psd|psb|heic|heif|avif|jxl|jp2|bmp|dng|cr[23]|nef|arw|"
    r"mp4|m4v|mov|mkv|webm|mxf|avi|mpe?g|m2?ts|wav|bwf|aiff?|mp3|flac|m4a|aac|ogg|opus)$",
    re.I,
)
_ROOTS = {
    b"svg": "image/svg+xml",
    b"svg:svg": "image/svg+xml",
    b"FinalDraft": "application/x-fdx",
    b"x:xmpmeta": "application/rdf+xml",
    b"x:xapmeta": "application/rdf+xml",
    b"rdf:RDF": "application/rdf+xml",
    b"html": "text/html",
}


def _text(head: bytes, stream: BinaryIO, name: str) -> str | None:
    """A kind of text, or None for binary content."""
    text = decoded(head)
    if text is None:
        return None
    if len(head) == HEAD_BYTES and _has_not_begun(_plain(text)):
        stream.seek(0)
        text = decoded(stream.read(_LONGEST_PROLOGUE)) or ""
        if _has_not_begun(_plain(text)):
            return UNKNOWN
    if technical.is_technical_text(name, text):
        return TECHNICAL
    return _kind_of_text(_plain(text), name)


def _plain(text: str) -> bytes:
    return text.lstrip("\ufeff").encode("utf-8", "replace").lstrip()


def _has_not_begun(plain: bytes) -> bool:
    """Whether these first bytes hold nothing but blanks, comments and declarations."""
    return not plain or (plain.startswith((b"<!", b"<?xml")) and not _XML.match(plain))


def _kind_of_text(plain: bytes, name: str) -> str:
    if plain.startswith(b"<?xpacket"):
        return "application/rdf+xml"
    root = _XML.match(plain)
    if root:
        known = TECHNICAL if root[1] in technical.TECHNICAL_ROOTS else _ROOTS.get(root[1])
        return known or cut_lists.of_xml(root[1], plain) or "text/xml"
    if _JSON.match(plain) or (name.lower().endswith(".json") and plain[:1] in (b"{", b"[")):
        return cut_lists.of_json(plain) or "text/x-json"
    cut = cut_lists.of_text(plain.decode("utf-8", "replace")) or cut_lists.by_name(name)
    if cut is not None:
        return cut
    # Text under a picture's, film's or sound's name is what is left of a damaged file, or an
    # error page that was saved as one; nobody can tell what should have been there.
    return UNKNOWN if _MEDIA_NAME.search(name) else "text/plain"


def decoded(head: bytes) -> str | None:
    """Text of the first bytes of a file, or None when they are not text."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8")):
        if head.startswith(mark):
            try:
                odd = len(head) % 2 if mark else 0
                return _printable(head[: len(head) - odd].decode(encoding))
            except UnicodeDecodeError as problem:
                if encoding == "utf-8" and problem.start >= len(head) - 4:
                    return _printable(head[: problem.start].decode(encoding))
    return _printable(head.decode("latin-1")) if b"\0" not in head else None


def _printable(text: str) -> str | None:
    odd = sum(1 for letter in text if letter < " " and letter not in "\t\n\r\f\x1b\x1a")
    return text if odd * 200 <= len(text) else None
