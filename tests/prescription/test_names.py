"""The bodies and levels of a course file are those of the body model."""

from __future__ import annotations

import pytest

from thecal.body import HUMAN, body_ids, load_anatomy
from thecal.prescription.names import BODIES, LEVELS, PEOPLE, levels_of


def test_the_bodies_of_a_course_file_are_those_that_there_are() -> None:
    assert sorted(BODIES) == list(body_ids())


@pytest.mark.parametrize("body", BODIES)
def test_the_levels_of_a_body_are_those_of_its_anatomy(body: str) -> None:
    assert levels_of(body) == load_anatomy(body).level_names


def test_the_bodies_with_blood_are_the_human_ones() -> None:
    assert set(PEOPLE) == {body for body in BODIES if load_anatomy(body).species == HUMAN}


def test_a_level_of_any_body_is_a_level() -> None:
    assert {"T14", "L7", "S3"} < set(LEVELS)
    assert "T15" not in LEVELS
