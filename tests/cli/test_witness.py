"""Whoever holds a report holds a witness of the records behind it."""

import json
from pathlib import Path

import pytest

from checkthegate.cli.main import run


@pytest.mark.parametrize("name", ["report.json", "report.html", "report.sarif"])
def test_every_report_of_a_home_carries_its_checkpoint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / "scene.fountain").write_text("INT. HARBOUR - NIGHT\n\nRain.\n")
    assert run(["init", str(tmp_path / "home"), "--production", "Night Harbour"]) == 0
    home = ["--home", str(tmp_path / "home")]
    out = tmp_path / "out"
    assert run(["check", str(tmp_path / "scene.fountain"), "--out", str(out), *home]) == 0
    capsys.readouterr()
    assert run(["ledger", "verify", "--against", str(out / name), "--json", *home]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True


def test_a_report_of_another_home_is_no_witness(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "scene.fountain").write_text("INT. HARBOUR - NIGHT\n\nRain.\n")
    for name in ("one", "two"):
        run(["init", str(tmp_path / name), "--production", name])
        home = ["--home", str(tmp_path / name)]
        run(
            [
                "check",
                str(tmp_path / "scene.fountain"),
                "--out",
                str(tmp_path / f"out-{name}"),
                *home,
            ]
        )
    capsys.readouterr()
    held = str(tmp_path / "out-two" / "report.json")
    assert (
        run(["ledger", "verify", "--against", held, "--json", "--home", str(tmp_path / "one")]) == 3
    )
    assert json.loads(capsys.readouterr().out)["ok"] is False


def test_rules_diff_reads_the_uses_of_the_home(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["init", str(tmp_path / "home"), "--production", "Night Harbour"])
    (tmp_path / "use.yaml").write_text(
        "title: Moodboard\npurpose: ideation\noutputs: [image]\ntools: [{name: X}]\n"
    )
    home = ["--home", str(tmp_path / "home")]
    assert run(["use", "add", "--from", str(tmp_path / "use.yaml"), *home]) == 0
    capsys.readouterr()
    words = ["rules", "diff", "sag-aftra-tv@2023", "sag-aftra-tv@2026", "--json", *home]
    assert run(words) == 0
    assert json.loads(capsys.readouterr().out)["uses"]["count"] == 1
