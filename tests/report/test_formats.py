"""SARIF, JUnit and the AI map: whoever reads them must get what the formats promise."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from urllib.parse import unquote

import pytest
from lxml import etree

from checkthegate.model import Outcome, Verdict
from checkthegate.report.ai_map import COLUMNS, AiMap, cell
from checkthegate.report.html import HtmlReport
from checkthegate.report.json_report import JsonReport
from checkthegate.report.junit import JunitReport
from checkthegate.report.sarif import SarifReport, artifact_uri
from checkthegate.seams import ReportFormat

from .conftest import HOSTILE, decided, make_decision, p4
from .test_document import SECRETS

FORMATS = (AiMap(), HtmlReport(), JsonReport(), JunitReport(), SarifReport())


@pytest.mark.parametrize("format_", FORMATS, ids=lambda one: one.filename)
def test_every_format_is_one_and_leaks_nothing(format_, report, decision, reporting):
    assert isinstance(format_, ReportFormat)
    stored = format_.render(report)
    text = stored.decode("utf-8")
    assert "071_harbour_ext.png" in text
    for secret in SECRETS:
        assert secret not in text
    assert format_.render(reporting(decision)) == stored


@pytest.mark.parametrize("format_", FORMATS, ids=lambda one: one.filename)
def test_every_format_tells_the_gaps(format_, report):
    assert "The audio is encrypted; nothing is known about it." in format_.render(report).decode()


@pytest.fixture
def run(report):
    log = json.loads(SarifReport().render(report))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (only,) = log["runs"]
    return only


def test_sarif_tool_and_rules(run):
    driver = run["tool"]["driver"]
    assert driver["name"] == "Check the Gate"
    assert re.fullmatch(r"\d+\.\d+\.\d+", driver["semanticVersion"])
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(ids) == len(set(ids))
    assert {"nfx.p4", "nfx.p5", "nfx.f1"} == set(ids)
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["helpUri"].startswith("https://")
    assert run["tool"]["extensions"][0]["name"] == "netflix"


def test_sarif_results_point_to_rules_and_artifacts(run, report):
    rules = run["tool"]["driver"]["rules"]
    wanted = sum(
        f["outcome"] in ("fail", "unknown")
        for holder in (report.document, *report.document["assets"])
        for f in holder["findings"]
    )
    assert len(run["results"]) == wanted
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["kind"] == "fail"
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        assert re.fullmatch("[0-9a-f]{64}", result["fingerprints"]["ruleAndContent/v1"])
        for location in result["locations"]:
            place = location["physicalLocation"]["artifactLocation"]
            assert run["artifacts"][place["index"]]["location"]["uri"] == place["uri"]
            assert place["uriBaseId"] in run["originalUriBaseIds"]


def test_sarif_levels_follow_verdicts(run):
    levels = {result["properties"]["verdict"]: result["level"] for result in run["results"]}
    assert levels == {"blocked": "error", "escalate": "warning", "notify": "note"}


def test_sarif_covered_results_are_suppressed_with_a_reason(run):
    (covered,) = [result for result in run["results"] if "suppressions" in result]
    (why,) = covered["suppressions"]
    assert why["kind"] == "external"
    assert "apr_7Q2M" in why["justification"]


def test_sarif_gaps_are_error_notifications(run):
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is True
    assert invocation["endTimeUtc"] == "2026-11-22T16:04:05.000Z"
    told = invocation["toolExecutionNotifications"]
    assert len(told) == 4
    described = run["tool"]["driver"]["notifications"]
    for one in told:
        assert one["level"] == "error"
        assert described[one["descriptor"]["index"]]["id"] == one["descriptor"]["id"]


def test_sarif_uris_are_relative_and_encoded(run):
    uris = [artifact["location"]["uri"] for artifact in run["artifacts"]]
    for uri in uris:
        assert re.fullmatch(r"(?:[A-Za-z0-9/._~!$'()*,;@-]|%[0-9A-F]{2})+", uri)
        assert not uri.startswith("/")
    assert set(HOSTILE) <= {unquote(uri) for uri in uris}
    assert artifact_uri("C:/x y.png") == "C%3A/x%20y.png"


def test_sarif_hashes_are_the_digests(run, report):
    for artifact, asset in zip(run["artifacts"], report.document["assets"], strict=True):
        assert "sha256:" + artifact["hashes"]["sha-256"] == asset["digest"]
        assert artifact["length"] == asset["size"]


def test_sarif_messages_hold_no_placeholder_and_no_link(run):
    texts = [result["message"]["text"] for result in run["results"]]
    hostile = next(text for text in texts if "100%" in text)
    assert "{{{{7*7}}}}" in hostile
    assert "{{0}}" in hostile
    assert "\\[a](b)" in hostile


def test_sarif_fingerprints_follow_the_content(reporting):
    def prints(path):
        made = make_decision([decided(path, findings=(p4(),))])
        return json.loads(SarifReport().render(reporting(made)))["runs"][0]["results"][0]

    first, second = prints("a.png"), prints("b.png")
    assert first["fingerprints"] != second["fingerprints"]
    assert first["partialFingerprints"] != second["partialFingerprints"]
    assert first == prints("a.png")


@pytest.fixture
def suites(report):
    return etree.fromstring(JunitReport().render(report))


def test_junit_has_the_common_structure(suites):
    assert suites.tag == "testsuites"
    allowed = {"failure", "error", "skipped", "system-out"}
    for suite in suites:
        assert suite.tag == "testsuite"
        assert next(child.tag for child in suite) == "properties"
        assert {child.tag for child in suite[1:]} == {"testcase"}
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp"))
        assert float(suite.get("time")) >= 0
        for case in suite.iter("testcase"):
            assert case.get("name")
            assert case.get("classname")
            assert len(case) <= 1
            assert {child.tag for child in case} <= allowed


def test_junit_counts_are_true(suites):
    for counted, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        for suite in suites:
            assert int(suite.get(counted)) == len(list(suite.iter(tag)))
        assert int(suites.get(counted)) == len(list(suites.iter(tag)))
    assert int(suites.get("tests")) == len(list(suites.iter("testcase")))


def test_junit_failures_are_what_stops_and_errors_what_was_not_read(suites, report):
    stops = [
        finding
        for holder in (report.document, *report.document["assets"])
        for finding in holder["findings"]
        if finding["verdict"] in ("escalate", "blocked")
    ]
    assert int(suites.get("failures")) == len(stops)
    assert int(suites.get("errors")) == 4
    assert suites[1].get("name") == "netflix 2025.08"
    failed = next(suites.iter("failure"))
    assert failed.get("message")
    assert failed.get("type")


def test_junit_has_a_case_for_every_file(suites, report):
    looked = [case.get("name") for case in suites[0].iter("testcase")]
    assert len(looked) == len(report.document["assets"]) + len(report.document["gaps"])


def test_junit_not_applicable_is_skipped(reporting):
    idle = p4(Outcome.NOT_APPLICABLE, verdict=Verdict.CLEAR)
    made = make_decision([decided("a.png", findings=(idle,))])
    assert etree.fromstring(JunitReport().render(reporting(made))).get("skipped") == "1"


def _rows(report):
    stored = AiMap().render(report)
    assert stored.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(stored.decode("utf-8-sig"), newline="")))


def test_ai_map_rows(report):
    rows = _rows(report)
    assert tuple(rows[0]) == COLUMNS
    comfy = next(row for row in rows if row["tool"] == "ComfyUI")
    assert comfy["model"] == "sd_xl_base_1.0.safetensors"
    assert comfy["rules"] == "nfx.p4; nfx.f1"
    assert comfy["approval"] == "required"
    lips = next(row for row in rows if row["tool"] == "FaceShift")
    assert (lips["in"], lips["out"]) == ("00:00:01.000", "00:00:04.500")
    covered = next(row for row in rows if row["tool"] == "DialogueClean")
    assert covered["approval"] == "approval of 9 November by K. Osei"
    unread = [row for row in rows if row["ai"] == "unknown"]
    assert len(unread) == 3
    assert all(row["how we know"].startswith("Not looked at: ") for row in unread)


def test_ai_map_cells_are_never_formulas(report):
    for row in _rows(report):
        for text in row.values():
            assert not text.lstrip().startswith(("=", "+", "-", "@", "\t"))
            assert "\n" not in text


@pytest.mark.parametrize("text", ["=1+1", " =1", "+1", "-1", "@a", "\t=1", "＝1", "'=1", "%0A=1"])
def test_formula_guard(text):
    assert cell(text)[0] in "'‹"


def test_ai_map_of_a_clear_delivery_has_only_headings(clear_decision, reporting):
    assert _rows(reporting(clear_decision)) == []
    assert AiMap().render(reporting(clear_decision)).count(b"\r\n") == 1


def test_fingerprint_is_a_plain_hash(run):
    first = run["results"][0]
    assert first["fingerprints"]["ruleAndContent/v1"] == hashlib.sha256(b"nfx.p4\0").hexdigest()
