"""An IMF package as a whole: whether what its lists say is what lies there.

Pure: the bytes and digests are handed in. Every fault names the file and, where known, the id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from posixpath import normpath
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import unquote

from checkthegate.editorial.imf import (
    Composition,
    Listed,
    MappedFile,
    PackedFile,
    read_asset_map,
    read_composition,
    read_packing_list,
)
from checkthegate.editorial.package_xml import local, parse_xml
from checkthegate.model import Evidence, Gap, Grade, Json, Unreadable

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

OBSERVER: Final = "package"
ASSET_MAPS: Final = ("ASSETMAP.xml", "ASSETMAP")
MISSING: Final = "package-missing-file"
MISMATCH: Final = "package-hash-mismatch"
UNMAPPED: Final = "package-not-in-map"
BROKEN: Final = "package-broken"
_UNLISTED: Final = frozenset({*ASSET_MAPS, "VOLINDEX.xml", "VOLINDEX"})
_LITTER: Final = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_MOST_FAULTS: Final = 1000
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class PackageFile:
    """A file lying in the package's folder: its size, and its own SHA-256 in hex."""

    size: int
    sha256: str


@dataclass(slots=True)
class Examined:
    """What a package turned out to be.

    `compositions` are by the path of their playlist; `media` maps a track file's id to its path;
    `listed` are the paths of its asset map, by id.
    """

    id: str = ""
    faults: list[Evidence] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    compositions: dict[str, Composition] = field(default_factory=dict)
    media: dict[str, str] = field(default_factory=dict)
    listed: dict[str, str] = field(default_factory=dict)

    def fault(self, claim: str, file: str, problem: str, **more: Json) -> None:
        """Note a fault; beyond a thousand only that there are more."""
        if len(self.faults) < _MOST_FAULTS:
            detail: dict[str, Json] = {"file": file, "problem": problem, **more}
            self.faults.append(Evidence(OBSERVER, Grade.PROVEN, claim, detail))
        elif len(self.faults) == _MOST_FAULTS:
            more_ = {"file": file, "problem": "there are more faults than these thousand"}
            self.faults.append(Evidence(OBSERVER, Grade.PROVEN, BROKEN, more_))


def examine(
    files: Mapping[str, PackageFile],
    read: Callable[[str], bytes],
    digest: Callable[[str, str], str | None],
) -> Examined:
    """Examine the package whose asset map lies among `files` (paths relative to its folder).

    `read` returns a file's bytes and may raise `Unreadable`. `digest(path, algorithm)` returns
    the hex digest of a file's bytes by `sha1` or `sha256`, or None when they cannot be read.
    """
    found = Examined()
    at = next(name for name in ASSET_MAPS if name in files)
    listed = _understood(found, at, "", lambda: _asset_map(found, read(at)))
    if listed is None:
        return found
    mapped = _mapped(found, listed, files)
    for path in _strays(files, mapped):
        _stray(found, path, read)
    packed: dict[str, PackedFile] = {}
    for file in mapped:
        if file.packing_list and file.path in files:
            packed.update(_packed(found, file, read))
    if not packed:
        found.fault(BROKEN, at, "no packing list could be read, so no digest vouches for any file")
    _compare(found, mapped, packed, files, digest)
    _compositions(found, mapped, files, read)
    return found


def _asset_map(found: Examined, content: bytes) -> Listed:
    root = parse_xml(content)
    found.id = "".join(
        (each.text or "").strip().lower().removeprefix("urn:uuid:")
        for each in root
        if local(each) == "Id"
    )[:100]
    return read_asset_map(root)


def _understood(found: Examined, path: str, id_: str, make: Callable[[], _T]) -> _T | None:
    try:
        return make()
    except Unreadable as problem:
        found.fault(BROKEN, path, problem.reason, **({"id": id_} if id_ else {}))
        return None


def _mapped(found: Examined, listed: Listed, files: Mapping[str, PackageFile]) -> list[MappedFile]:
    """The map's files with clean paths; what is not there or stands twice is a fault."""
    mapped: list[MappedFile] = []
    for name, problem in listed.faults:
        found.fault(BROKEN, name, problem)
    for file in listed.files:
        if not isinstance(file, MappedFile):
            continue
        path = _inside(file.path, files)
        if path is None:
            found.fault(BROKEN, file.path, "its path leads out of the package", id=file.id)
            continue
        if file.id and file.id in found.listed:
            found.fault(BROKEN, path, "the asset map gives its id to another file, too", id=file.id)
        found.listed.setdefault(file.id, path)
        mapped.append(MappedFile(file.id, path, file.packing_list, file.length))
        if path not in files:
            problem = "the asset map lists it, and it is not there"
            found.fault(MISSING, path, problem, id=file.id)
    return mapped


def _inside(stated: str, files: Mapping[str, PackageFile]) -> str | None:
    """The path inside the package, or None if it leads out of it."""
    plain = stated.removeprefix("file://").replace("\\", "/")
    for each in (plain, unquote(plain)):
        path = normpath(each)
        if path.startswith(("/", "..")) or path == "." or "\0" in path:
            return None
        if path in files:
            return path
    return normpath(unquote(plain))


def _strays(files: Mapping[str, PackageFile], mapped: Iterable[MappedFile]) -> Iterator[str]:
    known = {file.path for file in mapped}
    for path in sorted(files):
        name = path.rpartition("/")[2]
        litter = name.lower() in _LITTER or name.startswith("._")
        if path not in known and path not in _UNLISTED and not litter:
            yield path


def _stray(found: Examined, path: str, read: Callable[[str], bytes]) -> None:
    """Notes a file no list knows; if it is a list itself, also what is wrong with it."""
    found.fault(UNMAPPED, path, "it lies in the package, and the asset map does not list it")
    if not path.lower().endswith(".xml"):
        return
    root = _understood(found, path, "", lambda: parse_xml(read(path)))
    if root is None or local(root) == "OutputProfileList":
        return
    if local(root) == "PackingList":
        listed = _understood(found, path, "", lambda: read_packing_list(root))
        for name, problem in listed.faults if listed else ():
            found.fault(BROKEN, path, f"of {name}: {problem}")
    else:
        _understood(found, path, "", lambda: read_composition(root))


def _packed(
    found: Examined, file: MappedFile, read: Callable[[str], bytes]
) -> Iterator[tuple[str, PackedFile]]:
    listed = _understood(
        found, file.path, file.id, lambda: read_packing_list(parse_xml(read(file.path)))
    )
    if listed is None:
        return
    for name, problem in listed.faults:
        found.fault(BROKEN, name or file.path, problem)
    for each in listed.files:
        if not isinstance(each, PackedFile):
            continue
        if each.id not in found.listed:
            problem = "the packing list names it, and the asset map does not know its id"
            found.fault(UNMAPPED, each.name or each.id, problem, id=each.id)
        else:
            yield each.id, each


def _compare(
    found: Examined,
    mapped: Iterable[MappedFile],
    packed: Mapping[str, PackedFile],
    files: Mapping[str, PackageFile],
    digest: Callable[[str, str], str | None],
) -> None:
    """Sizes and digests as listed against those of what lies there."""
    for file in mapped:
        lying, stated = files.get(file.path), packed.get(file.id)
        if lying is None or file.packing_list:
            continue
        if stated is None:
            if packed:
                problem = "no packing list names it, so no digest vouches for it"
                found.fault(BROKEN, file.path, problem, id=file.id)
            continue
        _compare_one(found, file, stated, lying, digest)


def _compare_one(
    found: Examined,
    file: MappedFile,
    stated: PackedFile,
    lying: PackageFile,
    digest: Callable[[str, str], str | None],
) -> None:
    if stated.size is not None and stated.size != lying.size:
        problem = f"the packing list says {stated.size} bytes, and it has {lying.size}"
        found.fault(MISMATCH, file.path, problem, id=file.id)
        return
    if not stated.digest:
        return
    actual = lying.sha256 if stated.algorithm == "sha256" else digest(file.path, stated.algorithm)
    if not actual:
        reason = f"“{file.path}” could not be read, so its digest is not known to be right."
        found.gaps.append(Gap(OBSERVER, reason))
    elif actual != stated.digest:
        problem = f"its {stated.algorithm.upper()} is not the one the packing list states"
        found.fault(MISMATCH, file.path, problem, id=file.id, actual=actual, listed=stated.digest)


def _compositions(
    found: Examined,
    mapped: Iterable[MappedFile],
    files: Mapping[str, PackageFile],
    read: Callable[[str], bytes],
) -> None:
    """Reads every XML that is no packing list: playlists are kept, other lists are let be."""
    for file in mapped:
        if file.path not in files or file.packing_list:
            continue
        if not file.path.lower().endswith(".xml"):
            found.media[file.id] = file.path
            continue
        root = _root(found, file, read)
        if root is None or local(root) == "OutputProfileList":
            continue
        make = partial(read_composition, root)
        composition = _understood(found, file.path, file.id, make)
        if composition is not None:
            found.compositions[file.path] = composition
            if composition.id != file.id:
                problem = "its own id is not the one the asset map gives it"
                found.fault(BROKEN, file.path, problem, id=file.id)
    if not found.compositions:
        reason = "It holds no composition that could be read, so what plays is not known."
        found.gaps.append(Gap(OBSERVER, reason))


def _root(found: Examined, file: MappedFile, read: Callable[[str], bytes]) -> Element | None:
    return _understood(found, file.path, file.id, lambda: parse_xml(read(file.path)))
