"""`gate check PATH…`: the main job."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from checkthegate.cli.options import HomeOption, JsonOption, PackFolders
from checkthegate.model import UsageError
from checkthegate.report.text import visible

if TYPE_CHECKING:
    from checkthegate.app.reporting import Reported


_NAMED = "Files, folders, zips, cuts, frames (shot.####.exr)."


def add_to(app: App) -> None:
    """Register the command."""
    app.command(check)


def check(
    paths: Annotated[list[str] | None, Parameter(name="PATH", help=_NAMED, negative="")] = None,
    /,
    *,
    timeline: Annotated[
        list[str] | None,
        Parameter(help="The cut that is delivered: its events are judged.", negative=""),
    ] = None,
    media: Annotated[
        list[str] | None,
        Parameter(help="Where the cut's media lie: counts as far as events use it.", negative=""),
    ] = None,
    since: Annotated[
        str | None, Parameter(help="An earlier cut, its report, or ‘last’: what changed since.")
    ] = None,
    certificate: Annotated[
        Path | None,
        Parameter(help="Where to write a certificate of these very files, if they pass."),
    ] = None,
    temp: Annotated[
        bool, Parameter(negative="", help="Nothing in it is final: a temp turnover.")
    ] = False,
    pack: Annotated[
        list[str] | None,
        Parameter(
            help="Rules to apply (ID or ID@VERSION); may be given several times.", negative=""
        ),
    ] = None,
    packs: PackFolders = None,
    out: Annotated[Path | None, Parameter(help="The folder that reports are written to.")] = None,
    as_json: JsonOption = False,
    as_of: Annotated[
        str | None, Parameter(help="Judge by what was on record at this day or time.")
    ] = None,
    workers: Annotated[
        int | None, Parameter(help="Processes at work; 0 runs everything in this one.")
    ] = None,
    no_cache: Annotated[
        bool, Parameter(negative="", help="Look at everything again and keep nothing.")
    ] = False,
    rehash: Annotated[bool, Parameter(negative="", help="Read every byte again.")] = False,
    no_pictures: Annotated[
        bool, Parameter(negative="", help="Leave pictures and sounds out of the report.")
    ] = False,
    with_prompts: Annotated[
        bool, Parameter(negative="", help="Put prompts into the report, and say so on page one.")
    ] = False,
    home: HomeOption = None,
) -> int:
    """Look at everything in the paths, judge it, and say what to do next."""
    from checkthegate.app.check import CheckRequest
    from checkthegate.app.home import find_home
    from checkthegate.app.patterns import with_frames
    from checkthegate.app.reporting import ReportRequest, check_and_report
    from checkthegate.cli.progress import progress_to_stderr

    used = find_home(home)
    if not paths and not timeline:
        raise UsageError(
            "Nothing to check was named.",
            hint="Name files or folders, or a cut with --timeline.",
        )
    request = CheckRequest(
        paths=with_frames(map(_path, paths or ())),
        timelines=tuple(map(_path, timeline or ())),
        media=with_frames(map(_path, media or ())),
        since=_path(since) if since is not None else None,
        final=not temp,
        packs=tuple(pack or ()),
        pack_folders=tuple(packs or ()),
        home=used,
        workers=os.cpu_count() or 1 if workers is None else max(0, workers),
        use_cache=not no_cache,
        rehash=rehash,
        pictures=not no_pictures,
        as_of=as_of,
    )
    with progress_to_stderr() as progress:
        wanted = ReportRequest(
            out=out,
            files=not as_json or out is not None,
            prompts=with_prompts,
            certificate=certificate,
        )
        reported = check_and_report(request, wanted, progress)
    for note in reported.notes:
        print(f"gate: {visible(note)}", file=sys.stderr)
    _say(reported, as_json)
    return 0 if reported.decision.verdict.rank < 2 else 1


def _path(word: str) -> Path:
    """A path as it was named. An empty word is not the folder one happens to be in."""
    if word:
        return Path(word)
    raise UsageError(
        "One of the paths is empty.",
        hint="Perhaps a variable in a script is not set. For the folder you are in, write: .",
    )


def _say(reported: Reported, as_json: bool) -> None:
    if as_json:
        print(json.dumps(reported.document, ensure_ascii=False))
        return
    import shutil

    from checkthegate.report.terminal import summary_lines

    shown = summary_lines(
        reported.decision,
        width=min(100, shutil.get_terminal_size().columns),
        styled=sys.stdout.isatty() and "NO_COLOR" not in os.environ,
        plain_shapes="utf" not in (sys.stdout.encoding or "").lower(),
    )
    print(shown)
    if reported.certificate is not None:
        print(f"The certificate:\n{reported.certificate}")
    if reported.folder is not None:
        print(f"The report:\n{reported.folder / 'report.html'}")
