"""Turns a check into documents: the report as JSON, and the files of a report folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from checkthegate import __version__
from checkthegate.app.certificate import check_target, issue, refused, since_of
from checkthegate.app.check import Checked, CheckRequest, check
from checkthegate.app.decisions import seal_decision
from checkthegate.app.looking import Progress
from checkthegate.app.own_reports import remember_reports
from checkthegate.app.places import account_digest_key
from checkthegate.app.wiring import load_report_formats
from checkthegate.model import Decision, UsageError
from checkthegate.report.document import report_document
from checkthegate.report.exhibits import without_pictures
from checkthegate.seams import ReportInput


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """Where reports go: `out`, else the home's reports, else a new folder here.

    `certificate` is the file a certificate is written to, if the verdict allows one.
    """

    out: Path | None = None
    files: bool = True
    prompts: bool = False
    certificate: Path | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """A decision, its document, and the folder its files are in (None when none were asked).

    `notes` says what went otherwise than asked for, in sentences.
    """

    decision: Decision
    document: Mapping[str, Any]
    folder: Path | None
    notes: tuple[str, ...] = ()
    certificate: Path | None = None


def check_and_report(
    request: CheckRequest, wanted: ReportRequest, progress: Callable[[Progress], None]
) -> Reported:
    """Check a delivery, write its report, and its certificate where one is asked for."""
    if wanted.certificate is not None:
        check_target(request.home, wanted.certificate)
        request = replace(request, rehash=True)
    now = datetime.now(UTC)
    folder = _folder(request, wanted, now) if wanted.files else None
    if wanted.out is not None:
        _make(wanted.out)
    checked = check(request, progress)
    home = request.home
    key = home.digest_key if home else account_digest_key()
    document = report_document(
        checked.decision,
        key=key,
        home={"production": home.production, "key": home.key} if home else None,
        checked_at=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        with_prompts=wanted.prompts,
        extra={"as_of": request.as_of} if request.as_of else None,
    )
    notes, issued = checked.notes, None
    if home is not None:
        # Imported here: without a home there is nothing to answer.
        from checkthegate.app.registry.matches import remember_matches

        document |= seal_decision(home, request, document)
        remember_matches(home, document)
        if wanted.certificate is not None:
            why = refused(checked.decision.verdict)
            notes, issued = (*notes, *([why] if why else [])), None if why else wanted.certificate
        if issued is not None:
            document["certificate"] = issue(
                home, document, checked.files, issued, since_of(checked.decision)
            )
    if folder is not None:
        _write(folder, _input(request, checked, document))
    return Reported(checked.decision, document, folder, notes, issued)


def _folder(request: CheckRequest, wanted: ReportRequest, now: datetime) -> Path:
    stamp = now.strftime("%Y%m%d-%H%M%S")
    if wanted.out is not None:
        return wanted.out
    if request.home is not None:
        return request.home.reports / stamp
    return Path(f"gate-report-{stamp}")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        in_the_way = isinstance(problem, FileExistsError | NotADirectoryError)
        why = "there is a file of that name" if in_the_way else problem.strerror
        raise UsageError(
            f"The report folder “{folder}” cannot be made: {why}.",
            hint="Name another one with --out.",
            path=str(folder),
        ) from None


def _input(request: CheckRequest, checked: Checked, document: Mapping[str, Any]) -> ReportInput:
    names = ", ".join(path.resolve().name for path in request.meant[:3])
    return ReportInput(
        decision=checked.decision if request.pictures else without_pictures(checked.decision),
        document=document,
        thumbnails=checked.thumbnails,
        production=request.home.production if request.home else "",
        delivery=names + (" …" if len(request.meant) > 3 else ""),
        checked_at=str(document["checked_at"]),
        version=__version__,
    )


def _write(folder: Path, report: ReportInput) -> None:
    """Write every format: all of them or none, so that no report speaks of another check."""
    _make(folder)
    contents = {each.filename: each.render(report) for each in load_report_formats()}
    fresh = {name: folder / f".{name}.part" for name in contents}
    target = folder
    try:
        for name, content in contents.items():
            target = folder / name
            fresh[name].unlink(missing_ok=True)
            with fresh[name].open("xb") as stream:
                stream.write(content)
        for name in contents:
            target = folder / name
            os.replace(fresh[name], target)
    except OSError as problem:
        for part in fresh.values():
            with suppress(OSError):
                part.unlink(missing_ok=True)
        raise UsageError(
            f"The report “{target}” cannot be written: {problem.strerror}.",
            hint="Make room there, or name another folder with --out. What was looked at is "
            "kept, so the next run is quick.",
            path=str(target),
        ) from None
    remember_reports(list(contents.values()))
