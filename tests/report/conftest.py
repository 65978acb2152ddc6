"""A small delivery of an invented show, judged by hand: all verdicts, gaps, hostile names."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, ImageDraw

from checkthegate.model import (
    AiState,
    Approval,
    Asset,
    AssetDecision,
    Decision,
    DeliveryGap,
    Evidence,
    Finding,
    Gap,
    Grade,
    Kind,
    Outcome,
    PackRef,
    Skipped,
    Source,
    Span,
    Summary,
    Verdict,
    digest_bytes,
)
from checkthegate.report.document import report_document
from checkthegate.seams import ReportInput

KEY = b"k" * 32
CHECKED = "2026-11-22T16:04:05+00:00"
PROMPT = "secret story: the lighthouse keeper is the murderer, masterpiece\nsecond line"
PRIVATE = {
    "prompt": PROMPT,
    "negative_prompt": "blurry secrets",
    "seed": 424242424242,
    "loras": ["mara_face_v2", "harbour_style"],
    "author": "Jordan Quillfeather",
    "workflow": {"3": {"class_type": "KSampler", "inputs": {"text": "graph secret"}}},
}
HOSTILE = (
    "<script>alert(1)</script>.png",
    "photo\u202egnp.exe",
    '=HYPERLINK("http://evil","x")&\'".csv',
    "line\nbreak\x1b[31m\x00 100% {{7*7}} {0} [a](b).mov",
)


def p4(outcome: Outcome = Outcome.FAIL, **changes: Any) -> Finding:
    words: dict[str, Any] = {
        "rule": "nfx.p4",
        "outcome": outcome,
        "verdict": Verdict.ESCALATE,
        "approval": Approval.REQUIRED,
        "title": "Generated material is temporary and stays out of final deliverables",
        "reason": "The file says it was made by AI, and no written approval covers it.",
        "next_step": "Ask the studio contact for written approval, or replace the file.",
        "citation": "Partner guidance, “guiding principles”, read 2025-11-11, "
        "https://partnerhelp.example.com/hc/articles/1?a=b",
    }
    return Finding(**{**words, **changes})


def unread(step: str = "Ask for a sound copy, and check again.") -> Finding:
    return p4(
        Outcome.UNKNOWN,
        approval=Approval.MAY_BE_REQUIRED,
        reason="The file could not be looked at, so nobody knows whether it is AI.",
        next_step=step,
    )


def f1() -> Finding:
    return p4(
        rule="nfx.f1",
        verdict=Verdict.NOTIFY,
        approval=Approval.NONE,
        title="On-screen elements are flagged early",
        reason="AI-made material is in the picture.",
        next_step="Tell the studio contact about it.",
    )


def consent() -> Finding:
    return p4(
        rule="nfx.p5",
        verdict=Verdict.BLOCKED,
        title="No replica without consent",
        reason="The consent for the younger face was revoked on 3 November.",
        next_step="Take the shot out, or get Mara Lindqvist’s consent again.",
    )


def covered() -> Finding:
    return p4(
        verdict=Verdict.NOTIFY,
        approval_id="apr_7Q2M",
        covered_by="approval of 9 November by K. Osei",
        next_step="Nothing to do: keep the approval with the delivery.",
    )


def decided(
    path: str,
    kind: Kind = Kind.IMAGE,
    ai: AiState = AiState.NONE_FOUND,
    evidence: tuple[Evidence, ...] = (),
    gaps: tuple[Gap, ...] = (),
    findings: tuple[Finding, ...] = (),
    media_type: str = "image/png",
    **changes: Any,
) -> AssetDecision:
    asset = Asset(path, kind, media_type, 2_481_113, digest_bytes(path.encode("utf-8", "replace")))
    verdict = Verdict.worst((finding.verdict for finding in findings), Verdict.CLEAR)
    return AssetDecision(asset, ai, verdict, evidence, gaps, findings, **changes)


def says_ai(claim: str = "ai-generated", **detail: Any) -> Evidence:
    return Evidence("metadata", Grade.DECLARED, claim, detail, PRIVATE)


CREDENTIAL = Evidence(
    "c2pa",
    Grade.DECLARED,
    "ai-generated",
    {
        "signer": "OpenAI",
        "tool": "gpt-image",
        "source_type": "trainedAlgorithmicMedia",
        "state": "Valid",
        "codes": ["signingCredential.untrusted"],
        "manifest": "active",
    },
)
COMFY = says_ai(
    carrier="png",
    key="prompt",
    tool="ComfyUI",
    model="sd_xl_base_1.0.safetensors",
    node_types=["KSampler", "CheckpointLoaderSimple"],
    saved_to="/home/jordan/ComfyUI/output/x.png",
    place="52.520008, 13.404954",
    mail="jordan.quillfeather@example.com",
)
MARK = Evidence(
    "watermark",
    Grade.DECLARED,
    "ai-watermark",
    {"tool": "Stable Diffusion XL", "mark": "sdxl", "bits": 48, "bits_agreeing": 47},
)
LIPS = Evidence(
    "c2pa",
    Grade.PROVEN,
    "ai-modified",
    {"tool": "FaceShift", "tool_version": "4", "state": "Trusted", "signer": "FaceShift Ltd"},
    span=Span(1.0, 4.5),
    source=Source("rec_1", "/Users/Jordan Quillfeather/plates/042.mov", Span(0, 3.5), 0.02),
)
CUT_SHORT = Gap("decode", "The picture ends early: the file is cut short.")


def _assets() -> list[AssetDecision]:
    plain = [decided(f"plates/shot_{n:03}.exr", media_type="image/x-exr") for n in range(1, 3)]
    shots = [decided("vfx/071_harbour_ext.png", ai=AiState.GENERATED, evidence=(COMFY, MARK),
                     findings=(p4(), f1())),
             decided("vfx/072_harbour_ext.png", ai=AiState.GENERATED, evidence=(CREDENTIAL,),
                     findings=(p4(), f1())),
             decided("vfx/042_younger.mov", Kind.VIDEO, AiState.MODIFIED, (LIPS,),
                     findings=(consent(), f1()), media_type="video/quicktime"),
             decided("sound/038_dialogue.wav", Kind.AUDIO, AiState.MODIFIED,
                     (says_ai("ai-modified", carrier="riff", tool="DialogueClean"),),
                     findings=(covered(),), media_type="audio/wav"),
             decided("sound/reel_3_stems.mxf", Kind.VIDEO, AiState.UNKNOWN,
                     gaps=(Gap("decode", "The audio is encrypted; nothing is known about it."),),
                     findings=(unread("Deliver the key or an open copy."),),
                     media_type="application/mxf"),
             decided("art/poster_a.jpg", ai=AiState.UNKNOWN, gaps=(CUT_SHORT,),
                     findings=(unread(),), media_type="image/jpeg"),
             decided("art/poster_b.jpg", ai=AiState.UNKNOWN, gaps=(CUT_SHORT,),
                     findings=(unread(),), media_type="image/jpeg", digest_from="stat"),
             decided("script/ep101.fdx", Kind.TEXT, media_type="application/xml")]  # fmt: skip
    hostile = [
        decided(path, ai=AiState.GENERATED, evidence=(says_ai(tool=f"Tool {path}"),),
                findings=(p4(reason=f"{path} says so: </style><img src=x onerror=alert(2)>"),))
        for path in HOSTILE
    ]  # fmt: skip
    return [*plain, *shots, *hostile]


def make_decision(assets: list[AssetDecision], **changes: Any) -> Decision:
    gaps = sum(len(one.gaps) for one in assets)
    words: dict[str, Any] = {
        "verdict": Verdict.worst((one.verdict for one in assets), Verdict.CLEAR),
        "approval": Approval.worst(
            (f.approval for one in assets for f in one.findings), Approval.NONE
        ),
        "final": True,
        "packs": (PackRef("netflix", "2025.08", "sha256:" + "9f" * 32),),
        "summary": Summary(len(assets), 31_204_551, len(assets), gaps, 12.34, 3),
        "assets": tuple(assets),
    }
    return Decision(**{**words, **changes})


@pytest.fixture
def decision() -> Decision:
    return make_decision(
        _assets(),
        gaps=(DeliveryGap("open", "The folder may not be listed by this account.", "rushes"),),
        findings=(
            p4(Outcome.UNKNOWN, next_step="Give this account the right to read the folder.",
               reason="A folder could not be listed."),
        ),
        skipped=(Skipped(".gate", "Our own home."), Skipped("x/.gate", "A foreign home.")),
    )  # fmt: skip


@pytest.fixture
def clear_decision() -> Decision:
    return make_decision([decided("plates/a.png"), decided("plates/b.png")])


def thumbnail(number: int) -> bytes:
    picture = Image.new("RGB", (240, 135), (60 + number * 9 % 120, 70, 80 + number * 13 % 90))
    draw = ImageDraw.Draw(picture)
    draw.polygon([(0, 100), (60, 60), (110, 95), (170, 40), (240, 110), (240, 135), (0, 135)],
                 fill=(40, 44, 50))  # fmt: skip
    stored = io.BytesIO()
    picture.save(stored, "JPEG", quality=70)
    return stored.getvalue()


@pytest.fixture
def reporting() -> Callable[..., ReportInput]:
    """Makes the input of a report format from a decision."""

    def made(decision: Decision, **options: Any) -> ReportInput:
        home = {"production": "Night Harbour", "key": "sha256:" + "ab" * 32}
        document = report_document(decision, key=KEY, home=home, checked_at=CHECKED, **options)
        pictures = {
            one.asset.path: thumbnail(number)
            for number, one in enumerate(decision.assets)
            if one.asset.kind in (Kind.IMAGE, Kind.VIDEO) and not one.gaps
        }
        return ReportInput(
            decision, document, pictures, "Night Harbour", "ep. 101, final turnover", CHECKED,
            "0.1.0",
        )  # fmt: skip

    return made


@pytest.fixture
def report(decision: Decision, reporting: Callable[..., ReportInput]) -> ReportInput:
    return reporting(decision)
