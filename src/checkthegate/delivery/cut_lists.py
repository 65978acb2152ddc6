"""Which files are timelines, by content; the name counts only for text that says nothing else."""

from __future__ import annotations

import re
from typing import Final

EDL: Final = "text/x-edl"
ALE: Final = "text/x-ale"
SRT: Final = "application/x-subrip"
VTT: Final = "text/vtt"
OTIO: Final = "application/x-otio+json"
OTIOZ: Final = "application/x-otioz"
FCPXML: Final = "application/x-fcpxml+xml"
FCP7: Final = "application/x-fcp7+xml"
AAF: Final = "application/x-aaf"
TIMELINES: Final = frozenset({EDL, ALE, SRT, VTT, OTIO, OTIOZ, FCPXML, FCP7, AAF})
"""The media types of everything that is a timeline."""

AAF_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1AAFB\r\x00OM"
OTIOZ_MEMBER: Final = "content.otio"
_BY_NAME: Final = {
    "edl": EDL, "ale": ALE, "srt": SRT, "vtt": VTT, "otio": OTIO, "otioz": OTIOZ,
    "fcpxml": FCPXML, "aaf": AAF,
}  # fmt: skip
_CODE: Final = r"\d{1,2}[:;.]\d{2}[:;.]\d{2}[:;.,]\d{2,3}"
_EVENT: Final = re.compile(
    rf"^[ \t]*\d{{1,9}}[A-Za-z]?[ \t][^\r\n]{{0,300}}?[ \t]{_CODE}[ \t]+{_CODE}[ \t]+{_CODE}"
    rf"[ \t]+{_CODE}",
    re.M,
)
_EDL_HEAD: Final = re.compile(r"\s*TITLE:[^\r\n]{0,400}\s+FCM:", re.I)
_EDL_BEGINS: Final = re.compile(r"\s*(?:TITLE:|FCM:|\*|>|\d{1,9}[A-Za-z]?[ \t])", re.I)
_ALE_HEAD: Final = re.compile(
    r"\s*Heading[ \t]*[\r\n][^\x00]{0,2000}?(?:FIELD_DELIM|\nColumn)", re.I
)
_CUE: Final = re.compile(
    r"\s*\d{1,9}[ \t]*(?:\r\n|\r|\n)[ \t]*\d{1,3}:\d{1,2}:\d{1,2}[,.:]\d{1,3}[ \t]*-->"
)
_FRAGMENT: Final = re.compile(rb"<filter>\s*<effect>.{0,4000}?<effectid>", re.S)
_ROOTS: Final = {b"fcpxml": FCPXML, b"xmeml": FCP7}


def of_text(text: str) -> str | None:
    """The timeline that the first letters of a text make, or None."""
    if text.startswith("WEBVTT"):
        return VTT
    if _CUE.match(text):
        return SRT
    if _ALE_HEAD.match(text):
        return ALE
    begins = _EDL_BEGINS.match(text) is not None
    return EDL if begins and (_EDL_HEAD.match(text) or _EVENT.search(text)) else None


def of_xml(root: bytes, head: bytes) -> str | None:
    """The timeline whose outermost element this is, or None."""
    if root == b"filter" and _FRAGMENT.search(head):
        return FCP7
    return _ROOTS.get(root)


def of_json(head: bytes) -> str | None:
    """The timeline that a JSON document is, or None."""
    return OTIO if b'"OTIO_SCHEMA"' in head else None


def by_name(name: str) -> str | None:
    """What a file calls itself: for text and damaged files that say nothing else."""
    return _BY_NAME.get(name.lower().rpartition(".")[2]) if "." in name else None
