"""`report.html`: one file for people, offline, dark and light, screen and paper.

First the answer, then what to do next, then the evidence, then the machinery. The page asks
nothing of the network: a content security policy forbids it, and style and script are let in
by their hashes alone.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from checkthegate.model import Exhibit, Verdict
from checkthegate.report.answer import MEANINGS, headline, lede
from checkthegate.report.cut_places import share_words
from checkthegate.report.cut_view import MOST_CUTS, cut_views
from checkthegate.report.page import MOST_LINKS, ROWS_IN_CHUNK, Page
from checkthegate.report.templating import environment, source
from checkthegate.report.text import count, seconds_words, sentence, size_words, visible
from checkthegate.seams import ReportInput


class HtmlReport:
    """The report for people."""

    filename = "report.html"

    def render(self, report: ReportInput) -> bytes:
        """The whole page, UTF-8."""
        page = Page(report.document, _by_shown_path(report), _exhibits(report))
        template = environment().get_template("report.html")
        lists = {**_lists(report.document, page), **_cuts(report, page)}
        text = template.render(**_words(report, page), **lists, **_frame())
        return text.encode("utf-8", "backslashreplace")


def _by_shown_path(report: ReportInput) -> dict[str, bytes]:
    """Thumbnails by the path as the document shows it, which may differ for odd names."""
    pairs = zip(report.decision.assets, report.document["assets"], strict=False)
    return {
        shown["path"]: report.thumbnails[one.asset.path]
        for one, shown in pairs
        if one.asset.path in report.thumbnails
    }


def _exhibits(report: ReportInput) -> dict[int, dict[int, tuple[Exhibit, ...]]]:
    """What is to be shown beside evidence, by the numbers of asset and evidence."""
    return {
        number: {n: said.exhibits for n, said in enumerate(one.evidence) if said.exhibits}
        for number, one in enumerate(report.decision.assets)
        if any(said.exhibits for said in one.evidence)
    }


def _words(report: ReportInput, page: Page) -> dict[str, Any]:
    document = report.document
    answer = headline(document, page.plain_todos)
    about = ", ".join(filter(None, (report.production, report.delivery)))
    return {
        "document": document,
        "production": report.production,
        "delivery": report.delivery,
        "checked": _moment(report.checked_at),
        "headline": answer,
        "title": f"{about}: {answer[:1].lower()}{answer[1:]}" if about else answer,
        "meaning": MEANINGS[Verdict(document["verdict"])],
        "lede": lede(document),
        "all_files": _all_files(len(document["assets"])),
        "machine": {"looked": _looked(document["summary"])},
    }


def _lists(document: Mapping[str, Any], page: Page) -> dict[str, Any]:
    unread = page.unread()
    return {
        "todos": page.steps(),
        "cards": list(page.cards()),
        "more_cards": page.more_cards,
        "pictures_left_out": page.room.left_out,
        "gaps": unread,
        "stopped_by_gaps": bool(unread) and document["verdict"] in ("escalate", "blocked"),
        "rows": page.rows(),
        "tallies": page.tallies(),
        "rulebook": page.rulebook(),
        "most_links": MOST_LINKS,
        "rows_in_chunk": ROWS_IN_CHUNK,
    }


def _cuts(report: ReportInput, page: Page) -> dict[str, Any]:
    timelines = report.decision.timelines
    return {
        "cuts": cut_views(timelines, report.document["assets"], page.anchor_of),
        "more_cuts": max(0, len(timelines) - MOST_CUTS),
        "share_words": share_words,
    }


def _frame() -> dict[str, Any]:
    from markupsafe import Markup

    style, script = source("look.css"), source("report.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "img-src data:; media-src data:; base-uri 'none'; form-action 'none'"
    )
    parts: Any = environment().get_template("parts.html").module
    return {
        "style": Markup(style),  # noqa: S704
        "script": Markup(script),  # noqa: S704
        "policy": Markup(policy),  # noqa: S704
        "marks": {word.value: parts.verdict(word.value) for word in Verdict},
    }


def _hash(inline: str) -> str:
    digest = hashlib.sha256(inline.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _all_files(number: int) -> str:
    return "The one file" if number == 1 else f"All {count(number, 'file')}"


def _looked(summary: Mapping[str, Any]) -> str:
    files = sentence(count(summary["files"], "file"))
    told = f"{files} ({size_words(summary['bytes'])}) in {seconds_words(summary['seconds'])}"
    if summary["cached"]:
        told += f"; {count(summary['cached'], 'answer')} remembered from an earlier check"
    return told + "."


def _moment(checked_at: str) -> str:
    try:
        moment = datetime.fromisoformat(checked_at)
    except ValueError:
        return visible(checked_at)
    zone = moment.strftime("%z")
    named = {"": "", "+0000": " UTC"}.get(zone, f" {zone[:3]}:{zone[3:]}")
    return moment.strftime("%Y-%m-%d %H:%M") + named
