"""The example in CONTRIBUTING.md is run, so that it cannot rot."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from checkthegate.delivery.identify import identify
from checkthegate.delivery.opened import OpenedFile
from checkthegate.model import Asset, Evidence, Gap, Observation, Unreadable, digest_bytes
from checkthegate.seams import Example, Observer

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


@pytest.fixture
def written() -> Iterator[ModuleType]:
    """The module that the document tells people to write."""
    (block,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    module = ModuleType("written_by_the_document")
    sys.modules[module.__name__] = module
    exec(compile(block, "CONTRIBUTING.md", "exec"), module.__dict__)  # noqa: S102
    yield module
    del sys.modules[module.__name__]


def _said(observer: Observer, example: Example, folder: Path) -> list[Observation]:
    file = folder / example.name
    file.write_bytes(example.content)
    with file.open("rb") as stream:
        kind, media_type = identify(stream, file.name)
    asset = Asset(file.name, kind, media_type, len(example.content), digest_bytes(example.content))
    opened = OpenedFile(asset, file)
    try:
        return list(observer.observe(opened))
    except Unreadable as problem:
        return [Gap(observer.id, problem.reason)]
    finally:
        opened.close()


def test_the_example_is_an_observer_that_keeps_its_word(
    written: ModuleType, tmp_path: Path
) -> None:
    observer = written.observer({})
    assert isinstance(observer, Observer)
    assert len(observer.examples()) >= 3
    for example in observer.examples():
        said = _said(observer, example, tmp_path)
        claims = [(each.claim, each.grade.value) for each in said if isinstance(each, Evidence)]
        assert claims == list(example.claims), example.name
        assert any(isinstance(each, Gap) for each in said) == example.gap, example.name


def test_the_example_speaks_the_vocabulary(written: ModuleType, tmp_path: Path) -> None:
    words = (ROOT / "docs" / "vocabulary.md").read_text("utf-8")
    observer = written.observer({})
    (said,) = _said(observer, observer.examples()[0], tmp_path)
    assert isinstance(said, Evidence)
    assert all(f"`{word}`" in words for word in (said.claim, *said.detail))


def test_it_wants_screenplays_and_not_pictures(written: ModuleType, tmp_path: Path) -> None:
    observer = written.observer({})
    page = tmp_path / "page.fountain"
    page.write_bytes(observer.examples()[0].content)
    with page.open("rb") as stream:
        kind, media_type = identify(stream, page.name)
    assert observer.wants(Asset("page.fountain", kind, media_type, 1, "sha256:"))
    assert not observer.wants(Asset("a.png", type(kind).IMAGE, "image/png", 1, "sha256:"))


def test_every_room_in_the_table_exists_and_is_listed() -> None:
    package = ROOT / "src" / "checkthegate"
    rooms = {path.name for path in package.iterdir() if (path / "__init__.py").is_file()}
    listed = set(re.findall(r"^\| `(\w+)(?:\.py)?` \|", TEXT, re.MULTILINE))
    assert rooms | {"seams"} == listed


def test_every_make_target_named_in_the_documents_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md", "bench/README.md", "docs/architecture.md"):
        named = set(re.findall(r"`make (\w+)`", (ROOT / name).read_text("utf-8")))
        assert named <= targets, f"{name} names {sorted(named - targets)}"
