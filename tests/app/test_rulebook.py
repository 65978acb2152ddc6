"""Where packs lie, which one a name means, what is refused; lock, cases and comparison."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from checkthegate.app.home import make_home, open_home
from checkthegate.app.rulebook import (
    Shelf,
    Volume,
    find_pack,
    folder_volume,
    pack_files,
    select_packs,
    shelves,
    volumes,
)
from checkthegate.app.rules_cases import case_results
from checkthegate.app.rules_change import changed_uses, compared, declared_uses
from checkthegate.app.rules_document import facts_document, pack_document
from checkthegate.app.rules_lock import lock_state, write_lock
from checkthegate.app.wiring import load_packs
from checkthegate.model import PackError, UsageError

ROOT = Path(__file__).parents[2]
DAY = date(2026, 6, 1)
HEAD = """\
schema: checkthegate.pack/1
id: {id}
version: "{version}"
title: A tiny pack
effective_from: {begins}
rule_prefix: {prefix}
notice: Not endorsed by anybody.
sources:
  memo:
    title: A memo
    publisher: Nobody
    address: https://example.org/memo
    read_on: 2026-01-02
    captured_digest: unknown
    note: Made up.
terms:
  generative:
    scope: use
    says: "a step is generative"
    denies: "no step is generative"
    means: {{some: {{in: use.tools, where: {{generative: yes}}}}}}
rules:
"""
RULE = """\
  - id: {prefix}.r1
    title: Nothing generative goes into the final
    scope: use
    applies_when: {{is: generative}}
    requires: {{use.final: no}}
    pass: {{verdict: notify, approval: none, reason: Fine., next_step: Tell.}}
    fail: {{verdict: escalate, approval: required, reason: It is final., next_step: Ask.}}
    unknown: {{verdict: escalate, approval: may-be-required, reason: Open., next_step: Ask.}}
    citation: {{source: memo, clause: line 1, confidence: A}}
"""
CASES = """\
rule: {prefix}.r1
cases:
  - name: a
    facts: {{use.tools: [{{generative: yes}}], use.final: no}}
    expect: {{outcome: pass}}
  - name: b
    facts: {{use.tools: [{{generative: yes}}], use.final: yes}}
    expect: {{outcome: fail, verdict: escalate}}
  - {{name: c, facts: {{use.tools: [{{generative: yes}}]}}, expect: {{outcome: unknown}}}}
"""
USE = """\
title: A poster
purpose: background
outputs: [image]
tools: [{{name: Maker, environment: local, stores: no, reuses: no, trains: no}}]
final: {final}
"""
Writer = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    """Writes a pack version below `tmp_path/packs`; gives its folder."""

    def written(
        id: str = "tiny",
        version: str = "1",
        prefix: str = "tiny",
        begins: str = "2026-01-01",
        rule: str = RULE,
        shelf: str = "packs",
    ) -> Path:
        folder = tmp_path / shelf / id / version
        (folder / "cases").mkdir(parents=True)
        said = {"id": id, "version": version, "prefix": prefix, "begins": begins}
        (folder / "pack.yaml").write_text((HEAD + rule).format(**said))
        (folder / "cases/r1.yaml").write_text(CASES.format(**said))
        (folder / "SOURCES.md").write_text("A memo.\n")
        return folder

    return written


def places(tmp_path: Path) -> tuple[Shelf, ...]:
    return shelves(folders=[tmp_path / "packs"])


def test_shipped_packs_are_found_without_asking() -> None:
    names = [volume.name for volume in volumes(shelves())]
    assert {"gate@1", "netflix@2025.08"} <= set(names)
    assert names == sorted(names)


def test_a_folder_of_packs_lies_beside_the_shipped_ones(write: Writer, tmp_path: Path) -> None:
    write()
    assert [p.ref.id for p in load_packs(["tiny"], [tmp_path / "packs"])] == ["gate", "tiny"]
    with pytest.raises(UsageError, match="no rule pack “tiny”") as told:
        load_packs(["tiny"])
    assert "netflix@2025.08" in told.value.hint


@pytest.mark.parametrize(
    ("name", "day", "version"),
    [
        ("tiny", date(2026, 6, 1), "9"),
        ("tiny", date(2027, 6, 1), "10"),
        ("tiny", date(2020, 1, 1), "9"),
        ("tiny@10", date(2026, 6, 1), "10"),
    ],
)
def test_a_bare_name_is_the_version_in_force(
    write: Writer, tmp_path: Path, name: str, day: date, version: str
) -> None:
    write(version="10", begins="2027-01-01")
    write(version="9", begins="2026-01-01")
    assert find_pack(name, places(tmp_path), day).version == version


def test_versions_are_ordered_by_their_numbers(write: Writer, tmp_path: Path) -> None:
    for version in ("10", "9", "9.2", "9.10", "9.2-draft"):
        write(version=version)
    found = [v.version for v in volumes(places(tmp_path)) if v.pack == "tiny"]
    assert found == ["9", "9.2", "9.2-draft", "9.10", "10"]


def test_a_shipped_version_cannot_be_there_twice(write: Writer, tmp_path: Path) -> None:
    write(id="netflix", version="2025.08")
    with pytest.raises(PackError, match=r"2025\.08 .* also ships with the program"):
        load_packs(["netflix"], [tmp_path / "packs"])


def test_another_version_of_a_shipped_pack_is_welcome(write: Writer, tmp_path: Path) -> None:
    write(id="netflix", version="2031.01", begins="2031-01-01", prefix="nfx")
    assert find_pack("netflix", places(tmp_path), DAY).version == "2025.08"
    assert find_pack("netflix@2031.01", places(tmp_path), DAY).read().prefix == "nfx"


def test_nobody_replaces_the_house_rules(write: Writer, tmp_path: Path) -> None:
    write(id="gate", version="2", begins="2026-12-01")
    with pytest.raises(PackError, match="kept for the house rules"):
        load_packs(["netflix"], [tmp_path / "packs"])


def test_two_packs_with_one_prefix_are_not_applied_together(write: Writer, tmp_path: Path) -> None:
    write(prefix="nfx")
    with pytest.raises(PackError, match="both call their rules"):
        select_packs(["netflix", "tiny"], places(tmp_path), DAY)


@pytest.mark.parametrize("field", ["id", "version"])
def test_folder_and_pack_must_agree_and_the_line_is_named(
    write: Writer, tmp_path: Path, field: str
) -> None:
    folder = write()
    if field == "version":
        folder.rename(folder.parent / "2")
    else:
        folder.parent.rename(tmp_path / "packs/other")
    line = {"id": 2, "version": 3}[field]
    with pytest.raises(PackError, match=rf"pack\.yaml:{line}: the {field} is"):
        [volume.read() for volume in volumes(places(tmp_path))]


def test_a_broken_pack_is_refused_with_file_and_line(write: Writer, tmp_path: Path) -> None:
    folder = write()
    text = (folder / "pack.yaml").read_text()
    (folder / "pack.yaml").write_text(text.replace("use.final: no", "use.finall: no"))
    with pytest.raises(PackError, match=r"tiny/1/pack\.yaml:27: there is no fact 'use\.finall'"):
        find_pack("tiny", places(tmp_path), DAY).read()


def test_links_and_floods_are_refused_and_hidden_files_ignored(
    write: Writer, tmp_path: Path
) -> None:
    folder = write()
    before = pack_files(folder, "tiny")
    (folder / ".DS_Store").write_bytes(b"litter")
    assert pack_files(folder, "tiny") == before
    (folder / "big.yaml").write_bytes(b" " * 9_000_000)
    with pytest.raises(PackError, match="8 MB"):
        pack_files(folder, "tiny")
    (folder / "big.yaml").unlink()
    (folder / "cases/link.yaml").symlink_to("/etc/hostname")
    with pytest.raises(PackError, match=r"tiny/cases/link\.yaml is a link"):
        pack_files(folder, "tiny")


def test_a_home_brings_its_own_packs_and_folders(write: Writer, tmp_path: Path) -> None:
    write()
    write(id="other", prefix="other", shelf="elsewhere")
    home = make_home(tmp_path, "The Lighthouse", ["tiny"])
    (home.folder / "gate.toml").write_text(
        '[production]\nname = "T"\npacks = ["tiny"]\npack_folders = ["../packs"]\n'
    )
    shutil.copytree(tmp_path / "elsewhere", home.folder / "packs")
    home = open_home(tmp_path)
    assert [pack.id for pack in load_packs(["tiny", "other"], (), home)] == [
        "gate", "tiny", "other",
    ]  # fmt: skip
    origins = {volume.pack: volume.shelf.origin for volume in volumes(shelves(home))}
    assert (origins["tiny"], origins["other"]) == ("gate.toml", "this home")


@pytest.mark.parametrize(
    ("folder", "said"), [("nowhere", "no such folder"), ("packs/tiny/1", "one version of a pack")]
)
def test_a_wrong_folder_is_explained(write: Writer, tmp_path: Path, folder: str, said: str) -> None:
    write()
    with pytest.raises(UsageError, match=said):
        shelves(folders=[tmp_path / folder])


def test_a_version_can_be_named_by_its_folder(write: Writer) -> None:
    folder = write()
    assert find_pack(str(folder), shelves(), DAY).read().id == "tiny"
    with pytest.raises(UsageError, match="no rule pack in"):
        find_pack(str(folder.parent) + "/7", shelves(), DAY)


@pytest.mark.parametrize("name", ["", "@1", "..", "../x", "netflix@", "netflix@../1"])
def test_odd_names_are_never_paths_into_the_shelf(name: str) -> None:
    if name == "netflix@":
        assert find_pack(name, shelves(), DAY).pack == "netflix"
    else:
        with pytest.raises(UsageError):
            find_pack(name, shelves(), DAY)


def test_the_document_says_everything_of_a_rule(write: Writer) -> None:
    document = pack_document(folder_volume(write()))
    (rule,) = document["rules"]
    assert rule["applies_when"] == "a step is generative"
    assert rule["requires"] == "nothing of it is in the final"
    assert rule["cases"] == 3
    assert rule["outcomes"]["fail"][0]["reason"] == "It is final."
    assert (document["rule_count"], document["case_count"]) == (1, 3)
    assert document["lock"] == "not locked"


@pytest.mark.parametrize("volume", volumes(shelves()), ids=lambda volume: volume.name)
def test_every_shipped_pack_is_locked_documented_and_sound(volume: Volume) -> None:
    document = pack_document(volume)
    assert document["lock"] == "locked"
    assert len(document["rules"]) == document["rule_count"]
    (result,) = case_results([volume])
    assert result["disagreements"] == []
    assert result["cases"] == document["case_count"] > 0


def test_every_fact_of_every_scope_has_a_meaning() -> None:
    for scope in facts_document():
        assert scope["facts"]
        assert all(fact["meaning"] for fact in scope["facts"])


def test_a_case_that_comes_out_otherwise_is_told_with_the_reason(write: Writer) -> None:
    folder = write(
        rule=RULE.replace(
            "verdict: escalate, approval: required", "verdict: blocked, approval: required"
        )
    )
    (result,) = case_results([folder_volume(folder)])
    (told,) = result["disagreements"]
    assert told["expected"] == "fail, escalate"
    assert told["came_out"] == "fail, blocked, required"
    assert told["where"].endswith("tiny/1/cases/r1.yaml:6")
    assert "use.final" in told["decided_by"]


def test_a_new_version_is_locked_and_an_edited_one_refused(write: Writer, tmp_path: Path) -> None:
    packs, folder = tmp_path / "packs", write()
    assert write_lock(packs).added == ("tiny@1",)
    locked = (packs / "packs.lock").read_bytes()
    write(version="2")
    assert write_lock(packs).kept == ("tiny@1",)
    assert lock_state(packs).sound
    assert locked.splitlines()[1] in (packs / "packs.lock").read_bytes().splitlines()

    (folder / "SOURCES.md").write_text("Another memo.\n")
    after = (packs / "packs.lock").read_bytes()
    # A pack is read once in a program; the edit is seen by the next one.
    from checkthegate.app import rulebook

    rulebook._read_volume.cache_clear()
    assert lock_state(packs).changed == ("tiny@1",)
    with pytest.raises(PackError, match="edited after it was locked") as told:
        write_lock(packs)
    assert "new version" in told.value.hint
    assert (packs / "packs.lock").read_bytes() == after


def test_a_locked_version_does_not_vanish(write: Writer, tmp_path: Path) -> None:
    folder = write()
    write(version="2")
    write_lock(tmp_path / "packs")
    shutil.rmtree(folder)
    assert lock_state(tmp_path / "packs").missing == ("tiny@1",)
    with pytest.raises(PackError, match="not in the folder any more"):
        write_lock(tmp_path / "packs")


def test_nothing_is_locked_while_a_case_disagrees(write: Writer, tmp_path: Path) -> None:
    write(
        rule=RULE.replace(
            "verdict: escalate, approval: required", "verdict: blocked, approval: none"
        )
    )
    with pytest.raises(PackError, match="does not come out as it says"):
        write_lock(tmp_path / "packs")
    assert not (tmp_path / "packs/packs.lock").exists()


def test_a_comparison_names_what_changed_and_nothing_else(write: Writer) -> None:
    before = folder_volume(write())
    second = write(version="2")
    text = (second / "pack.yaml").read_text()
    (second / "pack.yaml").write_text(text.replace("Open.", "Unclear.").replace("line 1", "line 2"))
    change = compared(before, folder_volume(second))
    (rule,) = change["changed"]
    assert [part["part"] for part in rule["parts"]] == ["unknown", "citation"]
    assert (change["added"], change["removed"], change["unchanged"], change["head"]) == (
        [],
        [],
        0,
        [],
    )


def test_a_term_that_now_means_something_else_is_a_change(write: Writer) -> None:
    before = folder_volume(write())
    second = write(version="2")
    text = (second / "pack.yaml").read_text()
    (second / "pack.yaml").write_text(
        text.replace("where: {generative: yes}", "where: {environment: consumer}")
    )
    (rule,) = compared(before, folder_volume(second))["changed"]
    assert [(part["part"], part["same_words"]) for part in rule["parts"]] == [
        ("applies_when", True)
    ]


def test_uses_that_get_another_answer_are_named_with_the_rule(
    write: Writer, tmp_path: Path
) -> None:
    before = write()
    after = write(
        version="2",
        rule=RULE.replace(
            "verdict: escalate, approval: required", "verdict: blocked, approval: required"
        ),
    )
    for final in ("yes", "no"):
        (tmp_path / f"{final}.yaml").write_text(USE.format(final=final))
    uses = [*declared_uses(tmp_path / "no.yaml"), *declared_uses(tmp_path / "yes.yaml")]
    told = changed_uses(uses, folder_volume(before).read(), folder_volume(after).read())
    assert told["count"] == 2
    (use,) = told["changed"]
    assert (use["number"], use["title"]) == (2, "A poster")
    assert (use["before"]["verdict"], use["after"]["verdict"]) == ("escalate", "blocked")
    (why,) = use["why"]
    assert (why["rule"], why["reason"]) == ("tiny.r1", "It is final.")


def test_declared_uses_come_from_lines_too_and_a_bad_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "uses.jsonl"
    good = '{"title": "A", "purpose": "temp", "outputs": ["image"], "tools": [{"name": "x"}]}\n'
    file.write_text(good * 2)
    assert [use.title for use in declared_uses(file)] == ["A", "A"]
    file.write_text(good + "{\n")
    with pytest.raises(UsageError, match="line 2"):
        list(declared_uses(file))
    with pytest.raises(UsageError, match="cannot be read"):
        list(declared_uses(tmp_path / "none.yaml"))
