"""What one ID3v2 frame says: its text, in the encoding its first byte names."""

from __future__ import annotations

from collections.abc import Iterator

from checkthegate.detect.carriers.bounded import printable, text_of, xmp_tags
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble

CARRIER = "id3"
_ENCODINGS = ("latin-1", "utf-16", "utf-16-be", "utf-8")
_TEXT_AT = {"COMM": 4, "USLT": 4, "USER": 4, "WXXX": 1}


def meaning(key: str, raw: bytes) -> Iterator[Carried]:
    """Tags of one frame of this name and content, and trouble where its text is none."""
    if not _is_text(key, raw):
        yield Trouble(f"the text of its ID3 tag '{key}' is damaged")
    if key == "TXXX":
        name, value = _split(raw[0], raw[1:])
        yield Tag(CARRIER, f"TXXX:{_text(raw[0], name)}", _values(raw[0], value))
    elif key in ("COMM", "USLT"):
        name, value = _split(raw[0], raw[4:])
        label = _text(raw[0], name) if key == "COMM" else ""
        yield Tag(CARRIER, f"{key}:{label}" if label else key, _values(raw[0], value))
    elif key == "WXXX":
        name, value = _split(raw[0], raw[1:])
        yield Tag(CARRIER, f"WXXX:{_text(raw[0], name)}", text_of(value))
    elif key == "PRIV":
        yield from _private(raw)
    elif key == "GEOB":
        mime = raw[1:].partition(b"\0")[0].decode("latin-1")
        yield Tag(CARRIER, f"GEOB:{mime}", "")
    elif key == "UFID":
        owner, _, value = raw.partition(b"\0")
        yield Tag(CARRIER, f"UFID:{owner.decode('latin-1')}", printable(value))
    elif key == "USER":
        yield Tag(CARRIER, key, _values(raw[0], raw[4:]))
    elif key.startswith("W"):
        yield Tag(CARRIER, key, text_of(raw.partition(b"\0")[0]))
    elif key.startswith(("T", "IPL")):
        yield Tag(CARRIER, key, _values(raw[0], raw[1:]))


def _is_text(key: str, raw: bytes) -> bool:
    """Whether the text of a frame is in the encoding it says; true for frames without one."""
    start = _TEXT_AT.get(key, 1 if key.startswith(("T", "IPL")) else 0)
    if not start:
        return True
    if raw[0] >= len(_ENCODINGS):
        return False
    name, value = _split(raw[0], raw[start:])
    try:
        for part in (name, b"" if key == "WXXX" else value):
            # Some writers end UTF-16 with half a NUL.
            even = part[:-1] if raw[0] in (1, 2) and len(part) % 2 and part[-1] == 0 else part
            even.decode(_codec(raw[0], even))
    except UnicodeDecodeError:
        return False
    return True


def _private(raw: bytes) -> Iterator[Carried]:
    owner, _, value = raw.partition(b"\0")
    if owner == b"XMP":
        yield from xmp_tags(value)
    else:
        yield Tag(CARRIER, f"PRIV:{owner.decode('latin-1')}", printable(value[:65_536]))


def _split(encoding: int, raw: bytes) -> tuple[bytes, bytes]:
    """A description and what follows its end mark."""
    if encoding not in (1, 2):
        name, _, value = raw.partition(b"\0")
        return name, value
    at = raw.find(b"\0\0")
    while at >= 0 and at % 2:
        at = raw.find(b"\0\0", at + 1)
    return (raw, b"") if at < 0 else (raw[:at], raw[at + 2 :])


def _text(encoding: int, raw: bytes) -> str:
    if encoding >= len(_ENCODINGS):
        return text_of(raw)
    return raw.decode(_codec(encoding, raw), "replace").replace("\ufeff", "")


def _codec(encoding: int, raw: bytes) -> str:
    codec = _ENCODINGS[encoding]
    marked = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    return "utf-16-le" if codec == "utf-16" and not marked else codec


def _values(encoding: int, raw: bytes) -> str:
    """One text or several, a line each."""
    return "\n".join(part for part in _text(encoding, raw).split("\0") if part)
