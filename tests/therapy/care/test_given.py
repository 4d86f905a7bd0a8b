from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import InputError
from thecal.therapy.care.given import Given

NEAR = {"age": 10.0, "pain": 1.0, "oral": 1.5}


@given(pain=st.floats(0.0, 10.0), age=st.floats(18.0, 110.0), oral=st.floats(1.0, 10_000.0))
def test_only_people_who_report_nearly_the_same_are_like_the_person(
    pain: float, age: float, oral: float
) -> None:
    reported = {
        "pain": np.array([pain, 5.0]),
        "age": np.array([age, 50.0]),
        "oral_mg_per_day": np.array([oral, 300.0]),
    }
    like = Given(age=60.0, pain=8.0, oral=300.0).admits(NEAR)(reported)
    near = abs(pain - 8.0) <= 1.0 and abs(age - 60.0) <= 10.0 and 200.0 <= oral <= 450.0
    assert like.tolist() == [near, False]


def test_without_any_number_everybody_is_like_the_person() -> None:
    reported = {"pain": np.array([0.0, 10.0])}
    assert Given().admits(NEAR)(reported).all()


def test_what_is_given_is_told_in_words() -> None:
    assert Given(age=60, oral=300).words() == "60 years old, 300 mg/day of oral morphine"


@pytest.mark.parametrize(
    ("name", "value"),
    [("age", 17.0), ("pain", 10.5), ("pain", float("nan")), ("oral", 0.0), ("oral", -5.0)],
)
def test_what_cannot_be_is_refused_by_its_name(name: str, value: float) -> None:
    wrong: dict[str, Any] = {name: value}
    with pytest.raises(InputError, match=f"^{name}: "):
        Given(**wrong)
