"""A check from end to end on files made here: reading again, caching, killing, bad input."""

import io
import json
import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from checkthegate.app import check as checking
from checkthegate.app.check import Checked, CheckRequest, check
from checkthegate.app.home import make_home
from checkthegate.model import AiState, AssetDecision, Verdict

A1111 = (
    "a harbour at dusk\nNegative prompt: people\nSteps: 20, Sampler: Euler a, CFG scale: 7, "
    "Seed: 1, Size: 512x512, Model: dreamshaper_8"
)


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files just made count as settled, since nobody can set a ctime back."""
    monkeypatch.setattr("checkthegate.store.cache._SETTLED_NS", 0)


def picture(parameters: str | None = None, seed: int = 0) -> bytes:
    pixels = numpy.random.default_rng(seed).integers(0, 255, (64, 64, 3), dtype=numpy.uint8)
    text = PngInfo()
    if parameters:
        text.add_text("parameters", parameters)
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "PNG", pnginfo=text)
    return target.getvalue()


def delivery(tmp_path: Path, files: dict[str, bytes]) -> Path:
    root = tmp_path / "delivery"
    for name, content in files.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        old = time.time() - 60
        os.utime(target, (old, old))
    return root


def run(*paths: Path, workers: int = 0, **options: object) -> Checked:
    request = CheckRequest(paths=paths, workers=workers, **options)  # type: ignore[arg-type]
    return check(request, lambda _progress: None)


def by_path(checked: Checked) -> dict[str, AssetDecision]:
    return {each.asset.path: each for each in checked.decision.assets}


def test_generated_material_stops_a_final_delivery(tmp_path: Path) -> None:
    root = delivery(tmp_path, {"vfx/ai.png": picture(A1111), "plain.png": picture(seed=1)})
    checked = run(root)
    assets = by_path(checked)
    assert assets["vfx/ai.png"].ai is AiState.GENERATED
    assert "nfx.p4" in {f.rule for f in assets["vfx/ai.png"].findings if f.outcome == "fail"}
    assert assets["plain.png"].ai is AiState.NONE_FOUND
    assert assets["plain.png"].verdict is Verdict.CLEAR
    assert checked.decision.verdict is Verdict.ESCALATE
    assert checked.decision.approval == "required"


def test_a_temp_delivery_is_not_judged_as_final(tmp_path: Path) -> None:
    root = delivery(tmp_path, {"ai.png": picture(A1111)})
    decided = run(root, final=False).decision
    rules = {finding.rule for finding in decided.assets[0].findings}
    assert not rules & {"nfx.p4", "nfx.f1"}
    assert (decided.verdict, decided.approval) == ("escalate", "may-be-required")
    assert decided.assets[0].asset.final is False


def test_temp_by_path_in_the_settings_of_the_home(tmp_path: Path) -> None:
    root = delivery(tmp_path, {"editorial/ai.png": picture(A1111), "final/ai.png": picture(A1111)})
    home = make_home(tmp_path / "home", "Night Harbour", ["netflix"])
    settings = home.folder / "gate.toml"
    settings.write_text(settings.read_text().replace("temp = []", 'temp = ["editorial/**"]'))
    from checkthegate.app.home import open_home

    assets = by_path(run(root, home=open_home(tmp_path / "home")))
    assert not assets["editorial/ai.png"].asset.final
    assert assets["final/ai.png"].asset.final


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("workers", [0, 2])
def test_an_unchanged_delivery_is_answered_from_the_cache(tmp_path: Path, workers: int) -> None:
    root = delivery(tmp_path, {f"{n}.png": picture(A1111, n) for n in range(4)})
    first, second = run(root, workers=workers), run(root, workers=workers)
    assert first.decision.summary.cached == 0
    assert second.decision.summary.cached > 0
    assert {each.digest_from for each in second.decision.assets} == {"stat"}
    for one, other in zip(first.decision.assets, second.decision.assets, strict=True):
        assert (one.asset, one.ai, one.verdict, one.findings) == (
            other.asset, other.ai, other.verdict, other.findings,
        )  # fmt: skip
        assert set(map(repr, one.evidence)) == set(map(repr, other.evidence))


@pytest.mark.usefixtures("settled")
def test_a_changed_file_is_read_again_even_at_equal_size_and_time(tmp_path: Path) -> None:
    root = delivery(tmp_path, {"a.png": picture(A1111)})
    run(root)
    file = root / "a.png"
    stamp = file.stat()
    file.write_bytes(picture(A1111.replace("dusk", "dawn")))
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert run(root).decision.assets[0].digest_from == "read"


@pytest.mark.usefixtures("settled")
def test_rehash_reads_every_byte_again(tmp_path: Path) -> None:
    root = delivery(tmp_path, {"a.png": picture()})
    run(root)
    again = run(root, rehash=True).decision
    assert again.assets[0].digest_from == "read"


def test_no_cache_keeps_nothing(tmp_path: Path) -> None:
    root = delivery(tmp_path, {"a.png": picture()})
    run(root, use_cache=False)
    assert run(root).decision.summary.cached == 0
    assert not list(Path(os.environ["XDG_CACHE_HOME"]).rglob("nothing"))


@pytest.mark.usefixtures("settled")
def test_members_of_a_zip_are_checked_like_files(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("refs/ai.png", picture(A1111))
    root = delivery(tmp_path, {"refs.zip": packed.getvalue()})
    for _ in range(2):
        assets = by_path(run(root))
        assert assets["refs.zip!/refs/ai.png"].ai is AiState.GENERATED
        assert set(assets) == {"refs.zip", "refs.zip!/refs/ai.png"}


@pytest.mark.usefixtures("settled")
def test_a_sidecar_speaks_for_its_picture_and_its_change_is_noticed(tmp_path: Path) -> None:
    xmp = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        b"Iptc4xmpExt:DigitalSourceType="
        b'"http://cv.iptc.org/newscodes/digitalsourcetype/SOURCE"/></rdf:RDF></x:xmpmeta>'
    )
    files = {"a.png": picture(), "a.xmp": xmp.replace(b"SOURCE", b"trainedAlgorithmicMedia")}
    root = delivery(tmp_path, files)
    assert by_path(run(root))["a.png"].ai is AiState.GENERATED
    delivery(tmp_path, {"a.xmp": xmp.replace(b"SOURCE", b"humanEdits")})
    assert by_path(run(root))["a.png"].ai is AiState.NONE_FOUND


def test_what_cannot_be_read_is_a_gap_and_never_clean(tmp_path: Path) -> None:
    cut = picture()[:-40]
    root = delivery(tmp_path, {"cut.png": cut, "odd.bin": bytes(range(256)) * 4, "empty.mov": b""})
    decided = run(root)
    for each in decided.decision.assets:
        assert each.ai is AiState.UNKNOWN, each.asset.path
        assert each.gaps
        assert each.verdict is Verdict.ESCALATE
    assert decided.decision.summary.gaps >= 3


def test_a_file_that_changes_while_read_is_a_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from checkthegate.app import workshop

    root = delivery(tmp_path, {"a.png": picture()})
    real: Callable[..., object] = workshop._observe

    def meddling(*arguments: object) -> object:
        with (root / "a.png").open("ab") as stream:
            stream.write(b"more")
        return real(*arguments)

    monkeypatch.setattr(workshop, "_observe", meddling)
    asset = run(root).decision.assets[0]
    assert asset.ai is AiState.UNKNOWN
    assert any("changed while" in gap.reason for gap in asset.gaps)


@pytest.mark.usefixtures("settled")
def test_an_observer_that_fails_is_a_gap_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from checkthegate.detect.metadata import MetadataObserver

    root = delivery(tmp_path, {"a.png": picture()})

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as context:
        context.setattr(MetadataObserver, "observe", broken)
        asset = run(root).decision.assets[0]
        assert any("ZeroDivisionError" in gap.reason for gap in asset.gaps)
        assert asset.verdict is Verdict.ESCALATE
    assert run(root).decision.assets[0].ai is AiState.NONE_FOUND


@pytest.mark.usefixtures("settled")
def test_what_was_finished_before_an_interrupt_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = delivery(tmp_path, {f"{n}.png": picture(seed=n) for n in range(5)})

    def stop_after_three(progress: checking.Progress) -> None:
        if progress.done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check(CheckRequest(paths=(root,), workers=0), stop_after_three)
    decided = run(root).decision
    assert sum(each.digest_from == "stat" for each in decided.assets) == 3


@pytest.mark.usefixtures("settled")
def test_the_same_bytes_under_another_name_are_not_looked_at_twice(tmp_path: Path) -> None:
    root = delivery(tmp_path, {"a.png": picture(A1111)})
    run(root)
    delivery(tmp_path, {"copy.png": picture(A1111)})
    assets = by_path(run(root))
    assert assets["copy.png"].digest_from == "read"
    assert assets["copy.png"].ai is AiState.GENERATED
    assert json.dumps(dict(assets["copy.png"].evidence[0].detail))


@pytest.mark.usefixtures("settled")
def test_a_file_that_changes_between_listing_and_reading_is_a_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = delivery(tmp_path, {"a.png": picture()})
    run(root)
    planned = checking.Planner.plan

    def swapped(*arguments: object) -> object:
        plan = planned(*arguments)  # type: ignore[arg-type]
        (root / "a.png").write_bytes(picture(A1111))
        return plan

    with monkeypatch.context() as context:
        context.setattr(checking.Planner, "_answer", lambda *_: None)
        context.setattr(checking.Planner, "plan", swapped)
        asset = run(root).decision.assets[0]
    assert asset.ai is AiState.UNKNOWN
    assert asset.asset.digest == ""
    assert "changed" in asset.gaps[0].reason
    assert run(root).decision.assets[0].ai is AiState.GENERATED


def test_a_sidecar_too_large_to_read_is_a_gap_of_its_picture(tmp_path: Path) -> None:
    files = {
        "a.png": picture(),
        "a.xmp": b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + b" " * (33 << 20),
    }
    assets = by_path(run(delivery(tmp_path, files), use_cache=False))
    assert assets["a.png"].ai is AiState.UNKNOWN
    assert any("larger than 32 MB" in gap.reason for gap in assets["a.png"].gaps)


@pytest.mark.parametrize("workers", [0, 1])
def test_nothing_is_left_in_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    monkeypatch.setenv("TMPDIR", str(place))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("refs/ai.png", picture(A1111))
    run(delivery(tmp_path, {"refs.zip": packed.getvalue()}), workers=workers)
    assert list(place.iterdir()) == []


@pytest.mark.usefixtures("settled")
def test_the_same_bytes_as_another_kind_are_looked_at_again(tmp_path: Path) -> None:
    graph = b'[1, {"3": {"class_type": "KSampler", "inputs": {"seed": 5}}}]'
    root = delivery(tmp_path, {"a.txt": graph})
    run(root)
    (root / "a.txt").rename(root / "a.json")
    again = run(root).decision.assets[0]
    fresh = run(root, use_cache=False).decision.assets[0]
    assert again.asset.media_type == fresh.asset.media_type == "text/x-json"
    assert set(map(repr, again.evidence)) == set(map(repr, fresh.evidence))


@pytest.mark.usefixtures("settled")
def test_two_names_of_one_file_keep_their_own_kinds(tmp_path: Path) -> None:
    root = delivery(tmp_path, {"a.txt": b'[1, "two"]'})
    (root / "a.json").hardlink_to(root / "a.txt")
    for _ in range(2):
        kinds = {path: each.asset.media_type for path, each in by_path(run(root)).items()}
        assert kinds == {"a.json": "text/x-json", "a.txt": "text/plain"}
