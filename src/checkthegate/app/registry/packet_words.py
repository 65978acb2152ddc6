"""What a packet says of a declared use, in words, without anybody's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from checkthegate.app.registry.after import After
from checkthegate.declaration.wordings import (
    CHANGES,
    EFFECTS,
    ENVIRONMENTS,
    INPUTS,
    OUTPUTS,
    PROMINENCES,
    PURPOSES,
    REFERENCES,
    SCOPES,
    TRAINED_ON,
    Choices,
)
from checkthegate.model.use import DeclaredUse
from checkthegate.registry.uses import WeakStep
from checkthegate.report.held_back import scrubbed

_UNSAID: Final = "not said"
_KEEPS: Final = ("stores", "reuses", "trains")


class Mask:
    """Replaces the names of a use's people by `performer 1`, and paths by their last name."""

    def __init__(self, names: Sequence[str], ids: Mapping[str, str]) -> None:
        self._numbers = {name.casefold(): number for number, name in enumerate(names, 1)}
        for id_, name in ids.items():
            self._numbers[id_.casefold()] = self._numbers[name.casefold()]
        for number, name in enumerate(names, 1):
            for part in re.findall(r"\b[^\W\d_a-z]\w{2,}", name):
                self._numbers.setdefault(part.casefold(), number)
        ordered = sorted(self._numbers, key=len, reverse=True)
        words = "|".join(re.escape(name) for name in ordered if name.strip())
        self._pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) if words else None

    @classmethod
    def of(cls, declaration: Mapping[str, Any], rows: After) -> Mask:
        """The mask for the people a declaration names, by name, id, or both."""
        names: list[str] = []
        for entry in declaration.get("talent") or ():
            who = str(entry.get("who") or "").strip()
            if who:
                names.append(who)
        ids = {str(row["id"]): str(row["name"]) for row in rows.rows("talents")}
        once = {name.casefold(): name for name in reversed([*names, *ids.values()])}
        return cls(list(reversed(once.values())), ids)

    def __call__(self, text: str) -> str:
        """The text without names, paths, addresses and accounts."""
        if self._pattern is not None:
            text = self._pattern.sub(self._number, text)
        return scrubbed(text)

    def all(self, finding: Mapping[str, Any]) -> dict[str, Any]:
        """A finding with every text masked."""
        return {name: self(value) if isinstance(value, str) else value
                for name, value in finding.items()}  # fmt: skip

    def _number(self, found: re.Match[str]) -> str:
        return f"performer {self._numbers.get(found[0].casefold(), '')}".strip()


def weakest(step: WeakStep | None, mask: Mask) -> str | None:
    """Why the weakest step is the weakest."""
    return mask(step.reason) if step is not None else None


def steps(use: DeclaredUse, mask: Mask) -> list[dict[str, str]]:
    """Every tool with where it runs and what it does with the material."""
    return [
        {
            "name": mask(step.name or "an unnamed tool"),
            "where": _word(ENVIRONMENTS, step.environment),
            **{name: str(getattr(step, name) or "unsure") for name in _KEEPS},
            "generative": str(step.generative),
        }
        for step in use.tools
    ]


def described(stated: Mapping[str, Any]) -> list[dict[str, str]]:
    """The declaration in lines: what is asked beside what was answered."""
    lines = [
        ("For", _word(PURPOSES, stated.get("purpose"))),
        ("What comes out", _words(OUTPUTS, stated.get("outputs"))),
        ("When", str(stated.get("phase") or _UNSAID)),
        ("In a final delivery", str(stated.get("final") or "unsure")),
        ("How much of it is seen", _word(PROMINENCES, stated.get("prominence"))),
        ("What goes in", _entries(INPUTS, stated.get("inputs"), "cleared")),
        ("What it points at", _entries(REFERENCES, stated.get("references"), "permission")),
        ("Copies somebody’s work", str(stated.get("imitates") or "unsure")),
        ("Performers", _people(stated.get("talent"))),
        ("Replaces union work", str(stated.get("union_work") or "unsure")),
        ("Could be taken for real", str(stated.get("mistakable_for_real") or "unsure")),
        ("Training", _training(stated)),
        ("Shot", scrubbed(str(stated.get("shot") or ""))),
        ("Department", scrubbed(str(stated.get("department") or ""))),
        ("Vendor", scrubbed(str(stated.get("vendor") or ""))),
    ]
    return [{"label": label, "value": value} for label, value in lines if value]


def _word(choices: Choices, word: object) -> str:
    if word is None:
        return _UNSAID
    told = dict(choices).get(str(word), "")
    return f"{word}: {told}" if told else str(word)


def _words(choices: Choices, words: Iterable[object] | None) -> str:
    return ", ".join(dict(choices).get(str(word)) or str(word) for word in words or ())


def _entries(choices: Choices, entries: Sequence[Mapping[str, Any]] | None, asked: str) -> str:
    if entries is None:
        return _UNSAID
    told = []
    for entry in entries:
        word = dict(choices).get(str(entry.get("what"))) or str(entry.get("what"))
        state = entry.get(asked)
        told.append(f"{word} ({asked}: {state})" if state else word)
    return ", ".join(told) or "nothing"


def _people(entries: Sequence[Mapping[str, Any]] | None) -> str:
    if entries is None:
        return _UNSAID
    told = []
    for number, entry in enumerate(entries, 1):
        effect = _words(EFFECTS, [entry["effect"]]) if entry.get("effect") else "effect not said"
        change = entry.get("change")
        parts = [effect, f"change: {_words(CHANGES, [change])}" if change else "",
                 f"consent as declared: {entry.get('consent') or 'unsure'}"]  # fmt: skip
        told.append(f"performer {number} ({'; '.join(filter(None, parts))})")
    return ", ".join(told) or "none"


def _training(stated: Mapping[str, Any]) -> str:
    if "training" not in stated:
        return _UNSAID
    told = stated["training"]
    if told is None:
        return "nothing is trained"
    on = _words(TRAINED_ON, [told.get("on")]) if told.get("on") else "not said on what"
    scope = _words(SCOPES, [told.get("scope")]) if told.get("scope") else "scope not said"
    return f"on {on}; for {scope}; cleared: {told.get('cleared') or 'unsure'}"
