"""YAML, taken apart by events: plain trees with a place for each value, and nothing cleverer.

Bounded in depth and in what aliases may unfold to. Scalars stay as they were written, so a
film called 1917, a shot called 010 and a date keep their spelling; only a bare `null` or `~`
is null. Tags are refused, and so is a key that is written twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import yaml

from checkthegate.declaration.faults import Complaint, Fault, Faulty, Place, field_name
from checkthegate.declaration.stated import MAX_DEPTH, Stated

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT_TAG: Final = "tag:yaml.org,2002:str"
_NULLS: Final = frozenset({"null", "Null", "NULL", "~"})
_MOST_UNFOLDED: Final = 20_000


@dataclass(slots=True)
class _Node:
    """A value with its place. `size` counts the values inside it, itself included; `depth`
    is how deeply they are nested; `whole` is False while it is being read."""

    value: Any
    place: Place
    keys: dict[str | int, Place]
    size: int = 1
    depth: int = 0
    whole: bool = True


def stated_in_yaml(text: str) -> list[Stated]:
    """Every declaration in a YAML text. Raises `Faulty` where it cannot be taken apart.

    Several documents are several declarations, and so is a document that is a list.
    """
    try:
        documents = list(_Reader(text).documents())
    except yaml.YAMLError as problem:
        raise Faulty(_broken(problem)) from None
    except ValueError as problem:
        raise Faulty(Fault(f"It is not valid YAML ({problem}).", _MEND)) from None
    found = []
    for root in documents:
        entries = root.value if isinstance(root.value, list) else [root]
        found += [Stated(_plain(entry), _placer(entry)) for entry in entries]
    return found


_MEND: Final = "Mend that line. A form to start from: gate ask --template yaml"


class _Reader:
    """Builds trees from events, with a stack of its own so that depth cannot hurt."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        self._anchors: dict[str, _Node] = {}
        self._unfolded = 0

    def documents(self) -> Iterator[_Node]:
        """The root of each document that is not empty."""
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors = {}
                root = self._tree()
                if root.value is not None and root.value != "":
                    yield root

    def _tree(self) -> _Node:
        open_: list[tuple[_Node, list[_Node]]] = []
        for event in self._events:
            if isinstance(event, yaml.CollectionEndEvent):
                node, parts = open_.pop()
                _close(node, parts)
            else:
                node = self._begun(event)
                if isinstance(event, yaml.CollectionStartEvent):
                    open_.append((node, []))
                if len(open_) + node.depth > MAX_DEPTH:
                    _refuse(event, "This is nested too deeply.", "Write it plainly.")
                if not node.whole:
                    continue
            if not open_:
                return node
            open_[-1][1].append(node)
        raise Faulty(Fault("It ends in the middle.", _MEND))

    def _begun(self, event: Any) -> _Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if event.tag not in (None, _TEXT_TAG):
            _refuse(event, "Tags (words with an exclamation mark) are not read here.",
                         "Write the value alone.")  # fmt: skip
        place = _place(event)
        if isinstance(event, yaml.ScalarEvent):
            null = event.style in (None, "") and event.tag is None and event.value in _NULLS
            node = _Node(None if null else event.value, place, {})
        else:
            mapping = isinstance(event, yaml.MappingStartEvent)
            node = _Node({} if mapping else [], place, {}, whole=False)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _alias(self, event: Any) -> _Node:
        node = self._anchors.get(event.anchor)
        if node is None or not node.whole:
            _refuse(event, f"Nothing complete is marked “{event.anchor[:40]}” before this.",
                         "Write the value out.")  # fmt: skip
        self._unfolded += node.size
        if self._unfolded > _MOST_UNFOLDED:
            _refuse(event, "The repeats (*) in this file unfold to far too much.",
                         "Write the values out.")  # fmt: skip
        return _Node(node.value, _place(event), node.keys, node.size, node.depth)


def _refuse(event: Any, message: str, hint: str) -> NoReturn:
    raise Faulty(Fault(message, hint, place=_place(event)))


def _close(node: _Node, parts: list[_Node]) -> None:
    node.size += sum(part.size for part in parts)
    node.depth = 1 + max((part.depth for part in parts), default=0)
    node.whole = True
    if isinstance(node.value, list):
        node.value.extend(parts)
        return
    for key, value in zip(parts[::2], parts[1::2], strict=True):
        if not isinstance(key.value, str):
            raise Faulty(Fault("A field’s name must be a plain word.", _MEND, place=key.place))
        if key.value in node.value:
            name = field_name((key.value,))[:60]
            raise Faulty(Fault(f"“{name}” is written twice.", "Keep one of them.", name, key.place))
        node.value[key.value] = value
        node.keys[key.value] = key.place


def _plain(node: _Node) -> object:
    """The tree without places. Its depth is bounded, and so is what repeats unfold to."""
    if isinstance(node.value, dict):
        return {key: _plain(value) for key, value in node.value.items()}
    if isinstance(node.value, list):
        return [_plain(value) for value in node.value]
    return node.value


def _placer(root: _Node) -> Callable[[Complaint], Place]:
    def place(complaint: Complaint) -> Place:
        node, found = root, root.place
        for at, step in enumerate(complaint.steps):
            inside = node.value
            known = isinstance(inside, list) and isinstance(step, int) and step < len(inside)
            if not known and not (isinstance(inside, dict) and step in inside):
                break
            keys, node = node.keys, inside[step]
            named = complaint.of_name and at == len(complaint.steps) - 1
            # An empty value has no place of its own worth pointing at.
            found = keys[str(step)] if step in keys and (named or node.value == "") else node.place
        return found

    return place


def _place(event: Any) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


def _broken(problem: yaml.YAMLError) -> Fault:
    mark = getattr(problem, "problem_mark", None)
    said = getattr(problem, "problem", None) or getattr(problem, "reason", None) or "unreadable"
    place = Place(mark.line + 1, mark.column + 1) if mark else Place(0)
    return Fault(f"It is not valid YAML here ({said}).", _MEND, place=place)
