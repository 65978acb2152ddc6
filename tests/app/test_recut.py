"""A cut and the one before it: what changed, and that carrying over changes no verdict."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.app.cutting import (
    ai,
    clip,
    cutting,
    folder_cache,
    looked,
    of_timelines,
    slate,
    timeline,
)

from checkthegate.app.recut import Since, is_report, newest_report, since_looked, since_report
from checkthegate.editorial.recut import compare, counts
from checkthegate.model import Gap, UsageError, Verdict, observation_to_json
from checkthegate.model.timeline import Changed, Clip

_event = st.tuples(
    st.sampled_from(["a", "b", "c"]),
    st.integers(0, 60),
    st.integers(1, 12),
    st.integers(0, 200),
    st.booleans(),
)


def _clips(events: list[tuple[str, int, int, int, bool]]) -> list[Clip]:
    return [
        clip(n, f"{name}.mov", (start, start + length), at, enabled=on)
        for n, (name, start, length, at, on) in enumerate(events, 1)
    ]


def test_every_kind_of_change() -> None:
    old = timeline(
        clip(1, "same.mov", (0, 5), 0),
        clip(2, "moved.mov", (0, 5), 5),
        clip(3, "trimmed.mov", (0, 5), 10),
        clip(4, "gone.mov", (0, 5), 15),
        clip(5, "other.mov", (0, 5), 20),
        clip(6, "off.mov", (0, 5), 25, enabled=False),
    )
    new = timeline(
        clip(1, "same.mov", (0, 5), 0),
        clip(2, "trimmed.mov", (2, 7), 5),
        clip(3, "moved.mov", (0, 5), 10),
        clip(4, "fresh.mov", (0, 5), 15),
        clip(5, "other.mov", (50, 55), 20),
        clip(6, "off.mov", (0, 5), 25),
    )
    found = [(each.changed, (each.new or each.old).name) for each in compare(old, new)]  # type: ignore[union-attr]
    assert found == [
        (Changed.UNCHANGED, "same"),
        (Changed.TRIMMED, "trimmed"),
        (Changed.MOVED, "moved"),
        (Changed.NEW, "fresh"),
        (Changed.NEW, "other"),
        (Changed.NEW, "off"),
        (Changed.OMITTED, "gone"),
        (Changed.OMITTED, "other"),
    ]


@given(st.lists(_event, max_size=8), st.lists(_event, max_size=8))
def test_every_event_is_accounted_for_once(
    before: list[tuple[str, int, int, int, bool]], after: list[tuple[str, int, int, int, bool]]
) -> None:
    old, new = timeline(*_clips(before)), timeline(*_clips(after))
    changes = compare(old, new)
    shown = [c.number for c in new.clips if c.enabled]
    assert [each.new.number for each in changes if each.new] == shown
    once = [each.old.number for each in changes if each.old]
    assert sorted(once) == [c.number for c in old.clips if c.enabled]
    for each in changes:
        if each.changed in (Changed.UNCHANGED, Changed.MOVED):
            assert each.new is not None
            assert each.old is not None
            assert each.new.source == each.old.source
            assert (each.new.record == each.old.record) is (each.changed is Changed.UNCHANGED)
        if each.changed is Changed.NEW:
            assert each.old is None


@given(st.lists(_event, max_size=10))
def test_a_cut_compared_with_itself_is_unchanged(
    events: list[tuple[str, int, int, int, bool]],
) -> None:
    cut = timeline(*_clips(events))
    found = counts(compare(cut, cut))
    assert found["unchanged"] == sum(clip.enabled for clip in cut.clips)
    assert sum(found.values()) == found["unchanged"]


@given(
    st.lists(_event, min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(0, 7), _event), max_size=3),
    st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 70)), max_size=3),
)
@settings(deadline=None, max_examples=25)
def test_a_recut_is_judged_as_it_would_be_in_full(
    tmp_path_factory: pytest.TempPathFactory,
    events: list[tuple[str, int, int, int, bool]],
    edits: list[tuple[int, tuple[str, int, int, int, bool]]],
    found: list[tuple[str, int]],
) -> None:
    cache = folder_cache(tmp_path_factory.mktemp("cache"))
    media = [
        looked(f"{name}.mov", slate(), *(ai(at, at + 5) for n, at in found if n == name))
        for name in "abc"
    ]
    old = of_timelines("old.otio", timeline(*_clips(events)))
    cutting([old, *media], cache=cache)
    changed = list(events)
    for place, event in edits:
        changed[place % len(changed) : place % len(changed) + 1] = [event]
    new = of_timelines("new.otio", timeline(*_clips(changed)))
    since = Since("old.otio", old.asset.digest, (timeline(*_clips(events)),))
    full = cutting([new, *media]).judged[0]
    again = cutting([new, *media], since=since, cache=cache).judged[0]
    assert again.findings == full.findings
    assert [(e.decided, e.linked) for e in again.events] == [
        (e.decided, e.linked) for e in full.events
    ]
    for event in again.events:
        kept = event.changed in (Changed.UNCHANGED, Changed.MOVED)
        assert bool(event.carried) is (kept and event.decided is not None)
    cache.close()


def test_it_is_not_carried_over_when_the_media_changed(tmp_path: Path) -> None:
    cache = folder_cache(tmp_path)
    cut = timeline(clip(1, "a.mov", (0, 5)))
    old = of_timelines("old.otio", cut)
    cutting([old, looked("a.mov", slate())], cache=cache)
    since = Since("old.otio", old.asset.digest, (cut,))
    again = cutting(
        [of_timelines("new.otio", cut), looked("a.mov", slate(), ai())], since=since, cache=cache
    )
    (event,) = again.timelines()[0].events
    assert (event.verdict, event.changed) == (Verdict.ESCALATE, Changed.UNCHANGED)
    assert event.note == ""
    kept = cutting(
        [of_timelines("new.otio", cut), looked("a.mov", slate())], since=since, cache=cache
    )
    (shown,) = kept.timelines()
    assert shown.events[0].note == "Carried over from old.otio: unchanged."
    assert shown.changes["unchanged"] == 1
    cache.close()


def test_the_earlier_cut_comes_from_a_file_or_a_report(tmp_path: Path) -> None:
    cut = timeline(clip(1, "a.mov", (0, 5)))
    file = of_timelines("old.otio", cut)
    assert since_looked([file], Path("old.otio")).timelines == (cut,)
    with pytest.raises(UsageError, match="is no timeline"):
        since_looked([looked("old.txt", Gap("timeline", "It is text."))], Path("old.txt"))
    cache = folder_cache(tmp_path)
    key = (file.asset.digest, "timeline@1", "x")
    cache.remember_job(key, [observation_to_json(each) for each in file.observations])
    report: dict[str, Any] = {"assets": [{"kind": "timeline", "digest": file.asset.digest}]}
    (tmp_path / "report.json").write_text(json.dumps(report))
    assert is_report(tmp_path)
    assert since_report(tmp_path, cache).timelines == (cut,)
    with pytest.raises(UsageError, match="no longer remembered"):
        since_report(tmp_path, None)
    (tmp_path / "reports" / "one").mkdir(parents=True)
    (tmp_path / "reports" / "one" / "report.json").write_text(json.dumps(report))
    assert newest_report(tmp_path / "reports").parent.name == "one"
    with pytest.raises(UsageError, match="no earlier check"):
        newest_report(tmp_path / "none")
    (tmp_path / "report.json").write_text("{")
    with pytest.raises(UsageError, match="cannot be read"):
        since_report(tmp_path, cache)
    cache.close()


def test_rates_do_not_make_a_change() -> None:
    old = timeline(clip(1, "a.mov", (0, 5)))
    doubled = Fraction(48)
    (only,) = old.clips
    assert only.source is not None
    record = type(only.record)(only.record.start * 2, only.record.end * 2, doubled)
    source = type(only.record)(only.source.start * 2, only.source.end * 2, doubled)
    other = Clip(1, only.name, "V1", record, source, only.media)
    (change,) = compare(old, timeline(other))
    assert change.changed in (Changed.UNCHANGED, Changed.MOVED)
