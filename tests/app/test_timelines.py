"""Events of a cut: linked to their media, judged on exactly what they use of it."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.app.cutting import ai, clip, cutting, judge, looked, of_timelines, slate, timeline
from tests.registry.making import Log, approval_body, digest, id_of, record_body, use_body

from checkthegate.app.relinking import Shelf, link, shelved
from checkthegate.app.timelines import Named, all_paths, as_timelines, find_cuts, joined, named_by
from checkthegate.app.timelines_rows import shown_at
from checkthegate.model import AiState, Evidence, Gap, Grade, Kind, Source, Span, Verdict
from checkthegate.model.timeline import Clip, FrameRange, LinkedBy, MediaRef, Timeline

RATE = Fraction(24)


def _event(media: MediaRef, source: tuple[int, int] | None = None, track: str = "V1") -> Clip:
    used = FrameRange(*source, RATE) if source else None
    return Clip(1, "", track, FrameRange(0, 24, RATE), used, media)


def _linked(event: Clip, *media: object, at: str = "cut.edl") -> tuple[str, LinkedBy | None, str]:
    shelf = Shelf()
    for each in media:
        shelf.add(shelved(each.found.path, each.asset, each.observations))  # type: ignore[attr-defined]
    _, (linked,) = link(Timeline("edl", "R1", RATE, (event,)), at, shelf)
    return linked.path, linked.by, linked.why


UMID = "060a2b340101010101010f0013000000" + "a" * 16 + "b" * 16


@pytest.mark.parametrize(
    ("media", "by"),
    [
        (MediaRef(file="sh010.MOV"), LinkedBy.FILE_NAME),
        (MediaRef(name="SH010"), LinkedBy.FILE_NAME),
        (MediaRef(file="SH010.mxf"), LinkedBy.FILE_NAME),
        (MediaRef(reel="A001C003"), LinkedBy.REEL),
        (MediaRef(umid=UMID[:32] + "b" * 16 + "a" * 16), LinkedBy.UMID),
        (MediaRef(name="nothing of the kind"), LinkedBy.TIMECODE),
    ],
)
def test_media_are_found_by_name_reel_umid_and_time_code_and_it_says_by_which(
    media: MediaRef, by: LinkedBy
) -> None:
    mine = looked("media/SH010.mov", slate(10, "01:00:00:00", reel="A001C003", umids=[UMID]))
    other = looked("media/other.mov", slate(10, "02:00:00:00", reel="A009"))
    assert _linked(_event(media, (86_410, 86_434)), mine, other)[:2] == ("media/SH010.mov", by)


def test_a_package_says_itself_which_file_it_means() -> None:
    shelf = Shelf()
    mine = looked("imf/track.mxf", slate())
    shelf.add(shelved(mine.found.path, mine.asset, mine.observations))
    cut = Timeline("imf", "R1", RATE, (_event(MediaRef(name="urn:uuid:1"), (0, 48)),))
    _, (linked,) = link(cut, "imf/CPL.xml", shelf, packaged={"urn:uuid:1": "imf/track.mxf"})
    assert (linked.path, linked.by, linked.used) == (
        "imf/track.mxf",
        LinkedBy.PACKAGE,
        Span(0.0, 2.0),
    )


def _match(start: float, end: float, source: tuple[float, float], grade: Grade) -> Evidence:
    found = Source("rec_1", "vfx/SH010_v3.mov", Span(*source), 1.0)
    return Evidence(
        "fingerprint", grade, "matches-recorded", {}, span=Span(start, end), source=found
    )


@pytest.mark.parametrize(
    ("grade", "used", "by"),
    [
        (Grade.PROVEN, Span(42.0, 43.0), LinkedBy.CONTENT),
        (Grade.SUSPECTED, None, None),
    ],
)
def test_content_is_asked_last(grade: Grade, used: Span | None, by: LinkedBy | None) -> None:
    """The file is not there by its name; a film holds its first ten seconds from 40 s on."""
    film = looked("final.mov", slate(100), _match(40, 50, (0, 10), grade))
    cut = timeline(clip(1, "SH010_v3.mov", (2, 3)), clip(2, "SH010_v3.mov", (20, 30), 5))
    one, other = cutting([of_timelines("c.otio", cut), film]).cuts.cuts[0].links
    assert (one.by, one.used) == (by, used)
    assert other.path == ""


def test_of_files_of_one_name_that_fits_best_is_taken_and_none_on_a_tie() -> None:
    event = _event(MediaRef(file="SH010.mov", path="/vol/day2/SH010.mov"), (86_410, 86_434))
    one = looked("day1/SH010.mov", slate(10))
    two = looked("day2/SH010.mov", slate(10))
    two.asset = two.asset.__class__("day2/SH010.mov", Kind.VIDEO, "video/x", 3, digest("two"))
    assert _linked(event, one, two)[0] == "day2/SH010.mov"
    plain = _event(MediaRef(file="SH010.mov"))
    path, by, why = _linked(plain, one, two)
    assert (path, by) == ("", None)
    assert "2 files fit it by file name" in why


@pytest.mark.parametrize(
    ("source", "timecode", "used", "whole"),
    [
        ((86_410, 86_434), "01:00:00:00", Span(10 / 24, 34 / 24), False),
        ((24, 48), "", Span(1.0, 2.0), False),
        ((86_410, 86_434), "", None, True),
        ((86_410, 86_434), "05:00:00:00", None, True),
        (None, "01:00:00:00", None, True),
    ],
)
def test_the_part_used_is_counted_from_the_files_own_clock(
    source: tuple[int, int] | None, timecode: str, used: Span | None, whole: bool
) -> None:
    media = looked("SH010.mov", slate(10, timecode))
    shelf = Shelf()
    shelf.add(shelved(media.found.path, media.asset, media.observations))
    event = _event(MediaRef(file="SH010.mov"), source)
    _, (linked,) = link(Timeline("edl", "R1", RATE, (event,)), "cut.edl", shelf)
    assert linked.used == used
    assert ("so all of" in linked.why) is whole


def test_a_list_without_a_rate_is_read_at_that_of_its_media() -> None:
    event = _event(MediaRef(file="SH010.mov"), (86_424, 86_448))
    cut = Timeline("edl", "R1", RATE, (event,), rate_stated=False)
    shelf = Shelf()
    media = looked("SH010.mov", slate(100, "01:00:00:00", rate=25.0))
    shelf.add(shelved(media.found.path, media.asset, media.observations))
    read, (linked,) = link(cut, "cut.edl", shelf)
    assert read.rate == 25
    assert linked.used == Span(1.0, 2.0)


def test_media_that_are_not_there_are_gaps_with_the_events_names() -> None:
    cut = timeline(
        clip(1, "gone.mov", (0, 1)),
        clip(2, "gone.mov", (5, 6), 1),
        clip(3, "away.mov", (0, 1), 2, enabled=False),
        clip(4, "here.mov", (0, 1), 3),
    )
    done = cutting([of_timelines("cut.otio", cut), looked("here.mov", slate())])
    (gap,) = done.cuts.missing["cut.otio"]
    assert gap.observer == "media"
    assert "“gone.mov”" in gap.reason
    assert "001 “gone” (01:00:00:00 to 01:00:01:00, V1); 002" in gap.reason
    decided = done.asset(judge(), of_timelines("cut.otio", cut).asset, (), "read")
    assert decided.verdict is Verdict.ESCALATE
    assert done.timelines()[0].events[0].verdict is Verdict.ESCALATE


def test_only_what_is_used_counts() -> None:
    media = looked("a.mov", slate(), ai(50, 60))
    before = cutting([of_timelines("c.otio", timeline(clip(1, "a.mov", (0, 50)))), media])
    inside = cutting([of_timelines("c.otio", timeline(clip(1, "a.mov", (49, 51)))), media])
    assert [each.events[0].verdict for each in before.timelines()] == [Verdict.CLEAR]
    assert [each.events[0].verdict for each in inside.timelines()] == [Verdict.ESCALATE]
    (row,) = inside.timelines()[0].rows
    assert (row.record_in, row.record_out, row.seconds) == ("01:00:01:00", "01:00:02:00", 1.0)
    assert (row.tool, row.media, row.linked_by) == ("Runway", "a.mov", "file name")
    assert before.asset(judge(), media.asset, media.observations, "read").verdict is Verdict.CLEAR
    assert before.asset(judge(), media.asset, media.observations, "read").ai is AiState.GENERATED


def test_a_timeline_that_merely_lies_there_makes_nothing_lighter() -> None:
    media = looked("a.mov", slate(), ai(50, 60))
    files = [of_timelines("c.otio", timeline(clip(1, "a.mov", (0, 50)))), media]
    done = cutting(files, named=Named())
    assert done.asset(judge(), media.asset, media.observations, "read").verdict is Verdict.ESCALATE


def _approved(start: float, end: float) -> Log:
    log = Log()
    log.add("use-declared", id_of("use"), use_body())
    log.add("files-recorded", id_of("rec"), record_body(id_of("use"), "a.mov"))
    rules = [f"nfx.p{n}" for n in range(1, 6)] + ["nfx.f1"]
    body = approval_body(
        covers="material",
        rules=rules,
        files=[{"digest": digest("a.mov"), "path": "a.mov"}],
        ranges=[{"start": start, "end": end}],
    )
    log.add("approval-imported", id_of("apr"), body)
    return log


@pytest.mark.parametrize(
    ("used", "verdict"), [((1, 4), "notify"), ((0, 5), "notify"), ((4, 8), "escalate")]
)
def test_an_approved_clips_tail_matters_only_when_it_is_used(
    used: tuple[float, float], verdict: str
) -> None:
    log = _approved(0, 5)
    media = looked("a.mov", slate())
    done = cutting([of_timelines("c.otio", timeline(clip(1, "a.mov", used))), media], log)
    (event,) = done.timelines()[0].events
    assert event.verdict.value == verdict
    whole = judge(log).asset(media.asset, ())
    assert whole.verdict is Verdict.ESCALATE
    (row,) = done.timelines()[0].rows
    assert row.approval == (id_of("apr") if verdict == "notify" else "required")
    assert (row.record, row.use, row.tool) == (id_of("rec"), id_of("use"), "Paintbox")


def test_what_is_switched_off_is_listed_and_does_not_count() -> None:
    media = looked("a.mov", slate(), ai())
    cut = timeline(clip(1, "a.mov", (0, 5), enabled=False))
    done = cutting([of_timelines("c.otio", cut), media])
    (shown,) = done.timelines()
    assert [row.enabled for row in shown.rows] == [False]
    assert shown.events[0].verdict is Verdict.CLEAR
    assert (
        done.asset(judge(), of_timelines("c.otio", cut).asset, (), "read").verdict is Verdict.CLEAR
    )


_parts = st.tuples(st.integers(0, 80), st.integers(1, 15))


@given(
    st.lists(_parts, max_size=4),
    st.lists(st.tuples(_parts, st.booleans(), st.booleans()), min_size=1, max_size=6),
)
@settings(deadline=None, max_examples=30)
def test_judging_a_timeline_equals_judging_its_parts(
    found: list[tuple[int, int]], events: list[tuple[tuple[int, int], bool, bool]]
) -> None:
    """The verdict of a cut is the worst of its events', each in a cut by itself; and an event's is
    that of a file which holds nothing but what it uses."""
    said = [ai(start, start + length) for start, length in found]
    media = [looked("a.mov", slate(), *said), looked("b.mov", slate(), ai(claim="ai-possible"))]
    clips = [
        clip(n, "b.mov" if other else "a.mov", (start, start + length), n * 20, enabled=on)
        for n, ((start, length), on, other) in enumerate(events, 1)
    ]

    def verdict(*shown: Clip) -> Verdict:
        file = of_timelines("c.otio", timeline(*shown))
        return cutting([file, *media]).asset(judge(), file.asset, (), "read").verdict

    assert verdict(*clips) is Verdict.worst(
        (verdict(each) for each in clips if each.enabled), Verdict.CLEAR
    )
    for each, ((start, length), on, other) in zip(clips, events, strict=True):
        touched = any(at < start + length and start < at + long for at, long in found)
        if on and not other:
            assert verdict(each) is (Verdict.ESCALATE if touched else Verdict.CLEAR)


def test_media_nobody_uses_are_left_out_and_listed(tmp_path: Path) -> None:
    cut, media = tmp_path / "cut.otio", tmp_path / "media"
    media.mkdir()
    cut.write_text("{}")
    named = named_by([cut], [], [media])
    files = [
        of_timelines("cut.otio", timeline(clip(1, "a.mov", (0, 5)))),
        looked("media/a.mov", slate(), place=str(media / "a.mov")),
        looked("media/b.mov", slate(), place=str(media / "b.mov")),
    ]
    files[0].found = files[0].found.__class__("cut.otio", (str(cut),), files[0].found.identity, 2)
    cuts = find_cuts(files, named)
    assert cuts.cuts[0].named
    assert cuts.left_out("media/a.mov") is None
    assert cuts.left_out("cut.otio") is None
    left = cuts.left_out("media/b.mov")
    assert left is not None
    assert "no event" in left.reason
    assert all_paths([tmp_path], [cut], [media]) == (tmp_path,)
    assert all_paths([], [cut], [media]) == (cut, media)


def test_whatever_is_named_as_timeline_is_one_or_a_gap(tmp_path: Path) -> None:
    file = tmp_path / "cut.txt"
    file.write_text("not a cut")
    plain = looked("cut.txt", kind=Kind.TEXT, place=str(file))
    (each,) = as_timelines([plain], [file])
    assert each.asset.kind is Kind.TIMELINE
    assert isinstance(each.observations[0], Gap)
    assert as_timelines([plain], []) == [plain]


@pytest.mark.parametrize(
    ("speed", "span", "frames"),
    [
        (1, (12.0, 13.0), (48, 72)),
        (2, (12.0, 14.0), (24, 48)),
        (-1, (12.0, 13.0), (168, 192)),
        (0, (10.0, 10.1), (0, 240)),
        (1, None, (0, 240)),
    ],
)
def test_where_in_the_cut_a_part_is_seen(
    speed: int, span: tuple[float, float] | None, frames: tuple[int, int]
) -> None:
    used = Span(10.0, 10.0 + 10.0 * (abs(speed) or 0.01))
    event = clip(1, "a.mov", (10, 20), speed=Fraction(speed))
    shown = shown_at(event, used, Span(*span) if span else None)
    assert (shown.start - 86_400, shown.end - 86_400) == frames


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9))))
def test_joined_spans_hold_the_same_seconds(parts: list[tuple[int, int]]) -> None:
    spans = [Span(start, start + length) for start, length in parts]
    made = joined(spans)
    assert all(one.end < other.start for one, other in pairwise(made))
    for tenth in range(0, 600, 5):
        at = tenth / 10
        assert any(s.start <= at <= s.end for s in spans) is any(
            s.start <= at <= s.end for s in made
        )
