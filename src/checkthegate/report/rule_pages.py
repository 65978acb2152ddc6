"""The manual's pages on the rules, made from the packs' documents."""

from __future__ import annotations

from collections.abc import Sequence

from checkthegate.report.prose import Block, Heading, Paragraph, Table, markdown_text
from checkthegate.report.rule_words import (
    CAUTION,
    Document,
    dates_words,
    fact_blocks,
    pack_blocks,
)

_MADE = (
    "<!-- Made from the packs. Do not edit: "
    "python -m checkthegate.app.rules_pages docs/rules -->\n\n"
)


def pack_page(pack: Document) -> str:
    """The page of one pack version."""
    links = (
        f"\n[All packs](README.md) · [the pack’s files](../../{pack['folder']}/) · "
        f"[its sources](../../{pack['folder']}/SOURCES.md)\n"
    )
    return _MADE + markdown_text(pack_blocks(pack)) + links


def facts_page(scopes: Sequence[Document]) -> str:
    """The page of everything a rule can ask about."""
    return _MADE + markdown_text(fact_blocks(scopes)) + "\n[All packs](README.md)\n"


def index_page(packs: Sequence[Document]) -> str:
    """The page that lists the others."""
    rows = tuple(
        (pack["id"], pack["title"], dates_words(pack), str(pack["rule_count"])) for pack in packs
    )
    links = tuple((pack["id"], f"{pack['pack']}-{pack['version']}.md") for pack in packs)
    blocks: list[Block] = [
        Heading(1, "Rule packs"),
        Paragraph(CAUTION, loud=True),
        Paragraph(
            "These packs ship with the program. Each paraphrases, in our own words, what its "
            "sources say, and names them. The house rules (gate) always apply; the others apply "
            "where a production chooses them. Several packs apply side by side, and the most "
            "severe answer counts."
        ),
        Table(("pack", "what it is", "in force", "rules"), rows, links),
    ]
    more = (
        "\n[What a rule can ask about](facts.md) · "
        "[Writing a pack of your own](../writing-a-pack.md)\n"
    )
    return _MADE + markdown_text(blocks) + more
