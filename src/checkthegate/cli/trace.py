"""`gate trace FILE|ID`: what it came from, under whose word, and what came of it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from cyclopts import App, Parameter

from checkthegate.cli.options import HomeOption, JsonOption

_MOST = 200
_DEEPEST = 12
_LONGEST = 400
_SHORT = 12
_WORDS = {
    "file": "file", "record": "recorded as", "use": "under the use", "tool": "with",
    "model": "with the model", "talent": "showing", "consent": "consent",
    "approval": "approval", "escalation": "escalation", "work": "work",
}  # fmt: skip
_CLAIMS = {
    "matches-recorded": "matches recorded", "matches-input": "matches what went into",
    "matches-work": "matches the work",
}  # fmt: skip


def add_to(app: App) -> None:
    """Register the command."""
    app.command(trace)


def trace(
    named: Annotated[str, Parameter(name="FILE|ID", help="A file, an id, or a unique name.")],
    /,
    *,
    public: Annotated[
        bool, Parameter(negative="", help="Without prompts, names of people and accounts.")
    ] = False,
    as_of: Annotated[str | None, Parameter(help="As the records were at this time.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show what a file or fact came from, under whose word, and what would fall with it."""
    from checkthegate.app.registry.desk import desk_of, moment
    from checkthegate.app.trace import trace as make

    with desk_of(home) as desk:
        found = make(desk, named, moment(as_of), public=public)
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print("\n".join(_lines(found)))
    return 0


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"{found['kind']}  {_short(found['id'])}  {found['label'] or ''}".rstrip()
    if not found["known"]:
        yield "Nothing is on record about these bytes."
    yield from _taints(found["taints"])
    for record in found["records"]:
        yield from _record(record)
    yield from _under(found["under"])
    for work in found["works"]:
        yield f"  {work['kind']} work {work['id']} “{work['title'] or work['path']}”"
    yield from _matches(found["matches"], found["id"])
    yield from _tree("Made from", found["id"], found["from"])
    yield from _tree("What came of it, and would fall with it", found["id"], found["to"])
    if not found["complete"]:
        yield "There is more than could be walked: this shows the nearest."


def _taints(taints: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if taints:
        yield ""
        yield "DOUBTFUL"
    for each in taints[:_MOST]:
        yield f"  {each['fact']} is {each['standing']}: {each['reason']}"
        yield f"    {' → '.join(map(_short, each['path']))}"


def _record(record: Mapping[str, Any]) -> Iterator[str]:
    time = record["at"][:16].replace("T", " ")
    by = f" by {record['by']}" if "by" in record else ""
    yield ""
    yield f"Recorded {time} UTC{by} as {record['id']} ({record['made']})"
    yield f"  with      {' → '.join(step['name'] for step in record['steps'])}"
    if record["promise"]:
        yield f"  promised  {record['promise']}"
    if record["weakest"]:
        yield f"  decides   {record['weakest']['reason']}"
    for file in record["files"][:_MOST]:
        yield f"  file      {file['path']}"
        facts, private = file["facts"] or {}, file.get("private") or {}
        for name in ("tools", "models"):
            if facts.get(name):
                yield f"    {name:<16}{', '.join(facts[name])}"
        for name, value in private.items():
            yield f"    {name:<16}{_shown(value)}"


def _shown(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}… ({len(line):,} characters)"


def _under(under: Mapping[str, Any]) -> Iterator[str]:
    if any(under.values()):
        yield ""
        yield "Under"
    for use in under["uses"]:
        word = f": {use['verdict']}, approval {use['approval']}" if "verdict" in use else ""
        yield f"  use       {use['id']} “{use['title']}”{word}"
    for each in under["consents"]:
        about = f" ({each['reason']})" if each["reason"] else ""
        which = each["id"] or f"none of {each['talent']}"
        yield f"  consent   {which} {each['standing']}{about}"
    for each in under["approvals"]:
        who = f" of {each['person']}" if "person" in each else ""
        rules = ", ".join(each["rules"])
        yield f"  approval  {each['id']}{who}: {each['answer']}, {each['standing']}, for {rules}"


def _matches(matches: Sequence[Mapping[str, Any]], node: str) -> Iterator[str]:
    if matches:
        yield ""
        yield "Found by content, and answered"
    for each in matches:
        other = each["source"] if each["digest"] == node else each["digest"]
        who = f" by {each['person']}" if "person" in each else ""
        why = f": {_shown(each['why'])}" if "why" in each else ""
        yield f"  {each['id']}  {_CLAIMS.get(each['claim'], each['claim'])} {_short(other or '')}"
        yield f"    {each['answer']}{who}{why}"


def _tree(heading: str, root: str, related: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The related things, each under the one it was reached through."""
    if not related:
        return
    below: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for each in related:
        below[each["via"]].append(each)
    yield ""
    yield f"{heading} ({len(related):,})"
    waiting = [(each, 1) for each in reversed(below[root])]
    shown = 0
    while waiting and shown < _MOST:
        each, depth = waiting.pop()
        yield f"{'  ' * min(depth, _DEEPEST)}{_named(each)}"
        shown += 1
        waiting += [(child, depth + 1) for child in reversed(below[each["id"]])]
    if shown < len(related):
        yield f"  … and {len(related) - shown:,} more: --json shows all"


def _named(each: Mapping[str, Any]) -> str:
    word = _WORDS.get(each["kind"], each["kind"])
    if each["kind"] == "model" or not each["label"]:
        return f"{word} {_short(each['id'].removeprefix('model:'))}"
    return f"{word} {each['label']}  {_short(each['id'])}"


def _short(node: str) -> str:
    return f"{node[: 7 + _SHORT]}…" if node.startswith("sha256:") else node
