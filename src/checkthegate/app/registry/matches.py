"""A person's word on a match: that it is what it was taken for, or that it is not.

A match is known by an id that is the same in every check of the same two contents. What it was
is looked up where checks leave it: in earlier answers, in this home's reports, in its cache.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path
from typing import Any, Final

from checkthegate.app.home import Home
from checkthegate.app.places import write_private
from checkthegate.app.recording import event, new_id
from checkthegate.app.registry.desk import Desk, Written
from checkthegate.model import UsageError
from checkthegate.model.event import Event
from checkthegate.model.record import Row
from checkthegate.model.registry import AsOf
from checkthegate.registry.matches import REJECTED, newest_word
from checkthegate.seams import RecordReading
from checkthegate.store.cache import Cache

MATCH_ID: Final = re.compile(r"mat_[0-9a-f]{20}")
_MOST_REPORTS: Final = 200
_MOST_KEPT: Final = 20_000
_NEWEST: Final = "cache-matches.json"
_LARGEST: Final = 256 * 1024 * 1024
_AGAIN: Final = "Run gate check again: it prints the id of every match. See: gate match list"


def answer_match(desk: Desk, match: str, word: str, stated: Mapping[str, Any]) -> Written:
    """Record that a person confirmed or rejected a match. Raises `UsageError` when no check of
    this home has shown it. `stated` holds `person` and `why`; the newest answer counts."""
    known = known_match(desk, match)

    def make(reading: RecordReading) -> list[Event]:
        rows = reading.rows("match_words", match=match)
        newest = max(rows, key=lambda row: int(row["entry"]), default=None)
        same = {"word": word, **stated}
        if newest is not None and all(newest[name] == value for name, value in same.items()):
            raise UsageError(
                f"{match} was {word} by {newest['person']} already, with the same reason.",
                hint=f"See: gate match show {match}",
            )
        about = {name: known[name] for name in ("digest", "source", "claim") if known.get(name)}
        return [event(f"match-{word}", new_id("mat"), {"match": match, **stated, **about})]

    return desk.write(make)


def known_match(desk: Desk, match: str) -> dict[str, Any]:
    """What a match was: its claim, the asset's digest, the source's id, and what else is known."""
    if not MATCH_ID.fullmatch(match):
        raise UsageError(
            f"“{match[:60]}” is not the id of a match.",
            hint="It is “mat_” and twenty digits or small letters from a to f; reports print it.",
        )
    for found in _everywhere(desk, match):
        return found
    raise UsageError(f"No check of this home has shown a match {match}.", hint=_AGAIN)


def list_matches(desk: Desk, when: AsOf) -> list[dict[str, Any]]:
    """Every match that was answered by then, and those of the newest check that nobody
    answered; what was found before what was only answered."""
    listed = {found["id"]: found for found in _of_newest_check(desk.home, when)}
    with desk.store.reading() as reading:
        answered = dict.fromkeys(row["match"] for row in reading.rows("match_words"))
        for match in (*listed, *answered):
            word = newest_word(reading, match, when)
            if word is not None:
                listed[match] = {**listed.get(match, _stated(word)), **_answer(word)}
            elif match in listed:
                listed[match] = {**listed[match], **_answer(None)}
    return list(listed.values())


def show_match(desk: Desk, match: str, when: AsOf) -> dict[str, Any]:
    """One match: what it was, the answer that counts, and every answer there was."""
    known = known_match(desk, match)
    with desk.store.reading() as reading:
        rows = sorted(reading.rows("match_words", match=match), key=lambda row: int(row["entry"]))
        told = [_told(row) for row in rows if when.known is None or row["at"] <= when.known]
        word = newest_word(reading, match, when)
    return {**known, **_answer(word), "history": told}


def answers_about(reading: RecordReading, node: str, when: AsOf) -> list[dict[str, Any]]:
    """The answered matches of a file (by digest), or with a record or work, as of a time."""
    column = "digest" if node.startswith("sha256:") else "source"
    matches = dict.fromkeys(row["match"] for row in reading.rows("match_words", **{column: node}))
    words = [newest_word(reading, match, when) for match in matches]
    names = ("id", "claim", "digest", "source", "answer", "person", "why", "at")
    told = [{**_stated(word), **_answer(word)} for word in words if word is not None]
    return [{name: each[name] for name in names} for each in told]


def remember_matches(home: Home, document: Mapping[str, Any]) -> None:
    """Keep what the newest check matched, wherever its report went. What cannot be kept is
    found again by the next check."""
    found = list(islice(_matches_of(document), _MOST_KEPT))
    kept = {"checked_at": document["checked_at"], "matches": found}
    with suppress(OSError):
        write_private(home.folder / _NEWEST, json.dumps(kept).encode())


def _everywhere(desk: Desk, match: str) -> Iterator[dict[str, Any]]:
    """What is known of a match, the best told first."""
    kept = _document(_content(desk.home.folder / _NEWEST))
    yield from (each for each in kept.get("matches", ()) if each["id"] == match)
    for content in _reports(desk.home):
        if match.encode() in content:
            yield from (each for each in _matches_in(content) if each["id"] == match)
    with desk.store.reading() as reading:
        yield from (_stated(row) for row in reading.rows("match_words", match=match))
    yield from _cached(desk.home, match)


def _reports(home: Home) -> Iterator[bytes]:
    """The home's own reports as they lie there, the newest first."""
    try:
        files = sorted(home.reports.glob("*/report.json"), reverse=True)[:_MOST_REPORTS]
    except OSError:
        return
    for file in files:
        yield _content(file)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes() if file.stat().st_size <= _LARGEST else b""
    except OSError:
        return b""


def _of_newest_check(home: Home, when: AsOf) -> Iterator[dict[str, Any]]:
    """The matches of the newest check; of an earlier time, of the report that was newest then."""
    kept = _document(_content(home.folder / _NEWEST))
    if "matches" in kept and str(kept.get("checked_at", "~"))[:19] <= when.valid[:19]:
        yield from kept["matches"]
        return
    for content in _reports(home):
        document = _document(content)
        if str(document.get("checked_at", "~"))[:19] <= when.valid[:19]:
            yield from _matches_of(document)
            return


def _matches_in(content: bytes) -> Iterator[dict[str, Any]]:
    yield from _matches_of(_document(content))


def _document(content: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(content)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _matches_of(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Each match of a report once, with every place where it was found."""
    found: dict[str, dict[str, Any]] = {}
    for asset in document.get("assets", ()):
        for said in asset["evidence"]:
            match = said["detail"].get("match")
            if isinstance(match, str):
                one = found.setdefault(match, _found(match, asset, said))
                one["places"].append(_place(said))
    yield from found.values()


def _found(match: str, asset: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    source = said.get("source") or {}
    claim = said["claim"]
    return {
        "id": match,
        "claim": said["detail"].get("claim") if claim == REJECTED else claim,
        "grade": said["grade"],
        "path": asset["path"],
        "digest": asset["digest"],
        "source": source.get("id"),
        "source_path": source.get("path"),
        "by": said["detail"].get("by"),
        "places": [],
    }


def _place(said: Mapping[str, Any]) -> dict[str, Any]:
    return {"span": said.get("span"), "source_span": (said.get("source") or {}).get("span")}


def _cached(home: Home, match: str) -> Iterator[dict[str, Any]]:
    """What the cache remembers of a match: it knows no paths of assets."""
    if not home.cache.is_file():
        return
    try:
        cache = Cache(home.cache)
    except UsageError:
        return
    with closing(cache):
        for digest, observations in cache.saying(match):
            for said in observations:
                if isinstance(said, dict) and (said.get("detail") or {}).get("match") == match:
                    source = said.get("source") or {}
                    yield {
                        **_found(match, {"path": None, "digest": digest}, said),
                        "places": [_cached_place(said, source)],
                    }


def _cached_place(said: Mapping[str, Any], source: Mapping[str, Any]) -> dict[str, Any]:
    spans = (said.get("span"), source.get("span"))
    named = [{"start": each[0], "end": each[1]} if each else None for each in spans]
    return {"span": named[0], "source_span": named[1]}


def _stated(row: Row) -> dict[str, Any]:
    """What an earlier answer says of the match it was given to."""
    return {
        "id": row["match"],
        "claim": row["claim"],
        "grade": None,
        "path": None,
        "digest": row["digest"],
        "source": row["source"],
        "source_path": None,
        "by": None,
        "places": [],
    }


def _answer(row: Row | None) -> dict[str, Any]:
    if row is None:
        return {"answer": None, "person": None, "why": None, "at": None}
    return {
        "answer": row["word"],
        "person": row["person"],
        "why": row["why"],
        "at": row["holds_from"],
    }


def _told(row: Row) -> dict[str, Any]:
    return {
        "entry": row["entry"],
        "kind": f"match-{row['word']}",
        "what": row["word"] if row["person"] == row["by"] else f"{row['word']} ({row['person']})",
        "at": row["at"],
        "effective": row["holds_from"],
        "backdated": row["holds_from"] < row["at"],
        "by": row["by"],
        "person": row["person"],
        "why": row["why"],
    }
