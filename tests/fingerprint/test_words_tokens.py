"""Words of any script, folded; runs of them, and which are kept."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkthegate.fingerprint.words_tokens import (
    GRAM,
    WINDOW,
    WORD,
    Tokens,
    grams,
    tokens,
    winnowed,
)

ANY_TEXT = st.text(
    st.sampled_from("aB ß'’-\n.é\u0301ﬁ1東京がか\u3099ァ한ש\u05b8م\u064e\u0640ก\u0e31🎬\u200d_"),
    max_size=60,
)


def heard(text: str) -> list[str]:
    words = tokens(text)
    return [text[start:end] for start, end in zip(words.starts, words.ends, strict=True)]


def same(left: str, right: str) -> bool:
    return tokens(left).hashes.tolist() == tokens(right).hashes.tolist()


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Straße ÉTÉ naïve", "STRASSE e\u0301te\u0301 naive"),
        ("ＡＢＣ ﬁlm ①x", "abc film 1x"),
        ("don't you’re", "DONT YOURE"),
        ("exam-\n   ple of", "example of"),
        ("soft\u00adware", "software"),
        ("(CUT) *to*: black!", "cut to black"),
        ("שָׁלוֹם עולם", "שלום עולם"),
        ("مُحَمَّد مرحـــبا", "محمد مرحبا"),
        ("がぎ カﾞ", "か\u3099き\u3099 ガ"),
        ("한국어", unicodedata.normalize("NFD", "한국어")),
        ("12. Exit 3 now 45", "Exit now"),
    ],
)
def test_what_makes_no_difference(left: str, right: str) -> None:
    assert same(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [("で", "て"), ("की", "के"), ("ab c", "a bc"), ("東京", "京東"), ("x2", "x3")],
)
def test_what_makes_a_difference(left: str, right: str) -> None:
    assert not same(left, right)


def test_scripts_without_spaces_count_letter_by_letter() -> None:
    assert heard("東京へ go 行く2回") == ["東", "京", "へ", "go", "行", "く", "回"]
    assert tokens("東京へ go").weights.tolist() == [1, 1, 1, WORD]
    assert heard("สวัสดี") == ["ส", "วั", "ส", "ดี"]
    assert heard("한국어 문장") == ["한국어", "문장"]


def test_offsets_are_those_of_the_text() -> None:
    text = "  “Don’t — exam-\nple ﬁne,” 12 שָׁלוֹם."
    assert heard(text) == ["Don’t", "exam-\nple", "ﬁne", "שָׁלוֹם"]


@given(ANY_TEXT)
def test_words_lie_apart_and_in_order(text: str) -> None:
    words = tokens(text)
    edges = np.stack([words.starts, words.ends], axis=1).ravel()
    assert (np.diff(edges) >= 0).all()
    assert (words.ends > words.starts).all()
    assert not len(words) or words.ends[-1] <= len(text)


@given(ANY_TEXT, ANY_TEXT)
def test_a_word_is_the_same_wherever_it_stands(before: str, text: str) -> None:
    alone = tokens(text).hashes.tolist()
    together = tokens(f"{before} . {text}").hashes.tolist()
    assert together[len(together) - len(alone) :] == alone
    assert together[: len(together) - len(alone)] == tokens(before).hashes.tolist()


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert len(grams(tokens(text))) <= len(tokens(text))


@given(ANY_TEXT)
def test_grams_just_reach_their_weight(text: str) -> None:
    words = tokens(text)
    every = grams(words)
    for first, stop in enumerate(every.stops.tolist()):
        assert words.weights[first:stop].sum() >= GRAM > words.weights[first : stop - 1].sum()
    assert len(every) == len(words) or words.weights[len(every) :].sum() < GRAM


@given(st.lists(st.integers(0, 3), max_size=80), st.data())
def test_texts_that_share_enough_keep_the_same_grams_of_it(
    numbers: list[int], data: st.DataObject
) -> None:
    """Seven words in common: one gram of them is kept on both sides, wherever they stand."""
    shared = [f"s{number}" for number in range(4 + WINDOW - 1)]
    sides = []
    for side in ("left", "right"):
        around = [f"{side}{number}" for number in numbers]
        place = data.draw(st.integers(0, len(around)))
        every = grams(tokens(" ".join([*around[:place], *shared, *around[place:]])))
        sides.append(set(every.hashes[winnowed(every)].tolist()))
    assert sides[0] & sides[1]


def test_a_short_text_keeps_one() -> None:
    assert len(winnowed(grams(tokens("one two three four")))) == 1
    assert len(winnowed(grams(tokens("one two three")))) == 0
    assert len(tokens("")) == 0


def test_parts_of_words_are_words() -> None:
    words = tokens("one two three")
    part = words[1:].moved(10)
    assert isinstance(part, Tokens)
    assert part.starts.tolist() == [14, 18]
    assert part.hashes.tolist() == words.hashes[1:].tolist()
