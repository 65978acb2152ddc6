"""`gate init DIR --production NAME`: makes a home."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter


def add_to(app: App) -> None:
    """Register the command."""
    app.command(init)


def init(
    folder: Annotated[Path, Parameter(name="DIR", help="Where the production's files lie.")],
    /,
    *,
    production: Annotated[str, Parameter(help="The production's name, as reports show it.")],
    pack: Annotated[
        list[str] | None, Parameter(help="A rule pack that applies; may be given several times.")
    ] = None,
) -> int:
    """Make a home for a production: its settings, keys, records and reports."""
    from checkthegate.app.home import make_home
    from checkthegate.app.recording import records_of
    from checkthegate.app.wiring import load_packs

    packs = pack or ["netflix"]
    load_packs(packs)
    home = make_home(folder, production, packs)
    # Made at once, so that records that are not there later were lost.
    with records_of(home):
        pass
    print(f"Made the home of “{home.production}” at {home.folder}")
    print(f"Its key is {home.key}")
    print("Next: gate check PATH")
    return 0
