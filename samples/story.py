"""The demo's second half: one prop from the first question to a withdrawn approval.

Runs the command `gate` as anybody would, in a home of its own under the folder it is given,
and says in a line what each step came to.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

SAMPLES = Path(__file__).parent
PROP = SAMPLES / "delivery" / "art" / "NH_101_newspaper_prop_v02.png"

USE = """\
title: Newspaper prop on the pub wall
purpose: background
outputs: [image]
tools:
  - {name: AUTOMATIC1111, environment: local, stores: no, reuses: no, trains: no}
final: yes
prominence: incidental
human_contribution: yes
inputs: []
references: []
imitates: no
talent: []
union_work: no
mistakable_for_real: no
training: null
"""

TERMS = """\
AUTOMATIC1111 runs on our own workstations. Nothing that goes in or comes out leaves them.
"""

MAIL = """\
From: K. Osei <k.osei@studio.example>
To: VFX producer <vfx@pier-nine.example>
Date: Mon, 9 Nov 2026 10:12:00 +0000
Subject: Re: Night Harbour 101, newspaper prop
Message-ID: <1@studio.example>

Approved for the pub wall in episode 101, as delivered.
"""


class Story:
    """The steps, told as they are taken."""

    def __init__(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "vfx").mkdir(parents=True)
        shutil.copy(PROP, folder / "vfx")
        (folder / "use.yaml").write_text(USE, "utf-8")
        (folder / "approval.eml").write_text(MAIL, "utf-8")
        (folder / "terms.txt").write_text(TERMS, "utf-8")
        self._folder = folder

    def run(self) -> None:
        """From the declaration to the verified ledger."""
        self._gate("init", ".", "--production", "Night Harbour")
        self._gate("use", "add", "--from", "use.yaml")
        use = self._newest("use")
        self._tell("declare the use", f"{use['verdict']}, approval {use['approval']}")
        self._gate("tool", "add", "AUTOMATIC1111")
        stated = [
            word for fact in ("stores", "reuses", "trains") for word in ("--fact", f"{fact}=no")
        ]
        self._gate(
            "tool", "review", "AUTOMATIC1111", *stated, "--fact", "environment=local",
            "--source",
            "terms.txt",
            "--reviewer", "A. Moreau", "--stated-on", "2026-11-02", "--review-by", "2027-11-02",
        )  # fmt: skip
        self._gate("record", "vfx", "--use", use["id"], "--tool", "AUTOMATIC1111", "--final")
        self._tell("record the picture", self._newest("record")["id"])
        self._check("check the delivery")
        self._gate(
            "approval", "add", "--file", f"vfx/{PROP.name}", "--answer", "yes", "--by", "K. Osei",
            "--capacity", "studio contact", "--rule", "nfx.p4", "--rule", "nfx.f1",
            "--covers", "bytes", "--evidence", "approval.eml",
        )  # fmt: skip
        approval = self._newest("approval")["id"]
        self._check("import the studio's approval")
        self._gate("approval", "revoke", approval, "--why", "The prop is in the key art now.")
        self._check("the studio takes it back")
        verified = json.loads(self._gate("ledger", "verify", "--json"))
        self._tell("verify the records", f"{verified['entries']} entries, every one as recorded")

    def _check(self, step: str) -> None:
        self._tell(step, json.loads(self._gate("check", "vfx", "--json"))["verdict"])

    def _newest(self, noun: str) -> dict[str, str]:
        newest: dict[str, str] = json.loads(self._gate(noun, "list", "--json"))["items"][-1]
        return newest

    def _gate(self, *words: str) -> str:
        command = [sys.executable, "-m", "checkthegate", *words]
        done = subprocess.run(command, cwd=self._folder, capture_output=True, text=True)
        if done.returncode > 1:
            raise SystemExit(f"gate {' '.join(words)}\n{done.stderr}")
        return done.stdout

    def _tell(self, step: str, outcome: str) -> None:
        print(f"  {step:<30} {outcome}", flush=True)


def main() -> None:
    """Tell the story in the folder that is named."""
    print("One prop, with records: what is declared, approved and withdrawn decides.\n")
    Story(Path(sys.argv[1]).resolve()).run()


if __name__ == "__main__":
    main()
