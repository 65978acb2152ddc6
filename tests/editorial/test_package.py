"""Packages: whole ones are clean, every fault is named with file and id."""

import csv
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.editorial.packages import composition, examined, package, uuid

from checkthegate.editorial.imf_timeline import composition_timeline
from checkthegate.editorial.package import BROKEN, MISMATCH, MISSING, UNMAPPED

_ESSENCE = {"picture.mxf": b"picture" * 50, "sound.mxf": b"sound" * 50}


def _playlist(repeats: int = 1) -> bytes:
    return composition(
        "FEATURE",
        [
            ("MainImage", "picture.mxf", 24, 48, repeats),
            ("MainImage", "picture.mxf", 0, 12, 1),
            ("MainAudio", "sound.mxf", 0, 60, 1),
        ],
    )


def _faults(files: dict[str, bytes]) -> set[tuple[str, str]]:
    return {(each.claim, str(each.detail["file"])) for each in examined(files).faults}


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_whole_package_is_clean(algorithm: str) -> None:
    found = examined(package(_ESSENCE, {"CPL.xml": _playlist()}, algorithm))
    assert (found.faults, found.gaps) == ([], [])
    assert list(found.compositions) == ["CPL.xml"]
    assert found.media == {uuid("picture.mxf"): "picture.mxf", uuid("sound.mxf"): "sound.mxf"}


def test_each_fault_names_its_file() -> None:
    files = package(_ESSENCE, {"CPL.xml": _playlist()})
    assert _faults({k: v for k, v in files.items() if k != "sound.mxf"}) == {(MISSING, "sound.mxf")}
    assert _faults(files | {"picture.mxf": b"x" * 350}) == {(MISMATCH, "picture.mxf")}
    assert _faults(files | {"picture.mxf": b"short"}) == {(MISMATCH, "picture.mxf")}
    assert _faults(files | {"notes.txt": b"hello"}) == {(UNMAPPED, "notes.txt")}
    assert (BROKEN, "PKL.xml") in _faults(files | {"PKL.xml": b"<PackingList>"})


def test_a_path_out_of_the_package_is_refused() -> None:
    files = package(_ESSENCE, {"CPL.xml": _playlist()})
    lying = files["ASSETMAP.xml"].replace(b"picture.mxf", b"../../etc/passwd")
    claims = {each.claim for each in examined(files | {"ASSETMAP.xml": lying}).faults}
    assert BROKEN in claims


def test_entities_are_refused() -> None:
    hostile = b'<!DOCTYPE a [<!ENTITY x "y">]><AssetMap>&x;</AssetMap>'
    found = examined({"ASSETMAP.xml": hostile})
    assert "entities" in str(found.faults[0].detail["problem"])


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    found = examined({"ASSETMAP.xml": content})
    assert found.faults or found.gaps


def test_a_composition_becomes_a_timeline_with_repeats() -> None:
    found = examined(package(_ESSENCE, {"CPL.xml": _playlist(2)}))
    timeline = composition_timeline(found.compositions["CPL.xml"], found.media)
    assert timeline.rate == Fraction(24)
    assert timeline.start == 24 * 3600
    picture = [clip for clip in timeline.clips if clip.track == "V1"]
    assert [(c.record.start - timeline.start, c.record.end - timeline.start) for c in picture] == [
        (0, 48),
        (48, 96),
        (96, 108),
    ]
    assert picture[0].source is not None
    assert (picture[0].source.start, picture[0].source.end) == (24, 72)
    assert {clip.track for clip in timeline.clips} == {"V1", "A1"}


def test_a_stretch_the_file_does_not_have_is_named() -> None:
    playlist = _playlist().replace(b"<SourceDuration>48<", b"<SourceDuration>4800<")
    found = examined(package(_ESSENCE, {"CPL.xml": playlist}))
    assert [(each.claim, each.detail["file"]) for each in found.faults] == [(BROKEN, "CPL.xml")]
    assert found.gaps


def test_no_list_is_repeated_without_end() -> None:
    found = examined(package(_ESSENCE, {"CPL.xml": _playlist(60_000)}))
    timeline = composition_timeline(found.compositions["CPL.xml"], found.media)
    assert len(timeline.clips) == 50_000
    assert timeline.problems


@pytest.mark.shared
def test_real_packages_have_the_faults_that_are_true_of_them(shared_data: Path) -> None:
    folder = shared_data / "packages_imf"
    with (folder / "manifest.csv").open(encoding="utf-8") as rows:
        labels = {row["file"].split("/")[0]: row["label"] for row in csv.DictReader(rows)}
    for name, label in labels.items():
        files = {
            file.relative_to(folder / name).as_posix(): file.read_bytes()
            for file in (folder / name).rglob("*")
            if file.is_file()
        }
        claims = {each.claim for each in examined(files).faults}
        if label.startswith("complete"):
            assert claims == set(), name
        elif label == "broken":
            assert {MISSING, UNMAPPED, BROKEN} <= claims
        else:
            assert MISMATCH in claims, name
            assert (MISSING in claims) == (label == "missing_and_mismatch"), name
