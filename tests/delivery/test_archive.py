"""Zip archives: members are files to look at, within bounds, and nothing escapes."""

import io
import stat
import zipfile
from pathlib import Path

import pytest

from checkthegate.delivery import archive as archive_room
from checkthegate.delivery.archive import Unpacker, extract
from checkthegate.delivery.found import Turnover
from checkthegate.delivery.walk import Ours, open_delivery
from checkthegate.delivery.zip_directory import directory_bytes
from checkthegate.model import Unreadable


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def walk(tmp_path: Path, content: bytes) -> Turnover:
    file = tmp_path / "x.zip"
    file.write_bytes(content)
    work = tmp_path / "unpacked"
    work.mkdir()
    return open_delivery([file], Unpacker(work), Ours())


def names(turnover: Turnover) -> list[str]:
    return [found.path for found in turnover.files]


def test_members_are_named_after_the_archive(tmp_path: Path) -> None:
    turnover = walk(tmp_path, zipped({"a/b.png": b"one", "c.txt": b"two"}))
    assert names(turnover) == ["x.zip", "x.zip!/a/b.png", "x.zip!/c.txt"]
    target = tmp_path / "out"
    extract(turnover.files[1].location, target)
    assert target.read_bytes() == b"one"


def test_archives_in_archives_are_opened_to_a_depth(tmp_path: Path) -> None:
    content = zipped({"leaf.txt": b"leaf"})
    for level in range(6):
        content = zipped({f"level{level}.zip": content})
    turnover = walk(tmp_path, content)
    assert "x.zip!/level5.zip!/level4.zip!/level3.zip" in names(turnover)
    assert any("too deep" in why for reasons in turnover.asset_gaps.values() for why in reasons)


def test_names_never_climb_and_never_collide(tmp_path: Path) -> None:
    content = zipped({"../../etc/passwd": b"x", "/abs.txt": b"y", "C:\\evil.txt": b"z"})
    assert names(walk(tmp_path, content)) == [
        "x.zip",
        "x.zip!/C:/evil.txt",
        "x.zip!/abs.txt",
        "x.zip!/…/…/etc/passwd",
    ]
    assert not (tmp_path.parent / "etc").exists()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_both_looked_at(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.txt", b"clean")
        archive.writestr("a.txt", b"other")
    turnover = walk(tmp_path, target.getvalue())
    assert names(turnover) == ["x.zip", "x.zip!/a.txt", "x.zip!/a.txt#2"]
    for found, content in zip(turnover.files[1:], (b"clean", b"other"), strict=True):
        out = tmp_path / f"out{found.location[1]}"
        extract(found.location, out)
        assert out.read_bytes() == content


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    turnover = walk(tmp_path, zipped({"bomb": b"\0" * (70 * 1024 * 1024)}))
    assert "zip bomb" in (turnover.files[1].problem or "")


def test_overlapping_entries_are_a_gap(tmp_path: Path) -> None:
    plain = zipped({"a": b"x" * 4000}, zipfile.ZIP_STORED)
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        start = archive.start_dir
    entry = plain[start : plain.index(b"PK\x05\x06")]
    count = 200
    end = bytearray(plain[plain.index(b"PK\x05\x06") :])
    end[8:10] = end[10:12] = count.to_bytes(2, "little")
    end[12:16] = (len(entry) * count).to_bytes(4, "little")
    turnover = walk(tmp_path, plain[:start] + entry * count + bytes(end))
    assert names(turnover) == ["x.zip"]
    assert "overlap" in turnover.asset_gaps["x.zip"][0]


def test_links_and_encrypted_members_are_problems(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("locked", b"x")
    content = bytearray(target.getvalue())
    at = content.rindex(b"PK\x01\x02")
    content[at + 8] |= 1
    turnover = walk(tmp_path, bytes(content))
    problems = {found.path: found.problem or "" for found in turnover.files[1:]}
    assert "link" in problems["x.zip!/link"]
    assert "encrypted" in problems["x.zip!/locked"]


def test_a_cut_archive_is_a_gap_of_the_archive(tmp_path: Path) -> None:
    turnover = walk(tmp_path, zipped({"a.txt": b"x" * 9000})[:60])
    assert names(turnover) == ["x.zip"]
    assert "damaged" in turnover.asset_gaps["x.zip"][0]


def test_a_damaged_member_cannot_be_extracted(tmp_path: Path) -> None:
    content = bytearray(zipped({"a.txt": b"x" * 100}, zipfile.ZIP_STORED))
    content[60] ^= 0xFF
    turnover = walk(tmp_path, bytes(content))
    with pytest.raises(Unreadable, match="damaged"):
        extract(turnover.files[1].location, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_all_that_an_archive_holds_is_counted_together(tmp_path: Path) -> None:
    inner = zipped({"zeros": b"\0" * (60 * 1024 * 1024)})
    content = zipped({f"{number}.zip": inner for number in range(40)})
    turnover = walk(tmp_path, content)
    unpacked = sum(found.size for found in turnover.files[1:])
    assert unpacked <= archive_room.ALWAYS_ALLOWED
    assert any("zip bomb" in why for why in turnover.asset_gaps["x.zip"])


def test_nested_archives_share_one_bound_of_members(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_room, "MOST_MEMBERS", 25)
    inner = zipped({f"{number}.txt": b"" for number in range(10)})
    turnover = walk(tmp_path, zipped({f"{number}.zip": inner for number in range(10)}))
    assert len(turnover.files) <= 26
    assert any("more than" in why for why in turnover.asset_gaps["x.zip"])


def test_a_table_of_contents_is_measured_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = zipped({f"{number}.txt": b"x" for number in range(1000)})
    monkeypatch.setattr("checkthegate.delivery.zip_directory.MOST_DIRECTORY_BYTES", 10_000)
    turnover = walk(tmp_path, content)
    assert names(turnover) == ["x.zip"]
    assert "more than" in turnover.asset_gaps["x.zip"][0]


@pytest.mark.parametrize("comment", [b"", b"seen by nobody"])
def test_the_length_of_the_table_is_found_as_python_finds_it(comment: bytes) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.txt", b"x")
        archive.comment = comment
    with zipfile.ZipFile(target) as archive:
        start = archive.start_dir
    length = target.getvalue().index(b"PK\x05\x06") - start
    assert directory_bytes(target) >= length


def test_members_without_a_bound_on_what_they_become_are_not_unpacked(tmp_path: Path) -> None:
    turnover = walk(tmp_path, zipped({"a.png": b"x" * 1000}, zipfile.ZIP_BZIP2))
    assert "not unpacked here" in (turnover.files[1].problem or "")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_thousands_of_members_of_one_name_are_numbered_quickly(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for _ in range(3000):
            archive.writestr("a", b"")
        archive.writestr("a#2", b"")
    shown = names(walk(tmp_path, target.getvalue()))
    assert len(set(shown)) == 3002


def test_an_archive_is_listed_once_for_all_its_members(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    turnover = walk(tmp_path, zipped({f"{number}.txt": b"%d" % number for number in range(50)}))
    opened: list[Path] = []
    monkeypatch.setattr(
        archive_room, "open_zip", lambda file: opened.append(file) or zipfile.ZipFile(file)
    )
    extractor = archive_room.Extractor()
    for found in turnover.files[1:]:
        target = tmp_path / f"out{found.location[1]}"
        extractor.extract(found.location, target)
        assert target.read_bytes() == found.path.rpartition("/")[2][:-4].encode()
    extractor.close()
    assert len(opened) == 1
