"""The rule packs at hand: those that ship with the program, the home's, and folders of packs.

A folder of packs holds `<pack>/<version>/pack.yaml`. The same version of a pack may lie in one
place only: whoever wants to change a shipped pack adds a version, or a pack of another name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from checkthegate.app.places import shipped
from checkthegate.model import PackError, UsageError
from checkthegate.rules import Pack, load_pack, read_lock
from checkthegate.rules.pack import effective

if TYPE_CHECKING:
    from checkthegate.app.home import Home

HOUSE_PACK = "gate"
LOCK = "packs.lock"
SHIPPED = "shipped"
_MOST_FILES = 500
_MOST_BYTES = 8_000_000
_MOST_VERSIONS = 1_000


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of packs, and how people call where it comes from."""

    folder: Path
    origin: str


@dataclass(frozen=True, slots=True)
class Volume:
    """One version of a pack as it lies on a shelf, not yet read."""

    pack: str
    version: str
    folder: Path
    shelf: Shelf

    @property
    def name(self) -> str:
        """`netflix@2025.08`."""
        return f"{self.pack}@{self.version}"

    @property
    def where(self) -> str:
        """How messages call its folder."""
        if self.shelf.origin == SHIPPED:
            return f"packs/{self.pack}/{self.version}"
        return _shown(self.folder)

    def read(self) -> Pack:
        """The pack. Raises `PackError` naming file and line."""
        return _read_volume(self)

    def files(self) -> dict[str, bytes]:
        """Its files by their path inside the pack."""
        return pack_files(self.folder, self.where)

    @property
    def locked(self) -> str | None:
        """The digest its shelf's `packs.lock` holds for it, or None."""
        return _lock_of(self.shelf.folder).get((self.pack, self.version))


def shelves(home: Home | None = None, folders: Iterable[Path] = ()) -> tuple[Shelf, ...]:
    """Where packs may lie: shipped, the home's own, those its settings name, then `folders`.

    Raises `UsageError` for a folder that is not there.
    """
    found = [Shelf(shipped("packs"), SHIPPED)]
    if home is not None and (home.folder / "packs").is_dir():
        found.append(Shelf(home.folder / "packs", "this home"))
    if home is not None:
        named = [home.folder / each for each in home.configuration.pack_folders]
        found += [Shelf(_folder(each, "gate.toml names"), "gate.toml") for each in named]
    found += [Shelf(_folder(each, "--packs names"), "--packs") for each in folders]
    distinct: dict[Path, Shelf] = {}
    for shelf in found:
        distinct.setdefault(shelf.folder.resolve(), shelf)
    return tuple(distinct.values())


def volumes(places: Sequence[Shelf], pack: str | None = None) -> list[Volume]:
    """Every version of every pack (or of one), by name and the numbers in the version.

    Raises `PackError` when one version lies in two places, or a folder takes the house's name.
    """
    found: dict[tuple[str, str], Volume] = {}
    for shelf in places:
        for volume in _on_shelf(shelf, pack):
            twin = found.setdefault((volume.pack, volume.version), volume)
            if twin is not volume:
                _refuse_twin(volume, twin)
            if volume.pack == HOUSE_PACK and shelf.origin != SHIPPED:
                raise PackError(
                    f"{volume.where}: the name “{HOUSE_PACK}” is kept for the house rules.",
                    hint="Give the pack another id, and its folder the same name.",
                    path=volume.where,
                )
    return sorted(found.values(), key=lambda volume: (volume.pack, *_order(volume.version)))


def find_pack(name: str, places: Sequence[Shelf], as_of: date) -> Volume:
    """The pack called `id@version`, or the version of `id` in force on that day.

    A name with a `/`, or `.`, is the folder of one version. Raises `UsageError`.
    """
    if "/" in name or name.startswith("."):
        return folder_volume(Path(name))
    pack_id, _, version = name.partition("@")
    versions = volumes(places, pack_id) if pack_id else []
    if version:
        versions = [volume for volume in versions if volume.version == version]
    if not versions:
        known = ", ".join(volume.name for volume in volumes(places))
        raise UsageError(f"There is no rule pack “{name}”.", hint=f"Known packs: {known}.")
    if len(versions) == 1:
        return versions[0]
    read = {volume.read().version: volume for volume in versions}
    return read[effective([volume.read() for volume in versions], as_of).version]


def select_packs(names: Iterable[str], places: Sequence[Shelf], as_of: date) -> tuple[Pack, ...]:
    """The house pack and the named ones, each once. Raises `PackError` if rule ids could clash."""
    wanted = [HOUSE_PACK, *(name for name in names if name != HOUSE_PACK)]
    packs = {pack.ref: pack for pack in (find_pack(name, places, as_of).read() for name in wanted)}
    by_prefix: dict[str, Pack] = {}
    for pack in packs.values():
        twin = by_prefix.setdefault(pack.prefix, pack)
        if twin.id != pack.id:
            raise PackError(
                f"The packs {twin.id} and {pack.id} both call their rules “{pack.prefix}.…”.",
                hint="Give one of them another rule_prefix, or apply only one of them.",
            )
    return tuple(packs.values())


def folder_volume(folder: Path) -> Volume:
    """The pack version that lies in `folder`. Raises `UsageError` when none does."""
    if not (folder / "pack.yaml").is_file():
        raise UsageError(
            f"There is no rule pack in “{folder}”.",
            hint="Name a folder that holds a pack.yaml: packs/lantern/1",
            path=str(folder),
        )
    real = folder.resolve()
    return Volume(real.parent.name, real.name, folder, Shelf(folder.parent.parent, "a folder"))


def pack_files(folder: Path, where: str) -> dict[str, bytes]:
    """The files of a pack by their path inside it; hidden files (`.DS_Store`) are left out.

    Raises `PackError` for a link, or for more than a pack can sensibly hold.
    """
    files: dict[str, bytes] = {}
    size = 0
    for entry in sorted(folder.rglob("*")):
        name = entry.relative_to(folder).as_posix()
        if any(part.startswith(".") for part in name.split("/")):
            continue
        if entry.is_symlink():
            _refuse_file(f"{where}/{name}", "is a link; a pack is made of plain files")
        if not entry.is_file():
            continue
        size += entry.stat().st_size
        if size > _MOST_BYTES or len(files) >= _MOST_FILES:
            _refuse_file(where, "holds more than 500 files or 8 MB, which no pack needs")
        files[name] = _bytes_of(entry, f"{where}/{name}")
    return files


def _bytes_of(file: Path, where: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        raise PackError(
            f"{where} cannot be read ({problem.strerror}).",
            hint="Check that you may read it.",
            path=where,
        ) from None


def _refuse_file(where: str, problem: str) -> None:
    raise PackError(f"{where} {problem}.", hint="Take it out of the pack.", path=where)


def _on_shelf(shelf: Shelf, pack: str | None) -> Iterator[Volume]:
    ids = [entry.name for entry in _folders(shelf.folder)] if pack is None else [pack]
    for pack_id in ids:
        if pack_id.startswith(".") or "/" in pack_id or "\\" in pack_id:
            continue
        for entry in _folders(shelf.folder / pack_id):
            if (entry / "pack.yaml").is_file():
                yield Volume(pack_id, entry.name, entry, shelf)


def _folders(folder: Path) -> list[Path]:
    try:
        found = [entry for entry in folder.iterdir() if entry.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as problem:
        raise UsageError(
            f"The packs in “{folder}” cannot be listed: {problem.strerror}.",
            hint="Check that you may read it.",
            path=str(folder),
        ) from None
    if len(found) > _MOST_VERSIONS:
        raise UsageError(
            f"“{folder}” holds {len(found):,} folders; that is no folder of packs.",
            hint="Name the folder whose folders are packs: packs/lantern/1/pack.yaml → packs",
            path=str(folder),
        )
    return found


@cache
def _read_volume(volume: Volume) -> Pack:
    files = volume.files()
    pack = load_pack(files, volume.where)
    for field, stated, expected in (
        ("id", pack.id, volume.pack),
        ("version", pack.version, volume.version),
    ):
        if stated != expected and volume.shelf.origin != "a folder":
            line = _line_of(files["pack.yaml"], field)
            raise PackError(
                f"{volume.where}/pack.yaml:{line}: the {field} is '{stated}', but its folder is "
                f"called '{expected}'",
                hint="Folders are called <id>/<version>: make the two agree.",
                path=f"{volume.where}/pack.yaml",
            )
    return pack


def _line_of(content: bytes, field: str) -> int:
    lines = content.decode("utf-8").splitlines()
    return next(n for n, line in enumerate(lines, 1) if line.strip("\"' ").startswith(field))


@cache
def _lock_of(folder: Path) -> dict[tuple[str, str], str]:
    file = folder / LOCK
    if not file.is_file():
        return {}
    where = _shown(file)
    return read_lock(_bytes_of(file, where).decode("utf-8", "replace"), where)


def _folder(folder: Path, who: str) -> Path:
    if not folder.is_dir():
        raise UsageError(
            f"{who} “{folder}” as a folder of rule packs, but there is no such folder.",
            hint="A folder of packs holds <pack>/<version>/pack.yaml.",
            path=str(folder),
        )
    if (folder / "pack.yaml").is_file():
        raise UsageError(
            f"“{folder}” is one version of a pack, not a folder of packs.",
            hint=f"Name the folder two levels up: {folder.resolve().parent.parent}",
            path=str(folder),
        )
    return folder


def _refuse_twin(volume: Volume, twin: Volume) -> None:
    also = "ships with the program" if twin.shelf.origin == SHIPPED else f"lies in {twin.where}"
    raise PackError(
        f"{volume.where}: version {volume.version} of the pack {volume.pack} also {also}. "
        "One version is one text.",
        hint="Give yours another version (and its folder the same name), or another id.",
        path=volume.where,
    )


def _order(version: str) -> tuple[tuple[int, int, str], ...]:
    parts = version.replace("-", ".").split(".")
    return tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts)


def _shown(path: Path) -> str:
    """A path as short as it can be said from here."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return str(path)
