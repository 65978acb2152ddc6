"""Where a credential may lie: cheap looks at a file's own bytes, around the library.

Three questions: can this kind of file carry one at all; is it certain that this file does
not (saves the library a slow walk); and are there remains of one that the library no longer
finds, or an error that has nothing to do with credentials.
"""

from __future__ import annotations

from collections.abc import Sequence

from checkthegate.credentials.remains import REMAINS
from checkthegate.credentials.walks import WALKS, in_png
from checkthegate.seams import OpenAsset

STORE = "application/c2pa"

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_BINARY = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/tiff",
        "image/webp",
        "image/avif",
        "image/heic",
        "image/heif",
        "image/gif",
        "image/x-adobe-dng",
        "image/x-camera-raw",
        "image/jxl",
        "video/mp4",
        "video/quicktime",
        "video/x-msvideo",
        "audio/mp4",
        "audio/wav",
        "audio/mpeg",
        "audio/flac",
    }
)
_PACKED = frozenset(
    {
        "image/svg+xml",
        "application/pdf",
        "application/epub+zip",
        "application/zip",
        _OFFICE + "wordprocessingml.document",
        _OFFICE + "spreadsheetml.sheet",
        _OFFICE + "presentationml.presentation",
    }
)
# These are read into memory as a whole by the library.
_WHOLE = frozenset({"image/jpeg", "image/svg+xml", "application/pdf"})

_UUID_TAIL = b"\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71"
_SIGNS = (
    _UUID_TAIL,
    b"jumb",
    b"caBX",
    b"C2PA",
    b"c2pa",
    b"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81",
    b"dcterms:provenance",
)
_WINDOW = 128 * 1024
_BLOCK = 4 * 1024 * 1024
_SCAN_LIMIT = 512 * 1024 * 1024
# Directories of these may lie anywhere, also in the part that is gone.
_ANYWHERE = frozenset({"image/tiff", "image/x-adobe-dng"})
_ALIAS = {"image/x-camera-raw": "image/tiff"}


def can_embed(media_type: str) -> bool:
    """Whether the library reads credentials out of files of this kind."""
    return (
        media_type in _BINARY
        or media_type in _PACKED
        or media_type == STORE
        or media_type.startswith(_OPEN_DOCUMENT)
    )


def library_type(media_type: str) -> str:
    """The media type by the name the library has for it."""
    return _ALIAS.get(media_type, media_type)


def too_large(opened: OpenAsset) -> bool:
    """Whether reading it would need the whole of a very large file in memory."""
    return (
        opened.asset.media_type in _WHOLE and opened.asset.size > 4 * opened.limits.document_bytes
    )


def surely_none(opened: OpenAsset) -> bool:
    """True only if the file is whole and holds no place where a credential could lie.

    Asked for PNG alone, where the library needs several calls a chunk.
    """
    return opened.asset.media_type == "image/png" and in_png(opened) is False


def may_hold_one(opened: OpenAsset) -> bool:
    """Whether the outermost level of a file holds a place for a credential, or is not whole."""
    walk = WALKS.get(opened.asset.media_type)
    return walk is None or walk(opened) is not False


def has_remains(opened: OpenAsset) -> bool:
    """Whether a store's own marks or place lie in the file though the library found none."""
    if opened.asset.media_type == "application/pdf":
        return _contains(opened, (_UUID_TAIL, b"C2PA_Manifest"))
    if opened.asset.media_type not in _BINARY:
        return False
    head = opened.read_at(0, _WINDOW)
    tail_at = max(len(head), opened.asset.size - _WINDOW)
    if _marked(head) or _marked(opened.read_at(tail_at, _WINDOW)):
        return True
    look = REMAINS.get(opened.asset.media_type)
    return look is not None and look(opened)


def is_cut_short(opened: OpenAsset) -> bool:
    """Whether a container that may carry a credential at its end breaks off before it."""
    if opened.asset.media_type == "application/pdf":
        tail = opened.read_at(max(0, opened.asset.size - 2048), 2048)
        return b"%%EOF" not in tail
    walk = WALKS.get(opened.asset.media_type)
    return walk is not None and walk(opened) is None


def shows_signs(opened: OpenAsset) -> bool:
    """Whether anything in a file that could not be read hints at a credential.

    Packed formats can hide one and broken TIFFs lose it, so they always do; so does a file
    too large to search.
    """
    size = opened.asset.size
    walk = WALKS.get(opened.asset.media_type)
    told = walk(opened) if walk else None
    if told is not None:
        return told
    unclear = opened.asset.media_type in _PACKED | _ANYWHERE
    return unclear or size > _SCAN_LIMIT or _contains(opened, _SIGNS)


def _contains(opened: OpenAsset, signs: Sequence[bytes]) -> bool:
    overlap = max(map(len, signs))
    return any(
        sign in block
        for at in range(0, opened.asset.size, _BLOCK)
        for block in (opened.read_at(at, _BLOCK + overlap),)
        for sign in signs
    )


def _marked(content: bytes) -> bool:
    at = content.find(_UUID_TAIL)
    while at >= 0:
        if content[max(at - 4, 0) : at].startswith(b"c2"):
            return True
        at = content.find(_UUID_TAIL, at + 1)
    return False
