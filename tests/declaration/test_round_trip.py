"""What is written reads back equal, in every form, and fits the schema."""

import io
import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.declaration.strategies import uses

from checkthegate.declaration import Form, plain, read_declarations, read_lines, write
from checkthegate.declaration.schema import use_schema
from checkthegate.declaration.template import EXAMPLES, template
from checkthegate.model.use import DeclaredUse

several = st.lists(uses, min_size=1, max_size=3)
WHOLE = [Form.YAML, Form.JSON, Form.CSV]
_VALID = jsonschema.Draft202012Validator(use_schema())


@pytest.mark.parametrize("form", WHOLE)
@settings(max_examples=60, deadline=None)
@given(declared=several)
def test_reads_back_equal(form: Form, declared: list[DeclaredUse]) -> None:
    text = write(declared, form)
    assert read_declarations(text.encode(), f"uses.{form}") == declared


@settings(max_examples=100, deadline=None)
@given(declared=several)
def test_lines_read_back_equal(declared: list[DeclaredUse]) -> None:
    assert list(read_lines(io.BytesIO(write(declared, Form.LINES).encode()))) == declared


@settings(max_examples=60, deadline=None)
@given(use=uses)
def test_what_is_written_fits_the_schema(use: DeclaredUse) -> None:
    _VALID.validate(plain(use))
    _VALID.validate(json.loads(write([use], Form.JSON)))


@pytest.mark.parametrize("form", WHOLE)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_templates_read_back_as_their_examples(form: Form, mark: str) -> None:
    found = read_declarations((mark + template(form)).encode(), f"form.{form}")
    expected = list(EXAMPLES) if form is Form.CSV else [EXAMPLES[1]]
    if form is Form.YAML:
        assert found[0].title == EXAMPLES[1].title
        assert found[0].talent == EXAMPLES[1].talent
        assert None not in (found[0].union_agreement, found[0].declared_by)
    else:
        assert found == expected


@pytest.mark.parametrize("form", [Form.YAML, Form.CSV])
def test_templates_explain_every_field(form: Form) -> None:
    from checkthegate.declaration.shape import FIELDS

    text = " ".join(template(form).replace("#", " ").split())
    for field in FIELDS.values():
        for each in (field, *field.fields.values()):
            assert each.name in text
            assert all(word in text for word in each.words), each.name
        assert field.meaning in text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_however_a_spreadsheet_saved_it(encoding: str, delimiter: str) -> None:
    rows = [
        ["Title", "PURPOSE", "Outputs", "Tools", "Declared by", "Final", "Training"],
        ["Zoë’s poster", "Key visual", "image;video", "Firefly | Partner–enterprise | no | no | no",
         "me", "TRUE", "none"],
        ["", "", "", "", "", "", ""],
        ["Second", "temp", "voice", "A\nB|local", "", "", ""],
    ]  # fmt: skip
    text = "".join(
        delimiter.join(f'"{cell}"' if any(c in cell for c in ',;\n"') else cell for cell in row)
        + "\r\n"
        for row in rows
    )
    for start in ("", f"sep={delimiter}\r\n"):
        first, second = read_declarations((start + text).encode(encoding), "uses.csv")
        assert (first.title, first.purpose, first.declared_by) == (
            "Zoë’s poster", "key-visual", "me")  # fmt: skip
        assert first.outputs == ("image", "video")
        assert first.tools[0].environment == "partner-enterprise"
        assert first.final == "yes"
        assert first.training is not None
        assert second.final is second.training is None
        assert [step.name for step in second.tools] == ["A", "B"]


def test_the_reference_page_is_the_one_made() -> None:
    from checkthegate.declaration.reference import use_page

    page = Path(__file__).parents[2] / "docs/reference/use.md"
    assert page.read_text("utf-8") == use_page()
