"""Text of Exif values: comments in four encodings, and tools that follow none of them."""

from __future__ import annotations

import re

from checkthegate.detect.carriers.bounded import text_of
from checkthegate.detect.carriers.unpack import any_text, utf16_order

_CODE = 8
_CHARSET = re.compile(r"^charset=\"?(?:ascii|unicode|jis|undefined|invalidcharsetid)\"?\s", re.I)


def ascii_value(raw: bytes) -> str:
    """Text of a value of type ASCII, whatever really is in it; parts in lines of their own."""
    if utf16_order(raw):
        return any_text(raw).strip("\0 ")
    return "\n".join(part for part in text_of(raw.rstrip(b"\0 ")).split("\0") if part.strip())


def windows_text(raw: bytes) -> str:
    """Text of Windows' own tags (`XPComment`): UTF-16LE by rule, UTF-8 by mistake."""
    if utf16_order(raw) is None and b"\0" not in raw.rstrip(b"\0"):
        try:
            text = raw.rstrip(b"\0").decode("utf-8")
        except UnicodeDecodeError:
            text = ""
        if text.isascii() and text.isprintable() and text:
            return text
    return raw.decode("utf-16-le", "replace").partition("\0")[0]


def user_comment(raw: bytes, *, little: bool) -> str:
    """Text of a `UserComment`: marked ASCII, UNICODE or JIS, unmarked, or without any mark.

    `little` is the byte order of the block, used only where the text itself does not tell.
    """
    code, body = raw[:_CODE], raw[_CODE:]
    name = code.rstrip(b"\0 ").upper()
    if name == b"UNICODE":
        text = _unicode(body, little=little)
    elif name == b"JIS":
        text = _japanese(body)
    elif name == b"ASCII" or not name:
        text = _loose(body)
    else:
        text = _loose(raw)
    return _CHARSET.sub("", text.strip("\0 \ufeff"))


def _loose(body: bytes) -> str:
    return any_text(body.lstrip(b"\0") if utf16_order(body) is None else body)


def _unicode(body: bytes, *, little: bool) -> str:
    for mark, order in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if body.startswith(mark):
            return body[2:].decode(order, "replace")
    if b"\0" not in body.rstrip(b"\0"):
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            pass  # not UTF-8 either: what the marker promises, UTF-16, decides below
    return body.decode(_order(body, little=little), "replace")


def _order(body: bytes, *, little: bool) -> str:
    """The order in which the high bytes vary least: those of one script are few."""
    told = utf16_order(body)
    if told:
        return told
    sample = body[: len(body) // 2 * 2][:20_000]
    even, odd = len(set(sample[0::2])), len(set(sample[1::2]))
    if even == odd:
        return "utf-16-le" if little else "utf-16-be"
    return "utf-16-be" if even < odd else "utf-16-le"


def _japanese(body: bytes) -> str:
    for encoding in ("iso2022_jp", "shift_jis", "utf-8"):
        try:
            return body.rstrip(b"\0").decode(encoding)
        except UnicodeDecodeError:
            continue
    return any_text(body)
