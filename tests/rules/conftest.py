"""Packs as they lie in the repository, and a small pack to break."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from checkthegate.rules import Pack, load_pack

PACKS = Path(__file__).parents[2] / "packs"

HEAD = """\
schema: checkthegate.pack/1
id: tiny
version: "1"
title: A tiny pack
effective_from: 2026-01-01
rule_prefix: tiny
notice: For a test.
sources:
  memo:
    title: A memo
    publisher: Nobody
    address: https://example.org/memo
    read_on: 2026-01-02
    captured_digest: unknown
    note: Made up.
rules:
"""
RULE = """\
  - id: tiny.r1
    title: No AI in finals
    scope: asset
    applies_when: {asset.final: yes}
    requires: {asset.ai: none-found}
    pass: {verdict: clear, approval: none, reason: Fine., next_step: Nothing.}
    fail: {verdict: escalate, approval: required, reason: "It {says}.", next_step: Ask.}
    unknown: {verdict: escalate, approval: may-be-required, reason: Unclear., next_step: Ask.}
    citation: {source: memo, clause: line 1, confidence: A}
"""
CASES = """\
rule: tiny.r1
cases:
  - {name: a, facts: {asset.final: yes, asset.ai: none-found}, expect: {outcome: pass}}
  - {name: b, facts: {asset.final: yes, asset.ai: generated}, expect: {outcome: fail}}
  - {name: c, facts: {asset.final: yes}, expect: {outcome: unknown}}
"""


def pack_files(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def tiny_files(rule: str = RULE, head: str = HEAD, cases: str = CASES) -> dict[str, bytes]:
    return {
        "pack.yaml": (head + rule).encode(),
        "cases/r1.yaml": cases.encode(),
        "SOURCES.md": b"A memo.\n",
    }


@pytest.fixture(scope="session")
def gate_pack() -> Pack:
    return load_pack(pack_files(PACKS / "gate/1"), "packs/gate/1")


@pytest.fixture(scope="session")
def netflix_pack() -> Pack:
    return load_pack(pack_files(PACKS / "netflix/2025.08"), "packs/netflix/2025.08")


@pytest.fixture(scope="session")
def every_pack(gate_pack: Pack, netflix_pack: Pack) -> tuple[Pack, ...]:
    others = ("sag-aftra-tv/2026", "eu-ai-act-50/2026.08")
    return (
        gate_pack,
        netflix_pack,
        *(load_pack(pack_files(PACKS / name), f"packs/{name}") for name in others),
    )


@pytest.fixture(scope="session")
def tiny() -> Callable[..., dict[str, bytes]]:
    return tiny_files
