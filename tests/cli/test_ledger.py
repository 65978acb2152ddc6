"""`gate record`, `trace`, `ledger` and `verify-bundle` as their users meet them."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.soak.tampering import make_records

from checkthegate.app.home import Home
from checkthegate.cli.main import run


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with eighteen entries, found by its variable."""
    monkeypatch.delenv("GATE_DATABASE_URL", raising=False)
    made = make_records(tmp_path / "show", 3)
    monkeypatch.setenv("GATE_HOME", str(made.folder))
    return made


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command line: exit status and what it printed."""

    def go(*words: object) -> tuple[int, str]:
        capsys.readouterr()
        status = run([str(word) for word in words])
        return status, capsys.readouterr().out

    return go


def picture(file: Path, colour: int = 1) -> Path:
    """A small picture."""
    Image.new("RGB", (16, 16), (colour, 0, 0)).save(file)
    return file


def test_verify_says_what_the_contract_says(home: Home, said: Any) -> None:
    status, out = said("ledger", "verify", "--json")
    found = json.loads(out)
    assert status == 0
    assert found.keys() >= {"ok", "entries", "root", "checkpoints", "breaks"}
    assert (found["ok"], found["entries"], found["breaks"]) == (True, 18, [])
    status, out = said("ledger", "verify")
    assert status == 0
    assert "Everything verifies" in out
    assert "does not prove" in out


def test_a_changed_cell_is_3_and_names_the_entry(home: Home, said: Any) -> None:
    with sqlite3.connect(home.folder / "records.db") as connection:
        connection.execute("UPDATE tools SET name = 'Other' WHERE entry = 6")
    connection.close()
    status, out = said("ledger", "verify", "--json")
    assert status == 3
    assert [each["entry"] for each in json.loads(out)["breaks"]] == [6]
    status, out = said("ledger", "verify")
    assert status == 3
    assert "     6  The row" in out


@pytest.mark.parametrize("lost", ["keys/home.key", "gate.toml", "records.db"])
def test_what_is_lost_is_a_break_and_no_start_up_error(home: Home, said: Any, lost: str) -> None:
    (home.folder / lost).unlink()
    status, out = said("ledger", "verify", "--json")
    assert status == 3
    assert json.loads(out)["ok"] is False
    assert json.loads(out)["breaks"]


def test_a_key_lost_from_a_home_that_was_only_found_is_a_break_too(
    home: Home, said: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GATE_HOME")
    monkeypatch.chdir(home.folder.parent)
    assert said("ledger", "verify", "--json")[0] == 0
    (home.folder / "keys" / "home.key").unlink()
    assert said("ledger", "verify", "--json")[0] == 3


def test_no_home_at_all_is_2(said: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for words in (("ledger", "verify"), ("record", "list"), ("trace", "x")):
        status, out = said(*words, "--json")
        assert status == 2
        assert json.loads(out)["schema"] == "checkthegate.error/1"


def test_the_way_of_a_file_from_record_to_proof(
    home: Home, said: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = tmp_path / "delivery"
    delivery.mkdir()
    file = picture(delivery / "a.png")
    status, out = said("record", file, "--use", "Use 0", "--tool", "Tool 0", "--final", "--json")
    assert status == 0
    stated = json.loads(out)
    (rec,) = [each["id"] for each in stated["records"]]
    status, out = said("record", "list", "--json")
    assert rec in [each["id"] for each in json.loads(out)["items"]]
    status, out = said("record", "show", rec)
    assert "a.png" in out
    status, out = said("trace", file)
    assert status == 0
    assert rec in out
    assert "Use 0" in out
    status, out = said("trace", rec, "--json")
    assert json.loads(out)["kind"] == "record"
    proof = tmp_path / "proof.json"
    assert said("ledger", "prove", file, "--out", proof)[0] == 0
    assert said("ledger", "verify", "--against", proof)[0] == 0
    monkeypatch.delenv("GATE_HOME")
    monkeypatch.chdir(tmp_path)
    assert said("verify-bundle", proof)[0] == 3
    assert said("verify-bundle", proof, "--key", home.key)[0] == 0
    status, out = said("verify-bundle", proof, "--key", home.key, "--delivery", delivery, "--json")
    assert status == 0
    assert json.loads(out)["delivery"]["files"][0]["state"] == "certified"
    picture(file, 9)
    assert said("verify-bundle", proof, "--key", home.key, "--delivery", delivery)[0] == 3
    assert said("verify-bundle", tmp_path / "none.json")[0] == 2


def test_an_export_verifies_with_the_script_that_stands_alone(
    home: Home, said: Any, tmp_path: Path
) -> None:
    out = tmp_path / "all.json"
    assert said("ledger", "export", "--out", out)[0] == 0
    script = Path(__file__).parents[2] / "docs" / "verify_bundle.py"
    done = subprocess.run(
        [sys.executable, "-I", str(script), str(out), "--key", home.key],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (os.stat(out).st_mode & 0o077) == 0


def test_rebuild_mends_the_tables(home: Home, said: Any) -> None:
    with sqlite3.connect(home.folder / "records.db") as connection:
        connection.execute("DELETE FROM record_files")
    connection.close()
    assert said("ledger", "verify")[0] == 3
    assert said("ledger", "rebuild")[0] == 0
    assert said("ledger", "verify")[0] == 0


@pytest.mark.parametrize(
    "words",
    [
        ("--use", "Use 0", "--tool", "Nothing"),
        ("--use", "No such use", "--tool", "Tool 0"),
        ("--use", "Use 0", "--tool", "Tool 0", "--temp", "--final"),
        ("--use", "Use 0", "--tool", "Tool 0", "--from-file", "nowhere.png"),
        ("--use", "Use 0", "--tool", "Tool 0", "--talent", "Nobody"),
        ("--use", "Use 0"),
    ],
)
def test_wrong_words_are_2_and_nothing_is_recorded(
    home: Home, said: Any, tmp_path: Path, words: tuple[str, ...]
) -> None:
    status, out = said("record", picture(tmp_path / "a.png"), *words, "--json")
    assert status == 2
    assert json.loads(out)["error"]["hint"]
    assert json.loads(said("ledger", "verify", "--json")[1])["entries"] == 18


def test_a_fresh_home_verifies(tmp_path: Path, said: Any) -> None:
    assert said("init", tmp_path / "new", "--production", "New")[0] == 0
    status, out = said("ledger", "verify", "--home", tmp_path / "new", "--json")
    assert (status, json.loads(out)["entries"]) == (0, 0)
