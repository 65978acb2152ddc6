"""Every kind of mistake, with the place and the next step it names."""

import pytest

from checkthegate.declaration import DeclarationError, Fault, read_declarations

GOOD = "title: T\npurpose: temp\noutputs: [image]\ntools: [{name: X}]\n"
GOOD_JSON = '{"title": "T", "purpose": "temp", "outputs": ["image"], "tools": [{"name": "X"}]'
HEAD = "title,purpose,outputs,tools,final\n"
ROW = "T,temp,image,X,no\n"


def faults(text: str | bytes, name: str) -> tuple[Fault, ...]:
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(DeclarationError) as caught:
        read_declarations(content, name)
    assert caught.value.exit_status == 2
    assert caught.value.hint
    return caught.value.faults


CASES = [
    # an unknown field, at its name
    ("u.yaml", GOOD + "titel: x\n", (5, 1, "titel"), "not a field", "“title”"),
    ("u.json", GOOD_JSON + ',\n  "titel": 1}', (2, 3, "titel"), "not a field", "“title”"),
    ("u.csv", "title,purpos\nT,temp\n", (1, 2, "purpos"), "no column", "“purpose”"),
    # an unknown field of an entry
    ("u.yaml", GOOD.replace("name: X", "name: X, envronment: local"),
     (4, 19, "tools[0].envronment"), "not a field of “tools”", "“environment”"),
    ("u.json", GOOD_JSON.replace('"X"', '"X", "trained": 1') + "}",
     (1, 81, "tools[0].trained"), "not a field", "trains"),
    ("u.csv", HEAD + "T,temp,image,X|local|no|no|no|yes|what,no\n",
     (2, 4, "tools[0].what (part 7)"), "not a field", "environment"),
    # an unknown word
    ("u.yaml", GOOD + "final: maybe\n", (5, 8, "final"), "“maybe”", "“unsure”"),
    ("u.yaml", GOOD.replace("name: X", "environment: verified"),
     (4, 23, "tools[0].environment"), "“verified”", "“verified-terms”"),
    ("u.yaml", GOOD.replace("[image]", "[image, pictur]"), (3, 18, "outputs[1]"), "“pictur”",
     "image"),
    ("u.json", GOOD_JSON + ',\n "final":\n   "maybe"}', (3, 4, "final"), "“maybe”", "“unsure”"),
    ("u.csv", HEAD + ROW + "U,temp,image,X,maybe\n", (3, 5, "final"), "“maybe”", "“unsure”"),
    # a wrong type
    ("u.yaml", GOOD.replace("[image]", "image"), (3, 10, "outputs"), "A list", "brackets"),
    ("u.yaml", GOOD.replace("[{name: X}]", "[Firefly]"), (4, 9, "tools[0]"), "“Firefly”", "name"),
    ("u.yaml", GOOD + "final: [yes]\n", (5, 8, "final"), "a list", "yes, no, unsure"),
    ("u.yaml", GOOD + "training: no\n", (5, 11, "training"), "“no”", "null"),
    ("u.json", GOOD_JSON.replace('"T"', "1917") + "}", (1, 11, "title"), "“1917”", "quotation"),
    ("u.json", GOOD_JSON + ', "final": 1}', (1, 92, "final"), "“1”", "yes, no, unsure"),
    ("u.json", "3", (1, 1, ""), "a number", "title, purpose"),
    ("u.yaml", "just words\n", (1, 1, ""), "a text", "title, purpose"),
    # something missing, at the declaration or entry that lacks it
    ("u.yaml", GOOD.replace("purpose: temp\n", ""), (1, 1, "purpose"), "missing", "ideation"),
    ("u.yaml", GOOD.replace("temp", ""), (2, 1, "purpose"), "missing", "ideation"),
    ("u.yaml", GOOD + "---\ntitle: 2\npurpose: temp\noutputs: [image]\n", (6, 1, "tools"),
     "missing", "every tool"),
    ("u.yaml", GOOD + "inputs:\n  - cleared: no\n", (6, 5, "inputs[0].what"), "missing", "script"),
    ("u.json", "[" + GOOD_JSON + "},\n {}]", (2, 2, "title"), "missing", "one line"),
    ("u.csv", HEAD + ",temp,image,X,no\n", (2, 1, "title"), "missing", "one line"),
    # written twice
    ("u.yaml", GOOD + "title: U\n", (5, 1, "title"), "twice", "one"),
    ("u.json", GOOD_JSON + ',\n"title": "U"}', (2, 1, "title"), "twice", "one"),
    ("u.json", GOOD_JSON.replace('"X"', '"X", "name": "Y"') + "}", (1, 81, "tools[0].name"),
     "twice", "one"),
    ("u.csv", "title,purpose,Title\nT,temp,U\n", (1, 3, "title"), "twice", "one"),
    # another schema
    ("u.yaml", "schema: checkthegate.use/2\n" + GOOD, (1, 9, "schema"), "use/2", "use/1"),
    # what cannot be taken apart
    ("u.yaml", "title: [1\npurpose: x\n", (2, 8, ""), "not valid YAML", "line"),
    ("u.yaml", "title: x\n\tpurpose: y", (2, 1, ""), "not valid YAML", "line"),
    ("u.yaml", "title: !!python/object:os.system x", (1, 8, ""), "Tags", "alone"),
    ("u.yaml", "title: !thing x", (1, 8, ""), "Tags", "alone"),
    ("u.yaml", "? [a]\n: b", (1, 3, ""), "plain word", "line"),
    ("u.yaml", "a: &a [*a]", (1, 8, ""), "Nothing complete", "out"),
    ("u.yaml", GOOD + "<<: {final: no}\n", (5, 1, "<<"), "not a field", "Allowed"),
    ("u.json", '{"title": "T",\n "final": NaN}', (2, 11, ""), "NaN", "Mend"),
    ("u.json", '{"title": "T",\n oops}', (2, 2, ""), "not valid JSON", "Mend"),
    ("u.json", '{"title": "T", "shot": "\\ud800"}', (1, 24, "shot"), "half a character", "retype"),
    ("u.csv", HEAD + 'T,"temp\n', (2, 0, ""), "quotation mark", "CSV"),
    ("u.csv", HEAD + "T,temp,image,X,no,more\n", (2, 6, ""), "no column", "heading"),
    ("u.csv", HEAD.encode() + b"Caf\xe9,temp,image,X,no\n", (2, 4, ""), "UTF-8", "CSV UTF-8"),
    ("u.csv", b"PK\x03\x04rest", (0, 0, ""), "workbook", "CSV"),
    ("u.yaml", "", (0, 0, ""), "no declaration", "template"),
    ("u.csv", HEAD, (0, 0, ""), "no declaration", "template"),
    ("u.json", "[]", (0, 0, ""), "no declaration", "template"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "where", "message", "hint"), CASES)
def test_names_place_problem_and_next_step(
    name: str, text: str | bytes, where: tuple[int, int, str], message: str, hint: str
) -> None:
    first = min(faults(text, name), key=lambda f: f.field != where[2])
    assert (first.place.line, first.place.column, first.field) == where
    assert message in first.message
    assert hint in first.hint


def test_every_mistake_of_a_file_is_told_in_order() -> None:
    text = GOOD + "final: maybe\n---\n" + GOOD + "imitates: perhaps\nshoot: 1\n"
    found = faults(text, "u.yaml")
    assert [f.where for f in found] == [
        "line 5, column 8, final", "line 11, column 11, imitates", "line 12, column 1, shoot",
    ]  # fmt: skip


def test_a_cell_is_named_as_the_spreadsheet_names_it() -> None:
    (fault,) = faults(HEAD + ROW + "U,temp,image,X|nowhere,no\n", "u.csv")
    assert fault.where == "line 3, cell D3, tools[0].environment"


def test_thousands_of_mistakes_are_cut_short_and_quick() -> None:
    found = faults("".join(f"x{n}: 1\n" for n in range(15_000)), "u.yaml")
    assert 100 <= len(found) < 200


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 100_000, "- " * 5_000 + "x"])
def test_deep_yaml_is_refused(text: str) -> None:
    (fault,) = faults(text, "u.yaml")
    assert "too deeply" in fault.message


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000])
def test_deep_json_is_refused(text: str) -> None:
    (fault,) = faults(text, "u.json")
    assert "too deeply" in fault.message


def test_repeats_that_unfold_to_far_too_much_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    (fault,) = faults("\n".join(lines), "u.yaml")
    assert "unfold" in fault.message


def test_a_long_chain_of_repeats_is_refused_without_digging() -> None:
    lines = ["a0: &a0 [[[[[[[[[x]]]]]]]]]"]
    lines += [f"a{n}: &a{n} [[[[[[[[*a{n - 1}]]]]]]]]" for n in range(1, 200)]
    (fault,) = faults("\n".join(lines), "u.yaml")
    assert "too deeply" in fault.message


def test_repeats_that_stay_small_are_read() -> None:
    text = GOOD.replace("[{name: X}]", "[&x {name: X, environment: local}, *x]")
    (use,) = read_declarations(text.encode(), "u.yaml")
    assert use.tools[0] == use.tools[1]


@pytest.mark.parametrize("name", ["u.yaml", "u.json", "u.csv"])
def test_too_large_is_refused(name: str) -> None:
    (fault,) = faults(b" " * (16 * 1024 * 1024 + 1), name)
    assert "larger than 16 MB" in fault.message


def test_yaml_keeps_the_spelling_of_texts() -> None:
    text = "title: 1917\nshot: 010\nproduction: No\nvendor: 2025-08-22\ndepartment: 1e3\n" + (
        "purpose: temp\noutputs: [3d]\ntools: []\nfinal: Yes\nimitates: OFF\nunion_work: false\n"
    )
    (use,) = read_declarations(text.encode(), "u.yaml")
    assert (use.title, use.shot, use.production, use.vendor, use.department) == (
        "1917", "010", "No", "2025-08-22", "1e3")  # fmt: skip
    assert (use.final, use.imitates, use.union_work) == ("yes", "no", "no")
    assert use.outputs == ("3d",)


def test_left_out_is_not_said_and_only_null_says_nothing_is_trained() -> None:
    (use,) = read_declarations((GOOD + "training:\nfinal:\ntalent:\n").encode(), "u.yaml")
    assert use.training is use.final is use.talent is None
    (use,) = read_declarations((GOOD + "training: null\ntalent: []\n").encode(), "u.yaml")
    assert use.training is not None
    assert use.talent == ()
