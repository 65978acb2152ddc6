"""The difference of two pack versions in words, made from its document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from checkthegate.report.prose import Block, Heading, Paragraph, Point, Points
from checkthegate.report.rule_words import CAUTION, clause_words
from checkthegate.report.text import count, sentence, spell

Document = Mapping[str, Any]

_PARTS: Final = {
    "title": "Title", "effective_from": "In force from", "effective_until": "In force until",
    "notice": "Notice", "sources": "Sources", "notes": "Readings", "matrix": "Published table",
    "applies_when": "Applies when", "requires": "Requires that", "pass": "When it is met",
    "frame_may_differ": "Of the frame may differ from what was approved",
    "fail": "When it is not met", "unknown": "When nobody knows", "citation": "Source",
}  # fmt: skip
_BRANCH: Final = {
    "verdict": "verdict", "approval": "approval", "reason": "reason", "next_step": "next step",
}  # fmt: skip
_SCOPES: Final = {"use": "declared use", "asset": "file", "delivery": "delivery"}


def change_blocks(change: Document) -> list[Block]:
    """What was added, removed and changed, and which declared uses that concerns."""
    return [
        Heading(1, f"{change['before']} → {change['after']}"),
        *_in_short(change),
        *_head(change["head"]),
        *_plain_rules("Added rules", change["added"]),
        *_plain_rules("Removed rules", change["removed"]),
        *_changed_rules(change["changed"]),
        *_uses(change.get("uses"), change["before"], change["after"]),
        Paragraph(CAUTION),
    ]


def _in_short(change: Document) -> Iterator[Block]:
    numbers = [
        f"{count(len(change[word]), 'rule')} {word}" for word in ("added", "removed", "changed")
    ]
    yield Paragraph(
        f"{sentence(', '.join(numbers))}, {count(change['unchanged'], 'rule')} as before."
    )


def _head(head: Sequence[Document]) -> Iterator[Block]:
    if head:
        yield Heading(2, "The pack itself")
        yield Points(tuple(_head_point(each) for each in head))


def _head_point(each: Document) -> Point:
    before, after = each["before"], each["after"]
    name = _PARTS[each["part"]] + ":"
    if each["part"] == "frame_may_differ":
        return _was_now(name, f"{before} %", f"{after} %")
    if isinstance(before, str | None) and isinstance(after, str | None):
        return _was_now(name, before or "open", after or "open")
    if each["part"] == "matrix":
        return Point("the table of use cases was added, taken out or changed", name)
    gone = [_line(one) for one in before if one not in after]
    new = [_line(one) for one in after if one not in before]
    return Point(
        "", name, tuple([Point(t, "was:") for t in gone] + [Point(t, "now:") for t in new])
    )


def _line(one: Any) -> str:
    if isinstance(one, str):
        return one
    return f"{one['title']}, {one['publisher']}, {one['address']}, read on {one['read_on']}"


def _plain_rules(heading: str, rules: Sequence[Document]) -> Iterator[Block]:
    if rules:
        yield Heading(2, heading)
        yield Points(tuple(Point(f"{_SCOPES[r['scope']]}: {r['title']}", r["id"]) for r in rules))


def _changed_rules(rules: Sequence[Document]) -> Iterator[Block]:
    if rules:
        yield Heading(2, "Changed rules")
    for rule in rules:
        yield Heading(3, f"{rule['id']} ({_SCOPES[rule['scope']]}): {rule['title']}")
        yield Points(tuple(point for part in rule["parts"] for point in _part_points(part)))


def _part_points(part: Document) -> Iterator[Point]:
    name, before, after = _PARTS[part["part"]], part["before"], part["after"]
    if part["same_words"]:
        yield Point("written in another way, or a word in it now means something else", name + ":")
    elif part["part"] == "citation":
        yield _was_now(name + ":", before["text"], after["text"])
    elif part["part"] in ("pass", "fail", "unknown"):
        yield from _branch_points(name, before, after)
    else:
        yield _was_now(name + ":", clause_words(before), clause_words(after))


def _branch_points(
    name: str, before: Sequence[Document], after: Sequence[Document]
) -> Iterator[Point]:
    """Branches with the same condition are compared; the others were added or taken out."""
    old = {_when(branch): branch for branch in before}
    new = {_when(branch): branch for branch in after}
    for when in dict.fromkeys((*old, *new)):
        where = f"{name}{when}:"
        if when not in new:
            yield Point(f"taken out (was {_ending(old[when])})", where)
        elif when not in old:
            yield Point(f"added: {_ending(new[when])}", where)
        else:
            for field, word in _BRANCH.items():
                if old[when][field] != new[when][field]:
                    yield _was_now(f"{where} {word}:", old[when][field], new[when][field])


def _when(branch: Document) -> str:
    return "" if branch["when"] is None else f", and {clause_words(branch['when'])}"


def _ending(branch: Document) -> str:
    return f"{branch['verdict']}, approval {branch['approval']}: “{branch['reason']}”"


def _was_now(name: str, before: str, after: str) -> Point:
    return Point("", name, (Point(before, "was:"), Point(after, "now:")))


def _uses(uses: Document | None, before: str, after: str) -> Iterator[Block]:
    if uses is None:
        return
    yield Heading(2, "Declared uses")
    changed = uses["changed"]
    if not changed:
        yield Paragraph(
            f"{sentence(count(uses['count'], 'declared use'))} read; the answer is the same under "
            "both versions."
        )
        return
    if uses["count"] == 1:
        yield Paragraph("The declared use gets another answer.")
    else:
        verb = "gets" if len(changed) == 1 else "get"
        yield Paragraph(
            f"{sentence(spell(len(changed)))} of {uses['count']:,} declared uses {verb} another "
            "answer."
        )
    yield Points(tuple(_use_point(use, before, after) for use in changed))


def _use_point(use: Document, before: str, after: str) -> Point:
    said = f"{_answer(use['before'])} → {_answer(use['after'])}"
    why = tuple(
        Point(
            f"{each['before']} → {each['after']}. "
            f"{before + ' said' if each['holds_in'] == 'before' else after + ' says'}: "
            f"“{each['reason']}”",
            each["rule"] + ":",
        )
        for each in use["why"]
    )
    return Point(said, f"{use['number']}. “{use['title']}”:", why)


def _answer(answer: Document) -> str:
    approval = answer["approval"]
    said = str(answer["verdict"])
    return said if approval == "none" else f"{said} (approval {approval})"
