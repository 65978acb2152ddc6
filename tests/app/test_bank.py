"""The bank in the cache: what the records hold, whatever befalls the cache."""

from __future__ import annotations

import hashlib
import multiprocessing
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from checkthegate.app import bank_segments
from checkthegate.app.bank import BankDamaged, BankPlace, OpenBank, bank_in_use
from checkthegate.app.bank_segments import IndexFailed
from checkthegate.app.recording import event, new_id, now, records_of
from checkthegate.model import digest_bytes
from checkthegate.model.match import Role
from checkthegate.model.registry import AsOf
from checkthegate.registry.events import erasure
from checkthegate.registry.times import as_known_now, as_of

from .databases import Kept


class Plain:
    """A hasher that only indexes: a line a fingerprint."""

    id = "plain"
    recipe = "plain/1"
    version = "1"

    def lacks(self) -> None:
        return None

    def wants(self, asset: object) -> bool:
        return True

    def fingerprint(self, opened: object) -> bytes | None:
        return None

    def match(self, opened: object, bank: object, cache: object) -> tuple[()]:
        return ()

    def index(self, fingerprints: Sequence[tuple[int, bytes]], folder: Path) -> None:
        with (folder / "index").open("w") as stream:
            for number, body in fingerprints:
                stream.write(f"{number} {body.hex()}\n")


def fill(kept: Kept, bodies: Sequence[bytes], start: int = 0, **more: Any) -> str:
    """Put contents with these fingerprints on record, in one record."""
    record_id = new_id("rec")
    files = [
        {"digest": digest_bytes(b"file %d" % number), "path": f"{number}.txt"}
        for number in range(start, start + len(bodies))
    ]
    plate = {"digest": digest_bytes(b"plate"), "path": "plate.txt"}
    prints = [
        {**file, "kind": "text", "role": "recorded", "hasher": "plain", "recipe": "plain/1",
         "fingerprint": digest_bytes(body), "size": len(body), **more}
        for file, body in zip(files, bodies, strict=True)
    ]  # fmt: skip
    with records_of(kept.home) as store, store.reading() as reading:
        use = reading.rows("uses")[0]["id"]
    body = {"use": use, "steps": [{"name": "T"}], "files": files, "inputs": [plate]}
    events = [
        event("files-recorded", record_id, body),
        event("fingerprinted", record_id, {"files": prints}),
    ]
    with records_of(kept.home) as store:
        store.transact(lambda _: events, {digest_bytes(each): each for each in bodies})
    return record_id


def opened(kept: Kept, root: Path, hasher: Any = None, when: AsOf | None = None) -> BankPlace:
    """The bank's place, brought up to the records."""
    with (
        records_of(kept.home) as store,
        store.reading() as reading,
        bank_in_use(root, hasher or Plain(), reading, when or as_known_now(now())) as place,
    ):
        return place


def indexed(place: BankPlace) -> dict[int, bytes]:
    """Everything in the indexes. Fails for an entry that is there twice."""
    found: dict[int, bytes] = {}
    bank = OpenBank(place)
    for folder in bank.folders:
        for line in (folder / "index").read_text().splitlines():
            number, body = line.split(" ")
            assert int(number) not in found
            found[int(number)] = bytes.fromhex(body)
    bank.close()
    return found


def whole(place: BankPlace) -> dict[str, bytes]:
    """Fingerprints by path, as the bank tells them; the indexes hold exactly these."""
    numbers = indexed(place)
    bank = OpenBank(place)
    assert len(bank) == len(numbers)
    found = {}
    for number, body in numbers.items():
        assert bank.fingerprint(number) == body
        banked = bank.banked(number)
        assert number in bank.numbers_of(banked.digest)
        found[banked.path] = body
    bank.close()
    return found


def bodies(count: int, start: int = 0) -> list[bytes]:
    """Fingerprints."""
    return [hashlib.sha256(b"%d" % number).digest() for number in range(start, start + count)]


def test_the_bank_holds_what_is_on_record(kept: Kept, tmp_path: Path) -> None:
    record_id = fill(kept, bodies(5))
    place = opened(kept, tmp_path / "bank")
    assert whole(place) == {f"{n}.txt": body for n, body in enumerate(bodies(5))}
    bank = OpenBank(place)
    banked = bank.banked(min(indexed(place)))
    assert (banked.role, banked.source, banked.kind) == (Role.RECORDED, record_id, "text")
    assert banked.inputs == (digest_bytes(b"plate"),)
    assert bank.numbers_of("sha256:none") == []
    with pytest.raises(KeyError):
        bank.banked(99)
    bank.close()


def test_one_more_entry_is_one_more_small_index(kept: Kept, tmp_path: Path) -> None:
    root = tmp_path / "bank"
    fill(kept, bodies(200))
    first = opened(kept, root)
    fill(kept, bodies(1, 200), 200)
    second = opened(kept, root)
    assert first.folder == second.folder
    assert set(first.indexes) < set(second.indexes)
    assert len(whole(second)) == 201
    assert first.state != second.state
    assert opened(kept, root).state == second.state


def test_many_small_indexes_are_joined_and_hold_everything(
    in_file: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bank_segments, "_QUICK", 8)
    monkeypatch.setattr(bank_segments, "_MANY", 4)
    monkeypatch.setattr(bank_segments, "_MOST", 20)
    most = 0
    for number in range(45):
        fill(in_file, bodies(1, number), number)
        place = opened(in_file, tmp_path / "bank")
        most = max(most, len(place.indexes))
    assert most <= 5
    assert len(whole(place)) == 45
    held = [each for each in place.folder.iterdir() if each.is_dir()]
    assert len(held) == len(place.indexes)


def test_segments_are_bounded_in_entries_and_bytes(
    in_file: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bank_segments, "_MOST_BYTES", 100)
    monkeypatch.setattr(bank_segments, "_QUICK_BYTES", 0)
    fill(in_file, bodies(10))
    place = opened(in_file, tmp_path / "bank")
    assert len(place.indexes) == 4
    assert len(whole(place)) == 10


def test_a_fingerprint_made_anew_takes_the_place_of_the_old_one(kept: Kept, tmp_path: Path) -> None:
    root = tmp_path / "bank"
    record_id = fill(kept, bodies(4))
    before = opened(kept, root)
    file = {"digest": digest_bytes(b"file 1"), "path": "1.txt", "kind": "text"}
    stated = {"role": "recorded", "hasher": "plain", "recipe": "plain/1"}
    new = {**file, **stated, "fingerprint": digest_bytes(b"better"), "size": 6}
    again = event("fingerprinted", record_id, {"files": [new]})
    with records_of(kept.home) as store:
        store.transact(lambda _: [again], {digest_bytes(b"better"): b"better"})
    after = opened(kept, root)
    assert whole(after)["1.txt"] == b"better"
    assert len(whole(after)) == 4
    # Who began before goes on with what was there.
    assert OpenBank(before).banked(1).path == "1.txt"
    assert kept.verify()["ok"] is False  # the old bytes are named by no row any more


def test_another_time_shows_another_part(kept: Kept, tmp_path: Path) -> None:
    root = tmp_path / "bank"
    fill(kept, bodies(3))
    between = now()
    fill(kept, bodies(3, 3), 3)
    everything = opened(kept, root)
    early = opened(kept, root, when=as_of(between))
    assert len(whole(everything)) == 6
    assert sorted(whole(early)) == ["0.txt", "1.txt", "2.txt"]
    assert OpenBank(early).numbers_of(digest_bytes(b"file 4")) == []
    assert early.state != everything.state
    again = opened(kept, root, when=as_of(between))
    assert (again.state, again.indexes) == (early.state, early.indexes)
    assert opened(kept, root, when=as_of("2001-01-01")).count == 0


def test_a_content_on_record_twice_counts_from_the_first_time(
    in_file: Kept, tmp_path: Path
) -> None:
    root = tmp_path / "bank"
    first = fill(in_file, bodies(1))
    between = now()
    fill(in_file, [b"better"])
    for _ in range(2):
        early = opened(in_file, root, when=as_of(between))
        assert whole(early) == {"0.txt": b"better"}
        bank = OpenBank(early)
        (number,) = indexed(early)
        assert bank.sources(number) == [(first, "0.txt")]
        bank.close()
        bank = OpenBank(everything := opened(in_file, root))
        assert len(bank.sources(number)) == 2
        assert everything.state != early.state
        bank.close()


def test_works_count_from_when_they_hold(in_file: Kept, tmp_path: Path) -> None:
    work = new_id("work")
    file = {"digest": digest_bytes(b"w"), "path": "w.txt"}
    stated = {"kind": "text", "role": "work", "hasher": "plain", "recipe": "plain/1"}
    prints = {**file, **stated, "fingerprint": digest_bytes(b"p"), "size": 1}
    added = event(
        "work-added", work, {"kind": "protected", "files": [file]},
        effective="2999-01-01T00:00:00.000000Z",
    )  # fmt: skip
    events = [added, event("fingerprinted", work, {"files": [prints]})]
    with records_of(in_file.home) as store:
        store.transact(lambda _: events, {digest_bytes(b"p"): b"p"})
    root = tmp_path / "bank"
    assert opened(in_file, root).count == 0
    then = opened(in_file, root, when=as_known_now("3000-01-01T00:00:00Z"))
    assert list(whole(then)) == ["w.txt"]


def test_what_was_erased_is_gone_from_the_cache(kept: Kept, tmp_path: Path) -> None:
    root = tmp_path / "bank"
    secret = b"a secret fingerprint of somebody" * 4
    fill(kept, bodies(2))
    fill(kept, [secret], 2)
    assert len(whole(opened(kept, root))) == 3
    with records_of(kept.home) as store:
        with store.reading() as reading:
            last = list(reading.events(range(reading.size - 2, reading.size)))
        body = erasure(last, "asked for")
        store.erase([number for number, _ in last], event("person-erased", new_id("ers"), body))
    place = opened(kept, root)
    assert sorted(whole(place)) == ["0.txt", "1.txt"]
    left = b"".join(each.read_bytes() for each in root.rglob("*") if each.is_file())
    assert secret not in left
    assert secret.hex().encode() not in left
    assert kept.verify()["ok"]


@pytest.mark.parametrize("how", ["gone", "short", "catalog", "emptied", "heap", "current", "junk"])
def test_a_damaged_cache_is_made_anew(in_file: Kept, tmp_path: Path, how: str) -> None:
    root = tmp_path / "bank"
    fill(in_file, bodies(6))
    place = opened(in_file, root)
    index = place.folder / place.indexes[0] / "index"
    if how == "gone":
        shutil.rmtree(index.parent)
    elif how == "short":
        index.write_bytes(index.read_bytes()[:-5])
    elif how == "catalog":
        (place.folder / "catalog.db").write_bytes(b"this is no database at all" * 400)
    elif how == "emptied":
        for file in place.folder.glob("catalog.db*"):
            file.write_bytes(b"")
    elif how == "heap":
        (place.folder / "fingerprints").write_bytes(b"x")
    elif how == "current":
        (place.folder.parent / "current").write_text("../..")
    else:
        shutil.rmtree(place.folder)
        place.folder.write_text("junk")
    assert len(whole(opened(in_file, root))) == 6


def test_a_flipped_bit_is_noticed_where_it_is_read_and_mended_by_the_next_check(
    in_file: Kept, tmp_path: Path
) -> None:
    root = tmp_path / "bank"
    fill(in_file, bodies(6))
    for name in ("fingerprints", "index"):
        place = opened(in_file, root)
        folder = place.folder if name == "fingerprints" else place.folder / place.indexes[0]
        damaged = bytearray((folder / name).read_bytes())
        damaged[3] ^= 1
        (folder / name).write_bytes(damaged)
        bank = OpenBank(place)
        read = (
            bank.inspect
            if name == "index"
            else lambda bank=bank: list(map(bank.fingerprint, range(6)))
        )
        with pytest.raises(BankDamaged):
            read()
        bank.close()
        assert len(whole(opened(in_file, root))) == 6


def test_other_records_are_noticed(in_file: Kept, tmp_path: Path) -> None:
    root, backup = tmp_path / "bank", tmp_path / "backup.db"
    fill(in_file, bodies(2))
    opened(in_file, root)
    with records_of(in_file.home):
        pass
    in_file.run("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(in_file.file, backup)
    fill(in_file, bodies(2, 10), 10)
    assert len(whole(opened(in_file, root))) == 4
    for end in ("-wal", "-shm"):
        in_file.file.with_name(in_file.file.name + end).unlink(missing_ok=True)
    shutil.copy(backup, in_file.file)
    fill(in_file, bodies(3, 20), 20)
    assert sorted(whole(opened(in_file, root))) == ["0.txt", "1.txt", "20.txt", "21.txt", "22.txt"]


def test_an_index_that_fails_leaves_nothing_half_made(in_file: Kept, tmp_path: Path) -> None:
    class Failing(Plain):
        def index(self, fingerprints: Sequence[tuple[int, bytes]], folder: Path) -> None:
            (folder / "half").write_text("half")
            raise LookupError("no")

    root = tmp_path / "bank"
    fill(in_file, bodies(3))
    with pytest.raises(IndexFailed, match="LookupError: no"):
        opened(in_file, root, Failing())
    assert not list(root.rglob("half"))
    assert len(whole(opened(in_file, root))) == 3


def test_another_recipe_is_another_bank(in_file: Kept, tmp_path: Path) -> None:
    class Newer(Plain):
        recipe = "plain/2"

    fill(in_file, bodies(3))
    fill(in_file, bodies(2, 3), 3, recipe="plain/2")
    old = opened(in_file, tmp_path / "bank")
    new = opened(in_file, tmp_path / "bank", Newer())
    assert (old.count, old.others) == (3, 2)
    assert (new.count, new.others) == (2, 3)
    assert not set(whole(old)) & set(whole(new))


def _open_often(folder: str, root: str, times: int, said: Any) -> None:
    from checkthegate.app.home import open_home

    kept = Kept(open_home(Path(folder)), "sqlite://")
    try:
        for _ in range(times):
            with (
                records_of(kept.home) as store,
                store.reading() as reading,
                bank_in_use(Path(root), Plain(), reading, as_known_now(now())) as place,
            ):
                said.put(len(whole(place)))
    except BaseException as problem:
        said.put(repr(problem))
        raise


def test_several_processes_bring_it_up_at_once(in_file: Kept, tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    said = context.Queue()
    fill(in_file, bodies(2))
    root = str(tmp_path / "bank")
    workers = [
        context.Process(target=_open_often, args=(str(in_file.home.folder), root, 12, said))
        for _ in range(3)
    ]
    for worker in workers:
        worker.start()
    for number in range(12):
        fill(in_file, bodies(1, 10 + number), 10 + number)
    found = [said.get(timeout=60) for _ in range(36)]
    for worker in workers:
        worker.join(60)
    assert all(isinstance(each, int) for each in found), found
    assert len(whole(opened(in_file, Path(root)))) == 14


def test_killed_at_any_step_it_goes_on(
    in_file: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before every step that changes the catalog, the heap or an index is a place to die."""
    from checkthegate.store.bank_catalog import Catalog
    from checkthegate.store.heap import Heap

    fill(in_file, bodies(4))
    opened(in_file, tmp_path / "ready")

    class Killed(BaseException):
        pass

    steps = iter(range(10**6))
    target = -1

    def dying(original: Any) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            if next(steps) == target:
                raise Killed
            return original(*arguments, **named)

        return call

    changing = ("set_marks", "add_entry", "add_source", "set_inputs", "replace_segments")
    places = [(Catalog, name) for name in changing]
    places += [(Heap, "append"), (Heap, "settle"), (Plain, "index")]
    for owner, name in places:
        monkeypatch.setattr(owner, name, dying(getattr(owner, name)))
    died = 0
    while True:
        root = tmp_path / f"bank{target}"
        steps, target = iter(range(10**6)), target + 1
        try:
            opened(in_file, root)
        except Killed:
            died += 1
        else:
            break
        target, kept_target = -1, target
        assert len(whole(opened(in_file, root))) == 4
        target = kept_target
        shutil.rmtree(root)
    assert died > 15


def test_nobody_else_may_read_it(in_file: Kept, tmp_path: Path) -> None:
    fill(in_file, bodies(1))
    place = opened(in_file, tmp_path / "bank")
    for each in (tmp_path / "bank", place.folder, place.folder / place.indexes[0]):
        assert each.stat().st_mode & 0o077 == 0
    assert (place.folder / "catalog.db").stat().st_mode & 0o077 == 0
    assert (place.folder / "fingerprints").stat().st_mode & 0o077 == 0
