"""The papers of the demo: what a vendor declares, a supplier promises and a studio answers."""

from __future__ import annotations

USE = """\
title: {title}
purpose: setting
outputs: [{outputs}]
tools:
  - {{name: ComfyUI, environment: local, stores: no, reuses: no, trains: no}}
{more}final: yes
prominence: prominent
human_contribution: yes
inputs: {inputs}
references: []
imitates: no
talent: []
union_work: no
mistakable_for_real: no
training: null
"""

_SUNO = "  - {name: Suno, environment: verified-terms, stores: no, reuses: no, trains: no}\n"
REEL = USE.format(
    title="Storm, lamp shot and shanty", outputs="video, music", more=_SUNO, inputs="[]"
)
SKY = USE.format(
    title="New sky over the dawn",
    outputs="video",
    more="",
    inputs="[{what: footage, cleared: yes}]",
)

TERMS = """\
ComfyUI runs on our own workstations: nothing that goes in or comes out leaves them. Under our
agreement of 2 November 2026 Suno keeps nothing, uses nothing again and trains on nothing of ours.
"""

MAIL = """\
From: K. Osei <k.osei@studio.example>
To: VFX producer <vfx@pier-nine.example>
Date: Mon, 9 Nov 2026 10:12:00 +0000
Subject: Re: Night Harbour 101, reel 1: storm, lamp shot, shanty
Message-ID: <1@studio.example>

Approved for reel 1, all three, however you finish them.
"""
