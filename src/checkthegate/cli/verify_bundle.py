"""`gate verify-bundle FILE`: whether a bundle is intact, whose word it is, and of which files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from checkthegate.cli.options import JsonOption

_BROKEN = 3
_MOST = 50
_STATES = {
    "certified": "as certified",
    "changed": "CHANGED since",
    "unnamed": "NOT NAMED in the bundle",
    "missing": "MISSING from the delivery",
}


def add_to(app: App) -> None:
    """Register the command."""
    app.command(verify_bundle, name="verify-bundle")


def verify_bundle(
    file: Annotated[Path, Parameter(name="FILE", help="The bundle.")],
    /,
    *,
    delivery: Annotated[
        Path | None, Parameter(help="The files in hand: are they the ones it speaks of?")
    ] = None,
    key: Annotated[
        list[str] | None,
        Parameter(
            negative="",
            help="A key that you know: its text, its fingerprint, or a file that holds it.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Verify a bundle with no home and no network. Intact is not trusted: name the key you know."""
    from checkthegate.app.bundles import verify_file

    found = verify_file(file, key or [], delivery)
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print("\n".join(_lines(found)))
    return 0 if found["ok"] else _BROKEN


def _lines(found: dict[str, Any]) -> Iterator[str]:
    known = "a key that you trust" if found["trusted"] else "NOT a key that you named as trusted"
    yield "The bundle is intact." if found["intact"] else "The bundle is NOT intact."
    if found["key"]:
        yield f"  signed by   {found['key']}: {known}"
    if found["production"]:
        yield f"  production  {found['production']}, as its maker calls it"
    yield f"  holds       {len(found['entries']):,} of {found['size']:,} entries"
    for fact in found["facts"][:_MOST]:
        yield f"  {fact['entry']:>9}   {fact['kind']} {fact['subject'] or '–'}, {fact['at']}"
    if len(found["facts"]) > _MOST:
        yield f"              … and {len(found['facts']) - _MOST:,} more"
    for each in found["breaks"][:_MOST]:
        yield f"  !           {each['what']}"
    yield from _delivery(found.get("delivery"))
    yield f"\nIt proves: {found['proves']}"
    yield f"It does not prove: {found['does_not_prove']}"


def _delivery(held: dict[str, Any] | None) -> Iterator[str]:
    if held is None:
        return
    yield (
        "The delivery is the one it speaks of."
        if held["ok"]
        else "The delivery is NOT the one it speaks of."
    )
    for each in held["files"]:
        yield f"  {_STATES[each['state']]:<24} {each['path'] or each['digest']}"
