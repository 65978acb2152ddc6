from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .mutations import KINDS, mutants

FILES = st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=4)


@given(files=FILES, seed=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_every_mutant_differs_from_its_base_and_repeats(files: list[bytes], seed: int) -> None:
    first = list(mutants(files, 30, seed))
    assert first == list(mutants(files, 30, seed))
    assert first[:10] == list(mutants(files, 10, seed))
    assert len({mutant.name for mutant in first}) == 30
    for mutant in first:
        base = files[mutant.base]
        assert mutant.content != base
        assert 0 <= mutant.at <= len(base)
        assert mutant.content[: mutant.at] == base[: mutant.at] or mutant.kind == "flip"


@given(files=FILES)
@settings(max_examples=30, deadline=None)
def test_flips_keep_the_length_and_truncation_keeps_the_beginning(files: list[bytes]) -> None:
    for mutant in mutants(files, 40, 5):
        base = files[mutant.base]
        if mutant.kind in ("flip", "zero", "move", "cross", "length"):
            assert len(mutant.content) == len(base)
        if mutant.kind == "truncate":
            assert base.startswith(mutant.content) or len(mutant.content) == len(base)
        if mutant.kind in ("insert", "repeat"):
            assert len(mutant.content) >= len(base)


def test_every_kind_of_damage_is_done() -> None:
    files = [bytes(range(256)) * 20, b"text " * 100]
    assert {mutant.kind for mutant in mutants(files, 200, 1)} == set(KINDS)


def test_other_seeds_do_other_damage() -> None:
    files = [bytes(range(256)) * 20]
    one, two = ([m.content for m in mutants(files, 20, seed)] for seed in (1, 2))
    assert one != two


def test_nothing_to_damage_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing to damage"):
        next(mutants([b"", b""], 1, 1))
