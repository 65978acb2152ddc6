"""A validated manifest store as values: which manifests, how each relates to the file, what failed.

Read from the library's JSON, in which every string came from the file. Counts are bounded.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from checkthegate.credentials.codes import EXPIRED, UNTRUSTED, Failure, is_success

MANIFESTS = 1_000
_ENTRIES = 10_000
ACTIVE = ""
PARENT = "parentOf"
UNREFERENCED = "unreferenced"
_LABEL = re.compile(r"self#jumbf=/c2pa/([^/]+)")
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Placed:
    """A manifest and its place: `relation` is "" for the active one.

    Otherwise it is how its content got into the file: `parentOf` all the way up, or the
    first looser link on the way (`componentOf`, `inputTo`), or `unreferenced`.
    """

    label: str
    relation: str
    content: Mapping[str, Any]


@dataclass(slots=True)
class Store:
    """All manifests of one credential, active first, and every failure found or recorded.

    `excused` holds expiries that only mean that nobody vouches for the time stamp either.
    """

    state: str
    active: str
    placed: list[Placed] = field(default_factory=list)
    ingredients: int = 0
    failures: list[Failure] = field(default_factory=list)
    excused: set[Failure] = field(default_factory=set)
    truncated: bool = False

    @property
    def breaking(self) -> list[Failure]:
        """Failures that are not excused."""
        return [failure for failure in self.failures if failure not in self.excused]

    @property
    def trusted(self) -> bool:
        """Whether the validator's own state is `Trusted`; `Valid` alone is not."""
        return self.state == "Trusted"


def store_of(document: Mapping[str, Any]) -> Store:
    """Everything a validated store says, from the library's JSON."""
    manifests = mapping(document.get("manifests"))
    active = text(document.get("active_manifest"))
    store = Store(state=text(document.get("validation_state")) or "Invalid", active=active)
    _place(store, manifests)
    _add_found(store, document)
    for placed in store.placed:
        for ingredient in mappings(placed.content.get("ingredients")):
            store.ingredients += 1
            _add_recorded(store, ingredient)
    store.failures = list(dict.fromkeys(store.failures[:_ENTRIES]))
    return store


def _place(store: Store, manifests: Mapping[str, Any]) -> None:
    """Walk from the active manifest, parents first, each manifest once."""
    waiting = deque([(store.active, ACTIVE)])
    seen: set[str] = set()
    while waiting:
        label, relation = waiting.popleft()
        if label in seen or label not in manifests:
            continue
        if len(store.placed) >= MANIFESTS:
            store.truncated = True
            return
        seen.add(label)
        placed = Placed(label, relation, mapping(manifests[label]))
        store.placed.append(placed)
        for ingredient in mappings(placed.content.get("ingredients")):
            link = _link(relation, text(ingredient.get("relationship")))
            step = (text(ingredient.get("active_manifest")), link)
            waiting.appendleft(step) if link == PARENT else waiting.append(step)
    rest = [label for label in manifests if label not in seen]
    room = MANIFESTS - len(store.placed)
    store.truncated = len(rest) > room
    store.placed += [Placed(n, UNREFERENCED, mapping(manifests[n])) for n in rest[:room]]


def _link(so_far: str, relationship: str) -> str:
    return (relationship or "componentOf") if so_far in (ACTIVE, PARENT) else so_far


def _add_found(store: Store, document: Mapping[str, Any]) -> None:
    results = mapping(document.get("validation_results"))
    if not results:
        for status in mappings(document.get("validation_status")):
            _add(store, status, store.active, recorded=False)
        return
    _add_results(store, results, store.active, recorded=False)


def _add_recorded(store: Store, ingredient: Mapping[str, Any]) -> None:
    label = text(ingredient.get("active_manifest"))
    for status in mappings(ingredient.get("validation_status")):
        _add(store, status, label, recorded=True)
    _add_results(store, mapping(ingredient.get("validation_results")), label, recorded=True)


def _add_results(store: Store, results: Mapping[str, Any], label: str, *, recorded: bool) -> None:
    parts = [mapping(results.get("activeManifest"))]
    deltas = mappings(results.get("ingredientDeltas"))
    parts += [mapping(delta.get("validationDeltas")) for delta in deltas]
    for number, part in enumerate(parts):
        added = [
            _add(store, status, label if number == 0 else "", recorded=recorded)
            for status in mappings(part.get("failure"))
        ]
        notes = {
            _label_in(note) or label
            for note in mappings(part.get("informational"))
            if note.get("code") == "timeStamp.untrusted"
        }
        _excuse(store, [failure for failure in added if failure], notes)


def _excuse(store: Store, failures: list[Failure], unstamped: set[str]) -> None:
    """Without trust in the time stamp the validator takes now for the time of signing."""
    unvouched = {failure.manifest for failure in failures if failure.code == UNTRUSTED}
    store.excused |= {
        failure
        for failure in failures
        if failure.code == EXPIRED and failure.manifest in unstamped & unvouched
    }


def _add(store: Store, status: Mapping[str, Any], label: str, *, recorded: bool) -> Failure | None:
    code = text(status.get("code"))
    if not code or is_success(code) or len(store.failures) >= _ENTRIES:
        return None
    concerned = _label_in(status) or label
    own = concerned == store.active and not recorded
    failure = Failure(code[:100], concerned, ingredient=not own, recorded=recorded)
    store.failures.append(failure)
    return failure


def _label_in(status: Mapping[str, Any]) -> str:
    found = _LABEL.match(text(status.get("url")))
    return found[1] if found else ""


def mapping(value: object) -> Mapping[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else _NOTHING


def mappings(value: object) -> Iterator[Mapping[str, Any]]:
    """The objects in a list, at most 10,000; nothing for anything else."""
    if isinstance(value, list):
        yield from (entry for entry in value[:_ENTRIES] if isinstance(entry, dict))


def text(value: object) -> str:
    """The value if it is text, else nothing."""
    return value if isinstance(value, str) else ""
