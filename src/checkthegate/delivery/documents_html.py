"""HTML: its words, without markup, scripts and styles."""

from __future__ import annotations

from html.parser import HTMLParser

from checkthegate.delivery.words_plain import decoded, with_scenes
from checkthegate.seams import Limits, Text

_HIDDEN = frozenset({"script", "style", "template", "noscript", "head"})
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "i", "mark", "q", "s", "small"}
    | {"span", "strong", "sub", "sup", "u", "wbr", "font"}
)


def html_words(content: bytes, limits: Limits) -> Text:
    """The words of a page; each block begins a line. Raises `Unreadable`."""
    parser = _Words()
    parser.feed(decoded(content))
    parser.close()
    return with_scenes("".join(parser.parts), limits)


class _Words(HTMLParser):
    """Listens to what a reader would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self._hidden += tag in _HIDDEN
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        self._hidden -= tag in _HIDDEN and self._hidden > 0
        self._break(tag)

    def handle_data(self, data: str) -> None:
        """Text between tags."""
        if not self._hidden:
            self.parts.append(data)

    def _break(self, tag: str) -> None:
        if tag not in _INLINE and not self._hidden:
            self.parts.append("\n")
