"""How listings, single things and what was just recorded are printed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from checkthegate.report.text import visible

if TYPE_CHECKING:
    from checkthegate.app.registry.desk import Written

Columns: TypeAlias = Mapping[str, Callable[[Mapping[str, Any]], object]]
_WIDEST = 60
_NOTHING: tuple[object, ...] = (None, "", [], {})


def print_list(
    listed: Sequence[Mapping[str, Any]], columns: Columns, *, as_json: bool, empty: str
) -> int:
    """A list: `{"items": […]}`, or a table for people."""
    if as_json:
        print(json.dumps({"items": listed}, ensure_ascii=False))
    elif not listed:
        print(empty)
    else:
        rows = [
            list(columns),
            *([_cell(tell(one)) for tell in columns.values()] for one in listed),
        ]
        print(_table(rows))
    return 0


def print_one(document: Mapping[str, Any], *, as_json: bool, leave_out: Sequence[str] = ()) -> int:
    """One thing with everything that is known of it, its history last."""
    if as_json:
        print(json.dumps(document, ensure_ascii=False))
        return 0
    for name, value in document.items():
        if name not in (*leave_out, "history") and value not in _NOTHING:
            print(_field(name, value))
    print_history(document.get("history", ()))
    return 0


def print_history(told: Sequence[Mapping[str, Any]]) -> None:
    """What was recorded of a thing, one line an entry, both times where they differ."""
    if told:
        print("History")
    for each in told:
        line = f"  entry {each['entry']:<6} {minute(each['at'])}  {each['what']} by {each['by']}"
        if each["effective"] != each["at"]:
            word = "backdated: " if each["backdated"] else ""
            line += f" ({word}holds from {minute(each['effective'])})"
        for name in ("verdict", "because", "why"):
            if each.get(name):
                line += f"; {'' if name == 'verdict' else name + ': '}{each[name]}"
        print(visible(line))


def print_written(
    written: Written, said: str, *, as_json: bool, more: Mapping[str, Any] | None = None,
    notes: Sequence[str] = (), hint: str = "",
) -> int:  # fmt: skip
    """What was recorded, the uses whose answer changed by it, and what to know or do next."""
    if as_json:
        stated = {
            "id": written.id if written.events else None,
            "entry": written.entry if written.receipt.entries else None,
            **(more or {}),
            "changed": written.changed,
            "notes": list(notes),
            "checkpoint": written.receipt.checkpoint,
        }
        print(json.dumps(stated, ensure_ascii=False))
        return 0
    for line in said.splitlines():
        print(visible(line))
    for note in notes:
        print(f"Note: {visible(note)}")
    for each in written.changed:
        print(visible(changed_line(each["use"], each["before"], each["now"], each["because"])))
    if hint:
        print(f"Next: {visible(hint)}")
    return 0


def changed_line(use: str, before: Mapping[str, Any], now: Mapping[str, Any], because: str) -> str:
    """`use_… is now blocked, was notify: consent con_… was revoked (entry 12).`"""
    return f"{use} is now {answer_words(now)}, was {answer_words(before)}: {because}."


def answer_words(answer: Mapping[str, Any]) -> str:
    """`escalate (approval required)`."""
    approval = {
        "none": "",
        "may-be-required": " (approval may be required)",
        "required": " (approval required)",
    }
    return f"{answer['verdict']}{approval[answer['approval']]}"


def change_words(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """`notify → blocked (approval required), now also nfx.p5, no longer nfx.f1`."""
    said = f"{answer_words(before)} → {answer_words(now)}"
    more = [rule for rule in now["rules"] if rule not in before["rules"]]
    fewer = [rule for rule in before["rules"] if rule not in now["rules"]]
    said += f", now also {', '.join(more)}" if more else ""
    return said + (f", no longer {', '.join(fewer)}" if fewer else "")


def change_line(change: Mapping[str, Any]) -> str:
    """When an answer changed, from what to what, and why."""
    said = change_words(change["before"], change["now"])
    return visible(f"{minute(change['at'])}  {said}: {change['because']}")


def minute(moment: str) -> str:
    """A stored time as people read it: `2026-11-22 10:04`, in UTC."""
    return moment[:16].replace("T", " ")


def given(**stated: Any) -> dict[str, Any]:
    """What was stated, without what was left out."""
    return {name: value for name, value in stated.items() if value is not None}


def _cell(value: object) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "–"
    return str(value)


def _table(rows: Sequence[Sequence[str]]) -> str:
    shown = [[_short(visible(cell)) for cell in row] for row in rows]
    widths = [max(len(row[number]) for row in shown) for number in range(len(shown[0]))]
    room = max(60, shutil.get_terminal_size((120, 24)).columns)
    lines = []
    for row in shown:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join(cells).rstrip()[: max(room, sum(widths) + 2 * len(widths))])
    return "\n".join(lines)


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def _field(name: str, value: Any) -> str:
    label = f"{name.replace('_', ' '):<16} "
    if isinstance(value, Mapping):
        told = [_field(key, each) for key, each in value.items() if each not in _NOTHING]
        return "\n  ".join([name.replace("_", " "), *told])
    if isinstance(value, list | tuple):
        if all(not isinstance(each, Mapping) for each in value):
            return label + visible(_cell(value))
        return name.replace("_", " ") + "".join(f"\n  {_entry(each)}" for each in value)
    if isinstance(value, bool):
        return label + ("yes" if value else "no")
    text = minute(str(value)) if _is_time(str(value)) else str(value)
    return label + ("\n" + " " * len(label)).join(map(visible, text.splitlines()))


def _is_time(text: str) -> bool:
    return text[10:11] == "T" and text.endswith("Z")


def _entry(entry: Mapping[str, Any]) -> str:
    told = [f"{name.replace('_', ' ')}: {_plain(value)}" for name, value in entry.items()
            if value not in _NOTHING]  # fmt: skip
    return visible("; ".join(told))


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_plain(each)}" for name, each in value.items())
    return minute(value) if isinstance(value, str) and _is_time(value) else _cell(value)
