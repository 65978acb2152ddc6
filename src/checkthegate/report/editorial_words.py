"""What is said of cuts, packages and sequences, in a producer’s language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from checkthegate.report.text import count, full_sentence

_PACKAGE: Final = {
    "package-missing-file": "The package lists a file that is not there",
    "package-hash-mismatch": "A file is not what the package’s list says it is",
    "package-not-in-map": "The package names something that its map does not know",
    "package-broken": "The package is broken",
}
EDITORIAL: Final = frozenset(
    {"timeline", "plays-timeline", "not-in-timeline", "sequence", "screened", "package", *_PACKAGE}
)


def editorial_words(claim: str, detail: Mapping[str, Any]) -> str:
    """One statement about a cut, a package or a sequence as a sentence."""
    if claim == "timeline":
        clips = detail.get("clips")
        told = f" with {count(clips, 'event')}" if isinstance(clips, int) else ""
        return f"This is a cut{told}."
    if claim == "plays-timeline":
        return f"This film is the cut “{_text(detail, 'name')}”, played out."
    if claim == "not-in-timeline":
        return full_sentence(_text(detail, "why") or "AI was found where the cut shows none")
    if claim == "sequence":
        return _sequence(detail)
    if claim == "screened":
        return _text(detail, "promise")
    if claim == "package":
        return "This is an IMF package."
    file, problem = _text(detail, "file"), _text(detail, "problem")
    return full_sentence(": ".join(filter(None, (_PACKAGE[claim], file, problem))))


def _sequence(detail: Mapping[str, Any]) -> str:
    """Which frames there are, which are missing, and what was looked at of them."""
    frames, missing = _text(detail, "frames"), _text(detail, "missing")
    told = [f"This is a sequence of pictures, frames {frames}." if frames else
            "This is a sequence of pictures."]  # fmt: skip
    if missing:
        told.append(f"Missing: {missing}.")
    return " ".join([*told, _text(detail, "promise")]).strip()


def _text(detail: Mapping[str, Any], name: str) -> str:
    value = detail.get(name)
    return value.strip() if isinstance(value, str) else ""
