"""OpenEXR, DPX, Cineon and Radiance: headers of film pictures."""

import struct
from pathlib import Path

import pytest

from tests.detect.carriers.images import said

_LONG = b"an attribute name of more than thirty-one letters"


def _attribute(name: bytes, kind: bytes, value: bytes) -> bytes:
    return name + b"\0" + kind + b"\0" + struct.pack("<I", len(value)) + value


def _header(*more: bytes, rows: int = 3, compression: int = 0) -> bytes:
    window = struct.pack("<iiii", 0, 0, 1, rows - 1)
    return (
        _attribute(b"channels", b"chlist", b"Y\0\1\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0\0")
        + _attribute(b"compression", b"compression", bytes([compression]))
        + _attribute(b"dataWindow", b"box2i", window)
        + b"".join(more)
        + b"\0"
    )


def _exr(*more: bytes) -> bytes:
    head = b"\x76\x2f\x31\x01\2\4\0\0" + _header(*more)
    chunks = [struct.pack("<ii", row, 4) + b"\0\0\0\0" for row in range(3)]
    start = len(head) + 8 * 3
    return head + b"".join(struct.pack("<Q", start + 12 * at) for at in range(3)) + b"".join(chunks)


_SAID = (
    _attribute(b"prompt", b"string", '{"1": "夜"}'.encode()),
    _attribute(_LONG, b"string", b"long"),
    _attribute(b"lines", b"stringvector", b"\1\0\0\0a\2\0\0\0bc"),
    _attribute(b"longitude", b"float", struct.pack("<f", 7.5)),
)


def test_exr_attributes(tmp_path: Path) -> None:
    found = said(tmp_path, _exr(*_SAID))
    assert found.value("exr", "prompt") == '{"1": "夜"}'
    assert found.value("exr", _LONG.decode()) == "long"
    assert found.value("exr", "lines") == "a\nbc"
    assert found.value("exr", "longitude") == "present"
    assert found.value("exr", "dataWindow") == "box2i"
    assert not found.troubles


def test_exr_of_several_parts(tmp_path: Path) -> None:
    def part(name: bytes) -> bytes:
        kind = _attribute(b"type", b"string", b"scanlineimage")
        named = _attribute(b"name", b"string", name)
        return _header(kind, named, _attribute(b"chunkCount", b"int", struct.pack("<i", 1)), rows=1)

    head = b"\x76\x2f\x31\x01\2\x10\0\0" + part(b"one") + part(b"two") + b"\0"
    chunk = struct.pack("<iii", 0, 0, 4) + bytes(4)
    offsets = struct.pack("<QQ", len(head) + 16, len(head) + 16 + len(chunk))
    content = head + offsets + chunk + chunk
    found = said(tmp_path, content)
    assert found.values("exr", "name") == ["one", "two"]
    assert not found.troubles
    assert said(tmp_path, content[:-1]).troubles


def test_every_cut_of_an_exr_is_noticed(tmp_path: Path) -> None:
    content = _exr(*_SAID)
    for kept in range(8, len(content)):
        assert said(tmp_path, content[:kept]).troubles, kept


def test_an_exr_that_was_never_finished(tmp_path: Path) -> None:
    content = _exr()
    table = len(content) - 3 * 12 - 8
    unwritten = content[:table] + bytes(8) + content[table + 8 :]
    assert "never finished" in said(tmp_path, unwritten).troubles[0]
    assert said(tmp_path, _exr().replace(b"channels", b"chanmels")).troubles


def _dpx(order: str, size: int | None = None) -> bytes:
    content = bytearray(2048 + 4 * 2 * 4)
    content[:4] = b"SDPX" if order == ">" else b"XPDS"
    told = len(content) if size is None else size
    struct.pack_into(order + "I4xxxxxI", content, 4, 2048, told)
    struct.pack_into(order + "I", content, 16, told)
    content[36:50] = b"/home/sam/a.dp"
    content[160:170] = b"Resolve 20"
    content[260:264] = b"SHOW"
    content[460:468] = b"(c) 2026"
    content[1556:1561] = b"ARRI\0"
    struct.pack_into(order + "HHII", content, 768, 0, 1, 4, 2)
    content[800], content[803] = 50, 10
    return bytes(content)


@pytest.mark.parametrize("order", ["<", ">"])
def test_dpx_header(tmp_path: Path, order: str) -> None:
    found = said(tmp_path, _dpx(order))
    assert {(tag.key, tag.value) for tag in found.tags} == {
        ("creator", "Resolve 20"),
        ("project", "SHOW"),
        ("copyright", "(c) 2026"),
        ("input_device", "ARRI"),
    }
    assert not found.troubles
    assert "sam" not in "".join(tag.value for tag in found.tags)


@pytest.mark.parametrize(
    "content", [_dpx(">")[:2050], _dpx(">")[:900], _dpx(">", 0xFFFFFFFF)[:2060], _dpx(">", 9999)]
)
def test_cut_off_dpx(tmp_path: Path, content: bytes) -> None:
    assert said(tmp_path, content).troubles


def test_cineon_header(tmp_path: Path) -> None:
    content = bytearray(2048)
    content[:4] = b"\x80\x2a\x5f\xd7"
    struct.pack_into(">I", content, 4, 1024)
    struct.pack_into(">I", content, 20, 2048)
    content[812:819] = b"Scanner"
    assert said(tmp_path, bytes(content)).value("dpx", "input_device") == "Scanner"
    assert said(tmp_path, bytes(content[:2000])).troubles


def test_radiance_header(tmp_path: Path) -> None:
    head = b"#?RADIANCE\n# made by hand\nSOFTWARE=diffusion 1\npfilt -x 4\nFORMAT=32-bit_rle_rgbe\n"
    found = said(tmp_path, head + b"\n-Y 1 +X 1\n\0\0\0\0")
    assert [(tag.key, tag.value) for tag in found.tags] == [
        ("comment", "made by hand"),
        ("SOFTWARE", "diffusion 1"),
        ("command", "pfilt -x 4"),
        ("FORMAT", "32-bit_rle_rgbe"),
    ]
    assert said(tmp_path, head).troubles
