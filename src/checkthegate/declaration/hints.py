"""The next step for a wrong word: the nearest allowed one, else all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

_MEANT: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("maybe", "unknown", "not sure", "not-sure", "?", "tbd", "tbc", "n/a", "na", "dunno"),
        "unsure",
    ),
    **dict.fromkeys(("picture", "photo", "still", "png", "jpg"), "image"),
    **dict.fromkeys(("film", "movie", "clip"), "video"),
    **dict.fromkeys(("sound", "sfx"), "audio"),
    **dict.fromkeys(("moodboard", "concept", "reference"), "ideation"),
    **dict.fromkeys(("offline", "on-premise", "own machine"), "local"),
    **dict.fromkeys(("public", "free", "personal"), "consumer"),
    **dict.fromkeys(("enterprise", "partner"), "partner-enterprise"),
    **dict.fromkeys(("deepfake", "clone", "double"), "replica"),
    **dict.fromkeys(("background-only", "glimpsed"), "incidental"),
}
_SHOWN: Final = 40


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed word that was probably meant, or None."""
    from difflib import get_close_matches

    known = list(allowed)
    plain = "-".join(word.casefold().replace("_", " ").split())[:100]
    if plain in known:
        return plain
    meant = _MEANT.get(word.strip().casefold()[:100], "")
    if meant in known:
        return meant
    contained = [each for each in known if plain and (plain in each.split("-"))]
    if len(contained) == 1:
        return contained[0]
    close = get_close_matches(plain, known, 1, 0.6)
    return close[0] if close else None


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """`Did you mean “local”?` with all the words behind it."""
    known = list(allowed)
    meant = nearest(word, known)
    every = f"Allowed: {', '.join(known)}."
    return f"Did you mean “{meant}”? {every}" if meant else every


def shown(value: object) -> str:
    """What was written, short and on one line, for a message."""
    text = " ".join("".join(c if c.isprintable() else " " for c in str(value)[:400]).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1].rstrip() + "…"
