"""Text that strangers wrote, made safe to show; and small words for people.

File names, tool names and reasons may hold anything: terminal escapes, characters that turn
the reading direction round, lone surrogates. Nothing here hides such a character: it is shown
as its code, since a name that needs one is worth a second look.
"""

from __future__ import annotations

import re
from typing import Final

_WORDS: Final = (
    "no", "one", "two", "three", "four", "five", "six",
    "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
_TRICKS: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\ufffe\uffff]"
)


def visible(text: str) -> str:
    """`text` on one line with every control, direction and invisible character as `‹U+202E›`."""
    return _TRICKS.sub(lambda found: f"‹U+{ord(found[0]):04X}›", text)


def storable(text: str) -> str:
    """`text` without lone surrogates, which UTF-8 cannot hold: they become `\\udcff`."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def count(number: int, one: str, many: str | None = None) -> str:
    """`two files`, `1,204 files`, `no files`: the number in words up to twelve."""
    noun = one if number == 1 else (many or one + "s")
    return f"{spell(number)} {noun}"


def spell(number: int) -> str:
    """`two`, `1,204`: a number as a person would write it inside a sentence."""
    return _WORDS[number] if 0 <= number < len(_WORDS) else f"{number:,}"


def sentence(text: str) -> str:
    """`text` with a capital first letter; the rest is left alone."""
    return text[:1].upper() + text[1:]


def full_sentence(text: str) -> str:
    """`text` as a sentence: a capital first, a full stop last."""
    whole = sentence(text.strip())
    return whole if not whole or whole.endswith((".", "!", "?", "…")) else whole + "."


def listed(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + " and " + words[-1]


def size_words(size: int) -> str:
    """Bytes as a person says them: `812 bytes`, `4.1 MB`, `1.3 TB`."""
    if size < 1000:
        return f"{size} bytes" if size != 1 else "1 byte"
    steps = next(n for n in range(1, 5) if size < 999.5 * 1000**n or n == 4)
    scaled, unit = size / 1000**steps, ("kB", "MB", "GB", "TB")[steps - 1]
    return f"{scaled:.0f} {unit}" if scaled >= 99.5 else f"{scaled:.1f} {unit}"


def seconds_words(seconds: float) -> str:
    """Seconds as a person says them: `0.4 s`, `38 s`, `4 min 10 s`, `2 h 5 min`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def media_time(seconds: float) -> str:
    """Seconds of media time as `01:02:03.500`."""
    whole = max(0, round(seconds * 1000))
    minutes, milliseconds = divmod(whole, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{milliseconds / 1000:06.3f}"


def clock(seconds: float) -> str:
    """Seconds of media time as people read them off a player: `00:12.4`, `1:02:12.4`."""
    tenths = max(0, round(seconds * 10))
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    shown = f"{minutes:02}:{rest // 10:02}.{rest % 10}"
    return f"{hours}:{shown}" if hours else shown


def short_digest(digest: str) -> str:
    """`sha256:9f3c8a21…`: enough to compare by eye; the whole one lies a click away."""
    tag, colon, digits = digest.partition(":")
    if not colon or len(digits) <= 8:
        return digest
    return f"{tag}:{digits[:8]}…"
