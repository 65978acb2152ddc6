"""The report document: what it holds, what it never holds, and its schema."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkthegate.model import (
    AiState,
    Evidence,
    Gap,
    Grade,
    InternalError,
    Kind,
    UsageError,
    keyed_digest,
)
from checkthegate.report.document import report_document
from checkthegate.report.held_back import open_detail, scrubbed, withhold
from checkthegate.report.json_report import JsonReport, json_bytes
from checkthegate.report.schemas import error_schema, report_schema, write_schemas

from .conftest import CHECKED, HOSTILE, KEY, PRIVATE, PROMPT, decided, make_decision, says_ai

SCHEMAS = Path(__file__).parents[2] / "schemas"
FORMATS = jsonschema.Draft202012Validator.FORMAT_CHECKER
SCHEMA = jsonschema.Draft202012Validator(report_schema(), format_checker=FORMATS)
SECRETS = (
    "secret story", "blurry secrets", "424242424242", "mara_face", "Quillfeather",
    "graph secret", "/home/", "/Users/", "jordan", "52.52", "13.40", "@example.com",
)  # fmt: skip


def test_document_has_the_contract_keys_in_order(report):
    keys = list(report.document)
    assert keys[:9] == [
        "schema", "verdict", "approval", "final", "packs", "summary", "assets", "gaps", "findings",
    ]  # fmt: skip
    assert report.document["schema"] == "checkthegate.report/1"
    assert report.document["verdict"] == "blocked"
    assert report.document["approval"] == "required"
    for asset in report.document["assets"]:
        assert {"evidence", "gaps", "findings"} <= set(asset)


def test_document_validates(report, clear_decision, reporting):
    SCHEMA.validate(report.document)
    SCHEMA.validate(reporting(clear_decision).document)
    SCHEMA.validate(report_document(clear_decision, key=KEY, home=None, checked_at=CHECKED))


@pytest.mark.parametrize("where", ["top", "asset", "finding", "evidence"])
def test_schema_refuses_unknown_keys(report, where):
    document = json.loads(json.dumps(report.document))
    asset = next(one for one in document["assets"] if one["findings"] and one["evidence"])
    spots = {
        "top": document,
        "asset": asset,
        "finding": asset["findings"][0],
        "evidence": asset["evidence"][0],
    }
    spots[where]["surprise"] = 1
    assert not SCHEMA.is_valid(document)


def test_checked_in_schemas_are_what_the_model_says(tmp_path):
    for made in write_schemas(tmp_path):
        assert (SCHEMAS / made.name).read_text() == made.read_text(), (
            "run: python -m checkthegate.report.schemas schemas"
        )


def test_errors_validate_against_their_schema():
    schema = jsonschema.Draft202012Validator(error_schema())
    schema.check_schema(error_schema())
    for error in (UsageError("no", hint="do", path="x"), InternalError("no", hint="do")):
        schema.validate(error.as_json())


def test_nothing_private_leaves(report):
    text = json.dumps(report.document, ensure_ascii=False)
    for secret in SECRETS:
        assert secret not in text


def test_private_values_are_withheld_with_keyed_digest_and_length(report):
    comfy = next(a for a in report.document["assets"] if "071" in a["path"])["evidence"][0]
    withheld = comfy["detail"]["withheld"]
    assert withheld["prompt"] == {"digest": keyed_digest(KEY, PROMPT), "length": len(PROMPT)}
    assert withheld["seed"]["length"] == 12
    assert withheld["loras"]["count"] == 2
    assert withheld["loras"]["digests"][0] == keyed_digest(KEY, "mara_face_v2")
    assert set(withheld) == set(PRIVATE)
    assert comfy["detail"]["model"] == "sd_xl_base_1.0.safetensors"
    assert comfy["detail"]["node_types"] == ["KSampler", "CheckpointLoaderSimple"]


def test_another_key_gives_other_digests():
    assert withhold(b"a", "x")["digest"] != withhold(b"b", "x")["digest"]


def test_with_prompts_shows_prompts_and_nothing_else(decision, reporting):
    document = reporting(decision, with_prompts=True).document
    assert document["prompts_included"] is True
    text = json.dumps(document, ensure_ascii=False)
    assert "secret story" in text
    assert "blurry secrets" in text
    for secret in ("Quillfeather", "mara_face", "graph secret", "424242424242"):
        assert secret not in text
    SCHEMA.validate(document)


def test_private_words_in_detail_are_withheld_too():
    evidence = Evidence("x", Grade.DECLARED, "ai-tool", {
        "prompt": "a secret", "inner": {"author": "Someone", "GPSLatitude": 1.5}, "seed": 7,
        "workflow": True,
    })  # fmt: skip
    detail = open_detail(evidence, key=KEY, with_prompts=True)
    assert "prompt" not in detail
    assert detail["workflow"] is True
    assert set(detail["withheld"]) == {"prompt", "inner.author", "inner.GPSLatitude", "seed"}


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("/home/bob/x.png", "…/x.png"),
        ("open '/Users/Bob Smith/My File.png' failed", "open '…/My File.png' failed"),
        (r"C:\Users\bob\x.png", "…/x.png"),
        (r"C:\\Users\\bob\\x.png", "…/x.png"),
        ("file:///home/bob/y", "…/y"),
        ("/mnt/c/Users/bob/z.sft", "…/z.sft"),
        ("/root/models/x.safetensors", "…/x.safetensors"),
        ("/home/bob", "…/"),
        ("mail a.b@c.org now", "mail [address withheld] now"),
        ("at 52.5200, 13.4050", "at [place withheld]"),
        ("+52.5200+013.4050/", "[place withheld]"),
        ("52°31'12\" N", "[place withheld]"),
        # what must stay
        ("see https://cdn.example.com/home/x.c2pa", "see https://cdn.example.com/home/x.c2pa"),
        ("self#jumbf=/c2pa/urn:uuid:1/c2pa.claim", "self#jumbf=/c2pa/urn:uuid:1/c2pa.claim"),
        ("image/png and/or 1/2, icon@2x.png", "image/png and/or 1/2, icon@2x.png"),
    ],
)
def test_scrubbing(text, clean):
    assert scrubbed(text) == clean


@given(st.text(max_size=300), st.sampled_from(["/home/{}/x", "/Users/{}/y z", "C:\\Users\\{}\\z"]))
def test_an_account_name_never_survives(noise, path):
    assert "quillfeather" not in scrubbed(noise + " " + path.format("quillfeather"))


@given(st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
))  # fmt: skip
def test_any_detail_becomes_json(value):
    evidence = Evidence("x", Grade.DECLARED, "ai-tool", {"value": value}, {"held": value})
    json_bytes(open_detail(evidence, key=KEY, with_prompts=False))


def test_floods_are_bounded():
    deep: object = "end"
    for _ in range(500):
        deep = {"a": deep}
    flood = {"text": "x" * 10_000_000, "many": list(range(100_000)), "deep": deep}
    evidence = Evidence("x", Grade.DECLARED, "ai-tool", flood)
    assert len(json_bytes(open_detail(evidence, key=KEY, with_prompts=False))) < 20_000


def test_span_and_source_appear_where_they_mean_something(report):
    lips = next(a for a in report.document["assets"] if "042" in a["path"])["evidence"][0]
    assert lips["span"] == {"start": 1.0, "end": 4.5}
    assert lips["source"]["distance"] == 0.02
    assert lips["source"]["path"].startswith("…/")
    others = [e for a in report.document["assets"] for e in a["evidence"] if e != lips]
    assert not any("span" in e or "source" in e for e in others)


def test_unknown_extras_are_refused(clear_decision):
    with pytest.raises(ValueError, match="sponsor"):
        report_document(
            clear_decision, key=KEY, home=None, checked_at=CHECKED, extra={"sponsor": "x"}
        )


def test_names_that_are_no_utf8_are_written(reporting):
    odd = decided("bad\udcff.png", Kind.IMAGE, evidence=(says_ai(tool="x\udcff"),))
    stored = JsonReport().render(reporting(make_decision([odd])))
    assert json.loads(stored.decode("utf-8"))["assets"][0]["path"] == "bad\\udcff.png"


def test_hostile_names_stay_as_they_are_in_json(report):
    paths = [asset["path"] for asset in json.loads(JsonReport().render(report))["assets"]]
    assert set(HOSTILE) <= set(paths)


def test_a_file_whose_bytes_were_not_read_has_no_digest() -> None:
    lost = decided("lost.png", ai=AiState.UNKNOWN, gaps=(Gap("open", "It was locked."),))
    lost = replace(lost, asset=replace(lost.asset, digest=""))
    document = report_document(make_decision([lost]), key=KEY, home=None, checked_at=CHECKED)
    assert document["assets"][0]["digest"] is None
    SCHEMA.validate(document)
