"""`gate rules list|show|facts|test|lock|diff`: the rule packs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from checkthegate.cli.options import HomeOption, JsonOption, PackFolders

if TYPE_CHECKING:
    from checkthegate.app.rulebook import Shelf, Volume
    from checkthegate.model.use import DeclaredUse
    from checkthegate.report.prose import Block

_WIDEST = 96


def add_to(app: App) -> None:
    """Register the commands."""
    commands = App(name="rules", help="The rule packs: read, compare, test and lock them.")
    commands.command(list_, name="list")
    commands.command(run_cases, name="test")
    for command in (show, facts, lock, diff):
        commands.command(command)
    app.command(commands)


def list_(
    *, packs: PackFolders = None, home: HomeOption = None, as_json: JsonOption = False
) -> int:
    """List the installed packs."""
    from checkthegate.app.rulebook import volumes
    from checkthegate.app.rules_document import summary
    from checkthegate.report.rule_words import list_blocks

    listed = [summary(volume, volume.read()) for volume in volumes(_shelves(packs, home))]
    if as_json:
        _print_json({"items": listed})
    else:
        _print(list_blocks(listed))
    return 0


def show(
    pack: Annotated[str, Parameter(name="PACK", help="PACK, PACK@VERSION, or a version's folder.")],
    rule: Annotated[str | None, Parameter(name="RULE", help="One rule alone: nfx.p4")] = None,
    /,
    *,
    packs: PackFolders = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show a pack, or one of its rules, as a document to read."""
    from checkthegate.app.rules_document import pack_document
    from checkthegate.model import UsageError
    from checkthegate.report.rule_words import CAUTION, pack_blocks, rule_blocks

    document = pack_document(_find(pack, _shelves(packs, home)))
    known = [each["id"] for each in document["rules"]]
    if rule is not None and rule not in known:
        raise UsageError(
            f"There is no rule “{rule}” in {document['id']}.",
            hint=f"Its rules: {', '.join(dict.fromkeys(known))}.",
        )
    if as_json:
        if rule is not None:
            document["rules"] = [each for each in document["rules"] if each["id"] == rule]
        _print_json({**document, "caution": CAUTION})
    else:
        _print(pack_blocks(document) if rule is None else rule_blocks(document, rule))
    return 0


def facts(*, as_json: JsonOption = False) -> int:
    """Print everything a rule can ask about, and the words its texts may use."""
    from checkthegate.app.rules_document import facts_document
    from checkthegate.report.rule_words import fact_blocks

    if as_json:
        _print_json({"items": facts_document()})
    else:
        _print(fact_blocks(facts_document()))
    return 0


def run_cases(
    pack: Annotated[
        str | None, Parameter(name="PACK", help="One pack alone, by name or folder.")
    ] = None,
    /,
    *,
    packs: PackFolders = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Run every case of the packs; 1 when one does not come out as it says."""
    from checkthegate.app.rulebook import volumes
    from checkthegate.app.rules_cases import case_results

    places = _shelves(packs, home)
    chosen = volumes(places) if pack is None else _named(pack, places)
    results = case_results(chosen)
    if as_json:
        _print_json({"items": results})
    else:
        for result in results:
            _print_tested(result)
    return 1 if any(result["disagreements"] for result in results) else 0


def lock(
    folder: Annotated[Path, Parameter(name="DIR", help="A folder of packs.")],
    /,
    *,
    check: Annotated[
        bool, Parameter(negative="", help="Change nothing; 1 when the lock does not fit.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Lock the versions in a folder of packs: from then on their text stays as it is."""
    from dataclasses import asdict

    from checkthegate.app.rules_lock import lock_state, write_lock

    state = lock_state(folder) if check else write_lock(folder)
    if as_json:
        _print_json({**asdict(state), "sound": state.sound or not check})
    elif check:
        for names, problem in (
            (state.added, "is not locked yet"),
            (state.changed, "was edited after it was locked: undo that, and add a new version"),
            (state.missing, "is locked, but its folder is gone: put it back"),
        ):
            for name in names:
                print(f"{name} {problem}")
        if state.sound:
            print(f"All {len(state.kept)} versions are as they were locked.")
    else:
        for name in state.added:
            print(f"{name} is locked now. To change it later, add a new version.")
        print(f"{folder / 'packs.lock'} holds {len(state.kept) + len(state.added)} versions.")
    return 0 if state.sound or not check else 1


def diff(
    before: Annotated[str, Parameter(name="A", help="PACK@VERSION, or a version's folder.")],
    after: Annotated[str, Parameter(name="B", help="PACK@VERSION, or a version's folder.")],
    /,
    *,
    from_: Annotated[
        Path | None, Parameter(name="--from", help="Declared uses: which of them change?")
    ] = None,
    packs: PackFolders = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Compare two versions of a pack rule by rule, and say which live uses change.

    The uses are those of a file, else those on record in the home there is.
    """
    from checkthegate.app.rules_change import changed_uses, compared, declared_uses
    from checkthegate.report.rule_change_words import change_blocks

    places = _shelves(packs, home)
    old, new = _find(before, places), _find(after, places)
    document = compared(old, new)
    uses = declared_uses(from_) if from_ is not None else _uses_of(home)
    if uses is not None:
        document["uses"] = changed_uses(uses, old.read(), new.read())
    if as_json:
        _print_json(document)
    else:
        _print(change_blocks(document))
    return 0


def _uses_of(named_home: Path | None) -> Iterable[DeclaredUse] | None:
    """The live uses of the home there is, as declared; None without a home."""
    from checkthegate.app.home import find_home

    found = find_home(named_home)
    if found is None:
        return None
    from checkthegate.app.registry.uses import live_uses

    return live_uses(found)


def _shelves(folders: list[Path] | None, named_home: Path | None) -> tuple[Shelf, ...]:
    from checkthegate.app.home import find_home
    from checkthegate.app.rulebook import shelves

    return shelves(find_home(named_home), folders or ())


def _find(name: str, places: tuple[Shelf, ...]) -> Volume:
    from datetime import date

    from checkthegate.app.rulebook import find_pack

    return find_pack(name, places, date.today())


def _named(name: str, places: tuple[Shelf, ...]) -> list[Volume]:
    """Every version of a pack, or the one that is named."""
    from checkthegate.app.rulebook import volumes

    return [volume for volume in volumes(places) if volume.pack == name] or [_find(name, places)]


def _print(blocks: Iterable[Block]) -> None:
    from checkthegate.report.prose import terminal_text

    print(terminal_text(blocks, min(_WIDEST, shutil.get_terminal_size().columns)))


def _print_json(document: dict[str, Any]) -> None:
    print(json.dumps(document, ensure_ascii=False))


def _print_tested(result: dict[str, Any]) -> None:
    wrong = result["disagreements"]
    verdict = {
        0: "all come out as they say",
        1: "one does not come out as it says",
    }.get(len(wrong), f"{len(wrong)} do not come out as they say")
    print(f"{result['id']}: {result['cases']} cases, {verdict}")
    for each in wrong:
        print(f"  {each['where']}: {each['rule']}, “{each['case']}”")
        print(f"    the case says: {each['expected']}")
        print(f"    it comes out:  {each['came_out']}")
        print(f"    decided by:    {', '.join(each['decided_by'])}")
