"""Looks in a delivery for what is banked: one observer a hasher, where there is anything to find.

Who has nothing on record has no such observer. Who has, and lacks what would find it, gets a gap.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from checkthegate.app.bank import BankDamaged, BankPlace, OpenBank
from checkthegate.app.banking import FIRST, bank_place
from checkthegate.app.extents import SPAN, is_all
from checkthegate.app.wiring import load_hashers
from checkthegate.model import (
    Asset,
    Evidence,
    Gap,
    Grade,
    Json,
    Observation,
    Source,
    Span,
    Unreadable,
)
from checkthegate.model.match import Match, Role, Screening, match_id
from checkthegate.seams import Example, Hasher, OpenAsset
from checkthegate.store.prints import PrintFolder

OBSERVER: Final = "fingerprint"
SCREENED: Final = "screened"
_FORM: Final = 3
_MOST_MATCHES: Final = 2000
_MOST_EXHIBITS: Final = 4
_MOST_EXHIBIT_BYTES: Final = 512 * 1024
_AGAIN: Final = "Give these files again: gate record FILE…, or gate work add FILE…"


def observer_id(hasher: str) -> str:
    """The id of the observer that looks for what a hasher knows."""
    return OBSERVER if hasher == FIRST else f"{OBSERVER}-{hasher}"


def matching_observers(
    settings: Mapping[str, Any], matching: Mapping[str, Any]
) -> list[Missing | Matching]:
    """The observers that these settings ask for."""
    hashers = load_hashers(settings)
    found: list[Missing | Matching] = []
    for name, stated in matching["banks"].items():
        hasher = hashers.installed.get(name)
        if "missing" in stated or hasher is None:
            found.append(Missing(name, stated.get("missing", ""), stated.get("kinds", ())))
        else:
            cache = PrintFolder(Path(matching["prints"]))
            found.append(Matching(hasher, bank_place(stated), cache, pictures=matching["pictures"]))
    return found


class Missing:
    """Stands where a hasher is not installed although the home holds what it would look for."""

    version = "1"
    reads_path = False
    reads_pixels = True

    def __init__(self, hasher: str, why: str, kinds: Sequence[str]) -> None:
        self.id = observer_id(hasher)
        self._hasher = hasher
        self._why = why
        self._kinds = frozenset(kinds)

    @property
    def settings(self) -> Mapping[str, Json]:
        """Why it is missing."""
        return {"hasher": self._hasher, "missing": self._why}

    def wants(self, asset: Asset) -> bool:
        """Everything of the kinds that are banked."""
        return asset.kind in self._kinds

    def observe(self, opened: OpenAsset) -> Iterable[Observation]:
        """That it could not be looked for."""
        yield Gap(OBSERVER, f"What is on record was not looked for in it. {self._why}")

    def examples(self) -> Sequence[Example]:
        """None: it reads nothing."""
        return ()


class Matching:
    """Looks for what one hasher knows."""

    reads_path = False
    reads_pixels = True

    def __init__(
        self, hasher: Hasher, place: BankPlace, cache: PrintFolder, *, pictures: bool
    ) -> None:
        self.id = observer_id(hasher.id)
        self._hasher = hasher
        self._place = place
        self._cache = cache
        self._pictures = pictures
        self._lacks = hasher.lacks()
        self._inspected: bool | None = None

    @property
    def version(self) -> str:
        """The hasher's."""
        return self._hasher.version

    @property
    def settings(self) -> Mapping[str, Json]:
        """The recipe, what is banked, and what is lacking: a result holds until one changes."""
        return {
            "hasher": self._hasher.id,
            "form": _FORM,
            "recipe": self._hasher.recipe,
            "bank": self._place.state,
            "others": self._place.others,
            "lacks": self._lacks,
            "pictures": self._pictures,
        }

    def wants(self, asset: Asset) -> bool:
        """Whatever the hasher can know."""
        return self._hasher.wants(asset)

    def examples(self) -> Sequence[Example]:
        """None: what it finds depends on what is banked. Hashers have a conformance suite."""
        return ()

    def observe(self, opened: OpenAsset) -> Iterable[Observation]:
        """What of the bank lies in the asset, and what could not be looked for."""
        if self._lacks:
            yield Gap(OBSERVER, self._lacks)
        if self._place.others:
            yield Gap(OBSERVER, _others(self._place))
        if not self._place.count:
            return
        said: dict[str, Observation] = {}
        try:
            for found in self._hasher.match(opened, self._bank, self._cache):
                opened.working()
                for each in self._stated(opened, found):
                    said.setdefault(repr(_key(each)), each)
                if len(said) > _MOST_MATCHES:
                    break
        except Unreadable as problem:
            yield Gap(OBSERVER, problem.reason)
        except BankDamaged:
            yield Gap(OBSERVER, _DAMAGED)
        except MemoryError:
            raise
        except Exception:
            # Its own fault, or an index that is not what it wrote: only the latter can be helped.
            if not self._is_damaged():
                raise
            yield Gap(OBSERVER, _DAMAGED)
        yield from list(said.values())[:_MOST_MATCHES]
        if len(said) > _MOST_MATCHES:
            yield Gap(
                OBSERVER, f"More than {_MOST_MATCHES:,} matches were found; not all are told."
            )

    @cached_property
    def _bank(self) -> OpenBank:
        return OpenBank(self._place)

    def _is_damaged(self) -> bool:
        """Whether the indexes are not what was written. Looked at once: it reads all of them."""
        if self._inspected is None:
            try:
                self._bank.inspect()
                self._inspected = False
            except (BankDamaged, sqlite3.Error):
                self._bank.mark_damaged()
                self._inspected = True
        return self._inspected

    def _stated(self, opened: OpenAsset, found: Match | Gap | Screening) -> Iterator[Observation]:
        """Evidence for everything that the match's file is in the bank for.

        Where the asset is that very file, the records say so already.
        """
        if isinstance(found, Gap):
            yield Gap(OBSERVER, found.reason)
        elif isinstance(found, Screening):
            yield Evidence(OBSERVER, Grade.DECLARED, SCREENED, found.detail)
        elif found.banked.digest != opened.asset.digest:
            span, detail = self._placed(opened, found)
            exhibits = _bounded(found) if self._pictures else ()
            for source, path in self._sources(found):
                yield Evidence(
                    OBSERVER,
                    found.grade,
                    found.banked.role.claim,
                    detail,
                    span=span,
                    source=Source(source, path, found.source_span, found.distance),
                    exhibits=exhibits,
                )
                exhibits = ()

    def _placed(self, opened: OpenAsset, found: Match) -> tuple[Span | None, dict[str, Json]]:
        """Where it lies and what is told of it: what proves (almost) all of an asset to be on
        record has no span, and its numbers are told."""
        hasher, span = self._hasher.id, found.span
        detail = _detail(hasher, opened.asset, found)
        proves = found.grade is Grade.PROVEN and found.banked.role is Role.RECORDED
        if span is None or not proves or not is_all(opened, hasher, span):
            return span, detail
        return None, {**detail, SPAN: {"start": span.start, "end": span.end}}

    def _sources(self, found: Match) -> Iterable[tuple[str, str]]:
        """All records or works of these bytes; of an input the first record it went into."""
        first = (found.banked.source, found.banked.path)
        if found.banked.role is Role.INPUT:
            return (first,)
        return dict.fromkeys((first, *self._bank.sources(found.banked.number)))


_DAMAGED: Final = (
    "What is on record could not be looked for in it: the cache of it is damaged. It is made anew "
    "by the next check."
)


def _detail(hasher: str, asset: Asset, found: Match) -> dict[str, Json]:
    stated: dict[str, Json] = {
        **found.detail,
        "match": match_id(asset.digest, found.banked.digest),
        "by": hasher,
    }
    return stated if found.differs is None else {**stated, "differs": found.differs}


def _bounded(found: Match) -> tuple[Any, ...]:
    fit = [each for each in found.exhibits if len(each.body) <= _MOST_EXHIBIT_BYTES]
    return tuple(fit[:_MOST_EXHIBITS])


def _key(said: Observation) -> tuple[Any, ...]:
    """What makes two statements one: a content on record twice may be found twice."""
    if isinstance(said, Gap):
        return (said.reason,)
    return (said.claim, said.grade, said.span, said.source)


def _others(place: BankPlace) -> str:
    files = "1 file on record is" if place.others == 1 else f"{place.others:,} files on record are"
    return (
        f"{files} known only as another version of this program, or of its models, knows them, so "
        f"they were not looked for in it. {_AGAIN}"
    )
