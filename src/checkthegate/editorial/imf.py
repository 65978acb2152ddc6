"""The lists of an IMF package (SMPTE ST 2067-2, -3, -9, ST 429-8, -9), as they state them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from checkthegate.editorial.package_xml import child, children, identifier, local, text, whole
from checkthegate.model import Unreadable

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ALGORITHMS: Final = {"sha1": "sha1", "sha256": "sha256"}
_LENGTHS: Final = {"sha1": 20, "sha256": 32}
_MOST_REPEATS: Final = 100_000


@dataclass(frozen=True, slots=True)
class MappedFile:
    """A file of the asset map: its id, its path as written, whether it is a packing list.

    `length` is the size in bytes that the map states, if it states one.
    """

    id: str
    path: str
    packing_list: bool = False
    length: int | None = None


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file of a packing list: what its bytes must be. `digest` is hex, by `algorithm`."""

    id: str
    name: str
    size: int | None
    algorithm: str
    digest: str
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """A stretch of a track file, played `repeats` times. Frames of `rate`."""

    track_file: str
    rate: Fraction
    entry: int
    duration: int
    repeats: int = 1


@dataclass(frozen=True, slots=True)
class VirtualTrack:
    """Resources that play one after the other. `kind` is `MainImage`, `MainAudio`, ….

    `resources` go with the number of their segment, since segments begin together.
    """

    id: str
    kind: str
    resources: tuple[tuple[int, Resource], ...]


@dataclass(frozen=True, slots=True)
class Composition:
    """A composition playlist: its virtual tracks at an edit rate. `start` is its time-code."""

    id: str
    title: str
    rate: Fraction
    tracks: tuple[VirtualTrack, ...]
    start: str = ""
    drop_frame: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list holds, and each thing wrong with it, as (file or id it is about, sentence)."""

    files: tuple[MappedFile | PackedFile, ...]
    faults: tuple[tuple[str, str], ...] = ()


def read_asset_map(root: Element) -> Listed:
    """The files of an ASSETMAP. Raises `Unreadable` when it is none."""
    _is(root, "AssetMap", "asset map")
    files: list[MappedFile] = []
    faults: list[tuple[str, str]] = []
    for asset in children(child(root, "AssetList"), "Asset"):
        id_ = identifier(asset, "Id")
        chunks = list(children(child(asset, "ChunkList"), "Chunk"))
        path = text(chunks[0], "Path") if chunks else ""
        if not id_ or not path:
            loose = text(asset, "Chunk", "Path")
            faults.append((loose or id_, "the asset map lists it without an id or without a path"))
            path = path or loose
        if len(chunks) > 1:
            faults.append((path, "the asset map splits it into chunks, which IMF does not allow"))
        if path:
            listed = text(asset, "PackingList").lower() not in ("", "false", "0")
            length = whole(chunks[0], "Length") if chunks else None
            files.append(MappedFile(id_, path, listed, length))
    if not files:
        raise Unreadable("the asset map lists no files")
    return Listed(tuple(files), tuple(faults))


def read_packing_list(root: Element) -> Listed:
    """The files of a PKL. Raises `Unreadable` when it is none."""
    _is(root, "PackingList", "packing list")
    files: list[PackedFile] = []
    faults: list[tuple[str, str]] = []
    for asset in children(child(root, "AssetList"), "Asset"):
        id_, name = identifier(asset, "Id"), text(asset, "OriginalFileName")
        algorithm, problem = _algorithm(root, asset)
        digest = _hex(text(asset, "Hash"), algorithm)
        if not digest:
            problem = "the packing list holds no digest of it that could be checked"
        if problem:
            faults.append((name or id_, problem))
        kind = text(asset, "Type")
        files.append(PackedFile(id_, name, whole(asset, "Size"), algorithm, digest, kind))
    if not files:
        raise Unreadable("the packing list lists no files")
    return Listed(tuple(files), tuple(faults))


def read_composition(root: Element) -> Composition:
    """A composition playlist. Raises `Unreadable` when it is none or cannot be made sense of."""
    _is(root, "CompositionPlaylist", "composition playlist")
    rate = _rate(text(root, "EditRate"))
    if rate is None:
        raise Unreadable("the composition states no edit rate")
    tracks: dict[str, tuple[str, list[tuple[int, Resource]]]] = {}
    segments = list(children(child(root, "SegmentList"), "Segment"))
    if not segments:
        raise Unreadable("the composition has no segments, so nothing is known to play")
    for number, segment in enumerate(segments):
        for kind, track, resource in _played(segment, rate):
            tracks.setdefault(track, (kind, []))[1].append((number, resource))
    made = tuple(VirtualTrack(id_, kind, tuple(each)) for id_, (kind, each) in tracks.items())
    code = child(root, "CompositionTimecode")
    return Composition(
        id=identifier(root, "Id"),
        title=text(root, "ContentTitle"),
        rate=rate,
        tracks=made,
        start=text(code, "TimecodeStartAddress"),
        drop_frame=text(code, "TimecodeDropFrame") in ("1", "true"),
    )


def _played(segment: Element, rate: Fraction) -> Iterator[tuple[str, str, Resource]]:
    for sequence in child(segment, "SequenceList") or ():
        kind = local(sequence).removesuffix("Sequence")
        track = identifier(sequence, "TrackId") or local(sequence)
        for stated in children(child(sequence, "ResourceList"), "Resource"):
            resource = _resource(stated, rate)
            if resource is not None:
                yield kind, track, resource


def _resource(stated: Element, rate: Fraction) -> Resource | None:
    """A track file's resource; None for what plays no file (markers)."""
    file = identifier(stated, "TrackFileId")
    if not file:
        return None
    entry = whole(stated, "EntryPoint") or 0
    length = whole(stated, "IntrinsicDuration")
    duration = whole(stated, "SourceDuration")
    if duration is None and length is not None:
        duration = max(0, length - entry)
    if duration is None or (length is not None and entry + duration > length):
        raise Unreadable(f"the composition plays a stretch of {file} that the file does not have")
    repeats = whole(stated, "RepeatCount")
    repeats = 1 if repeats is None else repeats
    if repeats > _MOST_REPEATS:
        raise Unreadable(f"the composition repeats {file} {repeats} times, which no film does")
    return Resource(file, _rate(text(stated, "EditRate")) or rate, entry, duration, repeats)


def _rate(stated: str) -> Fraction | None:
    parts = stated.split()
    if len(parts) not in (1, 2) or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    numbers = [int(part) for part in parts if len(part) <= 9]
    if len(numbers) != len(parts) or not all(numbers):
        return None
    return Fraction(numbers[0], numbers[1] if len(numbers) == 2 else 1)


def _algorithm(root: Element, asset: Element) -> tuple[str, str]:
    """The digest's algorithm, and what is wrong with how it is stated."""
    stated = child(asset, "HashAlgorithm")
    if stated is None:
        if "2016" in str(root.tag):
            return "sha1", "the packing list does not say by which algorithm its digest is made"
        return "sha1", ""
    name = (stated.get("Algorithm") or "").rpartition("#")[2].lower().replace("-", "")
    if name not in _ALGORITHMS:
        return "", "the packing list names a digest algorithm that is not known"
    return _ALGORITHMS[name], ""


def _hex(stated: str, algorithm: str) -> str:
    """A base64 digest as hex; empty when it is not one of the algorithm's length."""
    try:
        raw = base64.b64decode("".join(stated.split()), validate=True)
    except (binascii.Error, ValueError):
        return ""
    return raw.hex() if len(raw) == _LENGTHS.get(algorithm) else ""


def _is(root: Element, name: str, words: str) -> None:
    if local(root) != name:
        raise Unreadable(f"it should be a {words}, but its XML begins with <{local(root)[:60]}>")
