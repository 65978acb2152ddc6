"""The reference page of the declaration, made from its shape.

`python -m checkthegate.declaration.reference docs/reference/use.md` writes it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from checkthegate.declaration.form import Form
from checkthegate.declaration.shape import FIELDS, SCHEMA, Field, FieldKind
from checkthegate.declaration.template import EXAMPLES
from checkthegate.declaration.write import write

_ABOUT = f"""# Declaring a use: `{SCHEMA}`

<!-- Made by python -m checkthegate.declaration.reference; do not edit by hand. -->

What `gate ask` reads. Ask for a form with `gate ask --template yaml`, `csv` or `json`, fill it in,
then `gate ask --from FILE`. Or run `gate ask` alone and answer a few questions.

Only {", ".join(f"`{f.name}`" for f in FIELDS.values() if f.mandatory)} must be there.
What is left out or left empty counts as unsure, and unsure is judged like the answer that needs
asking. An empty list (`[]`) says "none". `training: null` says that nothing is trained.

Every mistake is told with line, column (in a table: the cell) and field, and the word that was
probably meant. A file may be 16 MB long and a line of JSON Lines 1 MB.
"""
_FORMS = """
## Forms

**YAML** (`.yaml`): several uses are parted by a line with `---`. Texts keep their spelling: a
production called 1917 or No needs no quotation marks. Tags are refused.

**JSON** (`.json`): one object, or a list of them. `true` and `false` are taken for yes and no.

**JSON Lines** (`.jsonl`): one declaration a line in, one answer a line out, in order and at once. A
line that cannot be read is answered with `{"error": {"line", "field", "message", "hint"},
"verdict": "escalate"}`, and the command ends with 2.

**Table** (`.csv`): one row a use, one column a field, in any order; commas, semicolons or tabs; as
spreadsheet programs save it ("CSV UTF-8"). Rows that begin with `#` are passed over. In a cell:

- several words are parted by `;`
- entries are parted by `;` or a line break, the fields of an entry by `|`, in the order of the
  table above: `Firefly | partner-enterprise | no | no | no; Photoshop | local`
- `none` is an empty list, or no training; an empty cell is "not said"
- a backslash before `;` or `|` makes it part of a name

Standard input (`--from -`, or a pipe) may have any of these forms; it is told by how it begins.

## An example
"""


def use_page() -> str:
    """The page as Markdown."""
    parts = [_ABOUT, "## Fields\n", *_table(FIELDS)]
    for field in FIELDS.values():
        if field.fields:
            parts += [f"\n### {field.name}: {field.meaning}\n", *_table(field.fields)]
    parts += [_FORMS, "```yaml", write(EXAMPLES[:1], Form.YAML).rstrip(), "```"]
    return "\n".join(parts) + "\n"


def _table(fields: Mapping[str, Field]) -> Iterator[str]:
    yield "| field | asks | answers |"
    yield "|---|---|---|"
    for field in fields.values():
        yield f"| `{field.name}` | {field.meaning} | {_answers(field)} |"


def _answers(field: Field) -> str:
    if field.kind is FieldKind.ENTRIES:
        return "a list, see below"
    if field.kind is FieldKind.TRAINING:
        return "null, or see below"
    lead = "a list of " if field.kind is FieldKind.WORDS else ""
    return lead + _listed(field.words) if field.words else "text"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(use_page(), encoding="utf-8")
