"""Loading a pack: what is wrong is named by file and line, and nothing wrong gets in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest_names import CASES, HEAD, RULE
from hypothesis import given
from hypothesis import strategies as st

from checkthegate.model import PackError
from checkthegate.rules import load_pack, lock_text, pack_digest, read_lock, run_cases

Files = Callable[..., dict[str, bytes]]
