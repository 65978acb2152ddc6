"""From a check to a person's answer to the next check, with material that is really matched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from checkthegate.app.check import CheckRequest
from checkthegate.app.home import open_home
from checkthegate.app.registry.desk import desk_of, moment
from checkthegate.app.registry.matches import answer_match, list_matches, show_match
from checkthegate.app.reporting import ReportRequest, check_and_report

from .databases import Kept
from .stranger import add, put, stranger, verse, written

__all__ = ["stranger"]


def report(kept: Kept, delivery: Path, **wanted: Any) -> Any:
    request = CheckRequest((delivery,), home=open_home(kept.home.folder), workers=0)
    return check_and_report(request, ReportRequest(**wanted), lambda _: None)


def claims(reported: Any) -> dict[str, str]:
    """What was matched, by asset."""
    return {
        asset["path"]: said["claim"]
        for asset in reported.document["assets"]
        for said in asset["evidence"]
        if said["observer"] == "fingerprint"
    }


def test_an_answer_reaches_the_next_check(kept: Kept, stranger: Path, tmp_path: Path) -> None:
    delivery = tmp_path / "delivery"
    put(kept, written(tmp_path / "made/song.txt", *verse("song")))
    add(kept, written(tmp_path / "made/novel.txt", *verse("novel")))
    written(delivery / "cut.txt", "INTRO", *verse("song"))
    written(delivery / "quote.txt", "He reads", *verse("novel"))
    first = report(kept, delivery, files=False)
    assert claims(first) == {"cut.txt": "matches-recorded", "quote.txt": "matches-work"}
    with desk_of(kept.home.folder) as desk:
        listed = {each["path"]: each for each in list_matches(desk, moment(None))}
        assert listed["quote.txt"]["answer"] is None
        quote = listed["quote.txt"]["id"]
        answer_match(desk, quote, "rejected", {"person": "Ida Reed", "why": "Out of copyright."})
        assert show_match(desk, quote, moment(None))["source_path"] == "novel.txt"
    out = tmp_path / "out"
    second = report(kept, delivery, out=out)
    assert claims(second) == {"cut.txt": "matches-recorded", "quote.txt": "match-rejected"}
    quoted = {asset["path"]: asset for asset in second.document["assets"]}["quote.txt"]
    about = {each["rule"]: each["verdict"] for each in quoted["findings"]}
    assert about.get("gate.g6", "clear") == "clear"
    page = (out / "report.html").read_text()
    assert "Ida Reed rejected that (“Out of copyright”)" in page
    kept_report = json.loads((out / "report.json").read_text())
    answers = [
        said["detail"]["answer"]
        for asset in kept_report["assets"]
        for said in asset["evidence"]
        if said["claim"] == "match-rejected"
    ]
    assert [(each["person"], each["why"]) for each in answers] == [
        ("Ida Reed", "Out of copyright.")
    ]
    assert kept.verify()["ok"]


def test_an_empty_check_lists_no_old_matches(kept: Kept, stranger: Path, tmp_path: Path) -> None:
    put(kept, written(tmp_path / "made/song.txt", *verse("song")))
    written(tmp_path / "one/cut.txt", "INTRO", *verse("song"))
    written(tmp_path / "two/other.txt", *verse("another"))
    report(kept, tmp_path / "one", files=False)
    report(kept, tmp_path / "two", files=False)
    with desk_of(kept.home.folder) as desk:
        assert list_matches(desk, moment(None)) == []
