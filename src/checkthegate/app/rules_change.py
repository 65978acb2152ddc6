"""Two versions of a pack compared rule by rule, and what that means for declared uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from checkthegate.app.rulebook import Volume
from checkthegate.app.rules_document import Document, RuleKey, pack_document, rule_nodes
from checkthegate.declaration import read_declarations, read_lines
from checkthegate.declaration.faults import DeclarationError, Fault
from checkthegate.model import UsageError
from checkthegate.model.use import DeclaredUse
from checkthegate.rules.judge_use import UseDecision, judge_use
from checkthegate.rules.nodes import Node, read_yaml
from checkthegate.rules.pack import Pack

_HEAD = (
    "title", "effective_from", "effective_until", "notice", "sources", "notes", "matrix",
    "frame_may_differ",
)  # fmt: skip
_PARTS = ("title", "applies_when", "requires", "pass", "fail", "unknown", "citation")


def compared(before: Volume, after: Volume) -> Document:
    """What changed from one pack version to another, as a document."""
    old, new = pack_document(before), pack_document(after)
    old_rules, new_rules = _by_key(old), _by_key(new)
    written = _written(before), _written(after)
    changed = [
        _rule_change(old_rules[key], new_rules[key], written[0][key], written[1][key])
        for key in old_rules
        if key in new_rules
    ]
    return {
        "before": old["id"],
        "after": new["id"],
        "head": [
            {"part": part, "before": old[part], "after": new[part]}
            for part in _HEAD
            if old[part] != new[part]
        ],
        "added": [_named(new_rules[key]) for key in new_rules if key not in old_rules],
        "removed": [_named(old_rules[key]) for key in old_rules if key not in new_rules],
        "changed": [change for change in changed if change["parts"]],
        "unchanged": sum(not change["parts"] for change in changed),
    }


def changed_uses(uses: Iterable[DeclaredUse], before: Pack, after: Pack) -> Document:
    """Which of the uses get another verdict or need of approval, and through which rules.

    `uses` are read once; only those that change are kept.
    """
    count = 0
    changes = []
    for count, use in enumerate(uses, 1):
        old, new = judge_use(use, [before]), judge_use(use, [after])
        if (old.verdict, old.approval) != (new.verdict, new.approval):
            changes.append(_use_change(use, count, old, new))
    return {"count": count, "changed": changes}


def declared_uses(file: Path) -> Iterator[DeclaredUse]:
    """The declarations in a file, in any form. Raises `UsageError` naming each mistake."""
    try:
        if file.suffix.lower() in (".jsonl", ".ndjson"):
            with file.open("rb") as stream:
                for each in read_lines(stream):
                    if isinstance(each, Fault):
                        raise DeclarationError(str(file), [each])
                    yield each
        else:
            yield from read_declarations(file.read_bytes(), str(file))
    except OSError as problem:
        raise UsageError(
            f"“{file}” cannot be read: {problem.strerror}.",
            hint="Name a file of declared uses: YAML, JSON, CSV or .jsonl",
            path=str(file),
        ) from None


def _use_change(use: DeclaredUse, number: int, old: UseDecision, new: UseDecision) -> Document:
    return {
        "number": number,
        "title": use.title,
        "before": {"verdict": old.verdict.value, "approval": old.approval.value},
        "after": {"verdict": new.verdict.value, "approval": new.approval.value},
        "why": _why(old, new),
    }


def _why(old: UseDecision, new: UseDecision) -> list[Document]:
    """The findings that only one of the two makes, or makes otherwise: the new ones first."""
    before = {finding.rule: finding for finding in old.findings}
    after = {finding.rule: finding for finding in new.findings}
    told = []
    for rule in dict.fromkeys((*after, *before)):
        was, now = before.get(rule), after.get(rule)
        said = [
            None if each is None else (each.outcome, each.verdict, each.approval)
            for each in (was, now)
        ]
        if said[0] != said[1]:
            finding = now or was
            assert finding is not None  # noqa: S101 - one of the two made the difference
            told.append(
                {
                    "rule": rule,
                    "before": _said(was, rule, old),
                    "after": _said(now, rule, new),
                    "reason": finding.reason,
                    "holds_in": "after" if now is not None else "before",
                }
            )
    return told


def _said(finding: Any, rule: str, decision: UseDecision) -> str:
    if finding is None:
        return "pass" if rule in decision.passed else "does not apply"
    approval = "" if finding.approval == "none" else f", approval {finding.approval.value}"
    return f"{finding.outcome.value}: {finding.verdict.value}{approval}"


def _rule_change(old: Document, new: Document, old_written: Any, new_written: Any) -> Document:
    parts = []
    for part in _PARTS:
        was, now = _part(old, part), _part(new, part)
        if was == now and old_written[part] == new_written[part]:
            continue
        parts.append({"part": part, "before": was, "after": now, "same_words": was == now})
    return {**_named(new), "parts": parts}


def _part(rule: Document, part: str) -> Any:
    return rule["outcomes"][part] if part in rule["outcomes"] else rule[part]


def _named(rule: Document) -> Document:
    return {"id": rule["id"], "scope": rule["scope"], "title": rule["title"]}


def _by_key(document: Document) -> dict[RuleKey, Document]:
    return {(rule["id"], rule["scope"]): rule for rule in document["rules"]}


def _written(volume: Volume) -> dict[RuleKey, dict[str, Any]]:
    """The rules as plain trees, with what each term means in the place of its name."""
    files = volume.files()
    head = read_yaml(f"{volume.where}/pack.yaml", files["pack.yaml"]).fields()
    terms = {
        name: _tree(node.fields()["means"], {})
        for name, node in (head["terms"].fields() if "terms" in head else {}).items()
    }
    return {
        key: {part: _tree(node, terms) for part, node in fields.items()}
        for key, fields in rule_nodes(files, volume.where).items()
    }


def _tree(node: Node, terms: Mapping[str, Any]) -> Any:
    if node.is_list:
        return [_tree(child, terms) for child in node.children()]
    if not node.is_mapping:
        return node.text()
    fields: Sequence[tuple[str, Node]] = tuple(node.fields().items())
    if len(fields) == 1 and fields[0][0] == "is":
        name = fields[0][1].text()
        return terms.get(name, name)
    return {name: _tree(child, terms) for name, child in fields}
