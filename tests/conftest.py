"""What all tests share: a private account, and the shared real files where they are set."""

import os
from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long is begun first, so that no worker waits for it in the end."""
    items.sort(key=lambda item: item.get_closest_marker("dear") is None)


@pytest.fixture(autouse=True)
def _private_account(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No test reads or writes the real account's configuration, cache or home."""
    account = tmp_path_factory.mktemp("account")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(account / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(account / "cache"))
    monkeypatch.delenv("GATE_HOME", raising=False)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of shared real files. Skips where `$GATE_TEST_DATA` is not set."""
    named = os.environ.get("GATE_TEST_DATA", "")
    if not named or not Path(named).is_dir():
        pytest.skip("$GATE_TEST_DATA names no folder: the shared real files are not here")
    return Path(named)


@pytest.fixture(autouse=True)
def _shared_marker(request: pytest.FixtureRequest) -> None:
    """Tests marked `shared` skip with a reason where the shared files are not set."""
    if request.node.get_closest_marker("shared"):
        request.getfixturevalue("shared_data")
