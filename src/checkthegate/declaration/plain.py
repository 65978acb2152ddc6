"""A declaration as a plain tree again: what JSON and YAML hold, without what was left out."""

from __future__ import annotations

from typing import Any

from checkthegate.declaration.shape import FIELDS, Field, FieldKind
from checkthegate.model.use import DeclaredUse, NoTraining


def plain(use: DeclaredUse) -> dict[str, Any]:
    """Mappings, lists, texts; `training: None` says that nothing is trained."""
    stated: dict[str, Any] = {}
    for field in FIELDS.values():
        value = getattr(use, field.name)
        if isinstance(value, NoTraining):
            stated[field.name] = None
        elif value is not None:
            stated[field.name] = _value(value, field)
    return stated


def _value(value: Any, field: Field) -> Any:
    if field.kind is FieldKind.WORDS:
        return [word.value for word in value]
    if field.kind is FieldKind.ENTRIES:
        return [_entry(each, field) for each in value]
    if field.kind is FieldKind.TRAINING:
        return _entry(value, field)
    return str(value)


def _entry(entry: Any, field: Field) -> dict[str, str]:
    values = {name: (getattr(entry, name), inner.default) for name, inner in field.fields.items()}
    return {name: str(value) for name, (value, default) in values.items() if value != default}
