"""YAML read with its lines: every complaint about a pack names file and line.

Only plain trees are read: no aliases, no tags, no objects; bounded in size and depth.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import yaml

from checkthegate.model import PackError

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_YES = frozenset({"yes", "true"})
_NO = frozenset({"no", "false"})


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a YAML file, knowing where it stands."""

    file: str
    raw: yaml.Node

    @property
    def line(self) -> int:
        """The line it begins on, counted from 1."""
        return int(self.raw.start_mark.line) + 1

    def refuse(self, problem: str, hint: str = "Correct the pack, then load it again.") -> NoReturn:
        """Raise a `PackError` that names file, line, problem and next step."""
        raise PackError(f"{self.file}:{self.line}: {problem}", hint=hint, path=self.file)

    @property
    def is_mapping(self) -> bool:
        """Whether it has named fields."""
        return isinstance(self.raw, yaml.MappingNode)

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return isinstance(self.raw, yaml.SequenceNode)

    def text(self) -> str:
        """Its text, as written. Refused when empty or not a text."""
        if not isinstance(self.raw, yaml.ScalarNode):
            self.refuse("a text was expected here")
        text = " ".join(str(self.raw.value).split())
        if not text:
            self.refuse("a text is missing here")
        return text

    def flag(self) -> bool:
        """Yes or no."""
        word = self.text().casefold()
        if word not in _YES | _NO:
            self.refuse(f"yes or no was expected here, not '{word}'")
        return word in _YES

    def number(self) -> int:
        """A whole number, zero or more."""
        word = self.text()
        if not (word.isascii() and word.isdigit() and len(word) < 10):
            self.refuse(f"a whole number was expected here, not '{word}'")
        return int(word)

    def children(self) -> list[Node]:
        """The entries of a list; it may be empty."""
        if not isinstance(self.raw, yaml.SequenceNode):
            self.refuse("a list was expected here")
        return [Node(self.file, child) for child in self.raw.value]

    def entries(self) -> list[Node]:
        """The entries of a list, which must not be empty."""
        children = self.children()
        if not children:
            self.refuse("this list is empty", "Add an entry, or remove the list.")
        return children

    def fields(self) -> dict[str, Node]:
        """The named fields, which must not be empty or doubled."""
        if not isinstance(self.raw, yaml.MappingNode):
            self.refuse("named fields were expected here")
        if not self.raw.value:
            self.refuse("nothing is written here", "Fill it in, or remove it.")
        named: dict[str, Node] = {}
        for key, value in self.raw.value:
            name = Node(self.file, key).text()
            if name in named:
                Node(self.file, key).refuse(f"'{name}' is written twice")
            named[name] = Node(self.file, value)
        return named

    def fields_named(self, needed: Iterable[str], optional: Iterable[str] = ()) -> dict[str, Node]:
        """The named fields, with all of `needed` and none but those and `optional`."""
        found, needed, optional = self.fields(), list(needed), list(optional)
        allowed = [*needed, *optional]
        for name, value in found.items():
            if name not in allowed:
                value.refuse(f"unknown field '{name}'", f"Known here: {', '.join(allowed)}.")
        for name in needed:
            if name not in found:
                self.refuse(f"the field '{name}' is missing", f"Add '{name}' here.")
        return found

    def one_of(self, words: Iterable[str]) -> str:
        """A text out of a list of words."""
        word, known = self.text(), list(words)
        if word not in known:
            self.refuse(f"'{word}' is not known here", f"Known here: {', '.join(known)}.")
        return word


def read_yaml(file: str, content: bytes) -> Node:
    """The root of a YAML document. Raises `PackError` for what is no plain tree."""
    if len(content) > MAX_BYTES:
        raise PackError(f"{file} is larger than 1 MB", hint="Split the pack.", path=file)
    try:
        text = content.decode("utf-8")
        _check_events(file, yaml.parse(text, Loader=_LOADER))
        root = yaml.compose(text, Loader=_LOADER)
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f"{file}:{mark.line + 1}" if mark else file
        said = getattr(problem, "problem", None) or "it is not text in UTF-8"
        raise PackError(
            f"{where}: this is not valid YAML: {said}", hint="Correct that line.", path=file
        ) from None
    if root is None:
        raise PackError(f"{file} is empty", hint="Fill it in, or remove it.", path=file)
    return Node(file, root)


def _check_events(file: str, events: Iterator[Any]) -> None:
    depth = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            problem = "anchors and aliases (& and *) are not allowed"
        elif isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            problem = "" if depth <= MAX_DEPTH else "this is nested too deeply"
        else:
            depth -= isinstance(event, yaml.CollectionEndEvent)
            problem = ""
        if problem:
            line = event.start_mark.line + 1
            raise PackError(f"{file}:{line}: {problem}", hint="Write it out plainly.", path=file)
