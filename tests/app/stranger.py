"""Installs the hasher of `lines_hasher.py` as a stranger's plug-in, and puts things on record."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from checkthegate.app.check import Checked, CheckRequest, check
from checkthegate.app.home import open_home
from checkthegate.app.record import RecordRequest, record_files
from checkthegate.app.registry.desk import desk_of
from checkthegate.app.registry.works import Added, add_works
from checkthegate.model import Evidence, Gap

from .databases import Kept
from .lines_hasher import HEAD

_MODULE = Path(__file__).with_name("lines_hasher.py")


@pytest.fixture
def stranger(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The plug-in's folder, where other processes find it too."""
    folder = tmp_path_factory.mktemp("plugins")
    (folder / "lines_hasher.py").write_text(_MODULE.read_text())
    described = folder / "lines_hasher-1.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: lines-hasher\nVersion: 1\n")
    entry = "[checkthegate.hashers]\nlines = lines_hasher:hasher\n"
    (described / "entry_points.txt").write_text(entry)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv("LINES_LOG", str(folder / "log"))
    for name in ("LINES_RECIPE", "LINES_LACKS"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture(autouse=True)
def _no_trace_of_the_stranger() -> Iterator[None]:
    yield
    sys.modules.pop("lines_hasher", None)


def logged(stranger: Path) -> list[str]:
    """What the hasher was given since this was last asked."""
    log = stranger / "log"
    found = log.read_text().split("\n")[:-1] if log.exists() else []
    log.unlink(missing_ok=True)
    return found


def written(file: Path, *lines: str) -> Path:
    """A file of lines, as the stranger's hasher knows it and nobody else."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(HEAD + "".join(f"{line}\n" for line in lines).encode())
    return file


def verse(name: str, lines: int = 8) -> list[str]:
    """Lines of a text nobody else has."""
    return [f"Line {number} of {name} is sung" for number in range(lines)]


def put(kept: Kept, *paths: Path, **more: Any) -> dict[str, Any]:
    """Record files as somebody would."""
    stated: dict[str, Any] = {"use": "Use 0", "tools": ("Tool 0",), "workers": 0, **more}
    with desk_of(kept.home.folder) as desk:
        return record_files(desk, RecordRequest(paths=paths, **stated), lambda *_: None)


def add(kept: Kept, *paths: Path, **more: Any) -> Added:
    """Register works as somebody would."""
    with desk_of(kept.home.folder) as desk:
        return add_works(desk, list(paths), {"kind": "protected"}, **more)


def checked(kept: Kept, *paths: Path, **more: Any) -> Checked:
    """Check a delivery with this home."""
    request = CheckRequest(tuple(paths), home=open_home(kept.home.folder), workers=0)
    return check(replace(request, **more), lambda _: None)


def matches(found: Checked) -> dict[str, list[Evidence]]:
    """What was matched, by asset."""
    return {
        asset.asset.path: [each for each in asset.evidence if each.observer == "fingerprint"]
        for asset in found.decision.assets
    }


def claims(found: Checked) -> dict[str, list[tuple[str, str]]]:
    """Claim and grade of what was matched, by asset; only where there is any."""
    return {
        path: [(each.claim, str(each.grade)) for each in said]
        for path, said in matches(found).items()
        if said
    }


def gaps(found: Checked) -> list[Gap]:
    """Gaps of matching."""
    return [
        gap
        for asset in found.decision.assets
        for gap in asset.gaps
        if gap.observer.startswith("fingerprint")
    ]


def fingerprints(kept: Kept) -> int:
    """How many fingerprints of the stranger's lie with the records."""
    query = (
        "SELECT count(DISTINCT f.digest) FROM fingerprints f "
        "JOIN file_fingerprints n ON n.fingerprint = f.digest WHERE n.hasher = 'lines'"
    )
    return int(kept.run(query)[0][0])
