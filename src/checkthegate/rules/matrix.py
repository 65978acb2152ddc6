"""Reads the table of use cases that a source publishes: documentation, checked like the rest.

matrix:
  source: guidance
  captures: {2025-11: the page as copied in November 2025}
  rows:
    - id: M1
      use: Ideas only
      marks: {2025-11: ok}
      says: Low risk.
      rules: [nfx.p4]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from checkthegate.rules.nodes import Node
from checkthegate.rules.pack import Mark, Matrix, MatrixRow, Rule, SourceDocument


def read_matrix(node: Node, sources: Mapping[str, SourceDocument], rules: Iterable[Rule]) -> Matrix:
    """The table. Raises `PackError` naming the line of a capture or rule it does not have."""
    fields = node.fields_named(("source", "captures", "rows"))
    captures = {name: child.text() for name, child in fields["captures"].fields().items()}
    rule_ids = dict.fromkeys(rule.id for rule in rules)
    rows = tuple(_row(child, captures, rule_ids) for child in fields["rows"].entries())
    seen: set[str] = set()
    for row, child in zip(rows, fields["rows"].entries(), strict=True):
        if row.id in seen:
            child.refuse(f"there are two rows {row.id}")
        seen.add(row.id)
    return Matrix(fields["source"].one_of(sources), captures, rows)


def _row(node: Node, captures: Iterable[str], rule_ids: Iterable[str]) -> MatrixRow:
    fields = node.fields_named(("id", "use", "marks", "says", "rules"))
    marks = fields["marks"].fields_named((), captures)
    return MatrixRow(
        id=fields["id"].text(),
        use=fields["use"].text(),
        marks={
            name: Mark(child.one_of([mark.value for mark in Mark])) for name, child in marks.items()
        },
        says=fields["says"].text(),
        rules=tuple(child.one_of(rule_ids) for child in fields["rules"].entries()),
    )
