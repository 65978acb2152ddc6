"""Knows texts again by their words: passages copied, lightly or heavily revised, in any script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from checkthegate.fingerprint import words_find, words_index
from checkthegate.fingerprint.words_align import Stretch
from checkthegate.fingerprint.words_independent import widespread
from checkthegate.fingerprint.words_judge import LEAST, Shared, agreeing, shared
from checkthegate.fingerprint.words_nearest import own_passages
from checkthegate.fingerprint.words_print import MOST_LETTERS, Words, packed, unpacked
from checkthegate.fingerprint.words_show import exhibits
from checkthegate.fingerprint.words_tokens import WORD, grams, winnowed
from checkthegate.model import Asset, Gap, Grade, Json, Kind, Unreadable
from checkthegate.model.evidence import Span
from checkthegate.model.match import Banked, Match
from checkthegate.seams import Bank, FingerprintCache, OpenAsset

_SUBTITLES = frozenset({"text/vtt", "application/x-subrip"})
_MOST_MATCHES = 500
_SHOWN = 40


@lru_cache
def _installed(library: str) -> bool:
    return find_spec(library) is not None


@dataclass(frozen=True, slots=True)
class WordsHasher:
    """Knows material by its words. A distance is the share of a passage that differs."""

    id: str = "words"
    recipe: str = "words-1"
    version: str = "1"

    def lacks(self) -> str | None:
        """A sentence when the library that compares word by word is not installed."""
        if not _installed("rapidfuzz"):
            return (
                "texts cannot be compared word by word, so copied passages are not found: "
                "the optional part 'matching' is not installed"
            )
        return None

    def wants(self, asset: Asset) -> bool:
        """Texts, documents, screenplays and subtitles."""
        return asset.kind is Kind.TEXT or asset.media_type in _SUBTITLES

    def fingerprint(self, opened: OpenAsset) -> bytes | None:
        """The words, packed; None for fewer than a sentence. Raises `Unreadable`."""
        words = _read(opened)
        return packed(words) if words.weight >= LEAST else None

    def index(self, fingerprints: Sequence[tuple[int, bytes]], folder: Path) -> None:
        """Write an index of the kept runs of words of each text."""
        kept = []
        for _, fingerprint in fingerprints:
            every = grams(unpacked(fingerprint).tokens)
            chosen = winnowed(every)
            kept.append((every.hashes[chosen], chosen))
        words_index.write(folder, [number for number, _ in fingerprints], kept)

    def match(
        self, opened: OpenAsset, bank: Bank, cache: FingerprintCache
    ) -> Iterable[Match | Gap]:
        """The passages of the bank's texts that lie in this one, in its order."""
        lacks = self.lacks()
        if lacks:
            raise Unreadable(lacks)
        target = self._words(opened, cache)
        if target is None:
            return
        yield from _Search(opened, bank, target).matches()

    def _words(self, opened: OpenAsset, cache: FingerprintCache) -> Words | None:
        """The asset's words. What costs more to read than to unpack is kept in the cache; an empty
        entry says that there are too few."""
        if opened.asset.media_type.startswith("text/"):
            words = _read(opened)
            return words if words.weight >= LEAST else None
        body = cache.get(opened.asset.digest, self.recipe)
        if body is not None:
            return unpacked(body) if body else None
        words = _read(opened)
        enough = words.weight >= LEAST
        cache.put(opened.asset.digest, self.recipe, packed(words) if enough else b"")
        return words if enough else None


def _read(opened: OpenAsset) -> Words:
    text = opened.text()
    if len(text.body) > MOST_LETTERS:
        pages = MOST_LETTERS // 1600
        raise Unreadable(f"its text is longer than some {pages} pages and was not compared")
    return Words(text)


@dataclass(slots=True)
class _Search:
    """One text against a bank."""

    opened: OpenAsset
    bank: Bank
    target: Words

    def matches(self) -> Iterator[Match | Gap]:
        sources, found = self._stretches()
        passages = [
            (number, passage)
            for number, source in sources.items()
            for passage in self._passages(number, source, found)
        ]
        passages.sort(key=lambda each: (-each[1].agreeing, each[1].start, each[0]))
        if len(passages) > _MOST_MATCHES:
            reason = f"more passages are known than the {_MOST_MATCHES} longest, which are listed"
            yield Gap("fingerprint", reason)
        kept = passages[:_MOST_MATCHES]
        common = widespread(kept, sources, lambda number: self.bank.banked(number).source)
        for place, (number, passage) in sorted(
            enumerate(kept), key=lambda each: (each[1][1].start, each[1][0])
        ):
            if place in common and passage.grade is Grade.SUSPECTED:
                continue
            grade = Grade.SUSPECTED if place in common else passage.grade
            banked = self.bank.banked(number)
            shown = place < _SHOWN
            yield _match(self.target, sources[number], banked, passage, grade, common, place, shown)

    def _stretches(self) -> tuple[dict[int, Words], dict[int, list[Stretch]]]:
        """The texts that share something with the target, and what."""
        sources, found = dict[int, Words](), dict[int, list[Stretch]]()
        for number, anchors in words_find.proposed(self.target, self.bank.folders).items():
            self.opened.working()
            source = unpacked(self.bank.fingerprint(number))
            agreed = words_find.stretches(self.target, source, anchors, self.opened.working)
            if sum(agreeing(self.target, each) for each in agreed) >= LEAST:
                sources[number], found[number] = source, agreed
        return sources, found

    def _passages(
        self, number: int, source: Words, found: Mapping[int, list[Stretch]]
    ) -> list[Shared]:
        passages = shared(self.target, source, found[number])
        inputs = self.bank.banked(number).inputs if passages else ()
        if not inputs:
            return passages
        theirs = list(words_find.inputs_of(found, inputs, self.bank.numbers_of))
        return own_passages(self.target, source, passages, theirs)


def _match(
    target: Words,
    source: Words,
    banked: Banked,
    passage: Shared,
    grade: Grade,
    common: Mapping[int, int],
    place: int,
    shown: bool,
) -> Match:
    start, end = target.letters(passage.start, passage.stop)
    source_start, source_end = source.letters(passage.source_start, passage.source_stop)
    detail: dict[str, Json] = {"words": passage.agreeing // WORD}
    for words, letter, side in ((target, start, ""), (source, source_start, "source_")):
        at = words.passage(letter)
        detail.update({f"{side}page": at.page} if at.page else {})
        detail.update({f"{side}scene": at.scene} if at.scene else {})
    if place in common:
        detail["also_in"] = common[place]
    differs = round(1 - passage.share, 4)
    return Match(
        banked,
        grade,
        differs,
        Span(float(start), float(end)),
        Span(float(source_start), float(source_end)),
        differs,
        detail,
        exhibits(target, source, passage) if shown else (),
    )


def hasher(settings: Mapping[str, Any]) -> WordsHasher:
    """What the entry point names."""
    return WordsHasher()
