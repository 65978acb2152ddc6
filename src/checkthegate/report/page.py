"""What the page shows, taken from the report document: cards, rows and links, no markup."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from checkthegate.model import Approval, Exhibit, Grade, Verdict
from checkthegate.report.answer import GapGroup, Todo, gap_groups, todos
from checkthegate.report.exhibits import Room
from checkthegate.report.how import how_we_know, made_with, span_words
from checkthegate.report.match_words import told_of
from checkthegate.report.matches import MatchCards, is_matched, match_cards
from checkthegate.report.text import (
    count,
    full_sentence,
    sentence,
    short_digest,
    size_words,
    visible,
)

MOST_CARDS: Final = 200
MOST_LINKS: Final = 300
ROWS_IN_CHUNK: Final = 250
_LARGEST_PICTURE: Final = 96 * 1024
_MOST_WAYS: Final = 12
_NOTHING: Final[Mapping[int, Mapping[int, Sequence[Exhibit]]]] = {}
_RANKS: Final = {verdict.value: verdict.rank for verdict in Verdict}
_NEEDS: Final = {approval.value: approval.rank for approval in Approval}
_GRADES: Final = {grade.value: grade.rank for grade in Grade}


@dataclass(frozen=True, slots=True)
class Link:
    """A file's name, and the card it leads to when it has one."""

    path: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Way:
    """One evidence in words, with where in the file and how sure."""

    said: str
    span: str
    grade: str


@dataclass(frozen=True, slots=True)
class RuleWord:
    """What a rule says of a file, with the place in the page that explains the rule."""

    rule: str
    anchor: str
    reason: str
    covered: str


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """A rule that was not met somewhere: what it asks and where it comes from."""

    rule: str
    anchor: str
    title: str
    citation: str


@dataclass(frozen=True, slots=True)
class Card:
    """Everything known of one file that is not clear, or that was known by its content.

    `picture` is a data: URI or empty.
    """

    anchor: str
    path: str
    name: str
    facts: str
    verdict: str
    digest: str
    picture: str
    ways: Sequence[Way]
    tools: Sequence[str]
    prompts: Sequence[Sequence[str]]
    gaps: Sequence[str]
    rules: Sequence[RuleWord]
    steps: Sequence[str]
    matches: MatchCards


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list of all files."""

    path: str
    anchor: str
    verdict: str
    kind: str
    ai: str
    tools: str
    digest: str
    short: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, with links to the files it concerns."""

    verdict: str
    step: str
    why: str
    aside: str
    links: Sequence[Link]
    also: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """One reason for not having looked, with the files it concerns."""

    reason: str
    step: str
    reads: str
    links: Sequence[Link]


class Page:
    """The report document as cards, rows and links.

    `thumbnails` are JPEGs by path as given. `exhibits` are by the numbers of asset and evidence.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        thumbnails: Mapping[str, bytes],
        exhibits: Mapping[int, Mapping[int, Sequence[Exhibit]]] = _NOTHING,
    ) -> None:
        self._assets: list[Mapping[str, Any]] = document["assets"]
        self._findings: list[Mapping[str, Any]] = document["findings"]
        self._thumbnails = thumbnails
        self._exhibits = exhibits
        self.room = Room()
        unclear = [n for n, asset in enumerate(self._assets) if asset["verdict"] != "clear"]
        unclear.sort(key=lambda n: -_RANKS[self._assets[n]["verdict"]])
        matched = [
            n
            for n, asset in enumerate(self._assets)
            if asset["verdict"] == "clear" and is_matched(asset)
        ]
        self._shown = [*unclear, *matched][:MOST_CARDS]
        self._carded = frozenset(self._shown)
        self.more_cards = max(0, len(unclear) - len(self._shown))
        self._numbers = {asset["path"]: n for n, asset in enumerate(self._assets)}
        self._todos = todos(document)
        self._gap_groups = gap_groups(document)

    @property
    def plain_todos(self) -> list[Todo]:
        """What to do, before it was given links."""
        return self._todos

    def cards(self) -> Iterator[Card]:
        """The most severe files, at most `MOST_CARDS`."""
        for number in self._shown:
            yield self._card(number, self._assets[number])

    def anchor_of(self, path: str) -> str:
        """Where the card of a file is; empty when it has none."""
        return self._anchor(self._numbers.get(path, -1))

    def rows(self) -> list[Row]:
        """Every file, the most severe first, then as given."""
        order = range(len(self._assets))
        worst = sorted(order, key=lambda n: -_RANKS[self._assets[n]["verdict"]])
        return [self._row(n, self._assets[n]) for n in worst]

    def steps(self) -> list[Step]:
        """What to do next, the most severe first."""
        return [
            Step(
                todo.verdict,
                todo.step,
                todo.why,
                _aside(todo),
                self._links(todo),
                tuple(todo.also.items()),
            )
            for todo in self._todos
        ]

    def unread(self) -> list[Unread]:
        """What was not looked at."""
        return [
            Unread(full_sentence(group.reason), group.step, group.reads, self._links(group))
            for group in self._gap_groups
        ]

    def rulebook(self) -> list[RuleEntry]:
        """Every rule that some file or the delivery does not meet, in order of its id."""
        every = [*self._findings, *(f for asset in self._assets for f in asset["findings"])]
        broken = {f["rule"]: f for f in reversed(every) if f["outcome"] in ("fail", "unknown")}
        return [
            RuleEntry(rule, _rule_anchor(rule), full_sentence(f["title"]), f["citation"])
            for rule, f in sorted(broken.items())
        ]

    def tallies(self) -> list[tuple[str, int]]:
        """How many files there are of each verdict that occurs, the most severe first."""
        counts: dict[str, int] = {}
        for asset in self._assets:
            counts[asset["verdict"]] = counts.get(asset["verdict"], 0) + 1
        return sorted(counts.items(), key=lambda pair: -_RANKS[pair[0]])

    def _links(self, group: Todo | GapGroup) -> list[Link]:
        numbered = zip(group.paths, group.numbers, strict=True)
        return [Link(path, self._anchor(number)) for path, number in numbered]

    def _anchor(self, number: int) -> str:
        return f"f{number}" if number in self._carded else ""

    def _card(self, number: int, asset: Mapping[str, Any]) -> Card:
        asked = _not_met(asset["findings"])
        path = asset["path"]
        return Card(
            anchor=f"f{number}",
            path=path,
            name=path.rsplit("/", 1)[-1],
            facts=_facts(asset),
            verdict=asset["verdict"],
            digest=asset["digest"] or "",
            picture=picture_uri(self._thumbnails.get(path, b"")),
            ways=_ways(asset),
            tools=made_with(asset["evidence"]),
            prompts=_prompts(asset["evidence"]),
            gaps=list(dict.fromkeys(full_sentence(gap["reason"]) for gap in asset["gaps"])),
            rules=[_rule_word(finding) for finding in asked],
            steps=list(dict.fromkeys(f["next_step"] for f in asked if f["next_step"])),
            matches=match_cards(asset, self._exhibits.get(number, {}), f"f{number}", self.room),
        )

    def _row(self, number: int, asset: Mapping[str, Any]) -> Row:
        return Row(
            path=asset["path"],
            anchor=self._anchor(number),
            verdict=asset["verdict"],
            kind=asset["kind"],
            ai=asset["ai"].replace("-", " "),
            tools="; ".join(made_with(asset["evidence"], brief=True)),
            digest=asset["digest"] or "",
            short=short_digest(asset["digest"] or ""),
        )


def picture_uri(jpeg: bytes) -> str:
    """A small JPEG as a `data:` URI; empty for anything else, or for more than 96 KiB."""
    if not jpeg.startswith(b"\xff\xd8\xff") or len(jpeg) > _LARGEST_PICTURE:
        return ""
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")


def _facts(asset: Mapping[str, Any]) -> str:
    kind = "file" if asset["kind"] == "other" else asset["kind"]
    told = [kind, size_words(asset["size"])]
    if not asset["final"]:
        told.append("temporary")
    return " · ".join((*told, f"AI: {asset['ai'].replace('-', ' ')}"))


def _ways(asset: Mapping[str, Any]) -> list[Way]:
    ways: dict[Way, None] = {}
    for evidence in _told_once(asset["evidence"]):
        told = told_of(evidence)
        if told is not None and not told.exact:
            continue
        where = span_words(evidence, asset["kind"])
        ways[Way(how_we_know(evidence), where, evidence["grade"])] = None
    kept = sorted(ways, key=lambda way: -_GRADES[way.grade])
    if len(kept) > _MOST_WAYS:
        more = count(len(kept) - _MOST_WAYS, "more statement")
        kept = [*kept[:_MOST_WAYS], Way(f"{sentence(more)}: see report.json.", "", "listed there")]
    return kept


def _told_once(every: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """A sound credential is not mentioned again beside what it says."""
    speaks = any(e["observer"] == "c2pa" and e["claim"].startswith("ai-") for e in every)
    sound = ("Trusted", "Valid")
    return [
        e
        for e in every
        if not (speaks and e["claim"] == "credential" and e["detail"].get("state") in sound)
    ]


def _prompts(every: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    texts: dict[str, None] = {}
    for evidence in every:
        for name, label in (("prompt", ""), ("negative_prompt", "Not: ")):
            if isinstance(evidence["detail"].get(name), str):
                texts[label + evidence["detail"][name]] = None
    return [[visible(line) for line in text.splitlines()] for text in texts]


def _rule_word(finding: Mapping[str, Any]) -> RuleWord:
    return RuleWord(
        rule=finding["rule"],
        anchor=_rule_anchor(finding["rule"]),
        reason=full_sentence(finding["reason"]),
        covered=finding["covered_by"] or "",
    )


def _rule_anchor(rule: str) -> str:
    return "rule-" + re.sub(r"[^A-Za-z0-9.]", "-", rule)


def _not_met(findings: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Failed and unknown findings, the most severe first."""
    asked = [finding for finding in findings if finding["outcome"] in ("fail", "unknown")]
    return sorted(asked, key=lambda f: (-_RANKS[f["verdict"]], -_NEEDS[f["approval"]]))


def _aside(todo: Todo) -> str:
    return " · ".join(filter(None, (todo.approval_words, todo.rule)))
