"""English for a declared use: the words a pack's texts have places for, made when first asked.

They name steps as the declarer did, and everything else by its kind. Performers' names stay
out: a finding travels further than the declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from checkthegate.model.use import (
    Answer,
    Change,
    DeclaredUse,
    Effect,
    Environment,
    Exemption,
    InputKind,
    Purpose,
    ReferenceKind,
    TalentEntry,
    ToolStep,
    TrainedOn,
    Training,
)
from checkthegate.rules.words import listed, plain_name

_SECURED = (Environment.NETFLIX_ENTERPRISE, Environment.PARTNER_ENTERPRISE, Environment.LOCAL)
_VERIFIED = (*_SECURED, Environment.VERIFIED_TERMS)
_FREE_INPUTS = (InputKind.PUBLIC, InputKind.OWN, InputKind.LICENSED)
_INPUTS: Mapping[InputKind, str] = {
    InputKind.PUBLIC: "public material",
    InputKind.OWN: "material of your own",
    InputKind.LICENSED: "licensed material",
    InputKind.SCRIPT: "the script",
    InputKind.UNRELEASED: "unreleased material",
    InputKind.PRODUCTION_STILL: "production stills",
    InputKind.FOOTAGE: "footage",
    InputKind.TALENT_LIKENESS: "a performer’s likeness",
    InputKind.PERSONAL_DATA: "personal details",
    InputKind.CONTRACT: "a contract",
    InputKind.THIRD_PARTY: "other people’s material",
}
_SENSITIVE = (
    InputKind.TALENT_LIKENESS,
    InputKind.UNRELEASED,
    InputKind.FOOTAGE,
    InputKind.CONTRACT,
    InputKind.PERSONAL_DATA,
)
_STUDIO = (
    InputKind.SCRIPT,
    InputKind.UNRELEASED,
    InputKind.PRODUCTION_STILL,
    InputKind.FOOTAGE,
)
_REFERENCES: Mapping[ReferenceKind, str] = {
    ReferenceKind.COPYRIGHTED_WORK: "a copyrighted work",
    ReferenceKind.PUBLIC_FIGURE: "a public figure",
    ReferenceKind.DECEASED_PERSON: "a person who has died",
    ReferenceKind.ARTIST_STYLE: "an artist’s style",
    ReferenceKind.BRAND: "a brand",
}
_EFFECTS: Mapping[Effect, str] = {
    Effect.REPLICA: "a digital replica of a performer",
    Effect.VOICE: "a performer’s voice",
    Effect.LIKENESS: "a performer’s likeness",
    Effect.DE_AGE: "a performer’s age",
    Effect.LIP_SYNC: "a performer’s lips",
    Effect.ALTERATION: "a recorded performance",
    Effect.SYNTHETIC_PERFORMER: "invented performers",
}
_UNCHANGED = (Change.NONE, Change.CUSTOMARY)
_PURPOSES: Mapping[Purpose, str] = {
    Purpose.KEY_VISUAL: "a key visual element",
    Purpose.CHARACTER: "a main character",
    Purpose.SETTING: "a setting central to the story",
}
_TRAINED_ON: Mapping[TrainedOn, str] = {
    TrainedOn.OWN: "material of your own",
    TrainedOn.LICENSED: "licensed material",
    TrainedOn.THIRD_PARTY: "other people’s material",
    TrainedOn.PERFORMER: "a performer’s material",
}


class UseWords(dict[str, str]):
    """The words for one declaration. Each is made when a text first needs it."""

    def __init__(self, use: DeclaredUse) -> None:
        super().__init__()
        self._use = use

    def __missing__(self, word: str) -> str:
        said = self[word] = _WORDS[word](self._use)
        return said


def _keepers(use: DeclaredUse) -> str:
    no = Answer.NO
    return _steps(s for s in use.tools if not (s.stores is s.reuses is s.trains is no))


def _unsecured(use: DeclaredUse) -> str:
    return _steps(step for step in use.tools if step.environment not in _VERIFIED)


def _outside(use: DeclaredUse) -> str:
    return _steps(step for step in use.tools if step.environment not in _SECURED)


def _uncleared(use: DeclaredUse) -> str:
    return (
        listed(
            _INPUTS[each.what]
            for each in use.inputs or ()
            if each.cleared is not Answer.YES and each.what not in _FREE_INPUTS
        )
        or _INPUTS[InputKind.THIRD_PARTY]
    )


def _sensitive(use: DeclaredUse) -> str:
    return _kinds(use, _SENSITIVE) or "sensitive material"


def _studio_material(use: DeclaredUse) -> str:
    return _kinds(use, _STUDIO) or "the studio’s material"


def _kinds(use: DeclaredUse, kinds: Iterable[InputKind]) -> str:
    return listed(_INPUTS[each.what] for each in use.inputs or () if each.what in kinds)


def _pointed_at(use: DeclaredUse) -> str:
    return (
        listed(
            _REFERENCES[each.what]
            for each in use.references or ()
            if each.permission is not Answer.YES
        )
        or "somebody’s work or likeness"
    )


def _effects(use: DeclaredUse) -> str:
    return (
        listed(_EFFECTS[each.effect] for each in use.talent or () if each.effect and _counts(each))
        or "a performance"
    )


def _counts(entry: TalentEntry) -> bool:
    if entry.exemption not in (None, Exemption.NONE):
        return entry.exemption is Exemption.AS_RECORDED and entry.change not in _UNCHANGED
    return entry.effect is not Effect.ALTERATION or entry.change not in _UNCHANGED


def _trained_on(use: DeclaredUse) -> str:
    on = use.training.on if isinstance(use.training, Training) else None
    return _TRAINED_ON[on] if on else "material nobody has named"


def _steps(steps: Iterable[ToolStep]) -> str:
    return listed(plain_name(step.name) or "an unnamed step" for step in steps) or "a step"


_WORDS: Mapping[str, Callable[[DeclaredUse], str]] = {
    "keepers": _keepers,
    "unsecured": _unsecured,
    "outside": _outside,
    "uncleared": _uncleared,
    "sensitive": _sensitive,
    "studio_material": _studio_material,
    "pointed_at": _pointed_at,
    "effects": _effects,
    "purpose": lambda use: _PURPOSES.get(use.purpose, "a key element"),
    "trained_on": _trained_on,
}
