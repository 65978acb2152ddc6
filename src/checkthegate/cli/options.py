"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

HomeOption = Annotated[
    Path | None,
    Parameter(name="--home", help="The home to use, or the folder that holds it."),
]
JsonOption = Annotated[
    bool,
    Parameter(name="--json", negative="", help="Print one JSON document and nothing else."),
]
PackFolders = Annotated[
    list[Path] | None,
    Parameter(
        name="--packs", negative="", help="A folder of your own packs; may be given several times."
    ),
]
AsOfOption = Annotated[
    str | None,
    Parameter(
        name="--as-of", help="What was known and held then: 2026-11-22, or a time with its zone."
    ),
]
WorkersOption = Annotated[
    int | None,
    Parameter(name="--workers", help="Processes at work; 0 reads everything in this one."),
]
EffectiveOption = Annotated[
    str | None,
    Parameter(
        name="--effective",
        help="Since when it holds, if not from now. Earlier is allowed and stays marked.",
    ),
]
