"""Reads declarations from bytes, in every form they can have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from checkthegate.declaration.csv_text import stated_in_csv
from checkthegate.declaration.faults import DeclarationError, Fault, Faulty, Place
from checkthegate.declaration.form import Form, form_of_name, form_of_start
from checkthegate.declaration.json_text import stated_in_json
from checkthegate.declaration.stated import MAX_BYTES, Stated, understood
from checkthegate.model.use import DeclaredUse

_TEMPLATE: Final = "A form to start from: gate ask --template yaml"
_MARKS: Final = {
    b"PK\x03\x04": ("a workbook or a zip", "In the spreadsheet program, save it as CSV (UTF-8)."),
    b"\xd0\xcf\x11\xe0": ("an old workbook", "In the spreadsheet program, save it as CSV (UTF-8)."),
    b"%PDF": ("a PDF", _TEMPLATE),
}


def read_declarations(content: bytes, name: str, form: Form | None = None) -> list[DeclaredUse]:
    """Every declaration in a file, at least one.

    `name` is how messages call the file; `form` is told from it, or from the content, when
    None. Raises `DeclarationError` naming each mistake with line, column and field.
    """
    found = form or form_of_name(name) or form_of_start(content[:65_536]) or Form.YAML
    try:
        uses = understood(name, _READERS[found](_text(content)))
    except Faulty as problem:
        raise DeclarationError(name, [problem.fault]) from None
    if not uses:
        raise DeclarationError(name, [Fault("There is no declaration in it.", _TEMPLATE)])
    return uses


def _text(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        size = f"{MAX_BYTES // 1024**2} MB"
        raise Faulty(Fault(f"It is larger than {size}.", "Split it, or use one line each: .jsonl"))
    for mark, (what, hint) in _MARKS.items():
        if content.startswith(mark):
            raise Faulty(Fault(f"This is {what}, not a declaration.", hint))
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as problem:
        raise Faulty(_not_utf8(content, problem.start)) from None


def _not_utf8(content: bytes, at: int) -> Fault:
    line = content.count(b"\n", 0, at) + 1
    column = len(content[content.rfind(b"\n", 0, at) + 1 : at].decode("utf-8", "replace")) + 1
    return Fault(
        "A character here is not in UTF-8.",
        "Save it as UTF-8; in a spreadsheet program choose “CSV UTF-8”.",
        place=Place(line, column),
    )


def _yaml(text: str) -> list[Stated]:
    from checkthegate.declaration.yaml_text import stated_in_yaml

    return stated_in_yaml(text)


_READERS: Final[dict[Form, Callable[[str], list[Stated]]]] = {
    Form.YAML: _yaml,
    Form.JSON: stated_in_json,
    Form.CSV: stated_in_csv,
}
