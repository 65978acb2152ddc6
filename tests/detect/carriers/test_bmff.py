"""MP4, MOV, HEIF: tags wherever the boxes lie, and every way of being cut or crooked."""

from __future__ import annotations

import io
import struct

import pytest

from checkthegate.detect.carriers import bmff
from checkthegate.seams import Limits

from .made import XMP, box, found, tags, troubles

FTYP = box(b"ftyp", b"isom\0\0\2\0isomiso2")
MDAT = box(b"mdat", b"\xff" * 100)
HDLR = box(b"hdlr", b"\0" * 8, b"mdta", b"\0" * 13)
XMP_ID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
C2PA_ID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


def look(content: bytes, media_type: str = "video/mp4", limits: Limits | None = None):
    return found(bmff.read, content, media_type, limits)


def value(text: bytes, kind: int = 1) -> bytes:
    return box(b"data", struct.pack(">II", kind, 0), text)


def keyed(*pairs: tuple[bytes, bytes], full: bool = True) -> bytes:
    names = b"".join(box(b"mdta", name) for name, _ in pairs)
    keys = box(b"keys", struct.pack(">II", 0, len(pairs)), names)
    entries = [box(struct.pack(">I", at + 1), value(text)) for at, (_, text) in enumerate(pairs)]
    ilst = box(b"ilst", *entries)
    return box(b"meta", b"\0\0\0\0" if full else b"", HDLR, keys, ilst)


def sole(*tag_boxes: bytes) -> bytes:
    return FTYP + box(b"moov", *tag_boxes) + MDAT


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("inside", [b"", b"udta", b"trak"])
def test_named_keys_in_every_place(full: bool, inside: bytes) -> None:
    meta = keyed((b"prompt", b'{"3": {}}'), (b"AIGC", b'{"Label":"1"}'), full=full)
    carried = look(sole(box(inside, meta) if inside else meta))
    assert tags(carried) == {"mp4 prompt": '{"3": {}}', "mp4 AIGC": '{"Label":"1"}'}
    assert troubles(carried) == []


def test_header_after_the_pictures_and_64_bit_sizes() -> None:
    mdat = struct.pack(">I4sQ", 1, b"mdat", 16 + 50) + b"\0" * 50
    carried = look(FTYP + mdat + box(b"moov", keyed((b"comment", b"x"))))
    assert tags(carried) == {"mp4 comment": "x"}
    assert troubles(carried) == []


def test_last_box_to_the_end() -> None:
    content = FTYP + box(b"moov", keyed((b"comment", b"x"))) + b"\0\0\0\0mdat" + b"\xff" * 9
    carried = look(content)
    assert tags(carried) == {"mp4 comment": "x"}
    assert troubles(carried) == []


def test_itunes_codes_and_freeform() -> None:
    freeform = box(
        b"----",
        box(b"mean", b"\0\0\0\0com.apple.iTunes"),
        box(b"name", b"\0\0\0\0AIGC"),
        value(b"yes"),
    )
    ilst = box(
        b"ilst",
        box(b"\xa9too", value(b"Lavf61")),
        box(b"\xa9cmt", value("日本".encode("utf-16-be"), 2)),
        box(b"tmpo", value(b"\0\x78", 21)),
        box(b"covr", value(b"\xff\xd8\xff", 13)),
        freeform,
    )
    carried = look(sole(box(b"udta", box(b"meta", b"\0\0\0\0", HDLR, ilst))))
    assert tags(carried) == {
        "mp4 ©too": "Lavf61",
        "mp4 ©cmt": "日本",
        "mp4 tmpo": "120",
        "mp4 ----:com.apple.iTunes:AIGC": "yes",
    }
    assert troubles(carried) == []


def test_quicktime_texts() -> None:
    counted = struct.pack(">HH", 5, 0) + b"caf\x8e!"
    twice = struct.pack(">HH", 1, 0x15C7) + b"a" + struct.pack(">HH", 1, 0x15C7) + b"b"
    udta = box(
        b"udta",
        box(b"\xa9swr", counted),
        box(b"\xa9cmt", twice),
        box(b"\xa9too", value(b"Pika")),
        box(b"name", b"A track"),
        box(b"AIGC", b'{"Label":"1"}'),
        box(b"dscp", b"\0\0\0\0\x15\xc7made with suno\0"),
        box(b"binr", bytes(range(40))),
        b"\0\0\0\0",
    )
    carried = look(sole(udta), "video/quicktime")
    assert tags(carried) == {
        "mp4 ©swr": "café!",
        "mp4 ©cmt": "b",
        "mp4 ©too": "Pika",
        "mp4 name": "A track",
        "mp4 AIGC": '{"Label":"1"}',
        "mp4 dscp": "made with suno",
    }
    assert troubles(carried) == []


@pytest.mark.parametrize(
    "content",
    [
        FTYP + MDAT + box(b"moov") + box(b"uuid", XMP_ID, XMP),
        sole(box(b"udta", box(b"XMP_", XMP))),
        sole(box(b"uuid", XMP_ID, XMP)),
        sole(box(b"meta", b"\0\0\0\0", HDLR, box(b"xml ", b"\0\0\0\0", XMP))),
    ],
)
def test_xmp_in_every_place(content: bytes) -> None:
    carried = look(content)
    assert tags(carried)["xmp xmp:CreatorTool"] == "Dream Machine"
    assert troubles(carried) == []


def test_other_uuid_boxes() -> None:
    content = sole() + box(b"uuid", C2PA_ID, b"\0" * 5000) + box(b"uuid", b"u" * 16, b"hello")
    assert tags(look(content)) == {
        f"mp4 uuid/{C2PA_ID.hex()}": "",
        f"mp4 uuid/{'75' * 16}": "hello",
    }


def test_track_names_encoders_and_encryption() -> None:
    def entry(kind: bytes) -> bytes:
        fields = (
            b"\0" * 8 + b"\0" * 32 + b"\0\1" + b"\x0bLavc libx26" + b"\0" * 20 + b"\0\x18\xff\xff"
        )
        return box(kind, fields)

    def track(kind: bytes) -> bytes:
        stsd = box(b"stsd", b"\0\0\0\0\0\0\0\1", entry(kind))
        hdlr = box(b"hdlr", b"\0" * 8, b"vide", b"\0" * 12, b"VideoHandler\0")
        return sole(box(b"trak", box(b"mdia", hdlr, box(b"minf", box(b"stbl", stsd)))))

    clear = look(track(b"avc1"))
    assert tags(clear) == {"mp4 hdlr/name": "VideoHandler", "mp4 stsd/encoder": "Lavc libx26"}
    assert troubles(clear) == []
    assert any("encrypted" in reason for reason in troubles(look(track(b"encv"))))


def heif(exif: bytes, xmp: bytes, *, method: int = 0, protected: int = 0, far: int = 0) -> bytes:
    infe = [
        box(b"infe", struct.pack(">IHH4s", 2 << 24, 1, protected, b"Exif"), b"\0"),
        box(b"infe", struct.pack(">IHH4s", 2 << 24, 2, 0, b"mime"), b"\0application/rdf+xml\0"),
    ]
    iinf = box(b"iinf", struct.pack(">IH", 0, 2), *infe)

    def meta(at: int) -> bytes:
        rows = b"".join(
            struct.pack(">HHHHII", number, method, 0, 1, offset, size)
            for number, offset, size in ((1, at, len(exif) + far), (2, at + len(exif), len(xmp)))
        )
        iloc = box(b"iloc", struct.pack(">IHH", 1 << 24, 0x4400, 2), rows)
        idat = box(b"idat", exif, xmp) if method == 1 else b""
        return box(b"meta", b"\0\0\0\0", HDLR, iinf, iloc, idat)

    ftyp = box(b"ftyp", b"heic\0\0\0\0mif1heic")
    if method == 1:
        return ftyp + meta(0)
    return ftyp + meta(len(ftyp) + len(meta(0)) + 8) + box(b"mdat", exif, xmp)


TIFF = (
    b"II*\0\x08\0\0\0\x01\0"
    + struct.pack("<HHII", 0x131, 2, 14, 26)
    + b"\0\0\0\0"
    + b"Dream Machine\0"
)


@pytest.mark.parametrize("method", [0, 1])
def test_heif_exif_and_xmp(method: int) -> None:
    carried = look(heif(b"\0\0\0\0" + TIFF, XMP, method=method), "image/heic")
    assert tags(carried)["exif Software"] == "Dream Machine"
    assert tags(carried)["xmp xmp:CreatorTool"] == "Dream Machine"
    assert troubles(carried) == []


@pytest.mark.parametrize("bad", [{"protected": 1}, {"method": 2}, {"far": 1 << 30}])
def test_heif_metadata_that_cannot_be_read(bad: dict[str, int]) -> None:
    assert troubles(look(heif(b"\0\0\0\0" + TIFF, XMP, **bad), "image/heic"))


def test_jpeg_xl_boxes() -> None:
    head = box(b"JXL ", b"\r\n\x87\n")
    content = head + box(b"Exif", b"\0\0\0\0", TIFF) + box(b"xml ", XMP) + box(b"jxlc", b"\xff\x0a")
    carried = look(content, "image/jxl")
    assert tags(carried)["exif Software"] == "Dream Machine"
    assert tags(carried)["xmp xmp:CreatorTool"] == "Dream Machine"
    assert troubles(carried) == []
    assert troubles(look(content + box(b"brob", b"xml ", b"squeezed"), "image/jxl"))


WHOLE = sole(box(b"udta", keyed((b"prompt", b"a cat"))))


BETWEEN = range(len(WHOLE) - len(MDAT), len(WHOLE) - len(MDAT) + 8)
"""A cut here leaves whole boxes and fewer than 8 bytes behind: nothing in the file tells."""


@pytest.mark.parametrize("keep", [at for at in range(9, len(WHOLE), 7) if at not in BETWEEN])
def test_every_cut_is_told(keep: int) -> None:
    assert troubles(look(WHOLE[:keep])), keep


KEYED = keyed((b"comment", b"made with suno"))
ITUNES = box(b"meta", b"\0\0\0\0", HDLR, box(b"ilst", box(b"\xa9cmt", value(b"made with suno"))))


@pytest.mark.parametrize(
    ("tagged", "old", "new"),
    [
        (box(b"udta", KEYED), b"meta", b"mete"),
        (box(b"udta", KEYED), b"meta", b"\xaeeta"),
        (box(b"udta", KEYED), b"udta", b"udtb"),
        (box(b"udta", box(b"\xa9cmt", b"\0\4\0\0text")), b"udta", b"udtb"),
        (KEYED, b"meta", b"mete"),
        (KEYED, b"keys", b"kezs"),
        (KEYED, b"ilst", b"ilsu"),
        (KEYED, b"data", b"date"),
        (ITUNES, b"ilst", b"ilsu"),
        (ITUNES, b"data", b"date"),
        (ITUNES, b"\xa9cmt", b"\xa8cmt"),
        (KEYED, b"\0\0\0\1\0\0\0\x1e", b"\0\0\0\2\0\0\0\x1e"),
    ],
)
def test_a_part_that_lost_its_name_is_told(tagged: bytes, old: bytes, new: bytes) -> None:
    assert tags(look(sole(tagged)))
    assert not troubles(look(sole(tagged)))
    assert tagged.count(old) == 1
    assert troubles(look(sole(tagged.replace(old, new))))


@pytest.mark.parametrize("kind", [2, 12, 13, 14, 27, 0, 99])
def test_a_wrong_type_hides_no_text(kind: int) -> None:
    wrong = KEYED.replace(value(b"made with suno"), value(b"made with suno", kind))
    told = tags(look(sole(wrong)))
    assert "made with suno" in told["mp4 comment"]


@pytest.mark.parametrize("wiped", [8, 16, 32])
@pytest.mark.parametrize("name", [b"udta", b"meta", b"ilst"])
def test_a_list_whose_beginning_is_wiped_is_told(name: bytes, wiped: int) -> None:
    whole = sole(box(b"udta", ITUNES))
    at = whole.index(name) + 4
    assert troubles(look(whole[:at] + bytes(wiped) + whole[at + wiped :]))


def test_unused_room_and_old_dates_are_no_trouble() -> None:
    header = box(b"mvhd", b"\0\0\0\0\xa9abc", b"\0" * 92)
    assert troubles(look(sole(header, box(b"free", KEYED[8:]), KEYED))) == []


@pytest.mark.parametrize("padding", [b"\0" * 5, b"\0" * 4000, b"abc"])
def test_padding_is_fine(padding: bytes) -> None:
    assert troubles(look(WHOLE + padding)) == []


@pytest.mark.parametrize(
    "content",
    [
        WHOLE + b"\x01\x02\x03\x04garbage behind",
        WHOLE + b"\0" * 4000 + b"x",
        FTYP + MDAT,
        FTYP + b"\0\0\0\x04moov" + MDAT,
        FTYP + struct.pack(">I4sQ", 1, b"moov", 3) + MDAT,
        sole(box(b"meta", b"\0\0\0\0", HDLR, box(b"keys", struct.pack(">II", 0, 5)))),
        sole(box(b"udta", struct.pack(">I", 4000) + b"\xa9cmt" + b"abcd")),
        sole(box(b"cmov", b"\0" * 20)),
    ],
)
def test_crooked_files_are_told(content: bytes) -> None:
    assert troubles(look(content))


def test_tags_before_a_cut_are_still_told() -> None:
    carried = look(WHOLE[:-20])
    assert tags(carried) == {"mp4 prompt": "a cat"}
    assert troubles(carried)


def test_too_much_is_told_and_not_read() -> None:
    few = Limits(metadata_bytes=100, items=3)
    many = sole(keyed(*[(b"k%d" % at, b"v") for at in range(4)]))
    assert troubles(look(many, limits=few))
    assert troubles(look(FTYP + box(b"free") * 200 + box(b"moov"), limits=few))
    deep = b""
    for _ in range(500):
        deep = box(b"trak", deep)
    assert troubles(look(sole(deep))) == []


@pytest.mark.parametrize("form", ["mp4", "mov"])
def test_what_a_real_muxer_writes(form: str) -> None:
    av = pytest.importorskip("av")
    target = io.BytesIO()
    options = {"movflags": "use_metadata_tags"}
    with av.open(target, "w", format=form, options=options) as container:
        for key, text in (("prompt", '{"3": 1}'), ("AIGC", "{}"), ("comment", "made")):
            container.metadata[key] = text
        stream = container.add_stream("mpeg4", rate=24)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        for _ in range(3):
            container.mux(stream.encode(av.VideoFrame(32, 32, "yuv420p")))
        container.mux(stream.encode())
    content = target.getvalue()
    carried = look(content)
    assert tags(carried)["mp4 prompt"] == '{"3": 1}'
    assert tags(carried)["mp4 AIGC"] == "{}"
    assert tags(carried)["mp4 comment"] == "made"
    assert troubles(carried) == []
    assert troubles(look(content[: len(content) // 2]))


def test_fragmented_files_are_read() -> None:
    content = (
        FTYP + box(b"moov", keyed((b"comment", b"x"))) + (box(b"moof", b"\0" * 8) + MDAT) * 500
    )
    carried = look(content)
    assert tags(carried) == {"mp4 comment": "x"}
    assert troubles(carried) == []
