"""The packs that ship: their cases, their lock, their form, their words."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from checkthegate.rules import Pack, load_pack, read_lock, run_cases

REPOSITORY = Path(__file__).parents[2]
FOLDERS = sorted(file.parent for file in (REPOSITORY / "packs").glob("*/*/pack.yaml"))
SCHEMA = json.loads((REPOSITORY / "schemas/pack.1.json").read_text())


def named(folder: Path) -> str:
    return folder.relative_to(REPOSITORY).as_posix()


def load(folder: Path) -> Pack:
    files = {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }
    return load_pack(files, named(folder))


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def test_there_are_packs() -> None:
    assert {folder.parent.name for folder in FOLDERS} >= {"gate", "netflix"}


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_the_cases_come_out_as_they_say(folder: Path) -> None:
    faults = [f"{fault.case.where}: {fault.said}" for fault in run_cases(load(folder))]
    assert faults == []


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_folder_id_and_version_agree(folder: Path) -> None:
    pack = load(folder)
    assert (pack.id, pack.version) == (folder.parent.name, folder.name)


def test_released_versions_are_as_locked() -> None:
    locked = read_lock((REPOSITORY / "packs/packs.lock").read_text())
    assert {(p.id, p.version): p.digest for p in map(load, FOLDERS)} == locked


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_the_files_fit_the_schema(folder: Path) -> None:
    checker = jsonschema.Draft202012Validator(SCHEMA)
    checker.check_schema(SCHEMA)
    checker.validate(plain(yaml.safe_load((folder / "pack.yaml").read_bytes())))
    for name, part in (("rules", "rule_file"), ("cases", "case_file")):
        narrowed = {**SCHEMA["$defs"][part], "$defs": SCHEMA["$defs"]}
        for file in sorted((folder / name).glob("*.yaml")):
            jsonschema.Draft202012Validator(narrowed).validate(
                plain(yaml.safe_load(file.read_bytes()))
            )


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_the_words_are_short_and_say_what_to_do(folder: Path) -> None:
    for rule in load(folder).rules:
        for branch in (each for branches in rule.branches.values() for each in branches):
            for text in (branch.reason.template, branch.next_step.template):
                assert text.endswith("."), text
                assert len(text) < 200, text
                assert not re.search(r"metadata|provenance|C2PA|asset|artifact|violat", text), text


def test_no_studio_is_said_to_endorse_this(netflix_pack: Pack) -> None:
    assert "has not reviewed or endorsed" in netflix_pack.notice
    assert "not legal advice" in netflix_pack.notice
    for rule in netflix_pack.rules:
        assert "2025-11-11" in rule.citation.text
        assert "confidence A" in rule.citation.text
