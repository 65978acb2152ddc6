"""Conditions in plain English, terms, the published table, and versions by date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.conftest import PACKS, pack_files

from checkthegate.model import PackError
from checkthegate.rules import Pack, describe, describe_rule, effective, load_pack
from checkthegate.rules.condition import read_condition
from checkthegate.rules.nodes import read_yaml
from checkthegate.rules.pack import Mark
from checkthegate.rules.scopes import ASSET
from checkthegate.rules.use_scope import USE

Files = Callable[..., dict[str, bytes]]
TERM = """\
terms:
  loud:
    scope: asset
    says: it is loud
    denies: it is quiet
    means: {asset.kind: [audio, video]}
rules:
"""
TABLE = """\
matrix:
  source: memo
  captures: {first: the first copy, second: the second copy}
  rows:
    - {id: R1, use: Ideas, marks: {first: ok}, says: Fine., rules: [tiny.r1]}
    - {id: R2, use: Finals, marks: {first: warning, second: stop}, says: Ask., rules: [tiny.r1]}
rules:
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("use.final: yes", "It may be in the final."),
        ("not: {use.final: yes}", "Nothing of it is in the final."),
        ("use.purpose: [character, setting, writing]",
         "The purpose is character, setting or writing."),
        ("not: {use.purpose: [character, setting]}",
         "The purpose is none of character or setting."),
        ("use.outputs: {has: voice}", "The outputs include voice."),
        ("some: {in: use.tools, where: {environment: consumer}}",
         "For at least one step, its place is consumer."),
        ("not: {some: {in: use.tools, where: {trains: yes}}}",
         "For every step, it does not learn."),
        ("any: [{use.final: no}, {all: [{use.imitates: no}, {use.union_work: no}]}]",
         "Nothing of it is in the final, or (it recreates no unowned work, and no union-covered "
         "work is affected)."),
        ("not: {all: [{use.imitates: no}, {use.union_work: no}]}",
         "It recreates unowned work, or union-covered work is affected."),
    ],
)  # fmt: skip
def test_conditions_read_as_english(text: str, said: str) -> None:
    assert describe(read_condition(read_yaml("t.yaml", text.encode()), USE)) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("always", "Always."),
        ("asset.final: no", "Nothing of it is final."),
        ("asset.kind: image", "The file is image."),
        ("evidence.gaps: 0", "The number of things in it that could not be read is 0."),
        (
            "evidence.gaps: {at_least: 2}",
            "The number of things in it that could not be read is 2 or more.",
        ),
    ],
)
def test_facts_without_words_of_their_own_use_their_meaning(text: str, said: str) -> None:
    assert describe(read_condition(read_yaml("t.yaml", text.encode()), ASSET)) == said


def test_a_rule_reads_as_a_sentence(netflix_pack: Pack) -> None:
    assert describe_rule(netflix_pack.rule("nfx.p4", "use")) == (
        "Applies when: a step is generative. Requires: nothing of it is in the final."
    )
    counts = netflix_pack.terms["counts"]
    assert counts.entries == "use.talent"
    assert counts.means.startswith("The exemption claimed is none, or (")


def test_a_term_is_used_by_name(tiny: Files) -> None:
    files = tiny()
    text = files["pack.yaml"].decode().replace("rules:\n", TERM)
    text = text.replace("applies_when: {asset.final: yes}", "applies_when: {is: loud}")
    cases = files["cases/r1.yaml"].replace(b"asset.final: yes", b"asset.kind: audio")
    pack = load_pack({**files, "pack.yaml": text.encode(), "cases/r1.yaml": cases}, "x")
    assert describe_rule(pack.rules[0]).startswith("Applies when: it is loud.")
    assert pack.terms["loud"].means == "The file is audio or video."


@pytest.mark.parametrize(
    ("wrong", "right", "says"),
    [
        ("is: noisy", "is: loud", "'noisy' is not known here"),
        ("{asset.kind: [audio, video]}", "{asset.kind: []}", "empty"),
        ("{asset.kind: [audio, video]}", "{is: loud}", "not known here"),
        ("{asset.kind: [audio, video]}", "{asset.sort: audio}", "there is no fact 'asset.sort'"),
        ("denies: it is quiet", "denial: it is quiet", "unknown field 'denial'"),
        ("scope: asset\n    says", "scope: use\n    says", "there is no fact 'asset.kind'"),
        ("says: it is loud", "entries: asset.kind\n    says: it is loud", "is not known here"),
    ],
)
def test_wrong_terms_are_refused_with_the_line(
    tiny: Files, wrong: str, right: str, says: str
) -> None:
    text = tiny()["pack.yaml"].decode().replace("rules:\n", TERM)
    text = text.replace("applies_when: {asset.final: yes}", "applies_when: {is: loud}")
    old, new = (wrong, right) if wrong in text else (right, wrong)
    assert old in text
    with pytest.raises(PackError, match=says) as refused:
        load_pack({**tiny(), "pack.yaml": text.replace(old, new).encode()}, "x")
    assert refused.value.message.startswith("x/pack.yaml:")


def test_the_published_table_is_read(tiny: Files) -> None:
    text = tiny()["pack.yaml"].decode().replace("rules:\n", TABLE)
    matrix = load_pack({**tiny(), "pack.yaml": text.encode()}, "x").matrix
    assert matrix is not None
    assert [row.id for row in matrix.rows] == ["R1", "R2"]
    assert matrix.rows[1].marks == {"first": Mark.WARNING, "second": Mark.STOP}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("first: ok", "third: ok", "unknown field 'third'"),
        ("first: ok", "first: fine", "'fine' is not known here"),
        ("says: Fine., rules: [tiny.r1]", "says: Fine., rules: [tiny.r9]", "'tiny.r9' is not"),
        ("says: Fine., rules: [tiny.r1]", "says: Fine., rules: []", "empty"),
        ("id: R2", "id: R1", "there are two rows R1"),
        ("source: memo\n  captures", "source: rumour\n  captures", "'rumour' is not known here"),
    ],
)
def test_a_wrong_table_is_refused_with_the_line(tiny: Files, old: str, new: str, says: str) -> None:
    text = tiny()["pack.yaml"].decode().replace("rules:\n", TABLE)
    assert old in text
    with pytest.raises(PackError, match=says) as refused:
        load_pack({**tiny(), "pack.yaml": text.replace(old, new, 1).encode()}, "x")
    assert names_a_line(refused.value.message)


def names_a_line(message: str) -> bool:
    return message.split(":")[1].isdigit()


def test_all_six_rows_are_there_with_both_marks_of_the_fifth(netflix_pack: Pack) -> None:
    matrix = netflix_pack.matrix
    assert matrix is not None
    assert [row.id for row in matrix.rows] == ["M1", "M2", "M3", "M4", "M5", "M6"]
    assert matrix.rows[4].marks == {"2025-08": Mark.WARNING, "2025-11": Mark.STOP}
    assert all("2025-11" in row.marks for row in matrix.rows)


def test_one_rule_may_judge_two_scopes_but_its_cases_say_which(netflix_pack: Pack) -> None:
    assert netflix_pack.rule("nfx.p1", "use").scope == "use"
    assert netflix_pack.rule("nfx.p1", "asset").scope == "asset"
    files = pack_files(PACKS / "netflix/2025.08")
    files["cases/p1.yaml"] = files["cases/p1.yaml"].replace(b"scope: asset\n", b"")
    with pytest.raises(PackError, match=r"cases/p1.yaml:1: nfx.p1 judges more than one scope"):
        load_pack(files, "x")


def versions(*spans: tuple[str, str | None], tiny: Files) -> list[Pack]:
    packs = []
    for number, (start, end) in enumerate(spans):
        until = f"\neffective_until: {end}" if end else ""
        text = tiny()["pack.yaml"].decode().replace('"1"', f'"{number}"')
        text = text.replace("2026-01-01", start + until)
        packs.append(load_pack({**tiny(), "pack.yaml": text.encode()}, "x"))
    return packs


@pytest.mark.parametrize(
    ("day", "version"),
    [
        ("2023-12-04", "2023"),
        ("2023-12-05", "2023"),
        ("2026-06-30", "2023"),
        ("2026-07-01", "2026"),
        ("2026-11-22", "2026"),
        ("2031-01-01", "2026"),
    ],
)
def test_the_agreement_of_the_day_holds(day: str, version: str) -> None:
    folder = PACKS / "sag-aftra-tv"
    packs = [load_pack(pack_files(Path(folder, name)), name) for name in ("2023", "2026")]
    for order in (packs, packs[::-1]):
        assert effective(order, date.fromisoformat(day)).version == version


@given(
    day=st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    start=st.dates(date(2025, 6, 1), date(2026, 12, 31)),
)
def test_a_version_in_force_is_preferred(tiny: Files, day: date, start: date) -> None:
    packs = versions(("2025-06-01", None), (start.isoformat(), None), tiny=tiny)
    chosen = effective(packs, day)
    assert chosen.in_force(day) or not any(pack.in_force(day) for pack in packs)


def test_a_pack_cannot_end_before_it_begins(tiny: Files) -> None:
    with pytest.raises(PackError, match="ends before it begins"):
        versions(("2026-02-01", "2026-01-31"), tiny=tiny)


def test_no_versions_are_an_error() -> None:
    with pytest.raises(ValueError, match=r"empty|iterable"):
        effective([], date(2026, 1, 1))
