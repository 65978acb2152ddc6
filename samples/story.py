"""The demo's first half: reel 1, from the first question to a certificate and a re-cut.

Runs the command `gate` as anybody would, in a home of its own under the folder it is given, and
says in a line what each step came to. Nothing is told that a report does not say.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import papers

SAMPLES = Path(__file__).parent
DELIVERY = SAMPLES / "delivery"
REEL = ("camera", "editorial/NH_101_R1_v12.*", "master", "vfx/NH_101_0080_*", "vfx/NH_101_0110_*",
        "vfx/NH_101_0140_comp*", "sound", "picture/*.png")  # fmt: skip
CUT = "turnover/editorial/NH_101_R1_v12.otio"
RECUT = "recut/NH_101_R1_v13.otio"
NEW_SKY = "recut/NH_101_0220_sky_comp_v002.mov"
CERTIFICATE = "reel_1.certificate.json"


class Story:
    """The steps, told as they are taken."""

    def __init__(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for pattern in REEL:
            for source in DELIVERY.glob(pattern):
                _copy(source, folder / "turnover" / source.relative_to(DELIVERY))
        for name in ("workshop", "recut"):
            _copy(SAMPLES / name, folder / name)
        for name, text in (("reel.yaml", papers.REEL), ("sky.yaml", papers.SKY),
                           ("terms.txt", papers.TERMS), ("approval.eml", papers.MAIL)):  # fmt: skip
            (folder / name).write_text(text, "utf-8")
        self._folder = folder

    def run(self) -> None:
        """From the declaration to the verified ledger."""
        self._gate("init", ".", "--production", "Night Harbour")
        use, sky = self._declare("reel.yaml"), self._declare("sky.yaml")
        self._review("ComfyUI", "local")
        self._review("Suno", "verified-terms")
        self._record(use, sky)
        self._check("check the turnover", "turnover")
        approval = self._approve(use)
        key = self._check("check it again", "turnover", "--certificate", CERTIFICATE)
        if (self._folder / CERTIFICATE).exists():
            self._tell("certify it", f"signed, {self._certified(key)}")
            self._swap_a_frame(key)
        else:
            self._tell("certify it", "refused: only what passes is certified")
        self._recut()
        self._gate("approval", "revoke", approval, "--why", "The storm is in the trailer now.")
        self._check("the studio takes it back", "turnover", rows=False)
        verified = json.loads(self._gate("ledger", "verify", "--json"))
        self._tell("verify the records", f"{verified['entries']} entries, every one as recorded")

    def _declare(self, file: str) -> str:
        use = json.loads(self._gate("use", "add", "--from", file, "--json"))
        self._tell("declare a use", f"{use['title']}: {use['verdict']}, approval {use['approval']}")
        return str(use["use"])

    def _review(self, tool: str, environment: str) -> None:
        self._gate("tool", "add", tool)
        facts = [f"{fact}=no" for fact in ("stores", "reuses", "trains")]
        stated = [
            word for fact in (*facts, f"environment={environment}") for word in ("--fact", fact)
        ]
        self._gate(
            "tool", "review", tool, *stated, "--source", "terms.txt", "--reviewer", "A. Moreau",
            "--stated-on", "2026-11-02", "--review-by", "2027-11-02",
        )  # fmt: skip

    def _record(self, use: str, sky: str) -> None:
        raw = ("workshop", "turnover/vfx/NH_101_0140_comp_v003.mp4")
        self._gate("record", *raw, "--use", use, "--tool", "ComfyUI", "--final")
        cue = "turnover/sound/NH_101_shanty_cue.mp3"
        self._gate("record", cue, "--use", use, "--tool", "Suno", "--final")
        plate = "turnover/camera/A004C001_0311.mov"
        self._gate("record", NEW_SKY, "--use", sky, "--tool", "ComfyUI", "--from-file", plate)
        self._tell("record what was generated", "4 files, the storm as it came out of the model")

    def _approve(self, use: str) -> str:
        rules = [word for rule in ("nfx.p4", "nfx.f1", "nfx.co1") for word in ("--rule", rule)]
        added = self._gate(
            "approval", "add", "--use", use, "--answer", "yes", "--by", "K. Osei",
            "--capacity", "studio contact", *rules, "--covers", "use",
            "--evidence", "approval.eml", "--json",
        )  # fmt: skip
        self._tell("import the studio's answer", "yes to the first use, however it is finished")
        return str(json.loads(added)["id"])

    def _certified(self, key: str) -> str:
        """What somebody else finds who has the certificate, the delivery and the key."""
        words = ("verify-bundle", CERTIFICATE, "--delivery", "turnover", "--key", key, "--json")
        held = json.loads(self._gate(*words))["delivery"]
        states = Counter(file["state"] for file in held["files"])
        told = ", ".join(f"{count} {state}" for state, count in states.most_common())
        return f"{'the delivery in hand' if held['ok'] else 'NOT the delivery in hand'} ({told})"

    def _swap_a_frame(self, key: str) -> None:
        lamp = self._folder / "turnover/vfx/NH_101_0110_lamp"
        frame = lamp / "NH_101_0110_lamp.1007.exr"
        kept = frame.read_bytes()
        frame.write_bytes((lamp / "NH_101_0110_lamp.1006.exr").read_bytes())
        self._tell("one frame is swapped", self._certified(key))
        frame.write_bytes(kept)

    def _recut(self) -> None:
        media = ("turnover/camera", "turnover/vfx", "turnover/sound", "turnover/picture", NEW_SKY)
        named = [word for place in media for word in ("--media", place)]
        self._check("check the re-cut", "--timeline", RECUT, *named, "--since", CUT)

    def _check(self, step: str, *words: str, rows: bool = True) -> str:
        """Check, tell the verdict and what each event holds; the key of the home."""
        report = json.loads(self._gate("check", *words, "--json"))
        self._tell(step, report["verdict"])
        for line in _lines(report) if rows else ():
            print(f"    {line}", flush=True)
        return str(report["home"]["key"])

    def _gate(self, *words: str) -> str:
        command = [sys.executable, "-m", "checkthegate", *words]
        done = subprocess.run(command, cwd=self._folder, capture_output=True, text=True)
        if done.returncode not in (0, 1) and words[0] != "verify-bundle":
            raise SystemExit(f"gate {' '.join(words)}\n{done.stderr}")
        return done.stdout

    def _tell(self, step: str, outcome: str) -> None:
        print(f"  {step:<28} {outcome}", flush=True)


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    """What a report says of the cut that was named or, in a folder, of its first one in OTIO."""
    cuts = [each for each in report["timelines"] if each["format"] == "otio"]
    for cut in cuts[:1]:
        changes = {word: count for word, count in cut["changes"].items() if count}
        if changes:
            yield ", ".join(f"{count} {word}" for word, count in changes.items())
        for row in cut["rows"]:
            if row["grade"] == "proven":
                yield _row(row)


def _row(row: Mapping[str, Any]) -> str:
    new = " NEW" if row["changed"] == "new" else ""
    return (
        f"{row['name']:<14} {row['record_in']} to {row['record_out']} {row['track']}  "
        f"{row['tool']:<8} {row['claim']}: {row['verdict']}{new}"
    )


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)


def main() -> None:
    """Tell the story in the folder that is named."""
    print("Reel 1, with records: what is declared, approved and withdrawn decides.\n")
    Story(Path(sys.argv[1]).resolve()).run()


if __name__ == "__main__":
    main()
