"""Writes the manual's pages on the rules: `python -m checkthegate.app.rules_pages docs/rules`."""

from __future__ import annotations

import sys
from pathlib import Path

from checkthegate.app.rulebook import shelves, volumes
from checkthegate.app.rules_document import facts_document, pack_document
from checkthegate.report.rule_pages import facts_page, index_page, pack_page


def write_pages(folder: Path) -> list[Path]:
    """A page for each shipped pack version, one for the facts, and an index."""
    documents = [pack_document(volume) for volume in volumes(shelves())]
    pages = {
        "README.md": index_page(documents),
        "facts.md": facts_page(facts_document()),
        **{f"{each['pack']}-{each['version']}.md": pack_page(each) for each in documents},
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (folder / name).write_text(text, "utf-8")
    return [folder / name for name in pages]


if __name__ == "__main__":
    kept = write_pages(Path(sys.argv[1]))
    for stale in set(Path(sys.argv[1]).glob("*.md")) - set(kept):
        stale.unlink()
