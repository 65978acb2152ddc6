"""Small words, and characters made visible."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkthegate.report.text import (
    count,
    full_sentence,
    listed,
    media_time,
    seconds_words,
    short_digest,
    size_words,
    visible,
)


@given(st.text())
def test_visible_text_holds_no_trick(text):
    shown = visible(text)
    assert shown.isprintable() or all(c.isprintable() or c.isspace() or ord(c) > 0x2FF
                                      for c in shown)  # fmt: skip
    assert not set(shown) & set("\u202a\u202e\u2066\u2069\u200f\x1b\x00\n")
    shown.encode("utf-8")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (count(0, "file"), "no files"),
        (count(1, "file"), "one file"),
        (count(12, "gap"), "twelve gaps"),
        (count(1204, "file"), "1,204 files"),
        (listed(["a", "b", "c"]), "a, b and c"),
        (full_sentence("its end is missing"), "Its end is missing."),
        (size_words(1), "1 byte"),
        (size_words(812), "812 bytes"),
        (size_words(4_120_000), "4.1 MB"),
        (size_words(999_900), "1.0 MB"),
        (size_words(5 * 10**15), "5000 TB"),
        (seconds_words(0.42), "0.4 s"),
        (seconds_words(59.7), "1 min"),
        (seconds_words(7500), "2 h 5 min"),
        (media_time(59.9999), "00:01:00.000"),
        (short_digest("sha256:" + "ab" * 32), "sha256:abababab…"),
    ],
)
def test_words(said, words):
    assert said == words
