"""A validated store as evidence and gaps: what is claimed, how surely, and what is broken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checkthegate.credentials.codes import Failure, is_binding, is_break, sentence
from checkthegate.credentials.reading import shown, shown_address
from checkthegate.credentials.statements import (
    Statement,
    actions,
    assertions,
    generator_of,
    preferences,
    statements,
    values_of,
)
from checkthegate.credentials.store import ACTIVE, MANIFESTS, PARENT, Placed, Store, mapping, text
from checkthegate.model import Evidence, Gap, Grade, Json, Observation

_OBSERVER = "c2pa"
_EVIDENCE = 200
_LISTED = 50
# Said of a part, not of the file.
_OF_THE_WHOLE = frozenset({"camera-capture", "edited", "training-preference"})


def observations(store: Store, *, form: str, alone: bool) -> Iterator[Observation]:
    """Everything one credential gives.

    `form` is where it lay. `alone` says that it was read without the file it belongs to, so
    that its binding to the content cannot hold and is no fault.
    """
    if alone:
        store.failures = [f for f in store.failures if not is_binding(f.code)]
    yield _credential(store, form)
    yield from _claims(store, form)
    reason = sentence(store.breaking)
    if reason is not None:
        yield Gap(_OBSERVER, reason)
    if store.truncated:
        yield Gap(
            _OBSERVER,
            f"its content credential holds more than {MANIFESTS} manifests; the rest was not read",
        )
    yield from _kept_elsewhere(store)


def _credential(store: Store, form: str) -> Evidence:
    """The one line about the credential itself."""
    active = store.placed[0].content if store.placed else {}
    signature = mapping(active.get("signature_info"))
    detail: dict[str, Json] = {
        "state": store.state,
        "trusted": store.trusted,
        "codes": list(dict.fromkeys(failure.shown for failure in store.failures))[:_LISTED],
        "signer": shown(text(signature.get("issuer"))),
        "generator": _full_name(active),
        "manifests": len(store.placed),
        "ingredients": store.ingredients,
        "format": form,
    }
    if text(signature.get("time")):
        detail["time"] = shown(signature["time"], 40)
    detail.update(_extras(store))
    grade = Grade.PROVEN if store.trusted else Grade.DECLARED
    return Evidence(_OBSERVER, grade, "credential", detail, _private(active))


def _extras(store: Store) -> dict[str, Json]:
    """Redactions and watermarks: worth showing, proof of nothing."""
    redacted: list[str] = []
    marks: list[str] = []
    for placed in store.placed:
        named = placed.content.get("redactions")
        redacted += [text(u).rpartition("/")[2] for u in named] if isinstance(named, list) else []
        marks += [
            text(content.get("alg"))
            for label, content in assertions(placed.content)
            if label.startswith("c2pa.soft-binding")
        ]
        marks += [
            text(action.get("action")).removeprefix("c2pa.")
            for action, _ in actions(placed.content)
            if text(action.get("action")).startswith("c2pa.watermarked")
        ]
    found = {"redacted": redacted, "watermarks": marks}
    return {
        key: [shown(name, 80) for name in dict.fromkeys(names) if name][:_LISTED]
        for key, names in found.items()
        if any(names)
    }


def _private(manifest: Any) -> dict[str, Json]:
    """What names people or holds a prompt; stays at home."""
    signature = mapping(manifest.get("signature_info"))
    held = {
        "signer_name": [text(signature.get("common_name"))],
        "title": [text(manifest.get("title"))],
        "prompt": list(values_of("prompt", manifest.get("assertions"))),
        "comment": [text(action.get("description")) for action, _ in actions(manifest)],
        "author": [
            name
            for label, content in assertions(manifest)
            if label.startswith(("stds.schema-org", "cawg.identity", "cawg.metadata"))
            for key in ("name", "username", "creator")
            for name in values_of(key, content)
        ],
    }
    kept = {key: [v[:4000] for v in values if v][:_LISTED] for key, values in held.items()}
    return {
        key: values[0] if len(values) == 1 else values for key, values in kept.items() if values
    }


def _claims(store: Store, form: str) -> Iterator[Evidence]:
    """Evidence of what each manifest says, worst news first in the active one."""
    broken = {failure.manifest for failure in store.failures if _counts(store, failure)}
    given: set[tuple[object, ...]] = set()
    certain = False
    for placed in store.placed:
        said = statements(placed.content)
        certain |= any(s.claim in ("ai-generated", "ai-modified") for s in said)
        for statement in said:
            if certain and statement.source_type == "composite":
                continue
            made = _evidence(store, placed, statement, form, broken)
            key = () if made is None else (made.grade, made.claim, *map(str, made.detail.items()))
            if made is not None and key not in given and len(given) < _EVIDENCE:
                given.add(key)
                yield made
        if {"ai-generated", "camera-capture"} <= {s.claim for s in said if s.source_type}:
            yield _contradiction(placed, said)
        yield from _preference(store, placed)


def _counts(store: Store, failure: Failure) -> bool:
    """Whether a failure costs a manifest its proof. A trust missing then may be there now."""
    return is_break(failure.code) or not (failure.recorded and store.trusted)


def _evidence(
    store: Store, placed: Placed, statement: Statement, form: str, broken: set[str]
) -> Evidence | None:
    claim = statement.claim
    of_part = placed.relation not in (ACTIVE, PARENT)
    if not claim or (of_part and claim in _OF_THE_WHOLE):
        return None
    if of_part and claim == "ai-generated":
        claim = "ai-modified"
    detail: dict[str, Json] = {"carrier": f"c2pa-{form}", **_place(placed)}
    detail["signer"] = shown(text(mapping(placed.content.get("signature_info")).get("issuer")))
    facts = {
        "source_type": statement.source_type,
        "tool": statement.tool,
        "tool_version": statement.tool_version,
        "action": statement.action,
        "generator": _full_name(placed.content),
    }
    detail.update({key: value for key, value in facts.items() if value})
    detail["state"] = store.state
    return Evidence(_OBSERVER, _grade(store, placed, statement, broken), claim, detail)


def _grade(store: Store, placed: Placed, statement: Statement, broken: set[str]) -> Grade:
    if statement.suspected:
        return Grade.SUSPECTED
    if store.trusted and not statement.named and placed.label not in broken:
        return Grade.PROVEN
    return Grade.DECLARED


def _place(placed: Placed) -> dict[str, Json]:
    if placed.relation == ACTIVE:
        return {"manifest": "active"}
    return {"manifest": "ingredient", "relationship": shown(placed.relation, 40)}


def _contradiction(placed: Placed, said: list[Statement]) -> Evidence:
    types: list[Json] = [s.source_type for s in said if s.source_type]
    return Evidence(
        _OBSERVER,
        Grade.DECLARED,
        "contradiction",
        {
            **_place(placed),
            "source_types": types[:_LISTED],
            "between": "a camera's capture and a generative model, in the same manifest",
        },
    )


def _preference(store: Store, placed: Placed) -> Iterator[Evidence]:
    wishes = preferences(placed.content)
    if wishes and placed.relation in (ACTIVE, PARENT):
        detail: dict[str, Json] = {**_place(placed), "uses": dict(wishes)}
        yield Evidence(_OBSERVER, Grade.DECLARED, "training-preference", detail)


def _kept_elsewhere(store: Store) -> Iterator[Gap]:
    """Assertions that lie on a server are never fetched, and that is a gap."""
    places = [
        shown_address(text(mapping(content.get("location")).get("url")))
        for placed in store.placed
        for label, content in assertions(placed.content)
        if label.startswith("c2pa.cloud-data")
    ]
    for place in list(dict.fromkeys(places))[:_LISTED]:
        yield Gap(
            _OBSERVER,
            f"a part of its content credential is kept on a server ({place}) and was not fetched",
        )


def _full_name(manifest: Any) -> str:
    agent = generator_of(manifest)
    return f"{agent.name} {agent.version}".strip()
