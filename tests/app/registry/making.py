"""Declarations, papers and pictures for the registry's tests."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from checkthegate.app.registry.approvals import Reply
from checkthegate.app.registry.desk import Desk, moment
from checkthegate.app.registry.uses import keep_uses, list_uses
from checkthegate.model.use import (
    Answer,
    Change,
    DeclaredUse,
    Effect,
    Environment,
    NoTraining,
    Output,
    Prominence,
    Purpose,
    TalentEntry,
    ToolStep,
)

NO, YES = Answer.NO, Answer.YES
STEP = ToolStep("Paintbox", Environment.PARTNER_ENTERPRISE, NO, NO, NO)
MOODBOARD = DeclaredUse(
    title="Moodboard for the harbour",
    purpose=Purpose.IDEATION,
    outputs=(Output.IMAGE,),
    tools=(STEP,),
    final=NO,
    prominence=Prominence.NONE,
    human_contribution=YES,
    inputs=(),
    references=(),
    imitates=NO,
    talent=(),
    union_work=NO,
    mistakable_for_real=NO,
    training=NoTraining(),
)
DE_AGE = replace(
    MOODBOARD,
    title="Make Ann Lee look thirty",
    purpose=Purpose.TALENT,
    outputs=(Output.VIDEO,),
    talent=(TalentEntry("Ann Lee", Effect.DE_AGE, Change.TONE_OR_INTENT, None, YES),),
)
MAIL = b"""From: Nora Contact <nora@studio.example>
To: prod@nightboat.example
Date: Fri, 20 Nov 2020 14:03:00 +0100
Subject: =?utf-8?q?Re=3A_d=C3=A9cor?=
Message-ID: <abc@studio.example>
DKIM-Signature: v=1; a=rsa-sha256; d=studio.example; s=s1; b=xyz

Yes, go ahead.
"""
FACTS = ("stores=no", "reuses=no", "trains=no", "environment=partner-enterprise")


def paper(folder: Path, name: str = "paper.pdf", content: bytes = b"%PDF-1.7\nsigned") -> Path:
    """A document on disk."""
    file = folder / name
    file.write_bytes(content)
    return file


def picture(file: Path, prompt: str | None = None, shade: int = 90) -> Path:
    """A small PNG, with a prompt of AUTOMATIC1111 in it when one is given."""
    row = b"\0" + bytes([shade, 120, 160]) * 64
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0))]
    if prompt:
        said = f"{prompt}\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 7, Model: xl"
        chunks.append((b"tEXt", b"parameters\0" + said.encode("latin-1")))
    chunks += [(b"IDAT", zlib.compress(row * 64)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(held)) + name + held + struct.pack(">I", zlib.crc32(name + held))
        for name, held in chunks
    )
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return file


def keep(desk: Desk, use: DeclaredUse = MOODBOARD) -> dict[str, Any]:
    """The answer of a use that is put on record."""
    return keep_uses(desk, [use], would_change=False).answers[0]


def verdict(desk: Desk, use: str) -> str:
    """The newest recorded verdict."""
    return str(next(each["verdict"] for each in list_uses(desk, moment(None)) if each["id"] == use))


def reply(evidence: Path, **stated: Any) -> Reply:
    """A written yes of the studio contact."""
    told = {"answer": "yes", "person": "Nora Contact", "capacity": "studio contact",
            "rules": ("nfx.p4",), "evidence": evidence}  # fmt: skip
    return Reply(**{**told, **stated})
