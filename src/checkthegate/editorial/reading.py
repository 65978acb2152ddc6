"""Any timeline, by its media type, read within bounds."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from checkthegate.editorial import aaf, ale, edl, fcp7, fcpxml, otio_document, subtitles
from checkthegate.model import Unreadable
from checkthegate.model.timeline import Timeline
from checkthegate.seams import OpenAsset

LARGEST: Final = 64 * 1024 * 1024
_LARGEST_AAF: Final = 64 * 1024**3
_CONTENT: Final = "content.otio"
_AAF: Final = "application/x-aaf"
_OTIOZ: Final = "application/x-otioz"
_BROKEN_ZIP: Final = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError)

Reader = Callable[[bytes], tuple[Timeline, ...]]
_READERS: Final[Mapping[str, Reader]] = {
    "text/x-edl": lambda content: (edl.read_edl(content),),
    "text/x-ale": lambda content: (ale.read_ale(content),),
    "application/x-subrip": lambda content: (subtitles.read_srt(content),),
    "text/vtt": lambda content: (subtitles.read_vtt(content),),
    "application/x-otio+json": otio_document.read_otio,
    "application/x-fcpxml+xml": fcpxml.read_fcpxml,
    "application/x-fcp7+xml": fcp7.read_fcp7,
}
MEDIA_TYPES: Final = frozenset({*_READERS, _AAF, _OTIOZ})
"""Everything that can be read here."""


def read_timelines(opened: OpenAsset) -> tuple[Timeline, ...]:
    """The timelines of an asset: one as a rule, none never. Raises `Unreadable`."""
    if opened.asset.media_type == _AAF:
        if opened.asset.size > _LARGEST_AAF:
            raise Unreadable("this AAF is larger than any that is read here (64 GB)")
        with opened.open() as stream:
            found = aaf.read_aaf(stream)
    elif opened.asset.media_type == _OTIOZ:
        found = otio_document.read_otio(_bundled(opened), "otioz")
    else:
        found = _READERS[opened.asset.media_type](_content(opened))
    stem = opened.asset.name.rpartition(".")[0] or opened.asset.name
    return tuple(each if each.name else replace(each, name=stem) for each in found)


def _content(opened: OpenAsset) -> bytes:
    if opened.asset.size > LARGEST:
        raise Unreadable(f"this timeline is larger than {LARGEST >> 20} MB, so it was not read")
    return opened.read_at(0, LARGEST)


def _bundled(opened: OpenAsset) -> bytes:
    """The timeline inside of an OTIOZ; its media are members of an archive like any other."""
    try:
        with opened.open() as stream, zipfile.ZipFile(stream) as archive:
            if archive.getinfo(_CONTENT).file_size > LARGEST:
                raise Unreadable(f"the timeline in this OTIOZ is larger than {LARGEST >> 20} MB")
            with archive.open(_CONTENT) as member:
                content = member.read(LARGEST + 1)
    except (*_BROKEN_ZIP, KeyError, EOFError, OSError):
        raise Unreadable(
            "this OTIOZ is damaged, so the timeline in it is not known; export it again"
        ) from None
    if len(content) > LARGEST:
        raise Unreadable(f"the timeline in this OTIOZ is larger than {LARGEST >> 20} MB")
    return content
