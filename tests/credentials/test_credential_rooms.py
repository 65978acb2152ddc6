"""The parts beneath the observer: terms, codes, the store's walk, structure walks, trust."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkthegate.credentials import carriers, walks
from checkthegate.credentials.codes import Failure, sentence
from checkthegate.credentials.development import development_signer, sign_file
from checkthegate.credentials.evidence import observations
from checkthegate.credentials.examples import small_png
from checkthegate.credentials.observer import observer
from checkthegate.credentials.reading import shown, shown_address
from checkthegate.credentials.store import MANIFESTS, store_of
from checkthegate.credentials.terms import term_of
from checkthegate.credentials.trust import anchors_from_pem
from checkthegate.delivery.opened import OpenedFile
from checkthegate.model import Gap, UsageError
from tests.credentials.signing import asset_of, identity, seen

_NAMES = """
    active_manifest manifests ingredients assertions label data actions digitalSourceType action
    validation_results activeManifest ingredientDeltas validationDeltas failure informational
    code url relationship softwareAgent softwareAgents softwareAgentIndex name entries a
    claim_generator_info signature_info redactions location data_types type
"""
_KEYS = st.sampled_from(_NAMES.split())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=25,
)


@given(JSON, JSON)
def test_no_document_is_too_odd(manifest: Any, rest: Any) -> None:
    document = {"active_manifest": "a", "manifests": {"a": manifest, "b": rest}}
    document["validation_results"] = rest
    list(observations(store_of(document), form="embedded", alone=False))
    if isinstance(rest, dict):
        list(observations(store_of(rest), form="embedded", alone=False))


@given(st.text(max_size=40))
def test_terms_are_found_by_their_end(before: str) -> None:
    term = term_of(before + "/trainedAlgorithmicMedia")
    assert term is not None
    assert term.claim == "ai-generated"


@given(st.text(max_size=400))
def test_shown_is_one_bounded_line(text: str) -> None:
    line = shown(text, 50)
    assert len(line) <= 50
    assert line.isprintable()


@given(st.text(max_size=60))
def test_addresses_never_raise(text: str) -> None:
    assert "?" not in shown_address("https://u:p@host/" + text).partition("host")[2].split("/")[0]
    shown_address(text)


def test_cycles_end() -> None:
    def made(other: str) -> dict[str, Any]:
        return {"ingredients": [{"relationship": "parentOf", "active_manifest": other}]}

    store = store_of({"active_manifest": "a", "manifests": {"a": made("b"), "b": made("a")}})
    assert [placed.label for placed in store.placed] == ["a", "b"]


def test_too_many_manifests_are_a_gap() -> None:
    many = {f"m{n}": {} for n in range(MANIFESTS + 5)}
    store = store_of({"active_manifest": "m0", "manifests": many})
    assert len(store.placed) == MANIFESTS
    found = list(observations(store, form="embedded", alone=False))
    assert any(isinstance(entry, Gap) and "more than 1000" in entry.reason for entry in found)


def test_a_manifest_nobody_refers_to_still_counts() -> None:
    assertion = {
        "label": "c2pa.actions",
        "data": {
            "actions": [
                {"action": "c2pa.created", "digitalSourceType": "x/trainedAlgorithmicMedia"}
            ]
        },
    }
    store = store_of(
        {"active_manifest": "a", "manifests": {"a": {}, "b": {"assertions": [assertion]}}}
    )
    found = list(observations(store, form="embedded", alone=False))
    assert any(getattr(entry, "claim", "") == "ai-modified" for entry in found)


def _failing(*codes: str, notes: tuple[str, ...] = ()) -> dict[str, Any]:
    part = {
        "failure": [{"code": code} for code in codes],
        "informational": [{"code": code} for code in notes],
    }
    return {
        "active_manifest": "a",
        "manifests": {"a": {}},
        "validation_results": {"activeManifest": part},
    }


@pytest.mark.parametrize(
    ("codes", "notes", "broken"),
    [
        (("signingCredential.untrusted",), (), False),
        (("cawg.ica.did_unavailable",), (), False),
        (("cawg.ica.signature_mismatch",), (), True),
        (("signingCredential.expired",), (), True),
        (("signingCredential.untrusted", "signingCredential.expired"), (), True),
        (
            ("signingCredential.untrusted", "signingCredential.expired"),
            ("timeStamp.untrusted",),
            False,
        ),
        (("signingCredential.expired",), ("timeStamp.untrusted",), True),
        (("something.nobody.knows",), (), True),
    ],
)
def test_which_codes_are_gaps(codes: tuple[str, ...], notes: tuple[str, ...], broken: bool) -> None:
    found = observations(store_of(_failing(*codes, notes=notes)), form="embedded", alone=False)
    assert any(isinstance(entry, Gap) for entry in found) is broken


def test_an_assertion_kept_on_a_server_is_a_gap() -> None:
    assertion = {
        "label": "c2pa.cloud-data",
        "data": {"location": {"url": "https://u:p@example.com/a?k=1"}},
    }
    store = store_of({"active_manifest": "a", "manifests": {"a": {"assertions": [assertion]}}})
    reasons = [
        entry.reason
        for entry in observations(store, form="embedded", alone=False)
        if isinstance(entry, Gap)
    ]
    assert len(reasons) == 1
    assert "(https://example.com/a)" in reasons[0]


def test_redactions_are_named() -> None:
    manifest = {"redactions": ["self#jumbf=/c2pa/x/c2pa.assertions/stds.exif"]}
    store = store_of({"active_manifest": "a", "manifests": {"a": manifest}})
    first = next(iter(observations(store, form="embedded", alone=False)))
    assert not isinstance(first, Gap)
    assert first.detail["redacted"] == ["stds.exif"]


def test_sentences_bound_their_codes() -> None:
    said = sentence([Failure(f"claim.odd{n}", "a", ingredient=False) for n in range(9)])
    assert said is not None
    assert "and 4 more" in said
    assert sentence([]) is None


def test_every_type_is_known_to_the_library() -> None:
    c2pa = pytest.importorskip("c2pa")
    known = set(c2pa.Reader.get_supported_mime_types())
    ours = carriers._BINARY | carriers._PACKED | {carriers.STORE}
    assert {carriers.library_type(kind) for kind in ours} - known <= {"application/zip"}
    assert "application/x-zip" in known


def _box(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


_FTYP = _box(b"ftyp", b"qt  \0\0\0\0qt  ")
_MOOV = _box(b"moov", _box(b"mvhd", b"\0" * 100))
_C2PA_BOX = _box(b"uuid", walks.C2PA_BOX + b"\0" * 30)


@pytest.mark.parametrize(
    ("name", "content", "gap"),
    [
        ("no-ftyp.mov", _box(b"wide") + _box(b"mdat", b"x" * 99) + _MOOV, False),
        ("udta.mov", _FTYP + _box(b"moov", _box(b"udta", b"\0\0\0\0")), False),
        ("no-ftyp-signed.mov", _box(b"wide") + _MOOV + _C2PA_BOX, True),
        (
            "rf64.wav",
            b"RF64\xff\xff\xff\xffWAVEds64"
            + struct.pack("<IQQQI", 28, 500, 400, 100, 0)
            + b"data\xff\xff\xff\xff"
            + b"\0" * 400,
            False,
        ),
        (
            "rf64-signed.wav",
            b"RF64\xff\xff\xff\xffWAVEds64"
            + struct.pack("<IQQQI", 28, 500, 400, 100, 0)
            + b"data\xff\xff\xff\xff"
            + b"\0" * 400
            + b"C2PA\x04\0\0\0abcd",
            True,
        ),
        ("naked.jxl", b"\xff\x0a" + b"\0" * 40, False),
        ("deep.wav", b"RIFF\xff\xff\0\0WAVE" + b"LIST\xff\xff\0\0RIFF" * 400, True),
        ("bad.pdf", b"%PDF-1.4\nrubbish", True),
    ],
)
def test_what_the_library_cannot_walk(tmp_path: Path, name: str, content: bytes, gap: bool) -> None:
    found = seen(observer({}), tmp_path, content, name)
    assert any(isinstance(entry, Gap) for entry in found) is gap, found


@given(st.binary(max_size=200))
def test_walks_end_on_anything(content: bytes) -> None:
    class Bytes:
        class asset:
            size = len(content)

        @staticmethod
        def read_at(offset: int, length: int) -> bytes:
            return content[offset : offset + length]

    for walk in walks.WALKS.values():
        assert walk(Bytes) in (True, False, None)  # type: ignore[arg-type]
    walks.nested_too_deeply(Bytes)  # type: ignore[arg-type]


def test_a_png_is_surely_without_only_when_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    for content, sure in ((small_png(), True), (small_png()[:-12], False)):
        path.write_bytes(content)
        opened = OpenedFile(asset_of(path), path)
        assert carriers.surely_none(opened) is sure
        opened.close()


def test_anchors_are_described_once() -> None:
    pem = identity().anchor_pem
    (anchor,) = anchors_from_pem("# a note\n" + pem + "\n" + pem)
    assert anchor.organisation == "Example Studio"
    assert anchor.authority
    assert anchor.fingerprint.startswith("sha256:")
    assert anchor.not_after > datetime.now(UTC) + timedelta(days=300)


def test_nonsense_is_not_trusted() -> None:
    key = identity().key_pem.decode()
    bad = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    for text in ("", "hello", bad, key, identity().anchor_pem[:200]):
        with pytest.raises(UsageError):
            anchors_from_pem(text)


def test_sign_file_names_an_unknown_extension(tmp_path: Path) -> None:
    source = tmp_path / "page.txt"
    source.write_text("x")
    with pytest.raises(UsageError, match=r"\.txt"):
        sign_file(
            source,
            tmp_path / "out.txt",
            identity(),
            generator="A",
            source_type="empty",
            software_agent="",
        )


def test_sign_file_round_trip(tmp_path: Path) -> None:
    source, target = tmp_path / "plain.png", tmp_path / "signed.png"
    source.write_bytes(small_png())
    maker = development_signer("Invented Films", datetime.now(UTC))
    sign_file(
        source,
        target,
        maker,
        generator="Acme Dream/1.2",
        source_type="trainedAlgorithmicMedia",
        software_agent="acme-image-1",
    )
    found = seen(observer({"anchors": maker.anchor_pem}), tmp_path, target.read_bytes())
    assert {getattr(e, "claim", "") for e in found} == {"credential", "ai-generated"}
    assert {getattr(e, "grade", "") for e in found} == {"proven"}
