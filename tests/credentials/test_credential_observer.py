"""The observer on files made here: claims, grades, gaps, and silence on the network."""

from __future__ import annotations

import builtins
import http.server
import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from checkthegate.credentials.development import created_manifest, sign_bytes
from checkthegate.credentials.examples import changed, small_png
from checkthegate.credentials.observer import observer
from checkthegate.model import Asset, Evidence, Grade, Kind, UsageError, canonical
from tests.credentials.signing import (
    IPTC,
    claims,
    created,
    gaps,
    identity,
    looked,
    seen,
    signed,
    trusting,
)

AI = IPTC + "trainedAlgorithmicMedia"


def test_examples_give_what_they_promise(tmp_path: Path) -> None:
    reader = observer({})
    for example in reader.examples():
        path = tmp_path / example.name
        path.write_bytes(example.content)
        beside = None
        if ".c2pa" in example.sidecars:
            beside = tmp_path / (example.name + ".c2pa")
            beside.write_bytes(example.sidecars[".c2pa"])
        found = looked(reader, path, beside)
        given = {(e.claim, e.grade.value) for e in found if isinstance(e, Evidence)}
        assert set(example.claims) <= given, example.name
        assert bool(gaps(found)) is example.gap, (example.name, gaps(found))
        if not example.claims:
            assert not any(claim.startswith("ai-") for claim, _ in given), example.name


def test_trusted_is_proven_and_valid_alone_is_not(tmp_path: Path) -> None:
    content = created(AI, {"name": "acme-image", "version": "2"}, generator="Acme/1")
    proven = claims(seen(trusting(), tmp_path, content))
    assert proven["ai-generated"].grade is Grade.PROVEN
    assert proven["credential"].detail["state"] == "Trusted"
    valid = claims(seen(observer({}), tmp_path, content))
    assert valid["ai-generated"].grade is Grade.DECLARED
    assert valid["credential"].detail["state"] == "Valid"
    assert valid["credential"].detail["trusted"] is False
    assert valid["credential"].detail["codes"] == ["signingCredential.untrusted"]
    detail = valid["ai-generated"].detail
    assert detail["tool"] == "acme-image"
    assert detail["tool_version"] == "2"
    assert detail["source_type"] == "trainedAlgorithmicMedia"
    assert detail["manifest"] == "active"


def test_untrusted_alone_is_no_gap(tmp_path: Path) -> None:
    assert gaps(seen(observer({}), tmp_path, created(AI))) == []


@pytest.mark.parametrize(
    ("source_type", "claim"),
    [
        ("http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia", "ai-generated"),
        ("https://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia", "ai-generated"),
        (" trainedAlgorithmicMedia ", "ai-generated"),
        (IPTC + "compositeWithTrainedAlgorithmicMedia", "ai-modified"),
        (IPTC + "compositedWithTrainedAlgorithmicMedia", "ai-modified"),
        (IPTC + "compositeSynthetic", "ai-modified"),
        ("http://c2pa.org/digitalsourcetype/trainedAlgorithmicData", "ai-tool"),
        (IPTC + "digitalCapture", "camera-capture"),
        (IPTC + "computationalCapture", "camera-capture"),
        (IPTC + "composite", "ai-possible"),
        (IPTC + "virtualRecording", "ai-possible"),
        (IPTC + "algorithmicMedia", None),
        (IPTC + "digitalCreation", None),
        ("http://c2pa.org/digitalsourcetype/empty", None),
    ],
)
def test_source_types(tmp_path: Path, source_type: str, claim: str | None) -> None:
    found = claims(seen(observer({}), tmp_path, created(source_type)))
    made = [name for name in found if name.startswith("ai-") or name == "camera-capture"]
    assert made == ([claim] if claim else [])
    if claim == "ai-possible":
        assert found[claim].grade is Grade.SUSPECTED


def test_composite_is_dropped_beside_a_trained_type(tmp_path: Path) -> None:
    actions = [
        {"action": "c2pa.created", "digitalSourceType": AI},
        {"action": "c2pa.edited", "digitalSourceType": IPTC + "composite"},
    ]
    found = claims(seen(observer({}), tmp_path, signed(actions)))
    assert "ai-generated" in found
    assert "ai-possible" not in found


def test_trained_type_on_an_edit_is_a_modification(tmp_path: Path) -> None:
    actions = [
        {"action": "c2pa.created", "digitalSourceType": IPTC + "digitalCapture"},
        {"action": "c2pa.edited", "digitalSourceType": AI, "softwareAgent": "Acme Fill"},
    ]
    found = claims(seen(observer({}), tmp_path, signed(actions)))
    assert found["ai-modified"].detail["tool"] == "Acme Fill"
    assert "ai-generated" not in found
    assert "contradiction" not in found


def test_software_agent_by_index(tmp_path: Path) -> None:
    actions = {
        "label": "c2pa.actions.v2",
        "data": {
            "actions": [
                {"action": "c2pa.created", "digitalSourceType": AI, "softwareAgentIndex": 1}
            ],
            "softwareAgents": [{"name": "First"}, {"name": "Second", "version": "9"}],
        },
    }
    manifest = {"claim_generator_info": [{"name": "Acme"}], "assertions": [actions]}
    content = sign_bytes(small_png(), "image/png", identity(), manifest).content
    found = claims(seen(observer({}), tmp_path, content))
    assert (found["ai-generated"].detail["tool"], found["ai-generated"].detail["tool_version"]) == (
        "Second",
        "9",
    )


def test_source_type_outside_the_actions(tmp_path: Path) -> None:
    metadata = {
        "label": "cawg.metadata",
        "data": {
            "@context": {"Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"},
            "Iptc4xmpExt:DigitalSourceType": [{"@id": AI}],
        },
    }
    content = created(None, assertions=[metadata])
    assert "ai-generated" in claims(seen(observer({}), tmp_path, content))


@pytest.mark.parametrize(
    ("agent", "claim"),
    [
        ("DALL·E", "ai-generated"),
        ("gpt-image-1", "ai-generated"),
        ("Adobe Firefly", "ai-generated"),
        ("Runway Image/Video Generation", "ai-generated"),
        ("Topaz Labs Image API", "ai-tool"),
        ("Google Photos", "ai-possible"),
        ("Adobe Photoshop 27.1", None),
        ("YouTube Video Processing Services", None),
        ("CapCut/13", None),
        ("Volcengine", None),
        ("Adobe Lightroom", None),
        ("c2patool", None),
        ("Resorant Veolia Pikasso", None),
    ],
)
def test_known_generators_count_without_a_source_type(
    tmp_path: Path, agent: str, claim: str | None
) -> None:
    found = claims(seen(trusting(), tmp_path, created(None, agent)))
    assert [name for name in found if name.startswith("ai-")] == ([claim] if claim else [])
    if claim:
        assert found[claim].grade is not Grade.PROVEN


def test_a_generator_beside_another_source_type_is_only_a_tool(tmp_path: Path) -> None:
    found = claims(seen(observer({}), tmp_path, created(IPTC + "digitalCapture", "Adobe Firefly")))
    assert {"ai-tool", "camera-capture"} <= set(found)
    assert "ai-generated" not in found


def test_camera_and_model_in_one_manifest_contradict(tmp_path: Path) -> None:
    actions = [
        {"action": "c2pa.created", "digitalSourceType": IPTC + "digitalCapture"},
        {"action": "c2pa.published", "digitalSourceType": AI},
    ]
    assert "contradiction" in claims(seen(observer({}), tmp_path, signed(actions)))


def _with(relationship: str, part: bytes, verb: str) -> bytes:
    action = {"action": f"c2pa.{verb}", "parameters": {"ingredientIds": ["one"]}}
    first = (
        []
        if verb == "opened"
        else [{"action": "c2pa.created", "digitalSourceType": IPTC + "digitalCreation"}]
    )
    definition = {"title": "one", "relationship": relationship, "label": "one"}
    return signed([*first, action], ingredients=[(definition, "image/png", part)])


@pytest.mark.parametrize(
    ("relationship", "verb", "claim"),
    [
        ("parentOf", "opened", "ai-generated"),
        ("componentOf", "placed", "ai-modified"),
        ("inputTo", "edited", "ai-modified"),
    ],
)
def test_ingredients_carry_over(tmp_path: Path, relationship: str, verb: str, claim: str) -> None:
    found = seen(trusting(), tmp_path, _with(relationship, created(AI), verb))
    evidence = claims(found)[claim]
    assert evidence.detail["manifest"] == "ingredient"
    assert evidence.detail["relationship"] == relationship
    assert evidence.grade is Grade.PROVEN
    assert gaps(found) == []
    assert claims(found)["credential"].detail["manifests"] == 2


def test_a_component_of_a_component_is_found(tmp_path: Path) -> None:
    inner = _with("parentOf", created(AI), "opened")
    found = claims(seen(observer({}), tmp_path, _with("componentOf", inner, "placed")))
    assert found["ai-modified"].detail["relationship"] == "componentOf"
    assert "ai-generated" not in found


def test_a_camera_component_does_not_make_the_whole_a_capture(tmp_path: Path) -> None:
    part = created(IPTC + "digitalCapture")
    found = claims(seen(observer({}), tmp_path, _with("componentOf", part, "placed")))
    assert "camera-capture" not in found


def test_a_broken_ingredient_is_a_gap_and_never_proven(tmp_path: Path) -> None:
    found = seen(trusting(), tmp_path, _with("parentOf", changed(created(AI)), "opened"))
    assert claims(found)["ai-generated"].grade is Grade.DECLARED
    assert "ingredient:assertion.dataHash.mismatch" in claims(found)["credential"].detail["codes"]
    (reason,) = gaps(found)
    assert "ingredient:assertion.dataHash.mismatch" in reason


def test_tampered_is_declared_with_a_gap(tmp_path: Path) -> None:
    found = seen(trusting(), tmp_path, changed(created(AI)))
    assert claims(found)["ai-generated"].grade is Grade.DECLARED
    assert claims(found)["credential"].grade is Grade.DECLARED
    (reason,) = gaps(found)
    assert "changed after it was signed" in reason
    assert "assertion.dataHash.mismatch" in reason


def test_truncation_never_reads_as_clean(tmp_path: Path) -> None:
    content = created(AI)
    store_ends = content.index(b"IDAT")
    for cut in range(content.index(b"caBX") + 200, store_ends - 20, 400):
        found = seen(observer({}), tmp_path, content[:cut])
        assert gaps(found), cut


def test_remains_of_a_jpeg_credential_are_a_gap(tmp_path: Path) -> None:
    from io import BytesIO

    from PIL import Image

    plain = BytesIO()
    Image.new("RGB", (8, 8), (10, 200, 30)).save(plain, "JPEG")
    manifest = created_manifest("Acme", AI, "acme")
    content = sign_bytes(plain.getvalue(), "image/jpeg", identity(), manifest).content
    damaged = content.replace(b"jumb", b"jumx", 1)
    assert gaps(seen(observer({}), tmp_path, damaged, "shot.jpg"))
    assert gaps(seen(observer({}), tmp_path, plain.getvalue(), "plain.jpg")) == []


@pytest.mark.parametrize("inside", [False, True])
def test_a_film_of_countless_parts_is_not_walked_for_minutes(tmp_path: Path, inside: bool) -> None:
    kind = b"\x00\x00\x00\x1cftypisom\x00\x00\x02\x00isomiso2mp41"
    parts = b"\x00\x00\x00\x08free" * 120_000
    if inside:
        parts = (len(parts) + 8).to_bytes(4, "big") + b"moov" + parts
    said = seen(observer({}), tmp_path, kind + parts, "film.mp4")
    # On the outermost level alone it is certain that there is no credential.
    assert bool(gaps(said)) is not inside


def test_sidecars(tmp_path: Path) -> None:
    manifest = created_manifest("Acme", AI, "acme-image")
    for name, content in (
        ("shot.png", small_png()),
        ("shot.exr", b"\x76\x2f\x31\x01" + b"\0" * 99),
    ):
        media_type = "image/png" if name.endswith("png") else "image/x-exr"
        apart = sign_bytes(content, media_type, identity(), manifest, embed=False)
        shot, beside = tmp_path / name, tmp_path / (name + ".c2pa")
        shot.write_bytes(content)
        beside.write_bytes(apart.store)
        found = looked(trusting(), shot, beside)
        assert claims(found)["ai-generated"].grade is Grade.PROVEN, name
        assert claims(found)["credential"].detail["format"] == "sidecar"
        assert gaps(found) == []
        shot.write_bytes(content + b"\0")
        changed_since = looked(trusting(), shot, beside)
        assert claims(changed_since)["ai-generated"].grade is Grade.DECLARED
        assert gaps(changed_since)


@pytest.mark.parametrize("content", [b"", b"\0\0\0\x20jumb" + b"x" * 24, b"rubbish" * 9])
def test_a_broken_sidecar_is_a_gap(tmp_path: Path, content: bytes) -> None:
    shot, beside = tmp_path / "shot.exr", tmp_path / "shot.c2pa"
    shot.write_bytes(b"\x76\x2f\x31\x01" + b"\0" * 99)
    beside.write_bytes(content)
    assert len(gaps(looked(observer({}), shot, beside))) == 1


def test_a_store_on_its_own_speaks_without_a_gap(tmp_path: Path) -> None:
    manifest = created_manifest("Acme", AI, "acme-image")
    store = sign_bytes(small_png(), "image/png", identity(), manifest, embed=False).store
    found = seen(trusting(), tmp_path, store, "shot.c2pa")
    assert claims(found)["ai-generated"].grade is Grade.DECLARED
    assert gaps(found) == []


def test_training_preference(tmp_path: Path) -> None:
    wish = {
        "label": "cawg.training-mining",
        "data": {"entries": {"cawg.ai_generative_training": {"use": "notAllowed"}}},
    }
    content = created(IPTC + "digitalCapture", assertions=[wish])
    found = claims(seen(observer({}), tmp_path, content))
    assert found["training-preference"].detail["uses"] == {"ai_generative_training": "notAllowed"}


def test_people_and_prompts_stay_private(tmp_path: Path) -> None:
    work = {
        "label": "stds.schema-org.CreativeWork",
        "data": {"@type": "CreativeWork", "author": [{"@type": "Person", "name": "Jane Roe"}]},
    }
    action = {
        "action": "c2pa.created",
        "digitalSourceType": AI,
        "description": "A secret lighthouse at dawn",
        "parameters": {"prompt": "a secret lighthouse"},
    }
    found = seen(observer({}), tmp_path, signed([action], assertions=[work]))
    shown = canonical([dict(e.detail) for e in found if isinstance(e, Evidence)]).decode()
    for secret in ("Jane Roe", "lighthouse", "development signer"):
        assert secret not in shown
    private = claims(found)["credential"].private
    assert private["author"] == "Jane Roe"
    assert private["prompt"] == "a secret lighthouse"


def test_file_text_shown_is_cleaned(tmp_path: Path) -> None:
    agent = "Tool /Users/jane/bin/tool jane@example.com\n" + "x" * 999
    detail = claims(seen(observer({}), tmp_path, created(AI, agent)))["ai-generated"].detail
    assert "jane" not in str(detail)
    assert len(str(detail["tool"])) <= 120


class _Counting(http.server.ThreadingHTTPServer):
    asked = 0

    def get_request(self) -> Any:
        self.asked += 1
        return super().get_request()


def test_nothing_is_ever_fetched(tmp_path: Path) -> None:
    server = _Counting(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    url = f"http://jane:secret@127.0.0.1:{port}/kept/store.c2pa?token=abc#part"
    manifest = created_manifest("Acme", AI, "acme-image")
    try:
        remote = sign_bytes(
            small_png(), "image/png", identity(), manifest, embed=False, remote_url=url
        ).content
        server.asked = 0
        found = seen(observer({}), tmp_path, remote)
    finally:
        server.shutdown()
        server.server_close()
    assert server.asked == 0
    (reason,) = gaps(found)
    assert f"http://127.0.0.1:{port}/kept/store.c2pa" in reason
    for secret in ("jane", "secret", "token", "abc"):
        assert secret not in reason
    assert claims(found) == {}


def test_the_server_would_have_been_asked(tmp_path: Path) -> None:
    """The test above can fail: with the library's own settings the server is contacted."""
    import c2pa

    server = _Counting(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/store.c2pa"
    manifest = created_manifest("Acme", AI, "acme-image")
    try:
        remote = sign_bytes(
            small_png(), "image/png", identity(), manifest, embed=False, remote_url=url
        ).content
        (tmp_path / "x.png").write_bytes(remote)
        with (tmp_path / "x.png").open("rb") as stream, pytest.raises(c2pa.C2paError):
            c2pa.Reader("image/png", stream, context=c2pa.Context.from_dict({"verify": {}}))
    finally:
        server.shutdown()
        server.server_close()
    assert server.asked > 0


def test_without_the_library_there_is_one_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name == "c2pa":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    monkeypatch.delitem(sys.modules, "c2pa", raising=False)
    (reason,) = gaps(seen(observer({}), tmp_path, small_png()))
    assert "pip install 'checkthegate[credentials]'" in reason
    assert seen(observer({}), tmp_path, b"\x76\x2f\x31\x01" + b"\0" * 99, "a.exr") == []


def test_works_after_a_fork(tmp_path: Path) -> None:
    reader = trusting()
    content = created(AI)
    assert claims(seen(reader, tmp_path, content))["ai-generated"].grade is Grade.PROVEN
    child = os.fork()
    if child == 0:
        found = claims(seen(reader, tmp_path, content))
        os._exit(0 if found["ai-generated"].grade is Grade.PROVEN else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_settings_tell_whom_it_trusts() -> None:
    assert observer({}).settings != trusting().settings
    canonical(dict(observer({}).settings))
    with pytest.raises(UsageError):
        observer({"anchor": "x"})
    with pytest.raises(UsageError):
        observer({"anchors": 3})


def test_wants_media_and_stores_alone() -> None:
    reader = observer({})

    def of(kind: Kind, media_type: str, size: int = 9) -> bool:
        return bool(reader.wants(Asset("a", kind, media_type, size, "sha256:0")))

    assert of(Kind.IMAGE, "image/x-exr")
    assert of(Kind.VIDEO, "application/mxf")
    assert of(Kind.OTHER, "application/c2pa")
    assert of(Kind.PACKAGE, "application/zip")
    assert not of(Kind.OTHER, "application/x-technical")
    assert not of(Kind.IMAGE, "image/png", 0)
