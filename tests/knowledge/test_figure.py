"""What a figure gives: an exact amount, a number in any unit, a text."""

from __future__ import annotations

import pickle
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import KnowledgeError
from thecal.knowledge import Figure
from thecal.quantity import Quantity


def figure(
    value: str | None,
    unit: str,
    *,
    low: str | None = None,
    high: str | None = None,
    words: str = "",
) -> Figure:
    return Figure(
        name="name",
        label="label",
        value=None if value is None else Decimal(value),
        low=None if low is None else Decimal(low),
        high=None if high is None else Decimal(high),
        unit=unit,
        source="a source",
        confidence="high",
        words=words,
    )


def test_exact_gives_the_amount_without_rounding() -> None:
    assert figure("0.048", "mL/day").exact() == Quantity.of("0.048", "mL/day")


def test_exact_gives_either_end_of_the_range() -> None:
    dose = figure(None, "mg/day", low="0.2", high="1")
    assert dose.exact("high") == Quantity.of(1, "mg/day")


def test_exact_refuses_a_unit_that_no_dose_is_stated_in() -> None:
    with pytest.raises(KnowledgeError, match=r"is in cm\^2/s, which is not a unit of doses"):
        figure("0.08", "cm^2/s").exact()


def test_a_number_that_is_not_on_record_is_refused() -> None:
    with pytest.raises(KnowledgeError, match=r"has no value; it says: at most 0\.15 mg$"):
        figure(None, "mg", high="0.15").exact()


def test_words_give_no_number() -> None:
    with pytest.raises(KnowledgeError, match="has no value; it says: not known"):
        figure(None, "1", words="not known").number("1")


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "number"),
    [
        ("71.6", "L/h", "mL/h", 71600.0),
        ("1.19", "L/min", "L/h", 71.4),
        ("7.5e-6", "cm^2/s", "cm^2/h", 0.027),
        ("250", "nL", "mL", 0.00025),
        ("0.14", "mg/kg", "mcg/kg", 140.0),
        ("1.9", "percent", "1", 0.019),
        ("0.75", "1", "1", 0.75),
        ("1.5", "mcg", "ng", 1500.0),
        ("90", "day", "h", 2160.0),
        ("28.5", "ng/mL", "mcg/mL", 0.0285),
        ("0.3", "cm/h", "mm/h", 3.0),
        ("285.3", "g/mol", "mcg/nmol", 0.2853),
    ],
)
def test_number_converts_to_the_nearest_float(
    value: str, unit: str, wanted: str, number: float
) -> None:
    # Equality on purpose: the conversion is exact and rounds once.
    assert figure(value, unit).number(wanted) == number


def test_number_refuses_a_unit_of_another_kind() -> None:
    with pytest.raises(KnowledgeError, match='"name": a figure in L/h cannot be given in mg'):
        figure("71.6", "L/h").number("mg")


def test_number_refuses_an_unknown_unit() -> None:
    with pytest.raises(KnowledgeError, match='the unit "furlong" is unknown'):
        figure("71.6", "cm").number("furlong")


@pytest.mark.parametrize(
    ("stated", "text"),
    [
        (figure("71.6", "L/h"), "71.6 L/h"),
        (figure("0.25", "1/h", low="0.1", high="0.50"), "0.25 1/h (0.1 to 0.5)"),
        (figure(None, "mg/day", low="0.2", high="1"), "0.2 to 1 mg/day"),
        (figure(None, "mg", high="0.15"), "at most 0.15 mg"),
        (figure(None, "h", low="24"), "at least 24 h"),
        (figure("14.5", "percent"), "14.5 %"),
        (figure("100", "1", low="75", high="300"), "100 (75 to 300)"),
        (figure("1584", "mL/min"), "1 584 mL/min"),
        (figure("7.50e-6", "cm^2/s"), "7.5e-6 cm^2/s"),
        (figure("90", "day"), "90 days"),
        (figure("1", "day"), "1 day"),
        (figure(None, "day", low="7", high="10"), "7 to 10 days"),
        (figure("-2.40", "percent"), "-2.4 %"),
        (figure("0", "mL/day"), "0 mL/day"),
        (figure(None, "1", words="not known"), "not known"),
    ],
    ids=lambda item: item if isinstance(item, str) else None,
)
def test_stated_is_safe_to_read(stated: Figure, text: str) -> None:
    assert stated.stated() == text


@given(
    st.decimals(min_value=Decimal("0.0001"), max_value=10**9, places=6).filter(lambda n: n >= 1e-4)
)
def test_stated_loses_no_digit(value: Decimal) -> None:
    text = figure(str(value), "mL").stated().removesuffix(" mL")
    assert Decimal(text.replace(" ", "")) == value


def test_a_figure_can_be_sent_to_another_process() -> None:
    sent = figure("71.6", "L/h")
    assert pickle.loads(pickle.dumps(sent)) == sent  # noqa: S301  (its own bytes)
