"""Loading a pack: what is wrong is named by file and line, and nothing wrong gets in."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkthegate.model import Outcome, PackError, PackRef
from checkthegate.rules import load_pack, lock_text, pack_digest, read_lock, run_cases

Files = Callable[..., dict[str, bytes]]


def broken(files: dict[str, bytes]) -> PackError:
    with pytest.raises(PackError) as refused:
        load_pack(files, "packs/tiny/1")
    assert refused.value.hint
    assert refused.value.exit_status == 2
    return refused.value


def test_a_small_pack_loads_and_its_cases_agree(tiny: Files) -> None:
    pack = load_pack(tiny(), "packs/tiny/1")
    assert (pack.ref.id, pack.ref.version) == ("tiny", "1")
    assert [rule.id for rule in pack.rules] == ["tiny.r1"]
    assert run_cases(pack) == []


def test_rules_may_lie_in_files_of_their_own(tiny: Files) -> None:
    files = tiny()
    head, _, rules = files["pack.yaml"].partition(b"rules:\n")
    files = {**files, "pack.yaml": head, "rules/asset.yaml": b"rules:\n" + rules}
    assert load_pack(files, "x").rules[0].id == "tiny.r1"


def test_a_wrong_case_is_named(tiny: Files) -> None:
    files = tiny()
    files["cases/r1.yaml"] = files["cases/r1.yaml"].replace(
        b"{outcome: fail}", b"{outcome: fail, verdict: blocked}"
    )
    (fault,) = run_cases(load_pack(files, "packs/tiny/1"))
    assert fault.case.where == "packs/tiny/1/cases/r1.yaml:4"
    assert fault.said == "fail, escalate, required"


@pytest.mark.parametrize(
    ("wrong", "right", "line", "says"),
    [
        ("asset.finale:", "asset.final:", 20, "there is no fact"),
        ("requiers:", "requires:", 21, "unknown field 'requiers'"),
        ("asset.ai: none", "asset.ai: none-found", 21, "'none' is not known here"),
        ("requires: {all: []}", "requires: {asset.ai: none-found}", 21, "empty"),
        ("requires: {}", "requires: {asset.ai: none-found}", 21, "nothing is written here"),
        ("It {sings}.", "It {says}.", 23, "there is no word {sings}"),
        ("It {says.", "It {says}.", 23, "a brace stands alone"),
        ("verdict: clear, approval: none, reason: Unclear.",
         "verdict: escalate, approval: may-be-required, reason: Unclear.", 24,
         "unknown is escalate"),
        ("verdict: escalate, approval: none, reason: Fine.",
         "verdict: clear, approval: none, reason: Fine.", 22, "a pass is clear or notify"),
        ("scope: film", "scope: asset", 19, "'film' is not known here"),
        ("source: rumour", "source: memo", 25, "'rumour' is not known here"),
        ("id: other.r1", "id: tiny.r1", 17, "does not begin with 'tiny.'"),
        ("read_on: yesterday", "read_on: 2026-01-02", 13, "is no date"),
        ("schema: checkthegate.pack/9", "schema: checkthegate.pack/1", 1, "is not known here"),
        ("captured_digest: abc", "captured_digest: unknown", 14, "a digest is"),
        ('title: ""', "title: No AI in finals", 18, "a text is missing"),
        ("next_step: {a: b}", "next_step: Nothing.", 22, "a text was expected"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_line(
    tiny: Files, wrong: str, right: str, line: int, says: str
) -> None:
    files = tiny()
    assert right.encode() in files["pack.yaml"]
    files["pack.yaml"] = files["pack.yaml"].replace(right.encode(), wrong.encode(), 1)
    problem = broken(files)
    assert says in problem.message
    assert problem.message.startswith(f"packs/tiny/1/pack.yaml:{line}: "), problem.message
    assert problem.path == "packs/tiny/1/pack.yaml"


@pytest.mark.parametrize("outcome", ["pass", "fail", "unknown"])
def test_a_rule_without_a_case_for_each_outcome_is_refused(tiny: Files, outcome: str) -> None:
    files = tiny()
    lines = files["cases/r1.yaml"].decode().splitlines()
    kept = [line for line in lines if f"outcome: {outcome}" not in line]
    files["cases/r1.yaml"] = "\n".join(kept).encode()
    problem = broken(files)
    assert problem.message == (
        f"packs/tiny/1/pack.yaml:17: the rule tiny.r1 has no case for: {outcome}"
    )


@pytest.mark.parametrize("name", ["pack.yaml", "SOURCES.md"])
def test_missing_or_empty_files_are_named(tiny: Files, name: str) -> None:
    files = tiny()
    assert name in broken({**files, name: b" \n"}).message
    del files[name]
    assert name in broken(files).message


def test_a_pack_without_rules_is_refused(tiny: Files) -> None:
    files = tiny()
    head, _, _ = files["pack.yaml"].partition(b"rules:\n")
    assert "no rules" in broken({**files, "pack.yaml": head}).message
    assert "empty" in broken({**files, "pack.yaml": head + b"rules: []\n"}).message


def test_two_rules_of_one_id_are_refused(tiny: Files) -> None:
    files = tiny()
    head, _, rules = files["pack.yaml"].partition(b"rules:\n")
    doubled = head + b"rules:\n" + rules + rules
    assert "there are two rules tiny.r1" in broken({**files, "pack.yaml": doubled}).message


def test_only_confidence_a_may_block(tiny: Files) -> None:
    files = tiny()
    blocking = files["pack.yaml"].replace(
        b"verdict: escalate, approval: required", b"verdict: blocked, approval: required"
    )
    assert load_pack({**files, "pack.yaml": blocking}, "x").rules
    weak = blocking.replace(b"confidence: A", b"confidence: B")
    assert "only a rule of confidence A" in broken({**files, "pack.yaml": weak}).message


@pytest.mark.parametrize(
    ("letter", "mark"), [("B", "one secondary source"), ("K", "background knowledge")]
)
def test_weak_sources_are_marked_on_findings(tiny: Files, letter: str, mark: str) -> None:
    files = tiny()
    files["pack.yaml"] = files["pack.yaml"].replace(
        b"confidence: A", f"confidence: {letter}".encode()
    )
    text = load_pack(files, "x").rules[0].citation.text
    assert mark in text
    assert "https://example.org/memo, read 2026-01-02" in text


def test_branches_may_not_disagree_on_milder_verdicts(tiny: Files) -> None:
    files = tiny()
    one = b'{verdict: escalate, approval: required, reason: "It {says}.", next_step: Ask.}'
    when = b"{when: {evidence.traces: yes}, " + one[1:]
    assert one in files["pack.yaml"]
    good = files["pack.yaml"].replace(one, b"[" + when + b", " + one + b"]")
    assert len(load_pack({**files, "pack.yaml": good}, "x").rules[0].branches[Outcome.FAIL]) == 2
    mild = one.replace(b"escalate", b"notify")
    bad = files["pack.yaml"].replace(one, b"[" + when + b", " + mild + b"]")
    assert "must agree on the verdict" in broken({**files, "pack.yaml": bad}).message


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"a: &b c\nd: *b\n", "anchors and aliases"),
        (b"[" * 60 + b"]" * 60, "nested too deeply"),
        (b"[" * 100_000, "nested too deeply"),
        (b"a: [1", "not valid YAML"),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b"a: 1\na: 2\n", "written twice"),
        (b"a: 1\n---\nb: 2\n", "not valid YAML"),
        (b"# nothing\n", "is empty"),
        (b"x" * 1_000_001, "larger than 1 MB"),
        (b"!!python/object/apply:os.system ['true']", "named fields were expected"),
    ],
)
def test_hostile_yaml_is_refused_in_words(tiny: Files, content: bytes, says: str) -> None:
    assert says in broken({**tiny(), "pack.yaml": content}).message


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damage_is_a_pack_error_or_a_pack_that_still_stands(
    tiny: Files, data: st.DataObject
) -> None:
    content = tiny()["pack.yaml"]
    at = data.draw(st.integers(0, len(content) - 1))
    damaged = content[:at] + data.draw(st.binary(max_size=3)) + content[at + 1 :]
    with contextlib.suppress(PackError):
        pack = load_pack({**tiny(), "pack.yaml": damaged}, "x")
        assert {case.outcome for case in pack.cases} >= {Outcome.PASS, Outcome.FAIL}


def test_the_digest_covers_names_and_content(tiny: Files) -> None:
    files = tiny()
    digests = {
        pack_digest(files),
        pack_digest({**files, "SOURCES.md": b"Another memo.\n"}),
        pack_digest({**files, "cases/r2.yaml": b""}),
        pack_digest({"renamed" if n == "SOURCES.md" else n: c for n, c in files.items()}),
    }
    assert len(digests) == 4
    assert pack_digest(dict(reversed(list(files.items())))) == pack_digest(files)


def test_the_lock_reads_back() -> None:
    refs = [PackRef("b", "2", "sha256:02"), PackRef("a", "1", "sha256:01")]
    assert read_lock(lock_text(refs)) == {("a", "1"): "sha256:01", ("b", "2"): "sha256:02"}
    with pytest.raises(PackError, match="not a line of pack"):
        read_lock("# heading\na 1\n")
