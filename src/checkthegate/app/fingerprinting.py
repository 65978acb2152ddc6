"""Fingerprints of what is put on record: made once for each content, kept with the records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from checkthegate.app.crew import Content, Crew, cannot_record, looked_at
from checkthegate.app.recording import event
from checkthegate.app.sequences import STEP, sampled
from checkthegate.app.wiring import Hashers, load_hashers
from checkthegate.delivery.sequences import find_runs
from checkthegate.jobs.work import HASHING
from checkthegate.model import Asset, Gap, Kind, digest_bytes
from checkthegate.model.event import Event
from checkthegate.model.match import Role
from checkthegate.seams import RecordReading, Task, TaskResult

Progress = Callable[[int, int, str], None]
"""(done, in all, the file just done)."""


def unwatched(done: int, files: int, path: str) -> None:
    """Nobody watches how far it is."""


_MOST_IN_ONE: Final = 1000
_KNOWABLE: Final = frozenset({Kind.IMAGE, Kind.VIDEO, Kind.AUDIO, Kind.TEXT})


@dataclass(frozen=True, slots=True)
class Banking:
    """A file that is to be known by its content: what it is on record for, and as what."""

    digest: str
    path: str
    role: Role


class Bodies(Mapping[str, bytes]):
    """Fingerprints by their digest, each in a file: a call may make more than fit into memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[str, Path] = {}

    def add(self, body: bytes) -> str:
        """Keep a fingerprint; its digest."""
        digest = digest_bytes(body)
        if digest not in self._kept:
            file = self._folder / digest.removeprefix("sha256:")
            file.write_bytes(body)
            self._kept[digest] = file
        return digest

    def __getitem__(self, digest: str) -> bytes:
        return self._kept[digest].read_bytes()

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


@dataclass(slots=True)
class Prints:
    """The fingerprints of contents: their rows by the file's digest, and the new ones' bytes.

    `warnings` say which files are known by their bytes alone, and why.
    """

    bodies: Bodies
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def events(
        self,
        reading: RecordReading,
        subject: str,
        files: Iterable[Banking],
    ) -> list[Event]:
        """The events that put these files of a record or work into the bank, but for those that
        are there already."""
        there = {
            (row["digest"], row["hasher"], row["recipe"], row["role"])
            for row in reading.rows("file_fingerprints", subject=subject)
        }
        entries: dict[tuple[str, ...], dict[str, Any]] = {}
        for file in files:
            for row in self.rows.get(file.digest, ()):
                key = (file.digest, row["hasher"], row["recipe"], str(file.role))
                if key not in there:
                    stated = {"digest": file.digest, "path": file.path, "role": file.role, **row}
                    entries.setdefault(key, stated)
        listed = list(entries.values())
        return [
            event("fingerprinted", subject, {"files": listed[start : start + _MOST_IN_ONE]})
            for start in range(0, len(listed), _MOST_IN_ONE)
        ]  # fmt: skip


def banked_by(events: Iterable[Event]) -> int:
    """How many files these events made known by their content."""
    listed: list[Any] = [each.body["files"] for each in events if each.kind == "fingerprinted"]
    return len({file["digest"] for files in listed for file in files})


def fingerprints_of(
    crew: Crew,
    reading: RecordReading,
    contents: Sequence[Content],
    progress: Progress,
    also: Iterable[str] = (),
) -> Prints:
    """The fingerprints of these files by every installed hasher; known ones are not made again.

    `also` are digests whose fingerprints are taken along where they are on file. Of what is surely
    a sequence only some frames get one. Raises `UsageError` when a file changed meanwhile.
    """
    hashers = load_hashers(crew.settings["fingerprint"])
    distinct = {each.asset.digest: each for each in reversed(contents)}
    prints = Prints(Bodies(crew.folder))
    known = _known(reading, hashers, {*distinct, *also})
    prints.rows.update(known)
    told = _Told(hashers)
    spared, said = _spared(contents)
    wanted = [content for digest, content in distinct.items() if digest not in spared]
    tasks = list(_tasks(wanted, hashers, known))
    for done, result in enumerate(crew.results(tasks) if tasks else (), 1):
        content = distinct[tasks[result.number].asset.digest]  # type: ignore[union-attr]
        _take_in(prints, told, content, result, hashers)
        progress(done, len(tasks), content.asset.path)
    for content in contents:
        told.look(content.asset)
        if looked_at(content.file) != content.seen:
            raise cannot_record(content.file, "it changed while it was being read.")
    prints.warnings += [*told.warnings(), *said]
    return prints


def _spared(contents: Sequence[Content]) -> tuple[frozenset[str], list[str]]:
    """The digests of frames that need no fingerprint, since frames near them get one; and what
    there is to say of that."""
    kept, spared, said = set(), set(), []
    runs = [run for run in find_runs([each.asset.path for each in contents]) if run.surely]
    for run in runs:
        chosen = set(sampled(run))
        digests = {number: contents[place].asset.digest for number, place in run.frames.items()}
        kept |= {digest for number, digest in digests.items() if number in chosen}
        spared |= {digest for number, digest in digests.items() if number not in chosen}
        if len(chosen) < len(digests):
            said.append(
                f"“{run.path}” is a sequence: its {len(digests):,} frames are all known byte for "
                f"byte, and {len(chosen):,} of them, one every {STEP}, by their content, too."
            )
    places = {place for run in runs for place in run.frames.values()}
    single = {each.asset.digest for n, each in enumerate(contents) if n not in places}
    return frozenset(spared - kept - single), said


def _known(
    reading: RecordReading, hashers: Hashers, digests: Iterable[str]
) -> dict[str, list[dict[str, Any]]]:
    """Rows that are on file by the recipes in use, once a hasher, by the file's digest."""
    recipes = {(hasher.id, hasher.recipe) for hasher in hashers.installed.values()}
    found: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in reading.among("file_fingerprints", "digest", digests):
        if (row["hasher"], row["recipe"]) in recipes:
            names = ("hasher", "recipe", "fingerprint", "size", "kind")
            found[row["digest"]][row["hasher"]] = {name: row[name] for name in names}
    return {digest: list(rows.values()) for digest, rows in found.items()}


def _tasks(
    contents: Sequence[Content], hashers: Hashers, known: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Iterator[Task]:
    number = 0
    for content in contents:
        there = {row["hasher"] for row in known.get(content.asset.digest, ())}
        names = [
            hasher.id
            for hasher in hashers.installed.values()
            if hasher.id not in there and hasher.wants(content.asset)
        ]
        if names:
            place = (str(content.file.resolve()),)
            yield Task(number, place, (), content.asset, hashers=tuple(names))
            number += 1


def _take_in(
    prints: Prints, told: _Told, content: Content, result: TaskResult, hashers: Hashers
) -> None:
    if result.problem is not None:
        raise cannot_record(content.file, result.problem)
    rows = prints.rows.setdefault(content.asset.digest, [])
    for name, body in result.fingerprints.items():
        rows.append(
            {
                "hasher": name,
                "recipe": hashers.installed[name].recipe,
                "fingerprint": prints.bodies.add(body),
                "size": len(body),
                "kind": content.asset.kind,
            }
        )
    for observed in result.observed:
        for said in observed.observations:
            if isinstance(said, Gap) and observed.observer.startswith(HASHING):
                told.failed[said.reason].append(content.asset.path)


class _Told:
    """What there is to say of files that are known by their bytes alone."""

    def __init__(self, hashers: Hashers) -> None:
        self._hashers = hashers
        self._lacking = {
            name: lacks for name, each in hashers.installed.items() if (lacks := each.lacks())
        }
        self._wanted: dict[str, list[str]] = defaultdict(list)
        self._strange: dict[Kind, list[str]] = defaultdict(list)
        self.failed: dict[str, list[str]] = defaultdict(list)

    def look(self, asset: Asset) -> None:
        """Take a file into account."""
        wanting = [name for name, each in self._hashers.installed.items() if each.wants(asset)]
        for name in wanting:
            if name in self._lacking:
                self._wanted[name].append(asset.path)
        if not wanting and asset.kind in _KNOWABLE:
            self._strange[asset.kind].append(asset.path)

    def warnings(self) -> list[str]:
        """Sentences, one a reason."""
        said = []
        for name, paths in self._wanted.items():
            said.append(f"{_files(paths)}: {self._lacking[name]}")
        for reason, paths in self.failed.items():
            said.append(f"{_files(paths)}: found again byte for byte only. {reason}")
        for kind, paths in self._strange.items():
            said.append(
                f"{_files(paths)}: found again byte for byte only. Nothing that is installed "
                f"knows {_KIND_WORDS[kind]} by content."
            )
            said += self._hashers.broken.values()
        return list(dict.fromkeys(said))


_KIND_WORDS: Final = {
    Kind.IMAGE: "pictures",
    Kind.VIDEO: "films",
    Kind.AUDIO: "sound",
    Kind.TEXT: "text",
}


def _files(paths: Sequence[str]) -> str:
    more = len(paths) - 1
    return f"“{paths[0]}”" + (f" and {more:,} more" if more else "")
