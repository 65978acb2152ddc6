"""Content matching end to end: put on record, altered, delivered, found; by a stranger's hasher."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from checkthegate.app.home import open_home
from checkthegate.model.match import match_id
from checkthegate.model.registry import Promise

from .databases import Kept
from .stranger import (
    add,
    checked,
    claims,
    fingerprints,
    gaps,
    logged,
    matches,
    put,
    stranger,
    verse,
    written,
)

__all__ = ["stranger"]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder for files that are put on record."""
    return tmp_path / "made"


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    """A folder for files that are delivered."""
    (tmp_path / "delivery").mkdir()
    return tmp_path / "delivery"


def test_recorded_material_is_found_in_what_was_made_of_it(
    kept: Kept, stranger: Path, place: Path, delivery: Path
) -> None:
    song = written(place / "song.txt", *verse("song"))
    record = put(kept, song)["records"][0]["id"]
    written(delivery / "cut.txt", "INTRO", *[line.upper() for line in verse("song")], "OUTRO")
    written(delivery / "other.txt", *verse("another"))
    found = checked(kept, delivery)
    assert claims(found) == {"cut.txt": [("matches-recorded", "proven")]}
    (said,) = matches(found)["cut.txt"]
    assert said.source is not None
    assert (said.source.id, said.source.path) == (record, "song.txt")
    assert said.span is not None
    assert said.span.start == len("INTRO\n")
    assert said.source.span is not None
    assert said.source.distance == 0.0
    asset = found.decision.assets[0].asset
    source = kept.run("SELECT digest FROM record_files WHERE record = ?", record)[0][0]
    assert said.detail["match"] == match_id(asset.digest, source)
    assert said.detail["by"] == "lines"
    assert said.detail["differs"] == 0.0
    assert kept.verify()["ok"]


def test_inputs_and_works_are_found_as_what_they_are(
    kept: Kept, stranger: Path, place: Path, delivery: Path
) -> None:
    plate = written(place / "plate.txt", *verse("plate"))
    output = written(place / "out.txt", *verse("plate"), *verse("made", 12))
    record = put(kept, output, inputs=(str(plate),))["records"][0]["id"]
    work = add(kept, written(place / "novel.txt", *verse("novel"))).works[0]["id"]
    written(delivery / "plate.txt", "as shot", *verse("plate"))
    written(delivery / "quote.txt", "he reads", *verse("novel"))
    found = checked(kept, delivery)
    assert claims(found)["quote.txt"] == [("matches-work", "proven")]
    assert ("matches-input", "proven") in claims(found)["plate.txt"]
    assert ("matches-recorded", "proven") not in claims(found)["plate.txt"]
    told = {each.claim: each.source for each in matches(found)["plate.txt"]}
    source = told["matches-input"]
    assert source is not None
    assert (source.id, source.path) == (record, "plate.txt")
    told = {each.claim: each.source for each in matches(found)["quote.txt"]}
    assert told["matches-work"] is not None
    assert told["matches-work"].id == work


def test_the_very_bytes_are_told_by_the_records_alone(
    in_file: Kept, stranger: Path, place: Path, delivery: Path
) -> None:
    put(in_file, written(place / "song.txt", *verse("song")))
    written(delivery / "song.txt", *verse("song"))
    found = checked(in_file, delivery)
    assert claims(found) == {}
    said = [each for each in found.decision.assets[0].evidence if each.claim == "matches-recorded"]
    assert [each.observer for each in said] == ["record"]


def test_every_record_of_a_content_is_named_and_an_input_once(
    in_file: Kept, stranger: Path, place: Path, delivery: Path
) -> None:
    song = written(place / "song.txt", *verse("song"))
    plate = written(place / "plate.txt", *verse("plate"))
    first = put(in_file, song, inputs=(str(plate),))["records"][0]["id"]
    second = put(in_file, song, inputs=(str(plate),), use="Use 1")["records"][0]["id"]
    written(delivery / "both.txt", "x", *verse("song"))
    written(delivery / "plate.txt", "x", *verse("plate"))
    found = matches(checked(in_file, delivery))
    assert {each.source.id for each in found["both.txt"] if each.source} == {first, second}
    assert [bool(each.exhibits) for each in found["both.txt"]] == [True, False]
    assert [each.source.id for each in found["plate.txt"] if each.source] == [first]


def test_a_content_is_fingerprinted_once(in_file: Kept, stranger: Path, place: Path) -> None:
    for name in "abc":
        written(place / f"{name}.txt", *verse("same"))
    put(in_file, place)
    assert len(logged(stranger)) == 1
    put(in_file, place, use="Use 1")
    add(in_file, place / "a.txt")
    assert logged(stranger) == []
    assert fingerprints(in_file) == 1


def test_a_home_with_nothing_banked_looks_for_nothing(
    in_file: Kept, stranger: Path, delivery: Path
) -> None:
    written(delivery / "a.txt", "a")
    assert gaps(checked(in_file, delivery)) == []
    assert logged(stranger) == []
    assert not (in_file.home.folder / "cache-bank").exists()


def test_an_unchanged_bank_costs_nothing_and_a_changed_one_no_decoding(
    kept: Kept, stranger: Path, place: Path, delivery: Path
) -> None:
    put(kept, written(place / "song.txt", *verse("song")))
    for name in ("a", "b"):
        written(delivery / f"{name}.txt", name, *verse("song"))
    first = checked(kept, delivery)
    assert len([line for line in logged(stranger) if line.startswith("screened")]) == 2
    again = checked(kept, delivery)
    assert claims(again) == claims(first)
    put(kept, written(place / "more.txt", *verse("more"), "a", "b"))
    logged(stranger)
    third = checked(kept, delivery)
    assert logged(stranger) == []
    assert len(matches(third)["a.txt"]) == 2
    assert third.decision.summary.cached > 0


def test_what_was_recorded_later_does_not_count_yet(
    kept: Kept, stranger: Path, place: Path, delivery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(delivery / "cut.txt", "x", *verse("early"), *verse("late"))
    for name, time in (("early", "2027-01-01"), ("late", "2027-03-01")):
        with monkeypatch.context() as patch:
            patch.setattr(
                "checkthegate.app.recording.now", lambda time=time: f"{time}T10:00:00.000000Z"
            )
            put(kept, written(place / f"{name}.txt", *verse(name)))
    paths = {
        when: {each.source.path for each in matches(checked(kept, delivery, as_of=when))["cut.txt"]
               if each.source}
        for when in ("2027-01-31", "2027-03-02", None, "2027-01-31")
    }  # fmt: skip
    both = {"early.txt", "late.txt"}
    assert paths == {"2027-01-31": {"early.txt"}, "2027-03-02": both, None: both}
    assert claims(checked(kept, delivery, as_of="2026-12-31")) == {}


def test_what_is_lacking_is_told_when_recording_and_is_a_gap_when_checking(
    in_file: Kept, stranger: Path, place: Path, delivery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINES_LACKS", "The dictionary is not installed: rhymes are not found.")
    stated = put(in_file, written(place / "song.txt", *verse("song")))
    assert any("dictionary is not installed" in each for each in stated["warnings"])
    written(delivery / "cut.txt", "x", *verse("song"))
    found = checked(in_file, delivery)
    assert [gap.reason for gap in gaps(found)] == [
        "The dictionary is not installed: rhymes are not found."
    ]
    assert claims(found) == {"cut.txt": [("matches-recorded", "proven")]}
    monkeypatch.delenv("LINES_LACKS")
    assert gaps(checked(in_file, delivery)) == []


def test_a_hasher_that_is_gone_is_a_gap_where_it_would_look(
    in_file: Kept, stranger: Path, place: Path, delivery: Path
) -> None:
    put(in_file, written(place / "song.txt", *verse("song")))
    written(delivery / "cut.txt", "x", *verse("song"))
    Image.new("RGB", (8, 8)).save(delivery / "p.png")
    for each in stranger.glob("*.dist-info/*"):
        each.unlink()
    found = checked(in_file, delivery)
    assert [gap.reason for gap in gaps(found)] == [
        "What is on record was not looked for in it. Nothing installed knows material by “lines”."
    ]
    assert [asset.asset.path for asset in found.decision.assets if asset.gaps] == ["cut.txt"]


def test_another_recipe_is_a_gap_until_the_files_are_given_again(
    kept: Kept, stranger: Path, place: Path, delivery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    song = written(place / "song.txt", *verse("song"))
    plate = written(place / "plate.txt", *verse("plate"))
    novel = written(place / "novel.txt", *verse("novel"))
    put(kept, song, inputs=(str(plate),))
    add(kept, novel)
    monkeypatch.setenv("LINES_RECIPE", "lines/2")
    written(delivery / "cut.txt", "x", *verse("song"))
    found = checked(kept, delivery)
    assert claims(found) == {}
    (gap,) = gaps(found)
    assert "3 files on record are known only as another version" in gap.reason
    again = put(kept, song, inputs=(str(plate),))
    assert (again["records"], again["fingerprinted"]) == ([], 2)
    added = add(kept, novel)
    assert (added.works, added.fingerprinted) == ([], 1)
    found = checked(kept, delivery)
    assert gaps(found) == []
    assert claims(found) == {"cut.txt": [("matches-recorded", "proven")]}
    assert kept.verify()["ok"]


def test_files_that_cannot_be_known_are_recorded_and_named_with_the_reason(
    in_file: Kept, stranger: Path, place: Path
) -> None:
    written(place / "broken.txt", "BROKEN")
    written(place / "fault.txt", "FAULT")
    written(place / "empty.txt", "")
    stated = put(in_file, place)
    assert stated["files"] == 3
    warnings = "\n".join(stated["warnings"])
    assert (
        "“made/broken.txt”: found again byte for byte only. It is broken in the middle" in warnings
    )
    assert (
        "“made/fault.txt”: found again byte for byte only. Making a fingerprint of it failed"
        in (warnings)
    )
    assert "“made/empty.txt”: found again byte for byte only. There is nothing in it" in warnings
    assert fingerprints(in_file) == 0


def test_what_changes_while_it_is_read_is_not_recorded(
    in_file: Kept, stranger: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from checkthegate.app import fingerprinting
    from checkthegate.model import UsageError

    song = written(place / "song.txt", *verse("song"))
    tasks = fingerprinting._tasks

    def later(*arguments: object) -> object:
        written(song, *verse("something else"))
        return tasks(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(fingerprinting, "_tasks", later)
    with pytest.raises(UsageError, match="changed while it was being read"):
        put(in_file, song)
    assert fingerprints(in_file) == 0


def test_long_looks_survive_as_long_as_they_say_so_and_crashes_cost_one_fingerprint(
    in_file: Kept, stranger: Path, place: Path, delivery: Path
) -> None:
    toml = in_file.home.folder / "gate.toml"
    toml.write_text(toml.read_text().replace("observer_seconds = 120", "observer_seconds = 4"))
    in_file.home = open_home(in_file.home.folder)
    for name in ("CRASH", "HANG", "LONG"):
        written(place / f"{name}.txt", name, *verse(name))
    stated = put(in_file, place, workers=2)
    assert stated["files"] == 3
    warnings = [each for each in stated["warnings"] if "byte for byte" in each]
    assert len(warnings) == 2
    assert any("HANG" in each and "took longer than 4 seconds" in each for each in warnings)
    assert any("CRASH" in each and "crashed" in each for each in warnings)
    written(delivery / "cut.txt", "x", *verse("LONG"))
    written(delivery / "long.txt", "look long", *verse("LONG"))
    found = checked(in_file, delivery, workers=2)
    assert claims(found) == {
        name: [("matches-recorded", "proven")] for name in ("cut.txt", "long.txt")
    }
    assert gaps(found) == []


def test_nothing_is_kept_without_a_cache(
    in_file: Kept, stranger: Path, place: Path, delivery: Path
) -> None:
    put(in_file, written(place / "song.txt", *verse("song")))
    written(delivery / "cut.txt", "x", *verse("song"))
    found = checked(in_file, delivery, use_cache=False)
    assert claims(found) == {"cut.txt": [("matches-recorded", "proven")]}
    assert list(in_file.home.folder.glob("cache-*")) == []


def test_a_cache_that_cannot_be_written_is_done_without_and_named(
    in_file: Kept, stranger: Path, place: Path, delivery: Path
) -> None:
    put(in_file, written(place / "song.txt", *verse("song")))
    (in_file.home.folder / "cache-bank").write_text("in the way")
    written(delivery / "cut.txt", "x", *verse("song"))
    found = checked(in_file, delivery)
    assert claims(found) == {"cut.txt": [("matches-recorded", "proven")]}
    assert any("laid out anew" in note for note in found.notes)


def test_exhibits_come_with_pictures_only(
    in_file: Kept, stranger: Path, place: Path, delivery: Path
) -> None:
    put(in_file, written(place / "song.txt", *verse("song")))
    written(delivery / "cut.txt", "x", *verse("song"))
    bare = matches(checked(in_file, delivery, pictures=False))["cut.txt"]
    shown = matches(checked(in_file, delivery))["cut.txt"]
    assert [len(each.exhibits) for each in (*bare, *shown)] == [0, 1]


def test_a_fingerprint_is_part_of_the_history_and_of_verification(
    kept: Kept, stranger: Path, place: Path
) -> None:
    stated = put(kept, written(place / "song.txt", *verse("song")), promise=Promise.FINAL)
    record = stated["records"][0]["id"]
    (row,) = kept.run("SELECT entry, hasher, recipe, path, role FROM file_fingerprints")
    assert row[1:] == ("lines", "lines/1", "song.txt", "recorded")
    kept.run("DELETE FROM fingerprints")
    (broken,) = kept.broken()
    assert broken[0] == row[0]
    assert broken[1].startswith("The fingerprint sha256:")
    assert record


def test_a_missing_fingerprint_is_a_gap_not_silence(
    in_file: Kept, stranger: Path, place: Path, delivery: Path
) -> None:
    put(in_file, written(place / "song.txt", *verse("song")))
    in_file.run("DELETE FROM fingerprints")
    written(delivery / "cut.txt", "x", *verse("song"))
    assert len(gaps(checked(in_file, delivery))) == 1


def test_old_records_become_known_when_the_files_are_given_again(
    in_file: Kept, stranger: Path, place: Path, delivery: Path
) -> None:
    entries = list(stranger.glob("*.dist-info/entry_points.txt"))
    text = entries[0].read_text()
    entries[0].unlink()
    song = written(place / "song.txt", *verse("song"))
    put(in_file, song)
    assert fingerprints(in_file) == 0
    entries[0].write_text(text)
    put(in_file, song)
    written(delivery / "cut.txt", "x", *verse("song"))
    assert claims(checked(in_file, delivery)) == {"cut.txt": [("matches-recorded", "proven")]}


def test_a_warning_of_the_command_is_in_its_json(
    in_file: Kept, stranger: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from checkthegate.cli.main import run

    written(place / "broken.txt", "BROKEN")
    home = ["--home", str(in_file.home.folder)]
    arguments = ["work", "add", str(place), "--kind", "owned", "--workers", "0", "--json", *home]
    assert run(arguments) == 0
    stated = json.loads(capsys.readouterr().out)
    assert any("It is broken in the middle" in note for note in stated["notes"])
