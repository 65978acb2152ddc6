"""Reports that this account wrote are known again by their bytes."""

from pathlib import Path

import pytest

from checkthegate.app.own_reports import known_reports, remember_reports
from checkthegate.model import digest_bytes


def test_what_was_written_is_known_and_the_oldest_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert known_reports() == frozenset()
    monkeypatch.setattr("checkthegate.app.own_reports._MOST", 2)
    remember_reports([b"one", b"two"])
    remember_reports([b"two", b"three"])
    assert known_reports() == {digest_bytes(b"two"), digest_bytes(b"three")}


def test_an_account_that_cannot_be_written_to_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "file"))
    remember_reports([b"one"])
    assert known_reports() == frozenset()
