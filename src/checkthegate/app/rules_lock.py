"""The lock of a folder of packs: released versions keep their digest for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from checkthegate.app.places import shipped
from checkthegate.app.rulebook import LOCK, SHIPPED, Shelf, Volume, volumes
from checkthegate.model import PackError, PackRef, UsageError
from checkthegate.rules import lock_text, read_lock, run_cases


@dataclass(frozen=True, slots=True)
class LockState:
    """How a folder's packs stand to its lock, each named `id@version`.

    `added` are not in the lock yet; `changed` were edited after they were locked; `missing`
    are in the lock and no longer in the folder.
    """

    kept: tuple[str, ...]
    added: tuple[str, ...]
    changed: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether the lock says exactly what is there."""
        return not (self.added or self.changed or self.missing)


def lock_state(folder: Path) -> LockState:
    """Compare a folder of packs with its `packs.lock`. Raises `UsageError`, `PackError`."""
    found = {volume.name: volume.read().digest for volume in _volumes(folder)}
    locked = {f"{pack}@{version}": digest for (pack, version), digest in _locked(folder).items()}
    return LockState(
        kept=tuple(name for name in found if locked.get(name) == found[name]),
        added=tuple(name for name in found if name not in locked),
        changed=tuple(name for name in found if locked.get(name) not in (None, found[name])),
        missing=tuple(name for name in locked if name not in found),
    )


def write_lock(folder: Path) -> LockState:
    """Lock every version that is not locked yet; how things stood before.

    Raises `PackError`, and writes nothing, when a locked version was edited or is gone, or
    when a case of a new one does not come out as it says.
    """
    state = lock_state(folder)
    found = _volumes(folder)
    if state.changed:
        _refuse_changed(folder, state.changed[0])
    if state.missing:
        raise PackError(
            f"{state.missing[0]} is in {folder / LOCK}, but not in the folder any more.",
            hint="Decisions were made under it. Put it back; a version may grow old, not vanish.",
            path=str(folder / LOCK),
        )
    for volume in found:
        if volume.name in state.added:
            _check_cases(volume)
    refs = [volume.read().ref for volume in found]
    _write(folder / LOCK, refs)
    return state


def _refuse_changed(folder: Path, name: str) -> None:
    pack, _, version = name.partition("@")
    raise PackError(
        f"{name} was edited after it was locked. Decisions were made under the locked text, so "
        "it stays as it was.",
        hint=f"Undo the edit in {folder / pack / version}. To change a rule, copy that folder to "
        "a new version, change `version` and `effective_from` in its pack.yaml, and edit there.",
        path=str(folder / pack / version),
    )


def _check_cases(volume: Volume) -> None:
    faults = run_cases(volume.read())
    if faults:
        raise PackError(
            f"{faults[0].case.where}: the case “{faults[0].case.name}” does not come out as it "
            f"says, so {volume.name} is not locked.",
            hint=f"See all of them: gate rules test {volume.folder}",
            path=volume.where,
        )


def _write(file: Path, refs: Sequence[PackRef]) -> None:
    fresh = file.with_name(f".{file.name}.new")
    try:
        fresh.write_text(lock_text(refs), "utf-8")
        fresh.replace(file)
    except OSError as problem:
        raise UsageError(
            f"“{file}” cannot be written: {problem.strerror}.",
            hint="Check that you may write there.",
            path=str(file),
        ) from None


def _locked(folder: Path) -> dict[tuple[str, str], str]:
    file = folder / LOCK
    return read_lock(file.read_text("utf-8", "replace"), str(file)) if file.is_file() else {}


def _volumes(folder: Path) -> list[Volume]:
    ours = folder.resolve() == shipped("packs").resolve()
    shelf = Shelf(folder, SHIPPED if ours else "--packs")
    found = volumes([shelf]) if folder.is_dir() else []
    if not found:
        raise UsageError(
            f"There are no rule packs in “{folder}”.",
            hint="A folder of packs holds <pack>/<version>/pack.yaml.",
            path=str(folder),
        )
    return found
