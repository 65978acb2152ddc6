"""`gate home show|trust`: which home is in use, and which found ones this account accepts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from checkthegate.cli.options import HomeOption, JsonOption


def add_to(app: App) -> None:
    """Register the commands."""
    commands = App(name="home", help="Which home is in use, and which ones you trust.")
    commands.command(show)
    commands.command(trust)
    app.command(commands)


def show(*, home: HomeOption = None, as_json: JsonOption = False) -> int:
    """Say which home is in use."""
    from checkthegate.app.home import find_home
    from checkthegate.model import UsageError

    used = find_home(home)
    if used is None:
        raise UsageError(
            "There is no home here.", hint="Make one with: gate init DIR --production NAME"
        )
    stated = {"production": used.production, "key": used.key, "folder": str(used.folder)}
    if as_json:
        print(json.dumps(stated, ensure_ascii=False))
    else:
        for name, value in stated.items():
            print(f"{name:<11} {value}")
    return 0


def trust(folder: Annotated[Path, Parameter(name="DIR", help="The home to trust.")], /) -> int:
    """Let this account use a home when it is found by looking upwards from a folder."""
    from checkthegate.app.home import open_home, trust_home

    home = open_home(folder)
    trust_home(home)
    print(f"This account now uses the home of “{home.production}” when it is found.")
    print(f"Its key is {home.key}")
    return 0
