"""Final Draft screenplays: the paragraphs of the script, with scenes and pages.

Source: files as the program writes them (FinalDraft / Content / Paragraph / Text).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from checkthegate.delivery.documents_xml import document_root, local
from checkthegate.seams import Limits, Passage, Text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ASIDE = frozenset({"ScriptNote", "SceneProperties"})


def fdx_words(content: bytes, limits: Limits) -> Text:
    """The script's paragraphs, one a line. Raises `Unreadable`."""
    root = document_root(content, limits, "the screenplay")
    lines, passages, length, page = list[str](), list[Passage](), 0, 0
    for part in root:
        if local(part.tag) != "Content":
            continue
        for paragraph in _paragraphs(part):
            words = "".join(_words(paragraph)).strip()
            if paragraph.get("Type") == "Scene Heading":
                page = _page(paragraph) or page
                passages.append(Passage(length, page, " ".join(words.split())[:200]))
            lines.append(words + "\n")
            length += len(lines[-1])
    return Text("".join(lines), passages)


def _paragraphs(element: Element) -> Iterator[Element]:
    """Paragraphs in order; the two sides of a dual dialogue lie deeper than others."""
    for child in element:
        name = local(child.tag)
        if name in _ASIDE:
            continue
        inner = list(_paragraphs(child)) if len(child) else []
        if inner:
            yield from inner
        elif name == "Paragraph":
            yield child


def _words(element: Element) -> Iterator[str]:
    for child in element:
        if local(child.tag) == "Text":
            yield "".join(child.itertext())
        elif local(child.tag) not in _ASIDE:
            yield from _words(child)


def _page(paragraph: Element) -> int:
    for child in paragraph:
        said = child.get("Page", "") if local(child.tag) == "SceneProperties" else ""
        if said.isascii() and said.isdigit() and len(said) < 7:
            return int(said)
    return 0
