"""Matches of (almost) all of an asset: no span, the numbers beside, `generated` not `modified`."""

from __future__ import annotations

import json
import wave
from pathlib import Path
from typing import Any

import pytest
from tests.app.test_frames import home

from checkthegate.app.extents import is_all, lies
from checkthegate.app.home import Home
from checkthegate.cli.main import run
from checkthegate.delivery.opened import OpenedFile
from checkthegate.model import Asset, Evidence, Grade, Kind, Span

__all__ = ["home"]
_LINES = [
    "The keeper of the lighthouse counted seventeen ships before the fog came in.",
    "Nobody on the quay remembered who had painted the third boat green.",
    "Her letter spoke of oranges, a broken clock and the price of rope in Lisbon.",
    "When the bell rang twice the children ran down to the water with lanterns.",
    "He had sold the piano in March and kept only the stool and one brass candlestick.",
    "By evening the harbour master had written all their names into the grey book.",
]


def _opened(file: Path, kind: Kind) -> OpenedFile:
    types = {Kind.TEXT: "text/plain", Kind.AUDIO: "audio/x-wav", Kind.VIDEO: "video/mp4"}
    asset = Asset(file.name, kind, types[kind], file.stat().st_size, "sha256:" + "0" * 64)
    return OpenedFile(asset, file)


def _text(tmp_path: Path, body: str) -> OpenedFile:
    file = tmp_path / "words.txt"
    file.write_text(body)
    return _opened(file, Kind.TEXT)


def _sound(tmp_path: Path, seconds: float, kind: Kind = Kind.AUDIO) -> OpenedFile:
    file = tmp_path / "sound.wav"
    with wave.open(str(file), "wb") as written:
        written.setparams((1, 2, 8000, 0, "NONE", ""))
        written.writeframes(bytes(int(seconds * 8000) * 2))
    return _opened(file, kind)


@pytest.mark.parametrize(
    ("start", "end", "whole"),
    [(0, 100, True), (0, 96, True), (4, 100, True), (0, 94, False), (6, 100, False), (0, 0, False)],
)
def test_words_are_all_of_a_text_from_nineteen_twentieths(
    tmp_path: Path, start: int, end: int, whole: bool
) -> None:
    assert is_all(_text(tmp_path, "x" * 100), "words", Span(start, end)) is whole


def test_marks_and_spaces_around_words_do_not_count(tmp_path: Path) -> None:
    opened = _text(tmp_path, "\n\n  “ship”  ***\n")
    assert is_all(opened, "words", Span(5, 9))


@pytest.mark.parametrize(
    ("seconds", "span", "whole"),
    [
        (20.0, (0.0, 20.0), True),
        (20.0, (0.4, 19.6), True),
        (20.0, (0.6, 20.0), False),
        (20.0, (0.0, 19.4), False),
        (4.0, (0.3, 3.7), False),
    ],
)
def test_sound_is_all_of_a_recording_when_it_reaches_both_ends(
    tmp_path: Path, seconds: float, span: tuple[float, float], whole: bool
) -> None:
    assert is_all(_sound(tmp_path, seconds), "sound", Span(*span)) is whole


def test_the_sound_of_a_film_is_never_all_of_it(tmp_path: Path) -> None:
    opened = _sound(tmp_path, 20.0, Kind.VIDEO)
    assert not is_all(opened, "sound", Span(0.0, 20.0))
    assert is_all(opened, "picture", Span(0.0, 20.0))
    assert not is_all(opened, "somebody", Span(0.0, 20.0))


def test_what_cannot_be_measured_is_a_part(tmp_path: Path) -> None:
    (tmp_path / "sound.wav").write_bytes(b"RIFF....no sound")
    opened = _opened(tmp_path / "sound.wav", Kind.AUDIO)
    assert not is_all(opened, "sound", Span(0.0, 20.0))


def test_where_evidence_lies() -> None:
    told = {"span": {"start": 1.0, "end": 2.5}}
    assert lies(Evidence("fingerprint", Grade.PROVEN, "c", told)) == Span(1.0, 2.5)
    assert lies(Evidence("fingerprint", Grade.PROVEN, "c", told, span=Span(0, 1))) == Span(0, 1)
    for detail in ({}, {"span": "all"}, {"span": {"start": None, "end": 1}}):
        assert lies(Evidence("fingerprint", Grade.PROVEN, "c", detail)) is None


def _assets(capsys: Any, *words: str) -> dict[str, Any]:
    run([*words, "--workers", "0", "--json"])
    document = json.loads(capsys.readouterr().out)
    return {each["path"]: each for each in document.get("assets", ())}


def test_a_text_all_of_which_is_recorded_is_generated(home: Home, capsys: Any) -> None:
    Path("made").mkdir()
    Path("made/song.txt").write_text("\n".join(_LINES))
    _assets(capsys, "record", "made", "--use", "Sky", "--tool", "AUTOMATIC1111")
    Path("cut").mkdir()
    Path("cut/all.txt").write_text("\n\n" + "\n".join(_LINES).upper() + "\n")
    own = " ".join(f"Line {number} is what somebody else wrote on a Sunday." for number in range(9))
    Path("cut/part.txt").write_text(f"{own}\n" + "\n".join(_LINES))
    assets = _assets(capsys, "check", "cut")
    (whole,) = _proven(assets["all.txt"])
    (part,) = _proven(assets["part.txt"])
    assert (assets["all.txt"]["ai"], assets["part.txt"]["ai"]) == ("generated", "modified")
    assert "span" not in whole
    assert whole["detail"]["span"]["end"] > 400
    assert part["span"]["start"] >= len(own) - 2
    assert "span" not in part["detail"]


def _proven(asset: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in asset["evidence"] if each["claim"] == "matches-recorded"]
