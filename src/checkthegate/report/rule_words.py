"""A rule pack in words: blocks of text made from the pack's document.

Works on the document alone. Every text made here says that it is no legal advice and that
nobody has endorsed it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from checkthegate.model import Approval, Verdict
from checkthegate.report.answer import MEANINGS
from checkthegate.report.prose import Block, Heading, Paragraph, Point, Points, Table
from checkthegate.report.text import count, full_sentence

Document = Mapping[str, Any]

CAUTION: Final = (
    "This is not legal advice, and no studio, guild or authority has reviewed or endorsed it. "
    "Before you rely on it, ask your studio contact: they have the last word."
)
_SCOPES: Final = {
    "use": ("Rules for a declared use", "Asked by gate ask, from what somebody declares."),
    "asset": ("Rules for each file", "Asked by gate check, of every file in a delivery."),
    "delivery": ("Rules for the delivery as a whole", "Asked by gate check, once for a delivery."),
}
_ABOUT: Final = {"use": "a declared use", "asset": "each file", "delivery": "the delivery"}
_OUTCOMES: Final = {"pass": "If that holds:", "fail": "If not:", "unknown": "If nobody knows:"}
_APPROVALS: Final = {
    Approval.NONE.value: "",
    Approval.MAY_BE_REQUIRED.value: "; written approval may be needed",
    Approval.REQUIRED.value: "; written approval needed",
}
_CONFIDENCE: Final = {
    "A": "A (the official text, or two independent sources)",
    "B": "B (one secondary source only)",
    "K": "K (background knowledge, not yet confirmed by a source)",
}
_MARKS: Final = {"ok": "go on", "warning": "take care", "stop": "stop and ask", "": "not seen"}


def pack_blocks(pack: Document) -> list[Block]:
    """A whole pack: title, cautions, sources, every rule, the published table, readings."""
    return [
        *_head(pack),
        Heading(2, "How to read this"),
        Paragraph(
            "A rule says when it applies and what it then requires. What was left out, or answered "
            "“unsure”, is not known; and what is not known is asked about, never assumed. Where "
            "several rules speak, the most severe answer counts."
        ),
        Points(tuple(Point(MEANINGS[word] + ".", f"{word.value}:") for word in Verdict)),
        Paragraph(
            "Words in [square brackets] are examples; an answer names what it is really about."
        ),
        *_sources(pack),
        *_glance(pack),
        *_all_rules(pack),
        *_matrix(pack),
        *_readings(pack),
        *_terms(pack),
    ]


def rule_blocks(pack: Document, rule_id: str) -> list[Block]:
    """One rule of a pack, in every scope it judges; empty when the pack has none of that id."""
    rules = [
        rule
        for scope in _SCOPES
        for rule in pack["rules"]
        if rule["id"] == rule_id and rule["scope"] == scope
    ]
    if not rules:
        return []
    blocks = _head(pack)
    for rule in rules:
        blocks += [Heading(2, _SCOPES[rule["scope"]][0]), *_rule(rule, pack)]
    used = {rule["citation"]["source"] for rule in rules}
    return [*blocks, *_sources(pack, used)]


def list_blocks(packs: Sequence[Document]) -> list[Block]:
    """Which packs there are, where they come from, and what each is."""
    return [Points(tuple(_listed(pack) for pack in packs)), Paragraph(CAUTION)]


def _listed(pack: Document) -> Point:
    numbers = f"{count(pack['rule_count'], 'rule')}, {count(pack['case_count'], 'case')}"
    return Point(
        pack["title"],
        f"{pack['id']}:",
        (
            Point(f"in force {dates_words(pack)}; {numbers}; {_LOCKS[pack['lock']]}"),
            Point(f"where from: {_origin(pack)}"),
            Point(pack["digest"]),
        ),
    )


def _origin(pack: Document) -> str:
    if pack["origin"] == "shipped":
        return "it ships with the program"
    return f"{pack['folder']} ({pack['origin']})"


_LOCKS: Final = {
    "locked": "locked",
    "not locked": "not locked yet",
    "changed": "CHANGED since it was locked",
}


def fact_blocks(scopes: Sequence[Document]) -> list[Block]:
    """What a pack may ask about, scope by scope, with the words its texts may use."""
    blocks: list[Block] = [
        Heading(1, "What a rule can ask about"),
        Paragraph(CAUTION, loud=True),
        Paragraph(
            "A rule judges one kind of thing: a declared use, a file, or a delivery. These are the "
            "facts it may ask for, by name. Any of them may turn out to be unknown; a rule cannot "
            "ask whether it is. A name that is not here is refused when the pack is loaded."
        ),
    ]
    for scope in sorted(scopes, key=lambda each: list(_SCOPES).index(each["id"])):
        title, asked = _SCOPES[scope["id"]]
        blocks += [
            Heading(2, f"scope: {scope['id']}"),
            Paragraph(f"{title}. {asked}"),
            Table(("fact", "what it says", "can be"), tuple(_fact_rows(scope["facts"])), code=1),
            Paragraph("Its texts may use these words in braces; an example of each:"),
            Table(
                ("word", "example"),
                tuple((f"{{{word}}}", said) for word, said in scope["words"].items()),
                code=1,
            ),
        ]
    return blocks


def _fact_rows(facts: Sequence[Document], within: str = "") -> Iterator[tuple[str, ...]]:
    for fact in facts:
        can_be = ", ".join(fact["choices"]) or fact["kind"]
        if fact["kind"] == "a set of words" and fact["choices"]:
            can_be = f"some of: {can_be}"
        yield (f"{within}{fact['id']}", fact["meaning"], can_be)
        yield from _fact_rows(fact["fields"], f"{fact['id']} → ")


def _head(pack: Document) -> list[Block]:
    said = [
        f"{pack['id']}, in force {dates_words(pack)}.",
        f"{count(pack['rule_count'], 'rule').capitalize()},"
        f" checked by {count(pack['case_count'], 'case')}.",
        f"Digest {pack['digest']}.",
    ]
    return [
        Heading(1, pack["title"]),
        Paragraph(CAUTION, loud=True),
        Paragraph(pack["notice"]),
        Paragraph(" ".join(said)),
    ]


def _sources(pack: Document, only: set[str] | None = None) -> Iterator[Block]:
    yield Heading(2, "Where the rules come from")
    yield Points(
        tuple(
            Point(
                f"{source['publisher']}. Read on {_day(source['read_on'])}. {_copy(source)}",
                f"{full_sentence(source['title'])}",
                (Point(source["address"]), Point(source["note"])),
            )
            for source in pack["sources"]
            if only is None or source["id"] in only
        )
    )


def _copy(source: Document) -> str:
    digest = source["captured_digest"]
    return "No copy was kept." if digest == "unknown" else f"Digest of the copy read: {digest}."


def _glance(pack: Document) -> Iterator[Block]:
    yield Heading(2, "The rules at a glance")
    rows = tuple(
        (rule["id"], rule["title"], _ABOUT[rule["scope"]], _worst_ending(rule))
        for scope in _SCOPES
        for rule in pack["rules"]
        if rule["scope"] == scope
    )
    yield Table(("rule", "title", "about", "when it is not met, at worst"), rows)


def _worst_ending(rule: Document) -> str:
    branches = rule["outcomes"]["fail"]
    verdict = Verdict.worst([Verdict(each["verdict"]) for each in branches], Verdict.CLEAR)
    approvals = [Approval(each["approval"]) for each in branches]
    return f"{verdict.value}{_APPROVALS[Approval.worst(approvals, Approval.NONE).value]}"


def _all_rules(pack: Document) -> Iterator[Block]:
    for scope, (title, asked) in _SCOPES.items():
        rules = [rule for rule in pack["rules"] if rule["scope"] == scope]
        if not rules:
            continue
        yield Heading(2, title)
        yield Paragraph(asked)
        for rule in rules:
            yield from _rule(rule, pack)


def _rule(rule: Document, pack: Document) -> Iterator[Block]:
    yield Heading(3, f"{rule['id']}: {rule['title']}")
    points = [
        Point("", "Applies always.")
        if rule["applies_when"] == "always"
        else _clause("Applies when", rule["applies_when"]),
        _clause("Requires that", rule["requires"]),
    ]
    for outcome, opening in _OUTCOMES.items():
        branches = rule["outcomes"][outcome]
        if len(branches) == 1:
            points.append(_ending(branches[0], opening))
        else:
            points.append(Point("", opening, tuple(_branch(each) for each in branches)))
    points.append(Point(_citation(rule["citation"], pack), "Source:"))
    yield Points(tuple(points))


def _branch(branch: Document) -> Point:
    when = branch["when"]
    if when is None:
        return _ending(branch, "Otherwise:")
    if isinstance(when, str):
        return Point(f"{when}: {_ending(branch).text}", "When")
    listed = _clause("When", when)
    return Point(listed.text, listed.opening, (*listed.beneath, _ending(branch, "Then:")))


def _ending(branch: Document, opening: str = "") -> Point:
    return Point(
        f"{branch['verdict']}{_APPROVALS[branch['approval']]}. “{branch['reason']}” "
        f"Next: “{branch['next_step']}”",
        opening,
    )


def _clause(opening: str, clause: Any) -> Point:
    if isinstance(clause, str):
        return Point(clause.rstrip(".") + ".", opening)
    every = "all" in clause
    said = "all of these hold:" if every else "at least one of these holds:"
    about = f"{clause['of']}, " if "of" in clause else ""
    parts = clause["all" if every else "any"]
    return Point(about + said, opening, tuple(_part(part) for part in parts))


def _part(part: Any) -> Point:
    return Point(part) if isinstance(part, str) else _clause("", part)


def clause_words(clause: Any) -> str:
    """A clause in one line."""
    if isinstance(clause, str):
        return clause
    every = "all" in clause
    parts = clause["all" if every else "any"]
    said = [each if isinstance(each, str) else f"({clause_words(each)})" for each in parts]
    about = f"{clause['of']}, " if "of" in clause else ""
    return about + f" {'and' if every else 'or'} ".join(said)


def _citation(citation: Document, pack: Document) -> str:
    source = next(each for each in pack["sources"] if each["id"] == citation["source"])
    return (
        f"{source['publisher']}, “{source['title']}”, {citation['clause']}; read on "
        f"{_day(source['read_on'])}. Confidence {_CONFIDENCE[citation['confidence']]}."
    )


def _matrix(pack: Document) -> Iterator[Block]:
    matrix = pack["matrix"]
    if not matrix:
        return
    source = next(each for each in pack["sources"] if each["id"] == matrix["source"])
    yield Heading(2, "The published table of use cases")
    yield Paragraph(
        f"Paraphrased from {source['publisher']}, “{source['title']}”. The table explains; only "
        "the rules above judge."
    )
    captures = matrix["captures"]
    yield Points(tuple(Point(f"{what}.", f"{name}:") for name, what in captures.items()))
    yield Table(
        ("row", "use", *captures, "what it means", "rules"),
        tuple(
            (
                row["id"],
                row["use"],
                *(_MARKS[row["marks"].get(name, "")] for name in captures),
                row["says"],
                ", ".join(row["rules"]),
            )
            for row in matrix["rows"]
        ),
    )


def _readings(pack: Document) -> Iterator[Block]:
    if pack["notes"]:
        yield Heading(2, "Where the source leaves room: the readings chosen here")
        yield Points(tuple(Point(note) for note in pack["notes"]))


def _terms(pack: Document) -> Iterator[Block]:
    if pack["terms"]:
        yield Heading(2, "What the words mean")
        yield Points(
            tuple(
                Point(f"means: {term['means'][:1].lower()}{term['means'][1:]}", f"“{term['says']}”")
                for term in pack["terms"]
            )
        )


def dates_words(pack: Document) -> str:
    """`from 22 August 2025 to 30 June 2026`: when a pack is in force."""
    until = pack["effective_until"]
    begins = f"from {_day(pack['effective_from'])}"
    return f"{begins} to {_day(until)}" if until else begins


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"
