"""Cuts in every report: listed, drawn to scale, bounded, and fit to leave the home."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lxml import etree

from checkthegate.model import AiState, Evidence, Grade, Kind, Span, Verdict
from checkthegate.report.ai_map import COLUMNS, AiMap, AiMapJson
from checkthegate.report.cut_places import approval_words, places_of, share_words
from checkthegate.report.cut_strip import COLUMNS as STRIP_COLUMNS
from checkthegate.report.cut_strip import MOST_LANES, strip_of
from checkthegate.report.cut_view import cut_views
from checkthegate.report.cuts import MOST_LISTED, timelines_part
from checkthegate.report.html import HtmlReport
from checkthegate.report.json_report import JsonReport
from checkthegate.report.junit import JunitReport
from checkthegate.report.sarif import SarifReport
from checkthegate.report.schemas import ai_map_schema, report_schema
from checkthegate.report.terminal import summary_lines
from checkthegate.seams import ReportInput

from .conftest import decided, make_decision, p4
from .cutting import cut, event, long_cut, recut, row, with_cuts
from .test_html import CONTRAST, Tags, chromium, opened, page_of

__all__ = ["chromium", "opened"]
Reporting = Callable[..., ReportInput]
FILM = "master/R1.mov"
FORMATS = (AiMap(), AiMapJson(), HtmlReport(), JsonReport(), JunitReport(), SarifReport())
SHOT = "042 harbour_ext, 01:00:10:00 to 01:00:13:13, V2, 38 % of the frame, Runway, approval none"


def short_cut(**more: Any) -> Any:
    """Three events: one AI that stops, one without media, one plain."""
    made = event(42, "V2", 240, 325, name="harbour_ext", label="042", verdict=Verdict.ESCALATE,
                 ai=AiState.GENERATED, rules=("nfx.p4",))  # fmt: skip
    lost = event(43, "V1", 325, 400, media="", linked_by="", ai=AiState.UNKNOWN,
                 verdict=Verdict.ESCALATE, note="No “SH0430.mov” in /Users/jo/media.")  # fmt: skip
    plain = event(44, "V1", 0, 240)
    told = row(made, tool="Runway", approval="required", share=0.38, prominence="story")
    return cut([plain, made, lost], [told], **more)


def a_delivery(*timelines: Any) -> Any:
    assets = [
        decided("cut/R1.otio", Kind.TIMELINE, findings=(p4(),)),
        decided("media/SH0420.mov", Kind.VIDEO, AiState.GENERATED, findings=(p4(),)),
        decided(FILM, Kind.VIDEO, evidence=(_in_film(),)),
    ]
    return with_cuts(make_decision(assets), *timelines)


def _in_film() -> Evidence:
    detail: Any = {"carrier": "mov", "tool": "Runway", "events": ["042 harbour_ext (V2)"]}
    return Evidence("metadata", Grade.DECLARED, "ai-generated", detail, span=Span(10.0, 13.5))


@pytest.fixture
def report(reporting: Reporting) -> ReportInput:
    """Takes the place of the common report: this one has a cut with everything."""
    return reporting(a_delivery(replace(short_cut(film=FILM), **recut(short_cut()))))


def test_document_lists_events_and_rows_and_fits_the_schema(report: ReportInput) -> None:
    document = json.loads(JsonReport().render(report))
    jsonschema.validate(document, report_schema())
    (told,) = document["timelines"]
    assert (told["rate"], told["start"], told["end"]) == ("24", "01:00:00:00", "01:00:16:16")
    assert [each["number"] for each in told["events"]] == [42, 43]
    assert told["counts"] | {"told": 0} == {
        "events": 3, "told": 0, "stopping": 2, "ai": 1, "unknown": 1, "disabled": 0, "rows": 1,
    }  # fmt: skip
    (line,) = told["rows"]
    assert (line["share"], line["prominence"], line["tool"]) == (0.38, "story", "Runway")
    assert "/Users/jo" not in json.dumps(document)


def test_document_stays_bounded_and_keeps_the_worst() -> None:
    long = long_cut(50_000, every=2)
    started = time.process_time()
    (told,) = timelines_part([long])
    assert time.process_time() - started < 3
    assert len(told["events"]) == len(told["rows"]) == MOST_LISTED
    assert told["counts"]["events"] == 50_000
    verdicts = {each["verdict"] for each in told["events"]}
    assert verdicts == {"blocked"}
    numbers = [each["number"] for each in told["events"]]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("format_", FORMATS, ids=lambda one: one.filename)
def test_every_format_names_the_event_with_its_timecode(format_: Any, report: ReportInput) -> None:
    text = format_.render(report).decode("utf-8-sig")
    for words in ("harbour_ext", "01:00:10:00", "01:00:13:13"):
        assert words in text
    assert "/Users/jo" not in text


def test_ai_map_has_a_line_for_each_place(report: ReportInput) -> None:
    text = AiMap().render(report).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert COLUMNS[:4] == ("path", "kind", "ai", "verdict")
    assert COLUMNS.index("answer") == 23
    (line,) = [each for each in lines if each["event"]]
    wanted = {
        "event": "042", "event name": "harbour_ext", "track": "V2", "record in": "01:00:10:00",
        "record in frame": "86640", "media in": "01:00:00:00", "tool": "Runway", "enabled": "yes",
        "approval": "required", "seconds": "3.54167", "share of frame": "0.38",
        "prominence": "story", "timeline": "cut/R1.otio", "path": "media/SH0420.mov",
    }  # fmt: skip
    assert {name: line[name] for name in wanted} == wanted
    told = json.loads(AiMapJson().render(report))
    jsonschema.validate(told, ai_map_schema())
    assert [each["record_in_frame"] for each in told["events"]] == [86640]
    assert [each["path"] for each in told["files"]] == [FILM]


def test_hostile_names_of_events_are_no_formulas(reporting: Reporting) -> None:
    made = event(1, "V1", 0, 24, name="=cmd|' /C calc'!A0", label="", ai=AiState.GENERATED)
    text = AiMap().render(reporting(a_delivery(cut([made], [row(made)])))).decode("utf-8-sig")
    (line,) = [each for each in csv.DictReader(io.StringIO(text)) if each["event"]]
    assert line["event name"].startswith("'=cmd")


def test_places_say_it_in_an_editors_words() -> None:
    made, lost = places_of(short_cut())
    assert made.words == SHOT.replace("approval none", "approval required, none on file, story")
    assert "media not found" in lost.words
    assert approval_words("apr_1; apr_2") == "covered by apr_1; apr_2"
    assert [share_words(each) for each in (None, 0.0, 0.004, 1.0)] == [
        "", "0 % of the frame", "under 1 % of the frame", "100 % of the frame",
    ]  # fmt: skip


def test_terminal_begins_with_the_events_that_stop(report: ReportInput) -> None:
    lines = summary_lines(report.decision, width=100).splitlines()
    assert "Two events stop the cut “NH 101 R1 v12”" in lines[:4]
    at = lines.index("Two events stop the cut “NH 101 R1 v12”")
    assert lines[at + 1].startswith("  ▲ 01:00:10:00–01:00:13:13  V2  042 harbour_ext, 38 %")
    assert "media not found" in "".join(lines[at + 2 : at + 5])
    assert any("Compared with “R1_v11.otio”" in line for line in lines)
    assert max(map(len, lines)) <= 100


def test_terminal_is_silent_about_cuts_that_may_go_on() -> None:
    plain = cut([event(1, "V1", 0, 24)], [])
    assert "cut" not in summary_lines(with_cuts(make_decision([decided("a.png")]), plain))


def test_sarif_points_to_the_events(report: ReportInput) -> None:
    (run,) = json.loads(SarifReport().render(report))["runs"]
    (result,) = [r for r in run["results"] if "otio" in json.dumps(r["locations"])]
    (related,) = result["relatedLocations"]
    assert related["logicalLocations"][0]["name"] == "042 harbour_ext"
    assert related["properties"]["record_in"] == "01:00:10:00"


def test_junit_has_a_case_for_each_event(report: ReportInput) -> None:
    suites = etree.fromstring(JunitReport().render(report))
    (suite,) = [each for each in suites if each.get("name").startswith("cut ")]
    assert [case[0].tag for case in suite.iter("testcase")] == ["failure", "error"]
    assert "01:00:10:00 to 01:00:13:13, V2" in suite[1].get("name")
    assert suites.get("errors") == str(sum(int(each.get("errors")) for each in suites))


def numbers_in(text: str, name: str) -> list[float]:
    return [float(each) for each in re.findall(rf' {name}="([\d.]+)%"', text)]


def test_strip_is_to_scale_and_inside_its_frame(report: ReportInput) -> None:
    page = page_of(report)
    Tags(page)
    # 240 of 400 frames, and 85 of 400.
    assert '<rect class="ai escalate" x="60%" width="21.25%"' in page
    drawn = list(zip(numbers_in(page, "x"), numbers_in(page, "width"), strict=False))
    assert drawn
    assert all(x <= 100 for x, _ in drawn)
    assert "38 % of the frame" in page
    assert "Media not found" in page
    assert "042 harbour_ext (V2)" in page
    assert "Gone from the cut:" in page


@pytest.mark.parametrize("number", [0, 1, 40, 2_000, 20_000])
def test_page_stays_light(number: int, reporting: Reporting) -> None:
    report = reporting(a_delivery(long_cut(number, every=5, tracks=6)))
    started = time.process_time()
    page = page_of(report)
    assert time.process_time() - started < 4
    assert len(page) < 1_100_000
    lanes = 8
    assert page.count("<rect class=") < lanes * STRIP_COLUMNS * 5
    Tags(page)


def test_tracks_with_something_to_say_are_drawn_first() -> None:
    events = [event(n, f"A{n}", 0, 100) for n in range(1, 60)]
    made = event(60, "A60", 0, 100, ai=AiState.GENERATED, verdict=Verdict.BLOCKED)
    timeline = cut([*events, made], [row(made)])
    strip = strip_of(timeline, places_of(timeline), {}, {})
    assert strip is not None
    assert len(strip.lanes) == MOST_LANES
    assert strip.left_out == 60 - MOST_LANES
    assert "A60" in [lane.name for lane in strip.lanes]


def test_what_lies_nowhere_has_no_strip() -> None:
    (view,) = cut_views([cut([event(1, "V1", 0, 0)], [])], [], lambda _: "")
    assert view.strip is None
    assert view.answer == "No event of this cut shows AI, and all of them were looked at."


def test_disabled_events_are_listed_and_do_not_stop() -> None:
    off = event(1, "V1", 0, 24, ai=AiState.GENERATED, enabled=False)
    timeline = cut([off], [row(off)])
    (view,) = cut_views([timeline], [], lambda _: "")
    assert (view.verdict, view.legend) == ("clear", [])
    assert view.answer == "One disabled event with AI does not count."


def test_hostile_numbers_and_names_do_no_harm(reporting: Reporting) -> None:
    far = event(1, "V<1>", -(10**15), 10**15, name="</title><script>alert(1)</script>", nest=("x",))
    back = event(2, "V9" * 50, 500, 100, ai=AiState.GENERATED, verdict=Verdict.BLOCKED)
    report = reporting(a_delivery(cut([far, back], [row(back)], start=10**15, end=5)))
    page = page_of(report)
    Tags(page)
    assert "<script>alert" not in page
    for format_ in FORMATS:
        assert format_.render(report)


def test_strip_in_a_browser(opened: Any, tmp_path: Path) -> None:
    make, faults = opened
    page = make(viewport={"width": 1180, "height": 900})
    mark = page.locator("rect.ai.escalate").first
    assert mark.bounding_box()["width"] > 100
    assert "042 harbour_ext" in mark.locator("title").text_content()
    page.locator(".strip a:has(rect.ai)").first.click()
    assert page.url.endswith("#c0-p1")
    assert page.locator("tr:target").count() == 1
    ratios = page.evaluate(CONTRAST)
    assert {name: ratio for name, ratio in ratios.items() if ratio < 4.5} == {}
    assert faults == []


def test_narrow_screens_scroll_the_strip_alone(opened: Any) -> None:
    make, _ = opened
    page = make(viewport={"width": 400, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
