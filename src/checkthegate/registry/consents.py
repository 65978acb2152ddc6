"""Whether a person's consent is on file for something, as of a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from checkthegate.model.registry import AsOf, Consent, ConsentAnswer, ConsentType, Standing
from checkthegate.model.use import Effect
from checkthegate.registry.rows import Row, Rows
from checkthegate.registry.times import began, in_effect, last_began, not_begun, past

CONSENT_FOR: Final = {
    Effect.REPLICA: (ConsentType.REPLICA,),
    Effect.LIKENESS: (ConsentType.REPLICA,),
    Effect.DE_AGE: (ConsentType.ALTERATION, ConsentType.REPLICA),
    Effect.VOICE: (ConsentType.VOICE,),
    Effect.LIP_SYNC: (ConsentType.DUBBING, ConsentType.ALTERATION),
    Effect.ALTERATION: (ConsentType.ALTERATION,),
    Effect.SYNTHETIC_PERFORMER: (),
}
"""Which consents cover an effect; any one of them does. An invented performer is nobody."""

_LISTS: Final = ("media", "territories", "languages")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a consent is needed for. What is not asked about (None) is not compared."""

    production: str | None = None
    medium: str | None = None
    territory: str | None = None
    language: str | None = None
    strike: bool = False


def consent_for(
    rows: Rows,
    talent: str,
    types: Sequence[ConsentType],
    when: AsOf,
    asked: Asked | None = None,
) -> ConsentAnswer:
    """Where the person's consent for any of `types` stands. `talent` is an id.

    Of several in force the narrower counts. A refusal counts over what was granted before
    it; a revocation over what else was on file when it came. Both are lifted by a newer
    consent, and named.
    """
    asked = asked or Asked()
    known = [_consent(row, rows, when) for row in rows.rows("consents", talent=talent)
             if in_effect(row, when)]  # fmt: skip
    kinds = tuple(types)
    about = [each for each in known if each.types & set(kinds) and _same_production(each, asked)]
    if not about:
        return _missing(talent, kinds, known, asked)
    standings = [(each, *_standing(each, when, asked)) for each in about]
    no = [(each, said, why) for each, said, why in standings if said.known_no and _strong(said)]
    yes = [each for each, said, _ in standings if said is Standing.IN_FORCE]
    conflicts = tuple(_named(each, said) for each, said, _ in no) if yes else ()
    for each, said, why in no:
        if not any(_newer(granted, each) for granted in yes):
            return _answer(each, kinds, said, why, tuple(granted.id for granted in yes))
    narrower = _narrowing(yes, standings)
    if narrower is not None:
        each, why = narrower
        ids = tuple(granted.id for granted in yes)
        return _answer(each, kinds, Standing.OUT_OF_SCOPE, why, ids)
    if yes:
        chosen = min(sorted(yes, key=_at, reverse=True), key=_width)
        on_file = "it is on file" if chosen.document else "it is on file without a document"
        return _answer(chosen, kinds, Standing.IN_FORCE, on_file, conflicts)
    each, said, why = max(standings, key=lambda one: (list(Standing).index(one[1]), one[0].at))
    return _answer(each, kinds, said, why, ())


def consent_of(row: Row, rows: Rows, when: AsOf) -> Consent:
    """A row of `consents` as a consent, its revocation as known by then."""
    return _consent(row, rows, when)


def _missing(
    talent: str, types: tuple[ConsentType, ...], known: Sequence[Consent], asked: Asked
) -> ConsentAnswer:
    words = " or ".join(types) or "any"
    reason = f"no consent for {words} is on file"
    if any(each.types & set(types) for each in known):
        reason += f" for the production {asked.production}"
        return ConsentAnswer(Standing.OUT_OF_SCOPE, talent, types, reason)
    return ConsentAnswer(Standing.MISSING, talent, types, reason)


def _standing(consent: Consent, when: AsOf, asked: Asked) -> tuple[Standing, str]:
    name = f"consent {consent.id}"
    if not consent.granted:
        over = past(consent.ends, when) or consent.revoked_from is not None
        return (
            (Standing.MISSING, f"the refusal {consent.id} no longer stands, and nothing came after")
            if over
            else (Standing.REFUSED, f"the person refused ({name})")
        )
    if consent.revoked_from is not None:
        return Standing.REVOKED, f"{name} was revoked from {consent.revoked_from[:10]}"
    if past(consent.ends, when):
        return Standing.EXPIRED, f"{name} ended with {consent.ends}"
    if not_begun(consent.starts, when):
        return Standing.NOT_YET, f"{name} begins only with {consent.starts}"
    if asked.strike and consent.strike_suspends:
        return Standing.SUSPENDED, f"{name} is suspended during a strike"
    outside = _outside(consent, asked)
    return (Standing.OUT_OF_SCOPE, f"{name} {outside}") if outside else (Standing.IN_FORCE, "")


def _strong(standing: Standing) -> bool:
    return standing in (Standing.REFUSED, Standing.REVOKED)


def _same_production(consent: Consent, asked: Asked) -> bool:
    named = consent.production
    return (
        named is None or asked.production is None or named.casefold() == asked.production.casefold()
    )


def _outside(consent: Consent, asked: Asked) -> str:
    """What of that which is asked the consent does not name; empty when nothing."""
    for name, wanted in zip(_LISTS, (asked.medium, asked.territory, asked.language), strict=True):
        allowed: frozenset[str] | None = getattr(consent, name)
        if allowed is not None and wanted is not None and wanted.casefold() not in allowed:
            return f"is for {name} {', '.join(sorted(allowed))} only, not {wanted}"
    return ""


def _narrowing(
    yes: Sequence[Consent], standings: Sequence[tuple[Consent, Standing, str]]
) -> tuple[Consent, str] | None:
    """A consent out of scope here that limits what another, wider one allows.

    Separate consents for separate languages do not narrow each other: only one whose lists
    all lie within the other's does.
    """
    for each, said, why in standings:
        if said is Standing.OUT_OF_SCOPE and any(_within(each, wide) for wide in yes):
            return each, why
    return None


def _within(narrow: Consent, wide: Consent) -> bool:
    if not narrow.types & wide.types or narrow.purpose != wide.purpose:
        return False
    for name in _LISTS:
        inner, outer = getattr(narrow, name), getattr(wide, name)
        if outer is not None and (inner is None or not inner <= outer):
            return False
    return True


def _width(consent: Consent) -> int:
    """How many limits a consent leaves open: the narrowest has the fewest."""
    return sum(getattr(consent, name) is None for name in _LISTS)


def _at(consent: Consent) -> str:
    return consent.at


def _newer(granted: Consent, no: Consent) -> bool:
    """Whether a consent came after a refusal, or after another's revocation."""
    since = no.revoked_last if no.granted and no.revoked_last else no.holds_from
    return granted.holds_from > since


def _named(consent: Consent, standing: Standing) -> str:
    return f"{consent.id} ({standing})"


def _answer(
    consent: Consent,
    types: tuple[ConsentType, ...],
    standing: Standing,
    reason: str,
    conflicts: tuple[str, ...],
) -> ConsentAnswer:
    limits = [
        f"{name}: {', '.join(sorted(listed))}"
        for name in _LISTS
        if (listed := getattr(consent, name)) is not None
    ]
    if consent.scope:
        limits.append(f"scope: {consent.scope}")
    return ConsentAnswer(
        standing=standing,
        talent=consent.talent,
        types=types,
        reason=reason,
        consent=consent.id,
        documented=consent.document is not None,
        limits=tuple(limits),
        conflicts=conflicts,
    )


def _set(listed: Any) -> frozenset[str] | None:
    return None if listed is None else frozenset(str(each).casefold() for each in listed)


def _consent(row: Row, rows: Rows, when: AsOf) -> Consent:
    kinds = [each for each in row["types"] if each in list(ConsentType)]
    revocations = rows.rows("revocations", subject=row["id"])
    return Consent(
        id=row["id"],
        talent=row["talent"],
        granted=row["granted"],
        types=frozenset(map(ConsentType, kinds)),
        production=row["production"],
        purpose=row["purpose"],
        scope=row["scope"],
        media=_set(row["media"]),
        territories=_set(row["territories"]),
        languages=_set(row["languages"]),
        starts=row["starts"],
        ends=row["ends"],
        strike_suspends=bool(row["strike_suspends"]),
        document=row["document"],
        holds_from=row["holds_from"],
        at=row["at"],
        revoked_from=began(revocations, when),
        revoked_last=last_began(revocations, when),
    )
