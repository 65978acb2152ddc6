"""The sample delivery is what its script makes, and a check says of it what it should."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("test_samples")  # its fixture is dear: make it once

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "samples" / "make_delivery.py"
KEPT = ROOT / "samples" / "delivery"
SIGNED = "art/NH_101_regatta_poster_v04.jpg"
BROKEN = "editorial/NH_101_storm_temp.jpg"
CHECKSUMS = "NH_101_checksums.sha256"


def _files(folder: Path) -> dict[str, bytes]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples") / "delivery"
    subprocess.run([sys.executable, SCRIPT, folder], check=True, capture_output=True)
    return folder


def test_the_script_makes_the_same_names_and_nothing_large(made: Path) -> None:
    kept = _files(KEPT)
    assert sorted(kept) == sorted(_files(made))
    assert sum(map(len, kept.values())) < 600_000
    assert max(map(len, kept.values())) < 150_000


def test_texts_are_the_same_to_the_byte(made: Path) -> None:
    kept, new = _files(KEPT), _files(made)
    texts = [name for name in kept if name.endswith((".fountain", ".json", ".cube", ".wav"))]
    assert len(texts) == 4
    assert all(kept[name] == new[name] for name in texts)


def test_pictures_have_the_same_pixels_and_tags(made: Path) -> None:
    kept, new = _files(KEPT), _files(made)
    stills = [name for name in kept if name.endswith((".jpg", ".png")) and name != BROKEN]
    assert len(stills) == 7
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

    names = [name for name in _files(KEPT) if name.endswith((".mp4", ".mp3", ".wav"))]
    assert len(names) == 4
    for name in names:
        with av.open(str(KEPT / name)) as old, av.open(str(made / name)) as new:
            assert dict(old.metadata) == dict(new.metadata), name
            assert old.duration == new.duration, name
            assert [s.codec_context.name for s in old.streams] == [
                s.codec_context.name for s in new.streams
            ]


def test_the_frame_has_the_same_pixels_and_attributes(made: Path) -> None:
    import numpy as np
    import OpenEXR

    name = "vfx/NH_101_0140_plate.1001.exr"
    old, new = (OpenEXR.File(str(folder / name)) for folder in (KEPT, made))
    assert old.header()["owner"] == new.header()["owner"] == "Tidewater Post"
    assert set(old.header()) == set(new.header())
    one, two = (each.channels()["RGB"].pixels.astype(np.float32) for each in (old, new))
    assert np.abs(one - two).max() < 0.01


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
    clean = [e for e in decision.assets if e.ai.value == "none-found" and not e.gaps]
    assert all(each.verdict.value == "clear" for each in clean)
    assert len(clean) >= 8


def test_no_observer_fails_on_the_samples(decision: Any) -> None:
    reasons = [gap.reason for each in decision.assets for gap in each.gaps]
    assert not [reason for reason in reasons if "failed on this file" in reason]
