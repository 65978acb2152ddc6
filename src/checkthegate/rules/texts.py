"""Texts with placeholders: `This {thing} {says}.` Only declared words may stand in braces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from checkthegate.rules.nodes import Node

_PIECE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence with gaps. What is filled in is never read as a placeholder itself."""

    template: str
    pieces: tuple[str, ...]

    def filled(self, words: Mapping[str, str]) -> str:
        """The sentence, beginning with a capital."""
        pieces = self.pieces
        if len(pieces) == 1:
            return pieces[0]
        said = [words[piece] if at % 2 else piece for at, piece in enumerate(pieces)]
        text = "".join(said)
        return text[:1].upper() + text[1:]


def read_text(node: Node, allowed: Iterable[str]) -> Text:
    """The text at `node`. Raises `PackError` for a word in braces that is not `allowed`."""
    template = node.text()
    pieces = tuple(_PIECE.split(template))
    for word in pieces[1::2]:
        if word not in allowed:
            node.refuse(f"there is no word {{{word}}}", f"Known here: {', '.join(allowed)}.")
    if "{" in "".join(pieces[::2]) or "}" in "".join(pieces[::2]):
        node.refuse("a brace stands alone", "Write placeholders as {word}; use no other braces.")
    return Text(template, pieces)
