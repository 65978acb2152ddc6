"""Which files are machinery or litter: fonts, LUTs, checksum lists, project files, system files.

Told by content. A name alone makes nothing technical, or a renamed picture would slip by.
"""

from __future__ import annotations

import re

_LITTER_MAGIC: tuple[tuple[int, bytes], ...] = (
    (0, b"\x00\x00\x00\x01Bud1"),  # .DS_Store
    (0, b"\x00\x05\x16\x07"),  # AppleDouble ._name
    (0, b"\x00\x01\x00\x00\x00"),  # TrueType
    (0, b"OTTO"),
    (0, b"ttcf"),
    (0, b"true\x00"),
    (0, b"wOFF"),
    (0, b"wOF2"),
    (36, b"acsp"),  # ICC profile
    (0, b"BLENDER"),
    (0, b"RIFX"),  # After Effects project
    (0, b"SQLite format 3\0"),
    (0, b"7\x00\x00\x00Thumbs"),
)

_CHECKSUM_LINE = re.compile(
    r"^(?:[0-9A-Fa-f]{8}|[0-9A-Fa-f]{16}|[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64}|"
    r"[0-9A-Fa-f]{96}|[0-9A-Fa-f]{128})[ \t]+\*?\S.{0,400}$"
)
_BSD_CHECKSUM_LINE = re.compile(
    r"^(?:MD5|SHA\d+|BLAKE2b|BLAKE3) ?\(.{1,400}\) ?= ?[0-9A-Fa-f]{32,128}$"
)
_CUBE = re.compile(
    r"(?:[^\S\n]*+(?:(?:#|TITLE )[^\n]*+)?\n)*+\s*+(?:LUT_[13]D_SIZE|DOMAIN_M|LUT_3D_INPUT)"
)
_NUKE = re.compile(r"^(?:#!.*\n)?(?:#.*\n)*(?:version \d+\.\d+ v\d+|Root \{)", re.M)
TECHNICAL_ROOTS = frozenset(
    {
        *(b"ProcessList", b"ColorDecisionList", b"ColorCorrectionCollection", b"aces:amf"),
        b"hashlist",
    }
)
"""The outermost element of XML that a machine wrote for a machine: colour and checksum lists."""
_DESKTOP_INI = re.compile(r"^\s*\[\.ShellClassInfo\]")


def is_litter(name: str, head: bytes) -> bool:
    """Binary machinery: system litter, fonts, colour profiles, project files."""
    if any(head.startswith(magic, offset) for offset, magic in _LITTER_MAGIC):
        return True
    return name.lower() == "thumbs.db" and head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


def is_technical_text(name: str, text: str) -> bool:
    """Text that a machine wrote for a machine: LUTs, checksum lists, project scripts."""
    patterns = (_DESKTOP_INI, _CUBE, _NUKE)
    return any(each.match(text) for each in patterns) or _is_checksum_list(text)


def _is_checksum_list(text: str) -> bool:
    lines = [line for line in text.splitlines()[:200] if line.strip() and line[0] not in "#;"]
    if len(text) > 4000 and lines:
        lines.pop()
    return bool(lines) and all(
        _CHECKSUM_LINE.match(line) or _BSD_CHECKSUM_LINE.match(line) for line in lines
    )
