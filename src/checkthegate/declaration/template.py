"""Forms to start from, with every field explained; each reads back as the examples in it."""

from __future__ import annotations

from typing import Final

from checkthegate.declaration.cells import NONE
from checkthegate.declaration.form import Form
from checkthegate.declaration.plain import plain
from checkthegate.declaration.shape import FIELDS, SCHEMA, Field, FieldKind
from checkthegate.declaration.write import write, write_rows
from checkthegate.model.use import (
    Answer,
    DeclaredUse,
    Effect,
    Environment,
    Exemption,
    Input,
    InputKind,
    NoTraining,
    Output,
    Phase,
    Prominence,
    Purpose,
    Reference,
    ReferenceKind,
    TalentEntry,
    ToolStep,
)

_WIDTH: Final = 96
_NO, _YES = Answer.NO, Answer.YES
EXAMPLES: Final = (
    DeclaredUse(
        title="Moodboard for the lighthouse interior",
        production="Night Harbour",
        department="Art",
        phase=Phase.DEVELOPMENT,
        purpose=Purpose.IDEATION,
        outputs=(Output.IMAGE,),
        tools=(ToolStep("Firefly, company plan", Environment.PARTNER_ENTERPRISE, _NO, _NO, _NO),),
        final=_NO,
        inputs=(Input(InputKind.OWN),),
        references=(),
        imitates=_NO,
        talent=(),
        union_work=_NO,
        mistakable_for_real=_NO,
        training=NoTraining(),
    ),
    DeclaredUse(
        title="Make the captain look thirty in the flashback",
        production="Night Harbour",
        department="VFX",
        vendor="Pier Nine VFX",
        shot="NH_104_0320",
        phase=Phase.POST_PRODUCTION,
        purpose=Purpose.TALENT,
        outputs=(Output.VIDEO,),
        tools=(
            ToolStep("face model on our own machines", Environment.LOCAL, _NO, _NO, _NO),
            ToolStep("Nuke", Environment.LOCAL, _NO, _NO, _NO, generative=_NO),
        ),
        final=_YES,
        prominence=Prominence.STORY,
        human_contribution=_YES,
        inputs=(Input(InputKind.FOOTAGE, _YES), Input(InputKind.TALENT_LIKENESS, Answer.UNSURE)),
        references=(Reference(ReferenceKind.ARTIST_STYLE, Answer.UNSURE),),
        imitates=_NO,
        talent=(TalentEntry("the captain", Effect.DE_AGE, None, Exemption.NONE, Answer.UNSURE),),
        union_work=Answer.UNSURE,
        mistakable_for_real=_NO,
        training=NoTraining(),
    ),
)
"""Two uses, made up: one that is quickly answered, one that says nearly everything."""


def template(form: Form) -> str:
    """The text of a form to fill in. JSON and JSON Lines cannot hold explanations."""
    if form is Form.YAML:
        return _yaml()
    if form is Form.CSV:
        return _csv()
    return write(EXAMPLES[1:] if form is Form.JSON else EXAMPLES, form)


def _yaml() -> str:
    lines = [
        "# A declared use of generative AI. Change the values; the words after # explain them.",
        "# Only title, purpose, outputs and tools must be there. Whatever else is left out counts",
        "# as unsure; [] means none. Every question can be answered: yes, no, unsure.",
        "# Several uses in one file are parted by a line with three dashes (---).",
        "# Then: gate ask --from THIS-FILE",
        "",
        f"schema: {SCHEMA}",
    ]
    stated = plain(EXAMPLES[1]) | {"declared_by": "your name", "union_agreement": "unsure"}
    for field in FIELDS.values():
        lines += ["", f"# {_explained(field)}", *_part(field, stated[field.name])]
    return "\n".join(lines) + "\n"


def _part(field: Field, value: object) -> list[str]:
    if value is None:
        return [f"{field.name}: null", *_inner_lines(field, "#   ")]
    if field.kind is FieldKind.WORDS and isinstance(value, list):
        return [f"{field.name}: [{', '.join(value)}]"]
    if isinstance(value, list):
        lines = [f"{field.name}:", *_inner_lines(field, "  # ")]
        for entry in value:
            pairs = [f"{name}: {told}" for name, told in entry.items()]
            lines += [f"  - {pairs[0]}", *(f"    {pair}" for pair in pairs[1:])]
        return lines
    return [f"{field.name}: {value}"]


def _inner_lines(field: Field, lead: str) -> list[str]:
    return [f"{lead}{name}: {_explained(inner)}" for name, inner in field.fields.items()]


def _explained(field: Field) -> str:
    words = list(field.words)
    several = "one or more of " if field.kind is FieldKind.WORDS else ""
    said = f" ({several}{', '.join(words)})" if words and words != ["yes", "no", "unsure"] else ""
    asks = " (yes, no, unsure)" if words == ["yes", "no", "unsure"] else said
    return f"{field.meaning}{asks}"


def _csv() -> str:
    explained = [_cell_help(field) for field in FIELDS.values()]
    explained[0] = f"# How to fill it in (rows that begin with # are passed over): {explained[0]}"
    examples = write(EXAMPLES, Form.CSV).split("\r\n", 1)[1]
    return write_rows([list(FIELDS), explained]) + examples


def _cell_help(field: Field) -> str:
    if field.kind in (FieldKind.ENTRIES, FieldKind.TRAINING):
        order = " | ".join(
            f"{name} ({', '.join(inner.words)})" if inner.words else name
            for name, inner in field.fields.items()
        )
        several = "; next one" if field.kind is FieldKind.ENTRIES else ""
        return f"{field.meaning}: {order}{several}. Write {NONE} for none; leave empty if unsure"
    if field.kind is FieldKind.WORDS:
        return f"{field.meaning}: {'; '.join(field.words)} (parted by ;)"
    return _explained(field)
