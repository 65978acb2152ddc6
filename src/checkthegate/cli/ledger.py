"""`gate ledger verify|prove|export|rebuild`: whether the records are what was recorded."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from checkthegate.cli.options import HomeOption, JsonOption

_BROKEN = 3
_MOST = 50
WithoutBodies = Annotated[
    bool,
    Parameter(
        name="--without-bodies",
        negative="",
        help="Leave out what the entries say; number, kind and time stay.",
    ),
]


def add_to(app: App) -> None:
    """Register the commands."""
    commands = App(
        name="ledger", help="Whether the records are what was recorded, and proof of it."
    )
    for command in (verify, prove, export, rebuild):
        commands.command(command)
    app.command(commands)


def verify(
    *,
    against: Annotated[
        Path | None,
        Parameter(help="A report, packet, bundle or checkpoint that you hold outside."),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Make everything anew from the ledger and name every entry that does not verify."""
    from checkthegate.app.verifying import verify_home

    found = verify_home(home, against)
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print("\n".join(_verified_lines(found)))
    return 0 if found["ok"] else _BROKEN


def prove(
    named: Annotated[
        str, Parameter(name="ID", help="An id, a unique name, a recorded file, or a number.")
    ],
    /,
    *,
    out: Annotated[Path | None, Parameter(help="The file to write; else it is printed.")] = None,
    without_bodies: WithoutBodies = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Write a bundle that proves what was recorded about one thing, to whoever has no access."""
    from checkthegate.app.ledgering import prove as make
    from checkthegate.app.registry.desk import desk_of

    with desk_of(home) as desk:
        bundle = make(desk, named, bodies=not without_bodies)
    _hand_out(bundle, out, as_json=as_json)
    return 0


def export(
    *,
    out: Annotated[Path, Parameter(help="The file to write.")],
    without_bodies: WithoutBodies = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Write the whole ledger into one file that verifies with no home and no network."""
    from checkthegate.app.ledgering import export as make
    from checkthegate.app.registry.desk import desk_of

    with desk_of(home) as desk:
        bundle = make(desk, bodies=not without_bodies)
    _hand_out(bundle, out, as_json=as_json)
    return 0


def rebuild(*, home: HomeOption = None, as_json: JsonOption = False) -> int:
    """Empty all tables and fill them again from the ledger."""
    from checkthegate.app.ledgering import rebuild as make
    from checkthegate.app.registry.desk import desk_of

    with desk_of(home) as desk:
        entries = make(desk)
    if as_json:
        print(json.dumps({"entries": entries}))
    else:
        print(f"All tables were made anew from {entries:,} entries.")
    return 0


def _hand_out(bundle: dict[str, Any], out: Path | None, *, as_json: bool) -> None:
    from checkthegate.app.ledgering import subjects_in, write_bundle

    if out is None:
        print(json.dumps(bundle, ensure_ascii=False))
        return
    write_bundle(bundle, out)
    entries, key = len(bundle["entries"]), bundle["key"]
    if as_json:
        stated = {"file": str(out), "entries": entries, "key": key, "about": subjects_in(bundle)}
        print(json.dumps(stated, ensure_ascii=False))
        return
    print(f"Wrote {out}: {entries:,} {'entry' if entries == 1 else 'entries'}.")
    print(f"Whoever gets it verifies it with: gate verify-bundle {out} --key '{key}'")
    if any(entry["event"] for entry in bundle["entries"]):
        told = "It holds everything these entries say: names, and prompts where files were recorded"
        print(f"{told} (--without-bodies leaves that out).", file=sys.stderr)


def _verified_lines(found: dict[str, Any]) -> list[str]:
    entries, checkpoints = found["entries"], found["checkpoints"]
    counted = f"{entries:,} entries, {checkpoints:,} checkpoints"
    lines = [f"Everything verifies: {counted}." if found["ok"] else f"BROKEN: {counted}."]
    lines.append(f"  root  {found['root'] or '–'}")
    lines.append(f"  key   {found['key'] or '–'}")
    if "against" in found:
        held = found["against"]
        word = "consistent" if held["consistent"] else "NOT consistent"
        lines.append(
            f"  {word} with the checkpoint that you hold, over {held['entries']:,} entries"
        )
    for each in found["breaks"][:_MOST]:
        place = "     –" if each["entry"] is None else f"{each['entry']:>6}"
        lines.append(f"  {place}  {each['what']}")
    if len(found["breaks"]) > _MOST:
        lines.append(f"  … and {len(found['breaks']) - _MOST:,} more: gate ledger verify --json")
    if not found["ok"]:
        lines.append("Keep the home as it is, and compare it with a backup.")
    return [*lines, "", found["not_proven"]]
