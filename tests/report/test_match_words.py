"""What a match says to a producer."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkthegate.model import Evidence, Grade, Source, Span
from checkthegate.report.how import how_we_know, span_words
from checkthegate.report.match_words import differs_words, distance_words, told_of
from checkthegate.report.text import clock

IDA = {"word": "confirmed", "person": "Ida Reed", "why": "Same rain."}


def found(
    claim: str = "matches-recorded",
    grade: Grade = Grade.PROVEN,
    path: str | None = "gen/shot_042.mov",
    span: tuple[float, float] | None = (12.4, 15.9),
    there: tuple[float, float] | None = (1.0, 4.5),
    **detail: Any,
) -> Evidence:
    told = {"match": "mat_" + "0" * 20, "by": "picture", "made": "generated", **detail}
    source = Source("rec_1", path, Span(*there) if there else None, 0.02)
    where = Span(*span) if span else None
    return Evidence("fingerprint", grade, claim, told, span=where, source=source)


KISS = {"path": "works/kiss.jpg", "there": None, "title": "The Kiss", "kind": "protected"}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (found(), "00:12.4–00:15.9 is your recorded file shot_042.mov (00:01.0–00:04.5), made by "
         "AI, regraded or not: proven by its pictures."),
        (found(made="modified", differs=0.12, span=None, there=None),
         "It is your recorded file shot_042.mov, changed by AI, regraded or not: proven by its "
         "pictures. About 12 % of the frame differs."),
        (found(by="sound", path="vo.wav", differs=0.001),
         "00:12.4–00:15.9 is your recorded file vo.wav (00:01.0–00:04.5), made by AI, however "
         "finished: proven by its sound."),
        (found(by="words", path="ep1.fdx", span=(1200, 2400), there=(0, 1200)),
         "Characters 1,200–2,400 are your recorded file ep1.fdx (characters 0–1,200), made by AI, "
         "reworded or not: proven by its words."),
        (found(grade=Grade.SUSPECTED),
         "00:12.4–00:15.9 looks like your recorded file shot_042.mov (00:01.0–00:04.5), made by "
         "AI. It may be another take or a look-alike. That is a likeness, not proof."),
        (found(grade=Grade.SUSPECTED, nearer="rec_2"),
         "00:12.4–00:15.9 looks like your recorded file shot_042.mov (00:01.0–00:04.5), made by "
         "AI. What lies there is proven to be something nearer, so this counts for nothing."),
        (found(grade=Grade.DECLARED, answer=IDA),
         "00:12.4–00:15.9 is your recorded file shot_042.mov (00:01.0–00:04.5), made by AI: Ida "
         "Reed says so (“Same rain”)."),
        (found("matches-input", path="plates/042.mov"),
         "00:12.4–00:15.9 is your file 042.mov (00:01.0–00:04.5), regraded or not: proven by its "
         "pictures. It went into something made by AI; that does not make it AI."),
        (found("matches-input", Grade.SUSPECTED, path="plates/042.mov"),
         "00:12.4–00:15.9 looks like your file 042.mov (00:01.0–00:04.5), which went into "
         "something made by AI. That is a likeness, not proof."),
        (found("matches-work", **KISS, owner="Belvedere", licensed=False),
         "00:12.4–00:15.9 is “The Kiss” (Belvedere), which belongs to others, however finished: "
         "proven by its pictures. No licence on file covers this production."),
        (found("matches-work", **KISS, licensed=True, licence="L-2231"),
         "00:12.4–00:15.9 is “The Kiss”, which belongs to others, however finished: proven by its "
         "pictures. The licence L-2231 covers this production."),
        (found("matches-work", Grade.SUSPECTED, **KISS),
         "00:12.4–00:15.9 looks like “The Kiss”, which belongs to others. That is a likeness, not "
         "proof."),
        (found("matches-work", **(KISS | {"kind": "owned"})),
         "00:12.4–00:15.9 is your own work “The Kiss”, however finished: proven by its pictures."),
        (found("matches-work", **KISS, exact=True),
         "These very bytes are “The Kiss”, which belongs to others. No licence on file covers "
         "this production."),
    ],
)  # fmt: skip
def test_sentences(said: Evidence, words: str) -> None:
    assert how_we_know(said) == words


def test_a_rejected_match_says_who_and_why() -> None:
    detail = {"by": "picture", "claim": "matches-recorded", "answer": IDA | {"word": "rejected"}}
    said = Evidence(
        "fingerprint", Grade.PROVEN, "match-rejected", detail, span=Span(12.4, 15.9),
        source=Source("rec_1", "gen/shot_042.mov", None, 0.2),
    )  # fmt: skip
    assert how_we_know(said) == (
        "00:12.4–00:15.9 was taken for your recorded file shot_042.mov. Ida Reed rejected that "
        "(“Same rain”)."
    )
    told = told_of(said)
    assert told is not None
    assert told.harmless


@pytest.mark.parametrize(
    ("said", "harmless"),
    [
        (found(), False),
        (found(grade=Grade.SUSPECTED), False),
        (found(grade=Grade.SUSPECTED, nearer="rec_2"), True),
        (found("matches-input"), True),
        (found("matches-work", **KISS), False),
        (found("matches-work", **KISS, licensed=True), True),
        (found("matches-work", kind="owned"), True),
    ],
)
def test_what_asks_nothing_of_anybody(said: Evidence, harmless: bool) -> None:
    told = told_of(said)
    assert told is not None
    assert told.harmless is harmless


def test_what_is_no_match() -> None:
    assert told_of(Evidence("metadata", Grade.DECLARED, "ai-generated")) is None


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "00:00.0"),
        (12.44, "00:12.4"),
        (59.97, "01:00.0"),
        (3723.5, "1:02:03.5"),
        (-1, "00:00.0"),
    ],
)
def test_a_clock(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


def test_numbers_say_what_they_mean() -> None:
    assert distance_words(0) == "no difference found"
    assert distance_words(0.0234) == "distance 0.0234 (0 is the same)"
    assert distance_words(None) == distance_words(True) == ""
    assert differs_words({"differs": 0.12}) == "12 % of the frame differs"
    assert differs_words({"differs": 0.12, "by": "words"}) == "12 % of the words differ"
    for share in (None, True, 0.001, 7, "much"):
        assert differs_words({"differs": share}) == ""


def test_spans_of_words_are_characters_in_any_kind_of_file() -> None:
    said = {"span": {"start": 10, "end": 20}, "detail": {"by": "words"}}
    assert span_words(said, "timeline") == "characters 10 – 20"


@given(
    st.sampled_from(["matches-recorded", "matches-input", "matches-work", "match-rejected"]),
    st.sampled_from(["proven", "declared", "suspected"]),
    st.dictionaries(
        st.sampled_from(["by", "made", "use", "exact", "differs", "answer", "kind", "title",
                         "owner", "licensed", "licence", "claim", "nearer", "match"]),
        st.none() | st.booleans() | st.text() | st.floats() | st.dictionaries(st.text(), st.text()),
    ),
    st.none() | st.just({"start": 1, "end": 2}),
    st.none() | st.builds(lambda path: {"id": "rec_1", "path": path}, st.text()),
)  # fmt: skip
def test_any_detail_gives_a_sentence(
    claim: str, grade: str, detail: dict[str, Any], span: Any, source: Any
) -> None:
    said = {"observer": "x", "claim": claim, "grade": grade, "detail": detail}
    said |= {"span": span} if span else {}
    said |= {"source": source} if source else {}
    assert how_we_know(said).rstrip().endswith((".", "”."))
