"""Telling a form by a file's name or by how a text begins."""

import pytest

from checkthegate.declaration import Form, form_of_name, form_of_start
from checkthegate.declaration.template import template


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.yaml", Form.YAML),
        ("a.YML", Form.YAML),
        ("a.b.json", Form.JSON),
        ("a.csv", Form.CSV),
        ("a.jsonl", Form.LINES),
        ("a.ndjson", Form.LINES),
        ("yaml", None),
        ("a.txt", None),
    ],
)
def test_by_name(name: str, form: Form | None) -> None:
    assert form_of_name(name) is form


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_by_content(form: Form, encoding: str) -> None:
    if (form, encoding) != (Form.LINES, "utf-16"):
        assert form_of_start(template(form).encode(encoding)) is form


@pytest.mark.parametrize(
    ("start", "form"),
    [
        ('{"title": "a"}', Form.JSON),
        ('{"title": "a"}\n\n', Form.JSON),
        ('{"title": "a"}\n{"title": "b"}\n', Form.LINES),
        ('{"title": broken}\n{"title": "b"}\n', Form.LINES),
        ('{\n"title": "a"}', Form.JSON),
        ('[{"title": "a"},\n{"title": "b"}]', Form.JSON),
        ("purpose: temp\ntitle: x\n", Form.YAML),
        ("- title: x\n", Form.YAML),
        ("---\nx\n", Form.YAML),
        ("# words\n\ntitle: x\n", Form.YAML),
        ("title;purpose\n", Form.CSV),
        ("sep=;\ntitle;purpose\n", Form.CSV),
        ("Moodboard for the lighthouse\n1\n", None),
        ("Title, tbd\n", None),
        ("", None),
    ],
)
def test_by_first_lines(start: str, form: Form | None) -> None:
    assert form_of_start(start.encode()) is form
