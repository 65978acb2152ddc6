"""Matches in every format: both sides on the page, sentences and numbers everywhere else."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkthegate.model import Exhibit, Grade, Kind, digest_bytes
from checkthegate.model.match import match_id
from checkthegate.report.ai_map import AiMap
from checkthegate.report.exhibits import Room, passage_lines, without_pictures
from checkthegate.report.html import HtmlReport
from checkthegate.report.junit import JunitReport
from checkthegate.report.matches import MOST_ALIKE, match_cards
from checkthegate.report.sarif import SarifReport
from checkthegate.report.terminal import summary_lines

from .conftest import decided, make_decision
from .matching import PASSAGES, SOUNDS, found, frame, matched_decision, pictures
from .test_html import CONTRAST, Tags, chromium, opened, page_of

__all__ = ["chromium", "opened"]
CUT = digest_bytes(b"cut")
SHOT = match_id(CUT, digest_bytes(b"gen/shot_042.mov"))


@pytest.fixture
def report(reporting: Any) -> Any:
    """Takes the place of the common report: this one has matches of every kind."""
    return reporting(matched_decision())


def asset_of(reporting: Any, *evidence: Any) -> Any:
    return reporting(make_decision([decided("a.mov", Kind.VIDEO, evidence=evidence)]))


def cards_of(report: Any, number: int = 0) -> Any:
    one, asset = report.decision.assets[number], report.document["assets"][number]
    exhibits = {n: said.exhibits for n, said in enumerate(one.evidence)}
    return match_cards(asset, exhibits, "f0", Room())


def test_a_match_is_one_card_with_every_place(report: Any) -> None:
    cards = cards_of(report)
    first = cards.open[0]
    assert first.match == SHOT
    assert [(place.here, place.there) for place in first.places] == [
        ("00:12.4–00:15.9", "00:01.0–00:04.5"),
        ("01:02.0–01:03.5", "00:01.0–00:02.5"),
    ]
    assert len(first.pairs) == 3
    assert (first.path, first.source) == ("gen/shot_042.mov", "rec_4SGBBY9QB1")
    assert "distance 0.021 (0 is the same)" in first.facts


def test_what_is_proven_comes_first_and_what_asks_nothing_is_folded(report: Any) -> None:
    cards = cards_of(report)
    assert [card.grade for card in cards.open] == [
        "proven", "proven", "proven", "declared", "suspected", "suspected",
    ]  # fmt: skip
    assert len(cards.alike) == 8
    assert {card.what for card in cards.known} == {
        "Reference work", "What went into recorded material",
    }  # fmt: skip
    assert [card.grade for card in cards.rejected] == ["rejected"]
    assert "Ida Reed rejected that" in cards.rejected[0].said
    assert [card.asks for card in cards.open] == [False] * 4 + [True] * 2
    assert cards.more == 0


def test_many_likenesses_stay_few_on_the_page(reporting: Any) -> None:
    many = [
        found(f"gen/take_{n}.mov", "matches-recorded", f"rec_{n:010}", grade=Grade.SUSPECTED)
        for n in range(500)
    ]
    report = asset_of(reporting, *many)
    cards = cards_of(report)
    assert (len(cards.open), len(cards.alike)) == (MOST_ALIKE, 40)
    assert cards.more == 500 - MOST_ALIKE - 40
    assert "454 more matches" in page_of(report)


def test_a_match_that_is_exact_is_told_once(reporting: Any) -> None:
    exact = replace(
        found("gen/a.mov", "matches-recorded", "rec_1"), detail={"exact": True, "made": "generated"}
    )
    report = asset_of(reporting, found("gen/a.mov", "matches-recorded", "rec_1"), exact)
    assert not cards_of(report)
    page = page_of(report)
    assert "These very bytes are on record as made by AI" in page
    assert "regraded or not" not in page


def test_pictures_sounds_and_passages_stand_in_pairs(report: Any) -> None:
    kinds = [[pair.found.kind for pair in cards_of(report, n).open[0].pairs] for n in range(3)]
    assert kinds == [["picture"] * 3, ["picture", "sound"], ["passage"]]
    page = page_of(report)
    assert page.count('<img src="data:image/jpeg;base64,') > 30
    assert page.count("<audio controls") == 4
    assert "You <mark>kept</mark> the light" in page
    assert "You <mark>left</mark> the light" in page
    assert "page 41, INT. LIGHTHOUSE – NIGHT" in page


def test_the_page_says_how_to_answer(report: Any) -> None:
    page = page_of(report)
    assert f'gate match confirm {SHOT} --why "…"'.replace('"', "&#34;") in page.replace(
        '--why "…"', "--why &#34;…&#34;"
    )
    assert "Is it the same?" in page
    assert "Ten likenesses to material on record, not proven, wait for your answer." in page
    assert "art/title_final.png" in page.split("What was found")[1].split("<h2")[0]


def test_the_page_stays_well_formed_and_asks_nothing_of_the_network(report: Any) -> None:
    tags = Tags(page_of(report)).tags
    sources = [attributes["src"] for _, attributes in tags if "src" in attributes]
    assert {str(source).partition(";")[0] for source in sources} == {
        "data:image/jpeg", "data:image/png", "data:audio/wav",
    }  # fmt: skip
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert "media-src data:" in page_of(report)


def test_exhibits_are_in_the_page_alone(report: Any) -> None:
    text = json.dumps(report.document)
    assert "exhibits" not in text
    assert "light burning" not in text
    for each in (SarifReport(), JunitReport(), AiMap()):
        assert b"light burning" not in each.render(report)


def test_without_pictures_passages_stay(report: Any) -> None:
    bare = replace(report, decision=without_pictures(report.decision), thumbnails={})
    page = HtmlReport().render(bare).decode()
    assert "<img" not in page
    assert "<audio" not in page
    assert "<mark>kept</mark>" in page
    assert "regraded or not: proven by its pictures" in page


@pytest.mark.parametrize(
    "exhibit",
    [
        Exhibit("found", "image/jpeg", b"<svg onload=alert(1)>"),
        Exhibit("found", "text/html", b"<script>alert(1)</script>"),
        Exhibit("found", "image/svg+xml", b"<svg/>"),
        Exhibit("found", "image/jpeg", b"\xff\xd8\xff" + b"x" * 600_000),
        Exhibit("found", "audio/ogg", b"RIFF"),
        Exhibit("found", "text/plain", b"x" * 70_000),
    ],
)
def test_what_is_not_what_it_says_is_not_shown(exhibit: Exhibit) -> None:
    assert Room().show(exhibit) is None


def test_the_page_takes_only_so_much(reporting: Any) -> None:
    room = Room(left=len(frame(1)) + 10)
    assert room.show(Exhibit("found", "image/jpeg", frame(1)))
    assert room.show(Exhibit("found", "image/jpeg", frame(1))) is None
    assert room.left_out == 1


def test_hostile_passages_and_captions_do_nothing(reporting: Any) -> None:
    evil = "[[</mark><script>alert(1)</script>]] \u202eevil"
    shown = Exhibit("found", "text/plain", evil.encode(), "</figcaption>/home/ida/x.mov")
    report = asset_of(
        reporting, found("<b>.mov", "matches-recorded", "rec_1", exhibits=(shown, *PASSAGES))
    )
    page = page_of(report)
    assert "<script>alert(1)" not in page
    assert "/home/ida" not in page
    assert "\u202e" not in page
    Tags(page)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [[]]),
        ("a [[b]] c", [[("a ", False), ("b", True), (" c", False)]]),
        ("[[a\nb]]\nc", [[("a", True)], [("b", True)], [("c", False)]]),
        ("[[open", [[("[[open", False)]]),
        ("a]] [[b]]", [[("a]] ", False), ("b", True)]]),
    ],
)
def test_marks_in_passages(text: str, lines: list[list[tuple[str, bool]]]) -> None:
    assert [list(line) for line in passage_lines(text)] == lines


@given(st.text(alphabet="[]ab\n"))
def test_no_letter_of_a_passage_is_lost(text: str) -> None:
    lines = passage_lines(text)
    shown = "\n".join("".join(piece for piece, _ in line) for line in lines)
    kept = [each for each in text if each in "ab\n"]
    assert [each for each in shown if each in "ab\n"] == kept


def test_the_map_has_a_row_for_each_place(report: Any) -> None:
    sheet = AiMap().render(report).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(sheet)))
    first = rows[0]
    assert first["claim"] == "matches-recorded"
    assert (first["in"], first["out"]) == ("00:00:12.400", "00:00:15.900")
    assert (first["source in"], first["source out"]) == ("00:00:01.000", "00:00:04.500")
    assert (first["source"], first["source path"]) == ("rec_4SGBBY9QB1", "gen/shot_042.mov")
    assert (first["grade"], first["match"], first["differs"]) == ("proven", SHOT, "0.02")
    assert first["distance"] == "0.021"
    rejected = next(row for row in rows if row["claim"] == "match-rejected")
    assert rejected["answer"] == "rejected by Ida Reed (“Shot on location, see slate 71A”)"
    words = next(row for row in rows if row["path"] == "script/ep101.fdx")
    assert (words["source in"], words["source out"]) == ("characters 0", "540")
    assert {row["path"] for row in rows} == {
        "cut/reel_1.mov", "sound/mix_51.wav", "script/ep101.fdx", "art/title_final.png",
    }  # fmt: skip


def test_sarif_names_the_matches_where_they_lie(report: Any) -> None:
    run = json.loads(SarifReport().render(report))["runs"][0]
    of_cut = next(
        r for r in run["results"] if r["relatedLocations"][0]["properties"]["match"] == SHOT
    )
    related = of_cut["relatedLocations"]
    assert related[0]["message"]["text"].startswith("00:12.4–00:15.9 is your recorded file")
    assert related[0]["properties"]["span"] == [12.4, 15.9]
    assert related[0]["properties"]["sourceSpan"] == [1.0, 4.5]
    assert len({each["id"] for each in related}) == len(related)
    words = next(
        r["relatedLocations"][0]
        for r in run["results"]
        if r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].endswith("fdx")
    )
    assert words["physicalLocation"]["region"] == {"charOffset": 120400, "charLength": 560}


def test_junit_lists_them(report: Any) -> None:
    root = ElementTree.fromstring(JunitReport().render(report))  # noqa: S314
    text = " ".join("".join(case.itertext()) for case in root.iter("testcase"))
    assert f"proven by its pictures. About 2 % of the frame differs. {SHOT}" in text


def test_the_terminal_tells_what_asks_and_counts_the_rest(report: Any) -> None:
    lines = summary_lines(report.decision, width=100)
    part = lines.split("Found by content")[1]
    first = "    00:12.4–00:15.9    proven     your recorded file shot_042.mov (00:01.0–00:04.5)"
    assert first in part
    assert max(map(len, part.splitlines())) <= 100
    joined = " ".join(part.split())
    assert "“The Kiss” (Belvedere), which belongs to others; no licence" in joined
    assert f"({match_id(CUT, digest_bytes(b'gen/crowd_take_3.mov'))})" in joined
    assert SHOT not in joined
    assert "and 7 more: see the report." in joined
    assert "Five matches that ask for nothing." in joined
    assert "gate match confirm ID" in joined
    assert "Found by content" not in summary_lines(make_decision([decided("plates/a.png")]))


def test_the_page_plays_and_shows_in_a_browser(opened: Any) -> None:
    make, faults = opened
    page = make()
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.wait_for_function(
        "[...document.querySelectorAll('audio')].every((one) => one.readyState > 0)"
    )
    assert page.evaluate("[...document.images].every((one) => one.naturalWidth > 0)")
    lengths = page.evaluate("[...document.querySelectorAll('audio')].map((one) => one.duration)")
    assert lengths == pytest.approx([1.0] * 4)
    assert faults == []


@pytest.mark.parametrize("width", [400, 1280])
def test_nothing_runs_off_the_side(opened: Any, width: int) -> None:
    make, _ = opened
    page = make(viewport={"width": width, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(
        "[...document.querySelectorAll('.match *')].every((one) => "
        "one.getBoundingClientRect().right <= innerWidth + 1)"
    )


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_text_of_matches_has_contrast_enough(opened: Any, scheme: str) -> None:
    make, _ = opened
    page = make(color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    ratios = page.evaluate(CONTRAST)
    assert "MARK." in ratios
    assert {name: ratio for name, ratio in ratios.items() if ratio < 4.5} == {}


def test_the_two_sides_stand_beside_each_other(opened: Any) -> None:
    make, _ = opened
    page = make(viewport={"width": 1280, "height": 900})
    left, right = (
        page.locator(".pair.picture").first.locator("img").nth(n).bounding_box() for n in (0, 1)
    )
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] <= right["x"]
    assert left["width"] == pytest.approx(right["width"], abs=1)


def test_pairs_need_not_be_even(reporting: Any) -> None:
    shown = (*pictures(1)[:1], *SOUNDS[2:])
    said = found("gen/a.mov", "matches-recorded", "rec_1", exhibits=shown)
    cards = cards_of(asset_of(reporting, said))
    assert cards.open[0].pairs[0].source is None
    Tags(page_of(asset_of(reporting, said)))
