"""The sample delivery is what its scripts make, and a check says of it what it should."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.dear

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "samples"
KEPT = SCRIPTS / "delivery"
SIGNED = "art/NH_101_regatta_poster_v04.jpg"
BROKEN = "editorial/NH_101_storm_temp.jpg"
CHECKSUMS = "NH_101_checksums.sha256"


def _files(folder: Path) -> dict[str, bytes]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


# One clip of the reel stands for all of them: painting the rest takes a quarter of a minute.
MAKE = """
import json, pathlib, sys
import make_delivery, turnover
place = pathlib.Path(sys.argv[1])
films = (".mov", ".mp4", ".mxf")
wanted = ("camera/A001C005_0311.mov", "picture/NH_101_teaser.mp4", "vfx/NH_101_0140_comp_v003.mp4")
layout = {
    name: content for name, content in make_delivery.LAYOUT.items()
    if name in wanted or not name.endswith(films)
}
make_delivery.make(place / "delivery", layout)
texts = {name: each for name, each in turnover.RECUT.items() if not name.endswith(films)}
make_delivery.write(place / "recut", texts)
lists = make_delivery.LAYOUT, turnover.WORKSHOP, turnover.RECUT
print(json.dumps([sorted(each) for each in lists]))
"""


@pytest.fixture(scope="module")
def making(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[list[str]]]:
    folder = tmp_path_factory.mktemp("samples")
    done = subprocess.run(
        [sys.executable, "-c", MAKE, folder], check=True, capture_output=True, cwd=SCRIPTS
    )
    return folder, json.loads(done.stdout)


@pytest.fixture(scope="module")
def made(making: tuple[Path, list[list[str]]]) -> Path:
    return making[0] / "delivery"


def test_the_scripts_make_what_is_kept_and_nothing_large(
    making: tuple[Path, list[list[str]]],
) -> None:
    delivery, workshop, recut = making[1]
    kept = _files(KEPT)
    assert sorted(kept) == sorted([*delivery, CHECKSUMS])
    assert sorted(_files(SCRIPTS / "workshop")) == workshop
    assert sorted(_files(SCRIPTS / "recut")) == recut
    assert sum(map(len, kept.values())) < 3_000_000
    assert max(map(len, kept.values())) < 700_000


def test_texts_are_the_same_to_the_byte(made: Path) -> None:
    kept, new = _files(KEPT), _files(made)
    plain = (".fountain", ".json", ".cube", ".wav", ".otio", ".edl", ".srt")
    texts = [name for name in kept if name.endswith(plain)]
    assert len(texts) == 7
    assert all(kept[name] == new[name] for name in texts)


def test_the_recut_is_the_same_to_the_byte(making: tuple[Path, list[list[str]]]) -> None:
    kept, new = _files(SCRIPTS / "recut"), _files(making[0] / "recut")
    assert sorted(new) == ["NH_101_R1_v13.edl", "NH_101_R1_v13.otio"]
    assert all(kept[name] == new[name] for name in new)


def test_pictures_have_the_same_pixels_and_tags(made: Path) -> None:
    kept, new = _files(KEPT), _files(made)
    stills = [name for name in kept if name.endswith((".jpg", ".png")) and name != BROKEN]
    assert len(stills) == 9
    for name in stills:
        _assert_same_still(kept[name], new[name], name)
    zipped = "art/NH_101_references.zip"
    old, fresh = (zipfile.ZipFile(io.BytesIO(each[zipped])) for each in (kept, new))
    assert old.namelist() == fresh.namelist()
    for name in old.namelist():
        _assert_same_still(old.read(name), fresh.read(name), name)


def _assert_same_still(old: bytes, new: bytes, name: str) -> None:
    import numpy as np
    from PIL import Image

    one, two = (Image.open(io.BytesIO(content)) for content in (old, new))
    assert dict(one.info) == dict(two.info), name
    # Processors round differently in the last bit; a wrong picture differs by far more.
    apart = np.abs(np.asarray(one.convert("RGB"), int) - np.asarray(two.convert("RGB"), int))
    assert apart.mean() < 1.0, name


def test_media_have_the_same_tags_and_length(made: Path) -> None:
    import av

    names = [name for name in _files(made) if name.endswith((".mov", ".mp4", ".mp3", ".wav"))]
    assert len(names) == 6
    for name in names:
        with av.open(str(KEPT / name)) as old, av.open(str(made / name)) as new:
            assert dict(old.metadata) == dict(new.metadata), name
            assert old.duration == new.duration, name
            assert [s.metadata for s in old.streams] == [s.metadata for s in new.streams], name
            assert [_codec(s) for s in old.streams] == [_codec(s) for s in new.streams], name


def _codec(stream: Any) -> str:
    """The codec's name; a track of time-code has none."""
    return stream.codec_context.name if stream.codec_context else str(stream.type)


@pytest.mark.parametrize(
    "name",
    ["vfx/NH_101_0140_plate.1001.exr", "vfx/NH_101_0110_lamp/NH_101_0110_lamp.1007.exr"],
)
def test_frames_have_the_same_pixels_and_attributes(made: Path, name: str) -> None:
    import numpy as np
    import OpenEXR

    old, new = (OpenEXR.File(str(folder / name)) for folder in (KEPT, made))
    assert old.header()["owner"] == new.header()["owner"] == "Tidewater Post"
    assert set(old.header()) == set(new.header())
    one, two = (each.channels()["RGB"].pixels.astype(np.float32) for each in (old, new))
    assert np.abs(one - two).max() < 0.01 * max(1.0, one.max())


def test_checksums_name_every_file_and_hold(made: Path) -> None:
    for folder in (KEPT, made):
        files = _files(folder)
        listed = dict(
            reversed(line.split("  ", 1)) for line in files[CHECKSUMS].decode().splitlines()
        )
        assert sorted(listed) == sorted(name for name in files if name != CHECKSUMS)
        wrong = [n for n, told in listed.items() if hashlib.sha256(files[n]).hexdigest() != told]
        assert wrong == []


def test_the_signature_verifies_against_the_anchor_beside_the_script() -> None:
    import c2pa

    anchor = (ROOT / "samples" / "development_anchor.pem").read_text("ascii")
    settings = {"verify": {"verify_trust": True, "remote_manifest_fetch": False}}
    context = c2pa.Context.from_dict({**settings, "trust": {"trust_anchors": anchor}})
    with (KEPT / SIGNED).open("rb") as stream:
        reader = c2pa.Reader("image/jpeg", stream, context=context)
        stated = reader.json()
    assert "trainedAlgorithmicMedia" in stated
    assert "dataHash.mismatch" not in stated
    assert "signingCredential.untrusted" not in stated


def test_the_broken_file_is_broken() -> None:
    from PIL import Image

    with pytest.raises(OSError, match="truncated"):
        Image.open(KEPT / BROKEN).load()


GENERATED = {
    "vfx/NH_101_0140_comp_v003.mp4",
    "vfx/NH_101_0150_sky_v002.png",
    SIGNED,
    "art/NH_101_newspaper_prop_v02.png",
    "art/NH_101_lighthouse_concept.png",
    "art/NH_101_references.zip!/references/lanterns.png",
    "sound/NH_101_shanty_cue.mp3",
}
MODIFIED = {"vfx/NH_101_0160_matte_v001.jpg"}
UNKNOWN = {"vfx/NH_101_0150_sky_graph.json", BROKEN}


@pytest.fixture(scope="module")
def decision() -> Any:
    from checkthegate.app.check import CheckRequest, check

    request = CheckRequest((KEPT,), use_cache=False, pictures=False, workers=0)
    return check(request, lambda progress: None).decision


def test_the_check_says_of_each_file_what_it_is(decision: Any) -> None:
    said = {each.asset.path: each.ai.value for each in decision.assets}
    expected = {
        path: "generated"
        if path in GENERATED
        else "modified"
        if path in MODIFIED
        else "unknown"
        if path in UNKNOWN
        else "none-found"
        for path in said
    }
    assert said == expected
    assert set(said) >= GENERATED | MODIFIED | UNKNOWN


def test_the_whole_delivery_is_stopped_by_what_it_holds(decision: Any) -> None:
    assert decision.verdict.value == "escalate"
    gaps = {each.asset.path for each in decision.assets if each.gaps}
    assert BROKEN in gaps
    cuts = {each.path for each in decision.timelines}
    clean = [e for e in decision.assets if e.ai.value == "none-found" and not e.gaps]
    assert all(each.verdict.value == "clear" for each in clean if each.asset.path not in cuts)
    assert len(clean) >= 20


def test_the_reel_is_read_as_a_cut_with_its_film_a_sequence_and_a_package(decision: Any) -> None:
    kinds = {each.asset.path: each.asset.kind.value for each in decision.assets}
    assert kinds["vfx/NH_101_0110_lamp/NH_101_0110_lamp.[1001-1012].exr"] == "sequence"
    assert kinds["imf/NH_101_BUMPER_IMP"] == "package"
    cuts = {each.path: (len(each.events), each.film) for each in decision.timelines}
    film = "master/NH_101_R1_v12.mp4"
    assert cuts["editorial/NH_101_R1_v12.otio"] == (19, film)
    assert cuts["editorial/NH_101_R1_v12.edl"] == (18, film)
    bumper = next(each for each in decision.timelines if each.path.startswith("imf/"))
    assert [event.media.rpartition("/")[2] for event in bumper.events] == [
        "NH_101_BUMPER_video.mxf"
    ] * 2


def test_what_was_finished_carries_no_mark(decision: Any) -> None:
    finished = ("vfx/NH_101_0080_storm_comp_v004.mov", "master/NH_101_R1_v12.mp4")
    found = {each.asset.path: each for each in decision.assets}
    assert [found[path].ai.value for path in finished] == ["none-found", "none-found"]


def test_no_observer_fails_on_the_samples(decision: Any) -> None:
    reasons = [gap.reason for each in decision.assets for gap in each.gaps]
    assert not [reason for reason in reasons if "failed on this file" in reason]
