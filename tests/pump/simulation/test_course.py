"""Courses: whole lives of pumps, drawn from a seed."""

from __future__ import annotations

import pytest

from tests.pump.simulation.kits import KITS, REFERENCE
from thecal.pump.simulation import course as courses
from thecal.pump.simulation.course import Ended, drawn, lived, shrunk
from thecal.pump.simulation.faults import MENU

_BAD = next(place for place, fault in enumerate(MENU) if fault.name == "power cut")


def test_the_same_seed_gives_the_same_world_event_for_event() -> None:
    course = drawn(REFERENCE, 5, days=1, most_faults=3)
    assert lived(course) == lived(course)


def test_other_seeds_give_other_worlds() -> None:
    assert lived(drawn(REFERENCE, 5, 1, 3)).trace != lived(drawn(REFERENCE, 6, 1, 3)).trace


@pytest.mark.requirement("PC-06", "PC-15", "PC-41")
@pytest.mark.parametrize("seed", range(9))
def test_nothing_is_violated_in_a_life_with_faults(seed: int) -> None:
    assert not lived(drawn(KITS[seed % len(KITS)], seed, days=2, most_faults=6)).violation


def test_a_failure_shrinks_to_the_fault_that_causes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails_with_a_cut(course: courses.Course) -> Ended:
        bad = any(which == _BAD for _, which, _ in course.faults)
        return Ended({}, 1, 1, "", 500, "PC-00: seen" if bad else "")

    monkeypatch.setattr(courses, "lived", fails_with_a_cut)
    faults = ((0, _BAD + 1, 10), (1, _BAD, 20), (2, _BAD + 2, 30))
    least = shrunk(courses.Course(REFERENCE, 1, 86_400, faults))
    assert least.faults == ((1, _BAD, 20),)
    assert least.until_s == 501
