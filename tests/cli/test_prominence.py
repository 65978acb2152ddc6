"""`gate prominence`: a reviewer's word on what is seen, and where it shows."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin
from tests.app.registry.making import DE_AGE
from tests.editorial.cuts import edl_of

from checkthegate.cli.main import run
from checkthegate.declaration import Form, write


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", ".", "--production", "Night Boat"]) == 0
    Path("use.yaml").write_text(write([DE_AGE], Form.YAML))
    Path("media").mkdir()
    said = PngImagePlugin.PngInfo()
    said.add_text("parameters", "a boat\nSteps: 20, Sampler: Euler, Seed: 7, Size: 64x36")
    Image.effect_noise((64, 36), 40).convert("RGB").save("media/SH010.png", pnginfo=said)
    content = edl_of([("SH010", 0, 24)]).replace(b"SH010.mov", b"SH010.png")
    Path("cut.edl").write_bytes(content)
    capsys.readouterr()


def gate(capsys: Any, *words: str, status: int = 0) -> Any:
    assert run([*words, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def prominence_in_map(out: Path) -> list[str]:
    """What the AI map of a check of the cut says of its events."""
    words = ["check", "--timeline", "cut.edl", "--media", "media", "--out", str(out)]
    assert run([*words, "--workers", "0"]) == 1
    with (out / "ai-map.csv").open(encoding="utf-8-sig", newline="") as sheet:
        return [line["prominence"] for line in csv.DictReader(sheet) if line["event"]]


def set_(capsys: Any, named: str, word: str) -> Any:
    return gate(capsys, "prominence", "set", named, "--as", word, "--why", "Seen.", "--by", "Mo")


def test_the_newest_word_shows_at_every_place(capsys: Any, tmp_path: Path) -> None:
    assert prominence_in_map(tmp_path / "before") == [""]
    capsys.readouterr()
    first = set_(capsys, "media/SH010.png", "incidental")
    second = set_(capsys, "media/SH010.png", "story")
    listed = gate(capsys, "prominence", "list")["items"]
    assert [(each["id"], each["counts"]) for each in listed] == [
        (second["id"], True),
        (first["id"], False),
    ]
    assert (listed[0]["path"], listed[0]["person"]) == ("SH010.png", "Mo")
    assert prominence_in_map(tmp_path / "after") == ["story"]
    capsys.readouterr()
    assert gate(capsys, "ledger", "verify")["ok"]


def test_of_a_digest_and_of_a_record(capsys: Any) -> None:
    use = gate(capsys, "use", "add", "--from", "use.yaml")["id"]
    asked = ("record", "media/SH010.png", "--use", use, "--tool", "Paintbox")
    record = gate(capsys, *asked)["records"][0]["id"]
    set_(capsys, record, "prominent")
    set_(capsys, "sha256:" + "ab" * 32, "incidental")
    listed = gate(capsys, "prominence", "list")["items"]
    assert [each["counts"] for each in listed] == [True, True]
    assert {each["record"] for each in listed} == {record, None}
    assert gate(capsys, "prominence", "list", "--as-of", "2020-01-01")["items"] == []


@pytest.mark.parametrize(
    ("named", "word", "says"),
    [
        ("rec_0000000001", "story", "no rec_0000000001"),
        ("no such file", "story", "no such file"),
        ("media/SH010.png", "huge", "huge"),
    ],
)
def test_what_is_refused(capsys: Any, named: str, word: str, says: str) -> None:
    words = ["prominence", "set", named, "--as", word, "--why", "x", "--json"]
    assert run(words) == 2
    assert says in json.loads(capsys.readouterr().out)["error"]["message"]


def test_a_use_has_no_prominence(capsys: Any) -> None:
    use = gate(capsys, "use", "add", "--from", "use.yaml")["id"]
    words = ["prominence", "set", use, "--as", "story", "--why", "x", "--json"]
    assert run(words) == 2
    assert "no file and no record" in json.loads(capsys.readouterr().out)["error"]["message"]
