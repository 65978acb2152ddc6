"""`gate trust add|list|remove`: the roots whose credentials count as proven."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from checkthegate.cli.options import HomeOption, JsonOption


def add_to(app: App) -> None:
    """Register the commands."""
    commands = App(name="trust", help="The certificates whose credentials you trust.")
    commands.command(add)
    commands.command(list_, name="list")
    commands.command(remove)
    app.command(commands)


def add(
    file: Annotated[Path, Parameter(name="PEM", help="A file with certificates in PEM form.")],
    /,
    *,
    home: HomeOption = None,
) -> int:
    """Trust the root certificates in a PEM file, such as the C2PA trust list."""
    from checkthegate.app.home import find_home
    from checkthegate.app.trust import add_anchors

    used = find_home(home)
    added = add_anchors(used, file)
    where = f"in the home of “{used.production}”" if used else "for this account"
    print(f"{len(added)} certificates are now trusted {where}:")
    for anchor in added:
        print(f"  {_line(anchor)}")
    return 0


def list_(*, home: HomeOption = None, as_json: JsonOption = False) -> int:
    """List the trusted certificates."""
    from checkthegate.app.home import find_home
    from checkthegate.app.trust import list_anchors

    listed = list_anchors(find_home(home))
    if as_json:
        print(json.dumps({"items": listed}, ensure_ascii=False))
        return 0
    for anchor in listed:
        print(f"{anchor['id']}  {_line(anchor)}")
    if not listed:
        print("No certificate is trusted yet. Add some with: gate trust add PEM")
    return 0


def remove(name: Annotated[str, Parameter(name="ID")], /, *, home: HomeOption = None) -> int:
    """Trust the certificates of one `gate trust add` no longer."""
    from checkthegate.app.home import find_home
    from checkthegate.app.trust import remove_anchors

    remove_anchors(find_home(home), name)
    print(f"The certificates of {name} are trusted no longer.")
    return 0


def _line(anchor: dict[str, str]) -> str:
    who = anchor["organisation"] or anchor["common_name"] or "unnamed"
    if anchor["common_name"] and anchor["common_name"] != who:
        who += f", {anchor['common_name']}"
    return f"{who}  until {anchor['not_after']}  {anchor['fingerprint'][:23]}…"
