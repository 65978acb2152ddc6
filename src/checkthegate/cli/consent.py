"""`gate consent add|refuse|revoke|list|show`: what people agreed to, and what they did not."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from checkthegate.cli.options import AsOfOption, EffectiveOption, HomeOption, JsonOption

YesNo = Literal["yes", "no", "unsure"]
Person = Annotated[str, Parameter(name="NAME", help="A person's id or name.")]
Types = Annotated[
    list[str],
    Parameter(
        name="--type",
        negative="",
        consume_multiple=True,
        help="biometric, replica, voice, alteration, dubbing, training; several are allowed.",
    ),
]
Document = Annotated[Path | None, Parameter(help="The signed paper: a PDF, an e-mail, a scan.")]
Production = Annotated[str | None, Parameter(help="The production it is for; else any.")]
First = Annotated[str | None, Parameter(name="--from", help="The first day it holds.")]
Last = Annotated[str | None, Parameter(name="--to", help="The last day it holds.")]
Why = Annotated[str, Parameter(help="Why, as they said it.")]


def add_to(app: App) -> None:
    """Register the commands."""
    commands = App(name="consent", help="People's consents and refusals, with their limits.")
    commands.command(list_, name="list")
    for command in (add, refuse, revoke, show):
        commands.command(command)
    app.command(commands)


def add(
    person: Person,
    /,
    *,
    types: Types,
    document: Document = None,
    starts: First = None,
    ends: Last = None,
    production: Production = None,
    purpose: Annotated[str | None, Parameter(help="What for.")] = None,
    scope: Annotated[str | None, Parameter(help="How far it goes, as the paper says.")] = None,
    medium: Annotated[
        list[str] | None,
        Parameter(name="--media", negative="", consume_multiple=True, help="Only these media."),
    ] = None,
    territory: Annotated[
        list[str] | None, Parameter(negative="", consume_multiple=True, help="Only there.")
    ] = None,
    language: Annotated[
        list[str] | None, Parameter(negative="", consume_multiple=True, help="Only these.")
    ] = None,
    basis: Annotated[
        Literal["scan", "footage", "recordings", "estate", "union", "other"] | None,
        Parameter(help="How the material came to be, or who consents in their place."),
    ] = None,
    replica: Annotated[
        Literal["employment-based", "independently-created", "background"] | None,
        Parameter(help="Which kind of replica."),
    ] = None,
    condition: Annotated[
        list[str] | None, Parameter(negative="", help="A condition; may be given several times.")
    ] = None,
    script_version: Annotated[str | None, Parameter(help="The script they read.")] = None,
    script_on: Annotated[str | None, Parameter(help="The day of that script.")] = None,
    strike_suspends: Annotated[
        bool, Parameter(negative="", help="It is suspended during a strike.")
    ] = False,
    minor: Annotated[bool, Parameter(negative="", help="A guardian consents.")] = False,
    separately_signed: Annotated[YesNo | None, Parameter(help="Signed by itself.")] = None,
    notice_given: Annotated[YesNo | None, Parameter(help="Notice was given in time.")] = None,
    pay_settled: Annotated[YesNo | None, Parameter(help="The pay for it is settled.")] = None,
    scan_reason: Annotated[str | None, Parameter(help="Why they are scanned.")] = None,
    by: Annotated[str | None, Parameter(help="Who signed in their place.")] = None,
    effective: EffectiveOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Record what a person consented to. Without --document it counts as not documented."""
    stated = _given(
        types=types, starts=starts, ends=ends, production=production, purpose=purpose, scope=scope,
        media=medium, territories=territory, languages=language, basis=basis, replica=replica,
        conditions="\n".join(condition) if condition else None, script_version=script_version,
        script_on=script_on, strike_suspends=strike_suspends or None, minor=minor or None,
        separately_signed=separately_signed, notice_given=notice_given, pay_settled=pay_settled,
        scan_reason=scan_reason, person=by,
    )  # fmt: skip
    return _record(person, stated, document, True, effective, home, as_json)


def refuse(
    person: Person,
    /,
    *,
    types: Types,
    document: Document = None,
    starts: First = None,
    ends: Last = None,
    production: Production = None,
    scope: Annotated[str | None, Parameter(help="What they refused, in words.")] = None,
    effective: EffectiveOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Record that a person refused. Uses that rest on it are blocked."""
    stated = _given(types=types, starts=starts, ends=ends, production=production, scope=scope)
    return _record(person, stated, document, False, effective, home, as_json)


def revoke(
    consent: Annotated[
        str, Parameter(name="CONSENT", help="Its id; or a person who has only one.")
    ],
    /,
    *,
    why: Why = "revoked by the person",
    document: Document = None,
    effective: EffectiveOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Revoke a consent, or withdraw a refusal. Uses that rest on it are judged again."""
    from checkthegate.app.registry.consents import revoke_consent
    from checkthegate.app.registry.desk import desk_of
    from checkthegate.cli.shown import print_written

    with desk_of(home) as desk:
        written = revoke_consent(desk, consent, why, document=document, effective=effective)
    said = f"{written.id}: revoked from {written.events[0].holds_from[:16].replace('T', ' ')} UTC."
    return print_written(written, said, as_json=as_json)


def list_(
    person: Annotated[
        str | None, Parameter(name="NAME", help="Of one person alone, by id or name.")
    ] = None,
    /,
    *,
    as_of: AsOfOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """List consents and refusals, and where each stands."""
    from checkthegate.app.registry.consents import list_consents
    from checkthegate.app.registry.desk import desk_of, moment
    from checkthegate.cli.shown import print_list

    when = moment(as_of)
    with desk_of(home) as desk:
        listed = list_consents(desk, when, person)
    columns = {
        "ID": lambda each: each["id"],
        "PERSON": lambda each: each["name"],
        "TYPE": lambda each: each["types"],
        "STANDS": lambda each: each["standing"],
        "FROM": lambda each: each["starts"] or each["holds_from"][:10],
        "TO": lambda each: each["ends"],
        "PRODUCTION": lambda each: each["production"] or "any",
        "DOCUMENT": lambda each: "yes" if each["document"] else "no",
        "": lambda each: "backdated" if each["backdated"] else " ",
    }
    empty = "No consent is on record. Record one: gate consent add NAME --type … --document FILE"
    return print_list(listed, columns, as_json=as_json, empty=empty)


def show(
    consent: Annotated[str, Parameter(name="CONSENT", help="Its id.")],
    /,
    *,
    as_of: AsOfOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show a consent with its limits and history."""
    from checkthegate.app.registry.consents import show_consent
    from checkthegate.app.registry.desk import desk_of, moment
    from checkthegate.cli.shown import print_one

    when = moment(as_of)
    with desk_of(home) as desk:
        return print_one(show_consent(desk, consent, when), as_json=as_json)


def _record(
    person: str,
    stated: dict[str, Any],
    document: Path | None,
    granted: bool,
    effective: str | None,
    home: Path | None,
    as_json: bool,
) -> int:
    from checkthegate.app.registry.consents import add_consent
    from checkthegate.app.registry.desk import desk_of
    from checkthegate.cli.shown import print_written

    with desk_of(home) as desk:
        done = add_consent(
            desk, person, stated, document=document, granted=granted, effective=effective
        )
    word = "consent" if granted else "refusal"
    said = f"{done.written.id}: {word} for {', '.join(stated['types'])} recorded."
    return print_written(done.written, said, as_json=as_json, notes=done.notes)


def _given(**stated: Any) -> dict[str, Any]:
    from checkthegate.app.registry.consents import types_of
    from checkthegate.cli.shown import given

    kept = given(**stated)
    return {**kept, "types": types_of(kept["types"])}
