"""docs/vocabulary.md is kept: no forbidden names in the code, and every noun is in it."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from checkthegate import model

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/checkthegate"
WORDS = (ROOT / "docs/vocabulary.md").read_text("utf-8")

ALLOWED = {
    ("model/use.py", "PERSONAL_DATA"): "the declaration's own word for this kind of input",
    ("rules/known_tools.py", "is_public_service"): "what the public calls a tool it can sign up to",
    ("detect/carriers/markup.py", "data"): "an XML parser's target must have a method of this name",
    ("detect/carriers/office_xml.py", "data"): "the same",
    ("detect/carriers/bmff.py", "_handler_name"): "ISO 14496-12 calls this box a handler",
    ("detect/carriers/riff.py", "_info"): "RIFF calls this list INFO",
    ("delivery/documents_html.py", "handle_data"): "the HTML parser calls a method of this name",
    ("delivery/documents_html.py", "data"): "the same",
    ("delivery/documents_xml.py", "data"): "an XML parser's target must have this method",
    ("delivery/heif_items.py", "_item_types"): "ISO 23008-12 calls the parts of a file items",
    ("delivery/heif_items.py", "_item_body"): "the same",
    ("delivery/heif_items.py", "item"): "the same",
}


def forbidden() -> set[str]:
    """The words after “Not names, anywhere in the code:”."""
    found = re.search(r"^Not names, anywhere in the code: ([^.]*)\.", WORDS, re.MULTILINE)
    assert found
    return set(re.split(r",\s+", found[1]))


def vocabulary() -> set[str]:
    """The first column of the tables above the claims."""
    rows = re.findall(r"^\| ([A-Z][\w, ]*?) \|", WORDS.split("## Claims")[0], re.MULTILINE)
    return {word for row in rows for word in row.split(", ")}


def parts(name: str) -> set[str]:
    """The words a name is made of: `PackRef` and `pack_ref` are `pack` and `ref`."""
    return {part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every name that a module gives to a class, function, parameter or attribute."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.lineno, node.name
            for line in node.body:
                yield from fields(line)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr


def fields(line: ast.stmt) -> Iterator[tuple[int, str]]:
    targets = line.targets if isinstance(line, ast.Assign) else []
    targets = [line.target] if isinstance(line, ast.AnnAssign) else targets
    for target in targets:
        if isinstance(target, ast.Name):
            yield target.lineno, target.id


def uses_of_forbidden_words(text: str, words: set[str]) -> list[tuple[int, str]]:
    return [(line, name) for line, name in names(ast.parse(text)) if parts(name) & words]


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def test_the_list_of_forbidden_words_is_read() -> None:
    assert forbidden() >= {"data", "info", "manager", "helper", "util", "service", "handler"}


@pytest.mark.parametrize(
    "text",
    [
        "class DataStore: pass",
        "def get_info(): pass",
        "def read(item): pass",
        "class A:\n    helper: int = 0",
        "self.file_handler = 1",
    ],
)
def test_the_search_finds_them(text: str) -> None:
    assert uses_of_forbidden_words(text, forbidden())


@pytest.mark.parametrize("text", ["class Metadata: pass", "x.items()", "def information(): pass"])
def test_the_search_leaves_other_words_alone(text: str) -> None:
    assert not uses_of_forbidden_words(text, forbidden())


def test_no_module_class_function_parameter_or_attribute_has_a_forbidden_name() -> None:
    words, used, found = forbidden(), set(), []
    for module in modules():
        place = module.relative_to(SOURCE).as_posix()
        named = uses_of_forbidden_words(module.read_text("utf-8"), words)
        if parts(module.stem) & words:
            named.append((1, module.stem))
        for line, name in named:
            used.add((place, name))
            if (place, name) not in ALLOWED:
                found.append(f"{place}:{line}: {name}")
    assert found == []
    assert ALLOWED.keys() - used == set(), "no longer needed in the list of exceptions"


def test_every_noun_of_the_model_is_in_the_vocabulary() -> None:
    known = vocabulary()
    nouns = set()
    for found in pkgutil.iter_modules(model.__path__):
        module = importlib.import_module(f"checkthegate.model.{found.name}")
        for name, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == module.__name__ and not issubclass(kind, Exception):
                nouns.add(name)
    assert len(nouns) > 20
    assert sorted(nouns - known) == []
