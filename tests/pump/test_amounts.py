from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import InputError
from thecal.pump.amounts import check_whole, rounded_up, span_words, volume_words


@pytest.mark.parametrize("value", [1.0, True, "1", Fraction(1), None])
def test_only_a_whole_number_is_taken(value: object) -> None:
    with pytest.raises(InputError, match=r"the flow is .*, but the pump counts in whole numbers"):
        check_whole("the flow", value)


def test_a_number_below_the_least_is_refused() -> None:
    with pytest.raises(InputError, match="the flow is -1, but must be at least 0"):
        check_whole("the flow", -1)


@given(st.integers(0, 10**12), st.integers(1, 10**6))
def test_rounding_up_covers_the_amount_with_less_than_one_to_spare(
    amount: int, divisor: int
) -> None:
    assert 0 <= rounded_up(amount, divisor) * divisor - amount < divisor


@pytest.mark.parametrize(
    ("volume_nl", "words"),
    [(0, "0 mL"), (1, "0.000001 mL"), (500_000, "0.5 mL"), (20_000_000, "20 mL")],
)
def test_a_volume_in_words_is_exact(volume_nl: int, words: str) -> None:
    assert volume_words(volume_nl) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59, "59 s"), (3_600, "1 h"), (107_309, "1 d 5 h 48 min 29 s")],
)
def test_a_span_in_words_leaves_out_empty_parts(seconds: int, words: str) -> None:
    assert span_words(seconds) == words
