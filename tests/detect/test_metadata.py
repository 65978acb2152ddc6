"""The observer of metadata, on its own examples and file by file on the shared real files."""

import csv
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from checkthegate.delivery.identify import identify
from checkthegate.delivery.opened import OpenedFile
from checkthegate.detect.hints import hints
from checkthegate.detect.metadata import observer
from checkthegate.detect.workflow import observer as workflow_observer
from checkthegate.model import Asset, Evidence, Gap, Kind, Observation

TOOLS = {"A1111": "AUTOMATIC1111"}
PRIVATE = {"prompt", "negative_prompt", "seed", "loras", "workflow", "author", "job_id", "comment"}


def opened(file: Path) -> OpenedFile:
    with file.open("rb") as stream:
        kind, media_type = identify(stream, file.name)
    asset = Asset(file.name, kind, media_type, file.stat().st_size, "sha256:00")
    return OpenedFile(asset, file)


def observe(file: Path) -> list[Observation]:
    said: list[Observation] = []
    with_bytes = opened(file)
    try:
        for each in (observer({}), workflow_observer({})):
            if each.wants(with_bytes.asset):
                said += each.observe(with_bytes)
    finally:
        with_bytes.close()
    return said


def evidence(said: list[Observation]) -> list[Evidence]:
    return [each for each in said if isinstance(each, Evidence)]


def rows(folder: Path, *prefixes: str) -> Iterator[dict[str, str]]:
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as stream:
        yield from (row for row in csv.DictReader(stream) if row["file"].startswith(prefixes))


@pytest.mark.parametrize("example", observer({}).examples(), ids=lambda example: example.name)
def test_each_example_says_what_it_promises(example, tmp_path: Path) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(example.content)
    said = observe(file)
    claims = {(each.claim, each.grade.value) for each in evidence(said)}
    assert set(example.claims) <= claims
    assert example.claims or not {claim for claim, _ in claims if claim.startswith("ai-")}
    assert not [each for each in said if isinstance(each, Gap)]


def test_what_has_no_place_for_tags_is_not_asked_for() -> None:
    unknown = Asset("a.bin", Kind.OTHER, "application/octet-stream", 3, "sha256:00")
    sidecar = Asset("a.xmp", Kind.OTHER, "application/rdf+xml", 3, "sha256:00")
    assert not observer({}).wants(unknown)
    assert observer({}).wants(sidecar)


def test_a_carrier_that_cannot_be_read_is_a_gap(tmp_path: Path) -> None:
    whole = next(e for e in observer({}).examples() if e.name == "a1111.png").content
    file = tmp_path / "cut.png"
    file.write_bytes(whole[:-20])
    said = observe(file)
    assert [each for each in said if isinstance(each, Gap) and each.observer == "metadata"]
    assert [each for each in evidence(said) if each.claim == "ai-generated"]


def test_packed_text_that_grows_without_end_is_a_gap_and_bounded(tmp_path: Path) -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(kind + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + kind + body + crc

    whole = next(e for e in observer({}).examples() if e.name == "a1111.png").content
    packed = chunk(b"zTXt", b"note\0\0" + zlib.compress(b" " * (20 << 20)))
    file = tmp_path / "grows.png"
    file.write_bytes(whole[:33] + packed * 200 + whole[33:])
    tracemalloc.start()
    said = observe(file)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 500 << 20
    assert any("unpacks to more" in each.reason for each in said if isinstance(each, Gap))


@pytest.mark.shared
def test_every_tagged_file_names_its_tool(shared_data: Path) -> None:
    folder = shared_data / "ai_metadata"
    seen = 0
    for row in rows(folder, "tagged/"):
        said = evidence(observe(folder / row["file"]))
        told = {
            (each.detail.get("tool"), each.grade.value)
            for each in said
            if each.claim in ("ai-generated", "ai-modified")
        }
        assert (TOOLS.get(row["tool"], row["tool"]), "declared") in told, row["file"]
        assert len({tool for tool, _ in told}) == 1, row["file"]
        assert any(each.private.get("seed") for each in said), row["file"]
        assert any(each.private.get("prompt") for each in said), row["file"]
        seen += 1
    assert seen >= 18


@pytest.mark.shared
def test_source_types_of_real_files(shared_data: Path) -> None:
    folder = shared_data / "ai_metadata"
    for row in rows(folder, "iptc_dst_derived/"):
        term = Path(row["file"]).stem.partition("_")[2]
        [said] = [e for e in evidence(observe(folder / row["file"])) if "source_type" in e.detail]
        assert said.detail["source_type"] == term
        assert said.claim == ("ai-generated" if row["expect_ai"] == "yes" else "camera-capture")


@pytest.mark.shared
def test_every_workflow_file_is_found(shared_data: Path) -> None:
    folder = shared_data / "ai_metadata"
    listed = list(rows(folder, "workflow_json/"))
    for row in listed:
        [said] = evidence(observe(folder / row["file"]))
        assert (said.observer, said.claim) == ("workflow", "ai-workflow"), row["file"]
        assert said.detail["tool"] == "ComfyUI"
        assert said.detail["models"], row["file"]
        assert "KSampler" in str(said.detail["node_types"]) or said.detail["node_types"]
    assert len(listed) >= 8


@pytest.mark.shared
def test_nothing_ai_is_said_of_files_that_say_nothing_of_it(shared_data: Path) -> None:
    folder = shared_data / "ai_metadata"
    quiet = ("negative", "ai_without_metadata/", "invisible_watermark_derived/")
    seen = 0
    for row in rows(folder, *quiet):
        said = observe(folder / row["file"])
        assert not [e for e in evidence(said) if e.claim.startswith("ai-")], row["file"]
        assert not [each for each in said if isinstance(each, Gap)], row["file"]
        seen += 1
    assert seen >= 20


@pytest.mark.shared
@pytest.mark.parametrize("folder", ["timelines", "pii", "exr", "packages_imf", "text_copy"])
def test_other_files_are_no_ones_output_or_recipe(shared_data: Path, folder: str) -> None:
    files = [file for file in (shared_data / folder).rglob("*") if file.is_file()]
    assert files
    for file in files:
        said = evidence(observe(file))
        assert not [each for each in said if each.claim.startswith("ai-")], file.name
        assert not list(hints(str(file.relative_to(shared_data)))), file.name


@pytest.mark.shared
def test_nothing_private_is_among_what_may_leave(shared_data: Path) -> None:
    folder = shared_data / "ai_metadata"
    for row in rows(folder, "tagged/", "workflow_json/"):
        for each in evidence(observe(folder / row["file"])):
            assert not PRIVATE & each.detail.keys(), row["file"]
            shown = repr(dict(each.detail))
            prompt = str(each.private.get("prompt", ""))
            assert not prompt or prompt not in shown
            model = str(each.detail.get("model", ""))
            assert "/" not in model
            assert "\\" not in model


@pytest.mark.shared
def test_credentialed_files_without_ai_say_nothing_of_ai_in_metadata(shared_data: Path) -> None:
    folder = shared_data / "c2pa"
    quiet = ("signed_not_ai/", "no_manifest/", "invalid_or_tampered/", "malformed/")
    for row in rows(folder, *quiet):
        said = evidence(observe(folder / row["file"]))
        assert not [each for each in said if each.claim.startswith("ai-")], row["file"]
