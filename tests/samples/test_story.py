"""The demo's story ends as it should: declared, recorded, approved, taken back, verified."""

import subprocess
import sys
from pathlib import Path

STORY = Path(__file__).parents[2] / "samples" / "story.py"


def test_the_story_comes_out(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(STORY), str(tmp_path / "home")], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    outcomes = [line.split()[-1] for line in done.stdout.splitlines() if line.startswith("  ")]
    assert outcomes[0] == "required"
    assert outcomes[2:5] == ["escalate", "notify", "blocked"]
    assert "every one as recorded" in done.stdout
