"""Recursive queries: lineage from a few starts, in either direction; values by their index."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from checkthegate.store.layout import quoted


@lru_cache(maxsize=256)
def reachable_sql(table: str, names: Sequence[str], starts: int) -> str:
    """The query; its values are the starts, then the greatest number of edges.

    `names` begins with the column that is left and the one that is entered. Each edge is walked
    once (UNION drops what is known), so cycles end, and both databases stop at the limit.
    """
    columns = ", ".join(quoted(name) for name in names)
    further = ", ".join(f"edge.{quoted(name)}" for name in names)
    leaving, entering = quoted(names[0]), quoted(names[1])
    marks = ", ".join("?" * starts)
    return (
        f"WITH RECURSIVE reached ({columns}) AS ("  # noqa: S608  quoted names and marks
        f"SELECT {columns} FROM {quoted(table)} WHERE {leaving} IN ({marks}) "
        f"UNION SELECT {further} FROM reached "
        f"JOIN {quoted(table)} AS edge ON edge.{leaving} = reached.{entering}) "
        f"SELECT {columns} FROM reached LIMIT ?"
    )


@lru_cache(maxsize=64)
def distinct_sql(table: str, column: str) -> str:
    """The query for a column's values: from each to the next greater, so that an index over it is
    touched once a value and not once a row."""
    name, place = quoted(column), quoted(table)
    return (
        f"WITH RECURSIVE found (value) AS ("  # noqa: S608  quoted names
        f"SELECT min({name}) FROM {place} UNION ALL "
        f"SELECT (SELECT min({name}) FROM {place} WHERE {name} > found.value) FROM found "
        f"WHERE found.value IS NOT NULL) "
        f"SELECT value FROM found WHERE value IS NOT NULL"
    )
