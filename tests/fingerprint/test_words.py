"""Texts known again by their words: what is found, how sure, where, and what is not."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quality.words_bank import Kept, TextBank, opened
from quality.words_corpus import passage, screenplay

from checkthegate.fingerprint import words as words_module
from checkthegate.fingerprint.words import WordsHasher, hasher
from checkthegate.fingerprint.words_print import Words, packed, unpacked
from checkthegate.model import Asset, Grade, Kind, Unreadable
from checkthegate.model.match import Match, Role
from checkthegate.seams import Hasher, Passage, Text

CHANCE = 4


def prose(seed: int, words: int = 80) -> str:
    return passage(random.Random(seed), words)


def filed(folder: Path, text: str, name: str = "target.txt") -> Path:
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def found(folder: Path, known: str, target: str) -> list[Match]:
    """What is found of one known text in a target."""
    bank = TextBank(folder / "bank")
    bank.add([filed(folder, known, "known.txt")])
    return bank.matches(filed(folder, target))


def spanned(text: str, match: Match, *, source: bool = False) -> str:
    span = match.source_span if source else match.span
    assert span is not None
    return text[int(span.start) : int(span.end)]


def test_it_is_a_hasher() -> None:
    assert isinstance(hasher({}), Hasher)
    wanted = [("text/plain", Kind.TEXT), ("text/vtt", Kind.TIMELINE), ("image/png", Kind.IMAGE)]
    answers = [WordsHasher().wants(Asset("x", kind, name, 1, "")) for name, kind in wanted]
    assert answers == [True, True, False]


def test_a_copied_passage_is_proven_with_offsets_on_both_sides(tmp_path: Path) -> None:
    copied = prose(1)
    known = f"{prose(2)}\n\n{copied}\n\n{prose(3)}"
    target = f"{prose(4)}\n\nINT. HALL - DAY\n\n{copied.upper()}\n\n{prose(5)}"
    (match,) = found(tmp_path, known, target)
    assert match.grade is Grade.PROVEN
    assert match.distance == match.differs == 0
    assert spanned(target, match) == copied.upper().rstrip(".")
    assert spanned(known, match, source=True) == copied.rstrip(".")
    assert match.detail == {"words": len(copied.split()), "scene": "INT. HALL - DAY"}
    assert match.banked.path == "known.txt"


def test_light_revision_is_proven_and_the_differing_words_are_marked(tmp_path: Path) -> None:
    copied = prose(6)
    revised = copied.split()
    revised[20], revised[41] = "WINDMILL", "SAXOPHONE SOLO"
    (match,) = found(tmp_path, copied, f"{prose(7)} {' '.join(revised)} {prose(8)}")
    assert match.grade is Grade.PROVEN
    assert 0.02 < match.distance < 0.05
    sides = {each.side: each.body.decode() for each in match.exhibits}
    assert "[[WINDMILL]]" in sides["found"]
    assert "[[SAXOPHONE SOLO]]" in sides["found"]
    assert f"[[{copied.split()[20]}]]" in sides["source"]
    assert {each.media_type for each in match.exhibits} == {"text/plain"}


def test_heavy_revision_is_at_most_suspected(tmp_path: Path) -> None:
    """Every fifth word and every seventh another, and the sentences in another order."""
    copied = prose(12, 110)
    words = [
        "whatever" if number % 5 == 4 or number % 7 == 5 else word
        for number, word in enumerate(copied.split())
    ]
    revised = ". ".join(reversed(" ".join(words).split(". ")))
    matches = found(tmp_path, copied, f"{prose(30)} {revised} {prose(31)}")
    assert {match.grade for match in matches} == {Grade.SUSPECTED}


def test_what_everybody_writes_is_no_match(tmp_path: Path) -> None:
    """Title pages, notices, headings, people, everyday lines, a few quoted words."""
    chance = random.Random(CHANCE)
    known = screenplay(chance, 25)
    quoted = " ".join(known.split()[-60:-52])
    target = screenplay(chance, 25, [f"He says: {quoted}, and leaves."])
    assert "prior written permission" in known
    assert "prior written permission" in target
    assert found(tmp_path, known, target) == []


def test_a_whole_text_in_another_format_is_the_same(tmp_path: Path) -> None:
    known = screenplay(random.Random(1), 10)
    lines = "".join(
        f"<Paragraph><Text>{line}</Text></Paragraph>" for line in known.splitlines() if line
    )
    bank = TextBank(tmp_path / "bank")
    bank.add([filed(tmp_path, known, "known.fountain")])
    script = f"<FinalDraft><Content>{lines}</Content></FinalDraft>"
    (match,) = bank.matches(filed(tmp_path, script, "target.fdx"))
    assert (match.grade, match.distance) == (Grade.PROVEN, 0)
    assert match.detail["words"] > 300


@pytest.mark.parametrize(
    ("letters", "space"),
    [
        (
            "天地玄黃宇宙洪荒日月盈昃辰宿列張寒來暑往秋收冬藏閏餘成歲律呂調陽雲騰致雨露結為霜金生麗水",
            "",
        ),
        (
            "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん",
            "",
        ),
        ("กขคงจฉชซญดตถทธนบปผฝพฟภมยรลวศษสหอ", ""),
        ("אבגדהוזחטיכלמנסעפצקרשת", " "),
        ("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", " "),
        ("가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허", " "),
    ],
)
def test_any_script(tmp_path: Path, letters: str, space: str) -> None:
    chance = random.Random(CHANCE)

    def said(words: int) -> str:
        made = ("".join(chance.choices(letters, k=4)) for _ in range(words))
        return space.join(made) + "。"

    copied, (before, after) = said(60), (said(200), said(200))
    target = f"{before}{space}{copied}{space}{after}"
    (match,) = found(tmp_path, f"{said(100)}{space}{copied}{space}{said(100)}", target)
    assert match.grade is Grade.PROVEN
    inside = target.index(copied)
    assert match.span is not None
    assert abs(match.span.start - inside) <= 2
    assert abs(match.span.end - inside - len(copied)) <= 3


def test_subtitles_show_when(tmp_path: Path) -> None:
    said = prose(40, 60).split()
    cues = [" ".join(said[at : at + 6]) for at in range(0, len(said), 6)]
    subtitles = "WEBVTT\n\n" + "".join(
        f"00:{n:02}:00.000 --> 00:{n:02}:03.000\n{cue}\n\n" for n, cue in enumerate(cues, 5)
    )
    (match,) = found(tmp_path, " ".join(said), subtitles)
    assert match.grade is Grade.PROVEN
    assert match.detail["scene"] == "00:05:00"


class TestRewritings:
    """A recorded rewriting, and the text it was made from."""

    def bank(self, folder: Path) -> tuple[TextBank, str, str]:
        parts = [prose(50 + number, 70) for number in range(6)]
        original = "\n\n".join(parts)
        rewritten = "\n\n".join(
            prose(70 + number, 70) if number in (2, 3) else part
            for number, part in enumerate(parts)
        )
        bank = TextBank(folder / "bank")
        (before,) = bank.add([filed(folder, original, "original.txt")], Role.INPUT)
        bank.add([filed(folder, rewritten, "rewritten.txt")], inputs=(before.digest,))
        return bank, original, rewritten

    def test_the_untouched_input_is_not_ai(self, tmp_path: Path) -> None:
        bank, original, _ = self.bank(tmp_path)
        matches = bank.matches(filed(tmp_path, f"{original} {prose(90)}"))
        assert {match.banked.role for match in matches} == {Role.INPUT}
        assert matches[0].grade is Grade.PROVEN

    def test_the_rewriting_is(self, tmp_path: Path) -> None:
        bank, _, rewritten = self.bank(tmp_path)
        matches = bank.matches(filed(tmp_path, f"{prose(91)} {rewritten}"))
        (output,) = [match for match in matches if match.banked.role is Role.RECORDED]
        assert (output.grade, output.distance) == (Grade.PROVEN, 0)

    def test_only_what_the_rewriting_added_is(self, tmp_path: Path) -> None:
        bank, original, rewritten = self.bank(tmp_path)
        added, kept = rewritten.split("\n\n")[2], original.split("\n\n")[0]
        target = f"{kept}\n\n{prose(92)}\n\n{added}"
        matches = bank.matches(filed(tmp_path, target))
        (output,) = [match for match in matches if match.banked.role is Role.RECORDED]
        assert spanned(target, output) == added.rstrip(".")


def test_what_unrelated_texts_all_quote_is_never_proven(tmp_path: Path) -> None:
    prayer = prose(60, 60)
    bank = TextBank(tmp_path / "bank")
    for number in range(5):
        text = f"{prose(100 + number, 300)} {prayer} {prose(200 + number, 300)}"
        bank.add([filed(tmp_path, text, f"known{number}.txt")])
    matches = bank.matches(filed(tmp_path, f"{prose(300)} {prayer}"))
    assert {match.grade for match in matches} == {Grade.SUSPECTED}
    assert {match.detail["also_in"] for match in matches} == {5}


def test_drafts_of_one_text_stay_proven(tmp_path: Path) -> None:
    copied, chance = prose(61, 60), random.Random(CHANCE)
    draft = f"{prose(62, 300)} {copied} {prose(63, 300)}"
    bank = TextBank(tmp_path / "bank")
    for number in range(6):
        text = " ".join(word for word in draft.split() if chance.random() > 0.003)
        bank.add([filed(tmp_path, text, f"draft{number}.txt")])
    matches = bank.matches(filed(tmp_path, f"{prose(64)} {copied}"))
    assert len(matches) == 6
    assert {match.grade for match in matches} == {Grade.PROVEN}


def test_one_or_many_segments_give_the_same(tmp_path: Path) -> None:
    chance = random.Random(CHANCE)
    planted = [prose(400 + number, 60) for number in range(6)]
    files = [
        filed(tmp_path, screenplay(chance, 6, [each]), f"known{number}.txt")
        for number, each in enumerate(planted)
    ]
    target = filed(tmp_path, screenplay(chance, 12, planted))
    together, apart = TextBank(tmp_path / "together"), TextBank(tmp_path / "apart")
    together.add(files)
    for file in files:
        apart.add([file])
    assert together.matches(target) == apart.matches(target)
    assert [match.grade for match in together.matches(target)] == [Grade.PROVEN] * 6


def test_the_same_is_found_from_the_cache(tmp_path: Path) -> None:
    bank, cache = TextBank(tmp_path / "bank"), Kept()
    bank.add([filed(tmp_path, prose(1), "known.txt")])
    page = filed(tmp_path, f"{{\\rtf1 {prose(1)}\\par {prose(2)}}}", "target.rtf")
    first = list(bank.hasher.match(opened(page), bank, cache))
    assert len(cache.bodies) == 1
    assert first == list(bank.hasher.match(opened(page), bank, cache))
    assert len(first) == 1


def test_too_little_to_know_it_by(tmp_path: Path) -> None:
    few = filed(tmp_path, "INT. HALL - DAY\n\nShe runs.")
    assert WordsHasher().fingerprint(opened(few)) is None
    bank = TextBank(tmp_path / "bank")
    assert bank.matches(few) == []
    bank.add([filed(tmp_path, prose(1), "known.txt")])
    assert bank.matches(few) == []


def test_repeating_one_word_for_ever_takes_no_time(tmp_path: Path) -> None:
    bank = TextBank(tmp_path / "bank")
    bank.add([filed(tmp_path, "la " * 10_000, "known.txt")])
    bank.matches(filed(tmp_path, "la " * 10_000 + prose(1)))


def test_without_the_library_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidfuzz", None)
    monkeypatch.setattr(words_module, "_installed", lambda library: False)
    assert "not installed" in str(WordsHasher().lacks())
    bank = TextBank(tmp_path / "bank")
    with pytest.raises(Unreadable, match="not installed"):
        list(WordsHasher().match(opened(filed(tmp_path, prose(1))), bank, Kept()))


def test_too_long_a_text_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words_module, "MOST_LETTERS", 400)
    with pytest.raises(Unreadable, match="longer than"):
        WordsHasher().fingerprint(opened(filed(tmp_path, prose(1))))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400), st.integers(0, 50), st.integers(1, 50))
def test_a_fingerprint_holds_the_text(body: str, start: int, length: int) -> None:
    text = Text(body, (Passage(0, 1, "INT. HALL - DAY"), Passage(9, 2, "")))
    kept = unpacked(packed(Words(text)))
    assert kept.text == Text(body, list(text.passages))
    part, whole = kept.span(start, start + length), Words(text).tokens[start : start + length]
    assert part.hashes.tolist() == whole.hashes.tolist()
    assert part.starts.tolist() == whole.starts.tolist()


def test_parts_of_a_long_text_are_read_without_the_rest() -> None:
    words = Words(Text(prose(5, 2000)))
    kept = unpacked(packed(words))
    for start, stop in ((0, 5), (127, 130), (128, 256), (500, 1400), (1990, 9999)):
        part, whole = kept.span(start, stop), words.tokens[start:stop]
        assert part.hashes.tolist() == whole.hashes.tolist()
        assert part.ends.tolist() == whole.ends.tolist()
    assert "tokens" not in vars(kept)


@pytest.mark.parametrize("damaged", [b"", b"CGWORDS1", b"CGWORDS1xxxx", b"other"])
def test_a_damaged_fingerprint_is_refused(damaged: bytes) -> None:
    with pytest.raises(ValueError, match="fingerprint of words"):
        unpacked(damaged)


@pytest.mark.shared
def test_shared_answers(shared_data: Path, tmp_path: Path) -> None:
    """Copied and lightly revised answers are found; nothing is proven of their own ones."""
    import csv

    texts = shared_data / "text_copy"
    with (texts / "manifest.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["file"].startswith("clough")]
    bank = TextBank(tmp_path / "bank")
    bank.add([texts / row["file"] for row in rows if row["label"] == "reference"])
    found = {row["file"]: bank.matches(texts / row["file"]) for row in rows}
    copied = [row for row in rows if row["copy_level"] in ("cut_and_paste", "light_revision")]
    # One of them has no four words in a row with the text it is labelled a copy of.
    assert sum(bool(found[row["file"]]) for row in copied) == len(copied) - 1
    own = [row for row in rows if row["copy_level"] == "not_copied"]
    assert not [match for row in own for match in found[row["file"]]]
