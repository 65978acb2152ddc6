"""Where generators leave their marks: one file a carrier, reading tags out of bytes."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from types import MappingProxyType

from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.model import Kind, Unreadable
from checkthegate.seams import OpenAsset

__all__ = ["READERS", "Carried", "Tag", "Trouble", "read_tags"]

_OFFICE = "application/vnd.openxmlformats-officedocument."
READERS = MappingProxyType(
    {
        "application/mxf": "mxf",
        "application/epub+zip": "office",
        "application/pdf": "pdf",
        "application/rdf+xml": "xmp",
        "application/rtf": "text",
        "application/vnd.oasis.opendocument.presentation": "office",
        "application/vnd.oasis.opendocument.spreadsheet": "office",
        "application/vnd.oasis.opendocument.text": "office",
        "application/x-fcp7+xml": "svg",
        "application/x-fcpxml+xml": "svg",
        "application/x-fdx": "text",
        "application/x-subrip": "text",
        "audio/aac": "id3",
        "audio/aiff": "aiff",
        "audio/amr": "streams",
        "audio/flac": "vorbis",
        "audio/mp4": "bmff",
        "audio/mpeg": "id3",
        "audio/ogg": "vorbis",
        "audio/wav": "riff",
        "audio/x-caf": "streams",
        "image/avif": "bmff",
        "image/bmp": "bmp",
        "image/gif": "gif",
        "image/heic": "bmff",
        "image/heif": "bmff",
        "image/jp2": "jp2",
        "image/jpeg": "jpeg",
        "image/jxl": "jxl",
        "image/png": "png",
        "image/svg+xml": "svg",
        "image/tiff": "tiff",
        "image/vnd.adobe.photoshop": "psd",
        "image/vnd.radiance": "radiance",
        "image/webp": "webp",
        "image/x-adobe-dng": "tiff",
        "image/x-camera-raw": "raw",
        "image/x-cineon": "dpx",
        "image/x-dpx": "dpx",
        "image/x-exr": "exr",
        "text/html": "html",
        "text/plain": "text",
        "text/vtt": "text",
        "text/x-ale": "text",
        "text/x-edl": "text",
        "text/xml": "svg",
        "video/mp2t": "streams",
        "video/mp4": "bmff",
        "video/mpeg": "streams",
        "video/ogg": "vorbis",
        "video/quicktime": "bmff",
        "video/webm": "matroska",
        "video/x-flv": "streams",
        "video/x-matroska": "matroska",
        "video/x-ms-asf": "streams",
        "video/x-msvideo": "riff",
        f"{_OFFICE}presentationml.presentation": "office",
        f"{_OFFICE}spreadsheetml.sheet": "office",
        f"{_OFFICE}wordprocessingml.document": "office",
    }
)
"""Media type to the module here whose `read(opened)` reads it; imported on first use."""

_MEDIA = frozenset({Kind.IMAGE, Kind.VIDEO, Kind.AUDIO, Kind.TEXT})
# Workflow graphs are documents of their own, with their own observer.
_READ_ELSEWHERE = frozenset({"text/x-json"})


def read_tags(opened: OpenAsset) -> Iterator[Carried]:
    """Every tag the asset carries, then those of an `.xmp` sidecar lying beside it.

    What cannot be read comes as `Trouble`; tags read before it have been yielded. No I/O
    outside the asset and its sidecar.
    """
    yield from _guarded(_embedded(opened))
    yield from _guarded(_sidecar(opened))


def _embedded(opened: OpenAsset) -> Iterator[Carried]:
    name = READERS.get(opened.asset.media_type)
    if name is not None:
        module = import_module(f"{__name__}.{name}")
        yield from module.read(opened)
    elif opened.asset.kind in _MEDIA and opened.asset.media_type not in _READ_ELSEWHERE:
        raise Unreadable(
            f"metadata in files of the type {opened.asset.media_type} cannot be read here, "
            "so what it may say about AI is not known"
        )


def _sidecar(opened: OpenAsset) -> Iterator[Carried]:
    packet = opened.sidecar(".xmp")
    if packet is not None:
        from checkthegate.detect.carriers import xmp

        yield from xmp.parse(packet, "xmp-sidecar", limits=opened.limits)


def _guarded(tags: Iterator[Carried]) -> Iterator[Carried]:
    try:
        yield from tags
    except Unreadable as problem:
        yield Trouble(problem.reason)
