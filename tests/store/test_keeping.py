"""Fingerprints lie with the event that names them, and whatever is wrong with one is noticed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.store.samples import KEY, PROJECTION, breaks, event, opened, printed, tool
from tests.store.test_records import changed, found

from checkthegate.app.sealing import HomeSealing
from checkthegate.model import InternalError, digest_bytes
from checkthegate.store.records import open_records


def kept(url: str) -> dict[str, bytes]:
    """What is kept by now."""
    records = opened(url)
    with records.reading() as reading:
        named = reading.distinct("prints", "fingerprint")
        stored = dict(reading.fingerprints([*named, "sha256:none"]))
    records.close()
    return stored


def test_only_what_an_event_names_is_kept_and_once(database_url: str) -> None:
    records = opened(database_url)
    one, bodies = printed("rec_1", b"one")
    two, _ = printed("rec_2", b"one")
    records.transact(lambda _: [one], {**bodies, digest_bytes(b"spare"): b"spare"})
    records.transact(lambda _: [two], {})
    records.close()
    assert kept(database_url) == bodies
    assert found(database_url) == []


def test_a_film_is_kept_whole(database_url: str) -> None:
    body = os.urandom(24_000_000)
    records = opened(database_url)
    event_, bodies = printed("rec_1", body)
    records.transact(lambda _: [event_], bodies)
    records.close()
    assert kept(database_url) == bodies
    assert found(database_url) == []


@pytest.mark.parametrize("offered", [{}, {digest_bytes(b"one"): b"another"}])
def test_a_name_without_its_bytes_is_refused_whole(
    database_url: str, offered: dict[str, bytes]
) -> None:
    records = opened(database_url)
    one, _ = printed("rec_1", b"one")
    with pytest.raises(InternalError, match="Nothing was recorded"):
        records.transact(lambda _: [tool(1), one], offered)
    with records.reading() as reading:
        assert reading.size == 0
        assert reading.rows("tools") == []
    records.close()
    assert found(database_url) == []


def test_missing_changed_and_foreign_fingerprints_are_named(database_url: str) -> None:
    records = opened(database_url)
    for number, body in enumerate((b"a", b"b", b"c")):
        one, bodies = printed(f"rec_{number}", body)
        records.transact(lambda _, one=one: [one], bodies)
    records.close()
    a, b, _ = (digest_bytes(body) for body in (b"a", b"b", b"c"))
    blob = "X'00'" if database_url.startswith("sqlite") else "'\\x00'"
    changed(
        database_url,
        f"DELETE FROM fingerprints WHERE digest = '{a}'",  # noqa: S608
        f"UPDATE fingerprints SET body = {blob} WHERE digest = '{b}'",  # noqa: S608
        f"INSERT INTO fingerprints (digest, body) VALUES ('sha256:zz', {blob})",  # noqa: S608
    )
    assert sorted(found(database_url), key=str) == sorted(
        [
            (0, f"The fingerprint {a} is missing."),
            (1, f"The fingerprint {b} was changed."),
            (None, "The fingerprint sha256:zz follows from no event."),
        ],
        key=str,
    )


def test_what_is_erased_is_gone_and_not_broken(database_url: str) -> None:
    records = opened(database_url)
    for number, body in enumerate((b"a", b"both", b"both")):
        one, bodies = printed(f"rec_{number}", body)
        records.transact(lambda _, one=one: [one], bodies)
    gone = event(
        "person-erased", "x", {"tool": "x", "entries": [0, 1], "prints": ["rec_0", "rec_1"]}
    )
    records.erase([0, 1], gone)
    records.rebuild()
    records.close()
    assert list(kept(database_url).values()) == [b"both"]
    assert found(database_url) == []


def test_rows_since_an_entry_come_in_its_order(database_url: str) -> None:
    records = opened(database_url)
    records.append([tool(number) for number in range(500)])
    with records.reading() as reading:
        newer = reading.newer("tools", 120, live=True)
        first = next(newer)
        # Other questions may be asked meanwhile.
        assert reading.rows("tools", id="tool_000007")[0]["entry"] == 7
        assert [first["entry"], *[row["entry"] for row in newer]] == list(range(120, 500))
        wanted = [f"tool_{number:06d}" for number in range(0, 600, 2)]
        assert len(list(reading.among("tools", "id", wanted))) == 250
        assert reading.distinct("tools", "live") == [1]
        assert len(reading.distinct("tools", "name")) == 500
        assert breaks(reading) == []
        with pytest.raises(KeyError):
            reading.distinct("tools", "colour")
    records.close()


def test_many_threads_keep_many(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    url = f"sqlite:///{tmp_path / 'records.db'}"
    records = open_records(url, PROJECTION, HomeSealing(KEY), create=True)

    def one(number: int) -> None:
        made, bodies = printed(f"rec_{number}", b"%d" % (number % 7))
        records.transact(lambda _: [made], bodies)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(60)))
    records.close()
    assert len(kept(url)) == 7
    assert found(url) == []
