from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkthegate.fingerprint.picture_print import (
    KeptStill,
    PicturePrint,
    from_bytes,
    pictures_of,
    samples_of,
    to_bytes,
)
from checkthegate.model import Unreadable


def film(frames: int = 9, samples: int = 4) -> PicturePrint:
    random = np.random.default_rng(4)
    return PicturePrint(
        "film",
        1920,
        1080,
        12.5,
        24.0,
        np.arange(samples, dtype=np.float32) / 4,
        random.integers(0, 256, (samples, 32), dtype=np.uint8),
        random.normal(0, 0.04, (samples, 512)).astype(np.float16),
        (KeptStill(0.0, b"one"), KeptStill(1.5, b"")),
        random.integers(0, 256, (frames, 36, 64), dtype=np.uint8),
        np.arange(frames, dtype=np.float32) / 24,
    )


def test_comes_back_as_it_was_kept() -> None:
    kept = film()
    back = from_bytes(to_bytes(kept))
    assert (back.kind, back.width, back.height, back.seconds, back.rate) == (
        "film",
        1920,
        1080,
        12.5,
        24.0,
    )
    assert back.stills == kept.stills
    for name in ("times", "codes", "descriptors", "motion", "motion_times"):
        assert np.array_equal(getattr(back, name), getattr(kept, name)), name
    assert to_bytes(back) == to_bytes(kept)


def test_parts_can_be_read_alone() -> None:
    body = to_bytes(film())
    assert len(samples_of(body).codes) == 4
    assert samples_of(body).stills == ()
    assert len(pictures_of(body).stills) == 2
    assert len(pictures_of(body).motion) == 0


def test_a_still_has_no_film_in_it() -> None:
    still = PicturePrint("still", 640, 480, stills=(KeptStill(0.0, b"jpeg"),))
    back = from_bytes(to_bytes(still))
    assert back.kind == "still"
    assert len(back.motion) == len(back.times) == len(back.descriptors) == 0


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damage_is_said_or_harmless(data: st.DataObject) -> None:
    body = bytearray(to_bytes(film(3, 2)))
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, min(len(body) - 1, 220)))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(body)))
    for damaged in (bytes(body), bytes(body[:cut])):
        said = ""
        try:
            from_bytes(damaged)
        except Unreadable as problem:
            said = problem.reason
        assert not said or "damaged" in said


@pytest.mark.parametrize("body", [b"", b"CTGPICT1", b"x" * 400])
def test_what_is_no_print_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        samples_of(body)


def test_motion_that_claims_to_be_huge_is_refused() -> None:
    body = bytearray(to_bytes(film()))
    body[33:37] = (2**31).to_bytes(4, "little")
    with pytest.raises(Unreadable):
        from_bytes(bytes(body))
