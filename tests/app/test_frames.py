"""Frames on record in a check, frame patterns on the command line, sequences put on record."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.app.test_judging import MAIL, USE

from checkthegate.app.frames import frame_evidence, frames_of
from checkthegate.app.home import Home, make_home
from checkthegate.app.patterns import with_frames
from checkthegate.app.recording import event, new_id, record, records_of
from checkthegate.cli.main import run
from checkthegate.model import Asset, Evidence, Gap, Kind, Span, UsageError, digest_bytes
from checkthegate.registry.times import as_known_now
from checkthegate.seams import RecordStore

NOW = as_known_now("2026-11-22")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Home:
    made = make_home(tmp_path / "home", "Night Harbour", ["netflix"])
    monkeypatch.setenv("GATE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    with records_of(made) as store:
        _declare(store)
    return made


def _declare(store: RecordStore) -> str:
    use = new_id("use")
    packs = [{"id": "netflix", "version": "2025.08", "digest": "sha256:" + "0" * 64}]
    answer = {"verdict": "notify", "approval": "none", "rules": [], "packs": packs}
    body = {"title": "Sky", "declaration": {**USE, "title": "Sky", "final": "yes"},
            "answer": answer, "tools": [], "talents": []}  # fmt: skip
    record(store, event("use-declared", use, body))
    return use


def _png(folder: Path, numbers: Sequence[int]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        Image.new("RGB", (32, 18), (number % 255, 20, 30)).save(folder / f"shot.{number:04d}.png")


def _exr(folder: Path, numbers: Sequence[int]) -> None:
    import numpy as np
    import OpenEXR

    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        noise = np.random.default_rng(number).random((6, 8, 3))
        pixels = np.kron(noise, np.ones((8, 8, 1))).astype(np.float16)
        header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
        OpenEXR.File(header, {"RGB": pixels}).write(str(folder / f"shot.{number:04d}.exr"))


def _gate(capsys: Any, *words: str) -> tuple[int, Any]:
    status = run([*words, "--json"])
    return status, json.loads(capsys.readouterr().out)


def _checked(capsys: Any, *words: str) -> dict[str, Any]:
    _, document = _gate(capsys, "check", *words, "--workers", "0", "--no-pictures")
    (asset,) = document["assets"]
    return dict(asset)


def _matches(asset: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in asset["evidence"] if each["observer"] == "record"]


@pytest.mark.parametrize("tail", ["png", "exr"])
def test_recorded_frames_count_in_the_sequence(home: Home, capsys: Any, tail: str) -> None:
    make = _png if tail == "png" else _exr
    make(Path("shot"), range(1001, 1025))
    status, stated = _gate(capsys, "record", f"shot/shot.1001-1012#.{tail}", "--use", "Sky",
                           "--tool", "AUTOMATIC1111", "--workers", "0")  # fmt: skip
    assert (status, stated["files"]) == (0, 12)
    asset = _checked(capsys, "shot")
    (said,) = _matches(asset)
    assert (said["grade"], said["claim"]) == ("proven", "matches-recorded")
    assert (said["detail"]["frames"], said["detail"]["count"]) == ("1001-1012", 12)
    assert said["span"] == {"start": 0.0, "end": 0.5}
    assert said["source"]["id"] == stated["records"][0]["id"]
    assert (asset["kind"], asset["ai"]) == ("sequence", "modified")
    _gate(capsys, "record", f"shot/shot.%04d.{tail}", "--use", "Sky", "--tool", "AUTOMATIC1111",
          "--workers", "0")  # fmt: skip
    whole = _checked(capsys, f"shot/shot.####.{tail}")
    assert [each["detail"]["frames"] for each in _matches(whole)] == ["1001-1012", "1013-1024"]


def test_a_sequence_all_of_one_record_is_generated(home: Home, capsys: Any) -> None:
    _png(Path("shot"), range(1001, 1009))
    _gate(capsys, "record", "shot", "--use", "Sky", "--tool", "AUTOMATIC1111", "--workers", "0")
    asset = _checked(capsys, "shot")
    (said,) = _matches(asset)
    assert "span" not in said
    assert asset["ai"] == "generated"
    assert asset["verdict"] == "escalate"


def _approve(home: Home, files: Sequence[Path]) -> None:
    body = {
        "answer": "yes", "person": "K. Osei", "capacity": "studio contact", "evidence": MAIL,
        "rules": ["nfx.p4", "nfx.f1"], "covers": "bytes",
        "files": [{"digest": digest_bytes(file.read_bytes()), "path": file.name} for file in files],
    }  # fmt: skip
    with records_of(home) as store:
        record(store, event("approval-imported", new_id("apr"), body))


def test_bytes_cover_when_every_frame_is_named(home: Home, capsys: Any) -> None:
    _png(Path("shot"), range(1001, 1009))
    files = sorted(Path("shot").iterdir())
    _gate(capsys, "record", "shot", "--use", "Sky", "--tool", "AUTOMATIC1111", "--workers", "0")
    _approve(home, files[1:])
    assert not _lifted(_checked(capsys, "shot"))
    _approve(home, files)
    assert "nfx.p4" in _lifted(_checked(capsys, "shot"))


def _lifted(asset: dict[str, Any]) -> list[str]:
    return [each["rule"] for each in asset["findings"] if each["approval_id"]]


def test_only_some_frames_of_a_sure_sequence_get_fingerprints(home: Home, capsys: Any) -> None:
    _exr(Path("shot"), range(1001, 1031))
    _, stated = _gate(capsys, "record", "shot", "--use", "Sky", "--tool", "AUTOMATIC1111",
                      "--workers", "0")  # fmt: skip
    assert (stated["files"], stated["fingerprinted"]) == (30, 4)
    (told,) = [each for each in stated["warnings"] if "sequence" in each]
    assert "shot/shot.[1001-1030].exr" in told
    assert "4 of them" in told


def test_single_generations_are_all_fingerprinted(home: Home, capsys: Any) -> None:
    _png(Path("shot"), range(1, 11))
    _, stated = _gate(capsys, "record", "shot", "--use", "Sky", "--tool", "AUTOMATIC1111",
                      "--workers", "0")  # fmt: skip
    assert stated["fingerprinted"] == 10


def test_thousands_of_frames_are_asked_for_at_once(home: Home) -> None:
    names = [f"shot.{number}.exr" for number in range(1, 5001)]
    digests = [digest_bytes(name.encode()) for name in names]
    assets = [
        Asset(name, Kind.IMAGE, "image/x-exr", 9, digest)
        for name, digest in zip(names, digests, strict=True)
    ]
    with records_of(home) as store:
        use = _declare(store)
        for start in range(0, 5000, 500):
            files = [{"digest": each.digest, "path": each.path} for each in assets[start:][:500]]
            body = {"use": use, "steps": [{"name": "X"}], "files": files, "made": "generated"}
            record(store, event("files-recorded", new_id("rec"), body))
        with store.reading() as reading:
            before = time.process_time()
            said = frame_evidence(assets, frames_of(assets), reading, NOW)
            spent = time.process_time() - before
    assert sorted(each.span.start for each in said if isinstance(each, Evidence) and each.span) == [
        pytest.approx(start / 24) for start in range(0, 5000, 500)
    ]
    assert spent < 1.0


def test_very_many_pieces_end_with_a_gap(home: Home) -> None:
    names = [f"shot.{number}.exr" for number in range(1, 1203)]
    assets = [Asset(n, Kind.IMAGE, "image/x-exr", 9, digest_bytes(n.encode())) for n in names]
    with records_of(home) as store:
        use = _declare(store)
        files = [{"digest": each.digest, "path": each.path} for each in assets[::2]]
        body = {"use": use, "steps": [{"name": "X"}], "files": files, "made": "generated"}
        record(store, event("files-recorded", new_id("rec"), body))
        with store.reading() as reading:
            said = frame_evidence(assets, frames_of(assets), reading, NOW)
    assert len(said) == 501
    assert isinstance(said[-1], Gap)
    assert isinstance(said[1], Evidence)
    assert said[1].span == Span(2 / 24, 3 / 24)


@pytest.mark.parametrize(
    ("pattern", "numbers"),
    [
        ("shot.####.png", [998, 999, 1000, 1001]),
        ("shot.%04d.png", [998, 999, 1000, 1001]),
        ("shot.@@@@.png", [998, 999, 1000, 1001]),
        ("shot.#.png", [998, 999, 1000, 1001]),
        ("shot.999-1000#.png", [999, 1000]),
        ("shot.998-1000x2####.png", [998, 1000]),
    ],
)
def test_a_pattern_names_the_files_that_are_there(
    tmp_path: Path, pattern: str, numbers: list[int]
) -> None:
    _png(tmp_path, [998, 999, 1000, 1001])
    for name in ("shot.99.png", "shot.00998.png", "other.0998.png", "shot.0998.jpg", "shot.a.png"):
        (tmp_path / name).touch()
    if pattern == "shot.#.png":
        (tmp_path / "shot.99.png").unlink()
        (tmp_path / "shot.00998.png").unlink()
    expected = tuple(tmp_path / f"shot.{number:04d}.png" for number in numbers)
    assert with_frames([tmp_path / pattern]) == expected


def test_a_file_of_that_very_name_is_no_pattern(tmp_path: Path) -> None:
    for name in ("shot.####.png", "shot.0001.png", "take#2.png"):
        (tmp_path / name).touch()
    assert with_frames([tmp_path / "shot.####.png"]) == (tmp_path / "shot.####.png",)
    named = (tmp_path / "take#2.png", tmp_path / "gone.png", tmp_path / "a#b" / "c.png")
    assert with_frames(named) == named


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("shot.####.exr", "No file is named like"),
        ("shot.#####.png", "No file is named like"),
        ("shot.2001-2010#.png", "No file is named like"),
        ("shot.1000-1004#.png", "frames 1002-1004 are not there"),
        ("gone/shot.####.png", "No file is named like"),
    ],
)
def test_a_pattern_without_its_files_is_named(tmp_path: Path, pattern: str, why: str) -> None:
    _png(tmp_path, [1000, 1001])
    with pytest.raises(UsageError, match=why) as caught:
        with_frames([tmp_path / pattern])
    assert pattern in caught.value.message
    assert caught.value.hint


def test_a_pattern_without_files_is_status_2(home: Home, capsys: Any) -> None:
    for words in (["check"], ["record", "--use", "Sky", "--tool", "X"]):
        status, document = _gate(capsys, words[0], "shot.####.exr", *words[1:])
        assert status == 2
        assert "shot.####.exr" in document["error"]["message"]
