"""Seeded damage to files: what a broken transfer, a bad disk or a cunning hand would do.

Pure: the same files, count and seed always give the same mutants, and mutant number N is the
same whatever the count, so that a failure can be looked at alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Damage = Callable[[bytes, Sequence[bytes], random.Random], tuple[int, bytes]]
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Mutant:
    """A damaged file. `base` is the index of the file it came from, `kind` the damage,
    `at` the offset where it starts; `name` is unique within a run."""

    name: str
    base: int
    kind: str
    at: int
    content: bytes


def mutants(files: Sequence[bytes], count: int, seed: int) -> Iterator[Mutant]:
    """`count` mutants of `files`, each different from the file it came from."""
    whole = [index for index, content in enumerate(files) if content]
    if not whole:
        raise ValueError("there is nothing to damage: every file is empty")
    for number in range(count):
        dice = random.Random(f"{seed}:{number}")
        base = dice.choice(whole)
        kind = dice.choice(tuple(KINDS))
        at, content = _changed(files[base], files, KINDS[kind], dice)
        yield Mutant(f"{number:05d}-{kind}", base, kind, at, content)


def _changed(
    base: bytes, files: Sequence[bytes], damage: Damage, dice: random.Random
) -> tuple[int, bytes]:
    for _ in range(20):
        at, content = damage(base, files, dice)
        if content != base:
            return at, content
    return flip(base, files, dice)


def truncate(base: bytes, files: Sequence[bytes], dice: random.Random) -> tuple[int, bytes]:
    """Cut the end off, anywhere; half of the time near an end, where trailers lie."""
    at = dice.randrange(len(base))
    if dice.random() < 0.25:
        at = max(0, len(base) - dice.randint(1, 64))
    elif dice.random() < 0.25:
        at = min(len(base) - 1, dice.randint(0, 256))
    return at, base[:at]


def flip(base: bytes, files: Sequence[bytes], dice: random.Random) -> tuple[int, bytes]:
    """Change 1 to 16 bits or bytes: scattered, or side by side; always at least one bit."""
    content = bytearray(base)
    count = dice.choice((1, 1, 1, 2, 4, 8, 16))
    first = _place(base, dice)
    together = dice.random() < 0.5
    places = {
        min(first + step, len(base) - 1) if together else dice.randrange(len(base))
        for step in range(1, count)
    } | {first}
    whole_bytes = dice.random() < 0.5
    for place in places:
        content[place] ^= dice.randint(1, 255) if whole_bytes else 1 << dice.randrange(8)
    return min(places), bytes(content)


def zero(base: bytes, files: Sequence[bytes], dice: random.Random) -> tuple[int, bytes]:
    """Fill a range with zeros, as a lost block on a disk reads."""
    at, end = _range(base, dice)
    return at, base[:at] + bytes(end - at) + base[end:]


def remove(base: bytes, files: Sequence[bytes], dice: random.Random) -> tuple[int, bytes]:
    """Leave a range out."""
    at, end = _range(base, dice)
    return at, base[:at] + base[end:]


def repeat(base: bytes, files: Sequence[bytes], dice: random.Random) -> tuple[int, bytes]:
    """Write a range twice."""
    at, end = _range(base, dice)
    return at, base[:end] + base[at:end] + base[end:]


def insert(base: bytes, files: Sequence[bytes], dice: random.Random) -> tuple[int, bytes]:
    """Put random bytes in."""
    at = _place(base, dice)
    return at, base[:at] + dice.randbytes(dice.randint(1, 64)) + base[at:]


def move(base: bytes, files: Sequence[bytes], dice: random.Random) -> tuple[int, bytes]:
    """Write a range of the file over another place in it."""
    at, end = _range(base, dice)
    to = _place(base, dice)
    piece = base[at:end][: len(base) - to]
    return to, base[:to] + piece + base[to + len(piece) :]


def cross(base: bytes, files: Sequence[bytes], dice: random.Random) -> tuple[int, bytes]:
    """Write a range of another file over a place in this one; at most half of it."""
    other = dice.choice([content for content in files if content])
    at, end = _range(other, dice)
    to = _place(base, dice)
    piece = other[at:end][: max(1, min(len(base) - to, len(base) // 2))]
    return to, base[:to] + piece + base[to + len(piece) :]


def length(base: bytes, files: Sequence[bytes], dice: random.Random) -> tuple[int, bytes]:
    """Lie in a 4-byte field: add to it, little or big endian, or make it huge."""
    if len(base) < 4:
        return flip(base, files, dice)
    at = min(_place(base, dice), len(base) - 4)
    order = "big" if dice.random() < 0.5 else "little"
    told = int.from_bytes(base[at : at + 4], order)  # type: ignore[arg-type]
    lie = dice.choice((1, -1, 4, -4, 256, -256, 65536, 2**31 - 1, dice.randrange(1, 2**32)))
    return at, base[:at] + ((told + lie) % 2**32).to_bytes(4, order) + base[at + 4 :]  # type: ignore[arg-type]


KINDS: dict[str, Damage] = {
    "truncate": truncate,
    "flip": flip,
    "zero": zero,
    "remove": remove,
    "repeat": repeat,
    "insert": insert,
    "move": move,
    "cross": cross,
    "length": length,
}


def _place(base: bytes, dice: random.Random) -> int:
    """Half of the time anywhere, half of the time in the first 1,024 bytes: headers and tags."""
    reach = len(base) if dice.random() < 0.5 else min(len(base), 1024)
    return dice.randrange(reach)


def _range(base: bytes, dice: random.Random) -> tuple[int, int]:
    """Start and end of a range of 1 byte to half of the file, short ones more often."""
    at = _place(base, dice)
    longest = max(1, min(_LONGEST, len(base) // 2))
    long = max(1, int(longest * dice.random() ** 3))
    return at, min(len(base), at + long)
