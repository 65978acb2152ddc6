"""Judges a declared use by the rules of a home, as its registry bears the declaration out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from checkthegate.app.home import Home
from checkthegate.model import PackRef
from checkthegate.model.registry import AsOf
from checkthegate.model.use import DeclaredUse
from checkthegate.registry.consents import Asked
from checkthegate.registry.declared import declared_use
from checkthegate.registry.rows import Rows
from checkthegate.registry.tools import tools_named
from checkthegate.registry.uses import EffectiveUse, effective_use, talents_named

SCOPE: Final = "use"

if TYPE_CHECKING:
    from checkthegate.rules import Pack, UseDecision


@dataclass(frozen=True, slots=True)
class Judged:
    """A use as it was judged: by `effective.use`, the worse of declaration and registry."""

    effective: EffectiveUse
    decision: UseDecision

    @property
    def answer(self) -> dict[str, Any]:
        """The answer as an event keeps it."""
        return {
            "verdict": self.decision.verdict.value,
            "approval": self.decision.approval.value,
            "rules": list(self.decision.rules),
            "packs": [stated_pack(each) for each in self.decision.packs],
        }


@dataclass(frozen=True, slots=True)
class Judge:
    """The packs that judge uses, and the production they are judged for."""

    packs: Sequence[Pack]
    production: str

    @classmethod
    def of(cls, home: Home, on: date | None = None) -> Judge:
        """The judge of a home by the packs in force on a day, today when None."""
        from checkthegate.app.rulebook import select_packs, shelves

        every = select_packs(home.configuration.packs, shelves(home), on or date.today())
        return cls(tuple([pack for pack in every if pack.by_scope.get(SCOPE)]), home.production)

    @property
    def refs(self) -> list[dict[str, str]]:
        """The packs as events name them."""
        return [stated_pack(pack.ref) for pack in self.packs]

    def of_use(self, declared: DeclaredUse, rows: Rows, when: AsOf) -> Judged:
        """The use as it stands by declaration and registry."""
        from checkthegate.rules import judge_use

        asked = Asked(production=declared.production or self.production or None)
        effective = effective_use(declared, rows, when, asked=asked)
        return Judged(effective, judge_use(effective.use, self.packs))

    def of_stored(self, declaration: Mapping[str, Any], rows: Rows, when: AsOf) -> Judged:
        """The same, of a declaration as it is stored."""
        return self.of_use(declared_use(declaration), rows, when)


def registered(declared: DeclaredUse, rows: Rows) -> tuple[list[str], list[str]]:
    """The ids of the registered tools and of the people a declaration names."""
    tools = [row["id"] for step in declared.tools if step.name
             for row in tools_named(step.name, rows)]  # fmt: skip
    people = [row["id"] for each in declared.talent or () if each.who
              for row in talents_named(each.who, rows)]  # fmt: skip
    return list(dict.fromkeys(tools)), list(dict.fromkeys(people))


def stated_pack(ref: PackRef) -> dict[str, str]:
    """A pack as events and answers name it."""
    return {"id": ref.id, "version": ref.version, "digest": ref.digest}
