"""Time-code: the names of frames, with and without drop-frame, there and back."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkthegate.model.timecode import can_drop, exact_rate, frame_of, nominal, says_drop, timecode

RATES = [
    Fraction(24_000, 1001), Fraction(24), Fraction(25), Fraction(30_000, 1001), Fraction(30),
    Fraction(48), Fraction(50), Fraction(60_000, 1001), Fraction(60), Fraction(120_000, 1001),
]  # fmt: skip
rates = st.sampled_from(RATES)


def _a_day(rate: Fraction, drop: bool) -> int:
    """Counted name by name: every minute but each tenth leaves some out."""
    skipped = nominal(rate) // 15 * (24 * 60 - 24 * 6) if drop else 0
    return nominal(rate) * 24 * 3600 - skipped


@given(rates, st.booleans(), st.integers(0, 25_920_000))
def test_every_frame_of_a_day_has_a_name_of_its_own(rate: Fraction, drop: bool, frame: int) -> None:
    drop = drop and can_drop(rate)
    frame %= _a_day(rate, drop)
    name = timecode(frame, rate, drop=drop)
    assert frame_of(name, rate, drop=drop) == frame
    assert says_drop(name) is drop


@given(rates, st.booleans(), st.integers(0, 200_000))
def test_names_go_up_with_frames(rate: Fraction, drop: bool, frame: int) -> None:
    one, other = (timecode(each, rate, drop=drop) for each in (frame, frame + 1))
    assert one < other


@pytest.mark.parametrize(
    ("frame", "name"),
    [
        (0, "00:00:00;00"),
        (1799, "00:00:59;29"),
        (1800, "00:01:00;02"),
        (17_981, "00:09:59;29"),
        (17_982, "00:10:00;00"),
        (107_892, "01:00:00;00"),
        (539_460, "05:00:00;00"),
    ],
)
def test_drop_frame_keeps_up_with_the_clock(frame: int, name: str) -> None:
    rate = Fraction(30_000, 1001)
    assert timecode(frame, rate, drop=True) == name
    assert frame_of(name, rate) == frame


def test_a_name_that_is_left_out_means_the_next_frame() -> None:
    rate = Fraction(30_000, 1001)
    assert frame_of("00:01:00;00", rate) == frame_of("00:01:00;02", rate) == 1800


def test_days_begin_anew_and_negative_frames_have_a_sign() -> None:
    assert timecode(24 * 3600 * 25 + 3, Fraction(25)) == "00:00:00:03"
    assert timecode(-30, Fraction(25)) == "-00:00:01:05"
    assert frame_of("-00:00:01:05", Fraction(25)) == -30


@pytest.mark.parametrize("written", ["", "01:00:00", "01:60:00:00", "01:00:00:25", "aa:bb:cc:dd"])
def test_what_is_no_time_code_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="no time-code"):
        frame_of(written, Fraction(25))


@pytest.mark.parametrize(
    ("decimal", "exact"),
    [
        (23.976, Fraction(24_000, 1001)),
        (23.98, Fraction(24_000, 1001)),
        (29.97, Fraction(30_000, 1001)),
        (59.94, Fraction(60_000, 1001)),
        (24.0, Fraction(24)),
        (12.5, Fraction(25, 2)),
        (48_000, Fraction(48_000)),
    ],
)
def test_decimals_mean_exact_rates(decimal: float, exact: Fraction) -> None:
    assert exact_rate(decimal) == exact


@pytest.mark.parametrize("rate", [0, -24, float("inf"), float("nan"), 1e9])
def test_what_is_no_rate_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="no frame rate"):
        exact_rate(rate)
