"""The screen before an update: every row, what changes, and nothing torn apart."""

from __future__ import annotations

from fractions import Fraction

import pytest

from thecal.cli.pump.solution import dose, label_of, solution_of
from thecal.cli.pump.tables import change_of_daily_dose, clock, rows, side_by_side
from thecal.errors import InputError
from thecal.prescription.orders import Solution
from thecal.pump.implant.values import Limits, SafeAction
from thecal.pump.program import Bridge, PatientBolus, Program, ScheduledBolus, WeekStep
from thecal.pump.telemetry import Command, Interrogation, Kind, Witness, programming
from thecal.quantity import CONCENTRATION, Quantity

LIMITS = Limits(SafeAction.HOLD, 500_000, 1_000_000, 2_000_000, 6_000, 4_000_000)
MORPHINE = "morphine 10 mg/mL"
SIMPLE = Program("simple continuous", (WeekStep(0, 200_000),))


def found(
    program: Program = SIMPLE, label: str = MORPHINE, limits: Limits = LIMITS
) -> Interrogation:
    return Interrogation(Witness().status(0), programming(program, limits, label))


NOTHING = Interrogation(Witness().status(0), Command(Kind.PROGRAM, (), (b"", b"", b"x")))


def row(name: str, one: Interrogation) -> str:
    return dict(rows(one))[name]


def test_a_simple_program_is_told_in_doses_and_volumes() -> None:
    assert rows(found()) == [
        ("solution", "morphine 10 mg/mL"),
        ("mode", "simple continuous"),
        ("basal", "morphine 2 mg/day (0.2 mL/day)"),
        ("a day, on average", "morphine 2 mg/day (0.2 mL/day)"),
        ("patient bolus", "none"),
        ("pump's cap in 1 h", "morphine 5 mg (0.5 mL)"),
        ("pump's cap in 4 h", "morphine 10 mg (1 mL)"),
        ("pump's cap in 24 h", "morphine 20 mg (2 mL)"),
        ("after a fault", "hold the basal flow"),
        ("low-reservoir alarm", "4 mL"),
    ]


def test_each_step_of_a_week_is_a_row() -> None:
    week = Program("flex", (WeekStep(0, 100_000), WeekStep(5 * 86_400 + 79_200, 50_000)))
    assert row("from Mon 00:00", found(week)) == "morphine 1 mg/day (0.1 mL/day)"
    assert row("from Sat 22:00", found(week)) == "morphine 500 mcg/day (0.05 mL/day)"


def test_an_interval_is_told_as_how_often_a_day_too() -> None:
    often = Program(
        "simple continuous", SIMPLE.steps, (ScheduledBolus(3_600, 5_000, 60, 8 * 3_600),)
    )
    assert row("bolus 1", found(often)) == (
        "morphine 50 mcg (0.005 mL) in 1 min, every 8 h = 3 a day, first Mon 01:00"
    )


def test_a_single_bolus_is_told_as_one() -> None:
    once = Program("simple continuous", SIMPLE.steps, (ScheduledBolus(90_000, 5_000, 60),))
    assert "once, first Tue 01:00" in row("bolus 1", found(once))


def test_the_button_is_told_with_the_most_that_it_can_give() -> None:
    button = Program(
        "simple continuous", SIMPLE.steps, patient_bolus=PatientBolus(20_000, 600, 4 * 3_600, 9)
    )
    assert row("  a day with all", found(button)) == "morphine 3.2 mg/day (0.32 mL/day)"


def test_a_bridge_is_told_with_how_long_it_takes() -> None:
    bridged = Program("simple continuous", SIMPLE.steps, bridge=Bridge(310_500, 250_000))
    assert row("bridge, old solution", found(bridged)) == (
        "0.3105 mL at 0.25 mL/day, 1 d 5 h 48 min 28 s"
    )


def test_a_mixture_is_told_drug_by_drug() -> None:
    label = "hydromorphone 10 mg/mL; clonidine 100 mcg/mL"
    assert row("basal", found(label=label)) == (
        "hydromorphone 2 mg/day, clonidine 20 mcg/day (0.2 mL/day)"
    )


def test_a_pump_whose_drug_is_not_known_is_told_in_volumes() -> None:
    assert row("basal", found(label="not on record")) == "0.2 mL/day"


def test_a_pump_without_a_program_says_so() -> None:
    assert rows(NOTHING) == [("mode", "not programmed")]


def test_only_what_changes_is_marked() -> None:
    more = Program("simple continuous", (WeekStep(0, 300_000),))
    lines = side_by_side(rows(found()), rows(found(more)))
    marked = {line[2:22].strip() for line in lines if line.startswith(">") and line[2] != " "}
    assert marked == {"basal", "a day, on average"}


def test_a_row_that_goes_is_shown_as_going() -> None:
    button = Program("simple continuous", SIMPLE.steps, patient_bolus=PatientBolus(5, 6, 7, 8))
    lines = side_by_side(rows(found(button)), rows(found()))
    (gone,) = [line for line in lines if line.startswith(">   lockout")]
    assert gone.split()[-2:] == ["s", "-"]


def test_no_line_is_longer_than_a_screen_is_wide() -> None:
    label = "hydromorphone 10 mg/mL; bupivacaine 20 mg/mL; clonidine 100 mcg/mL"
    assert max(map(len, side_by_side(rows(NOTHING), rows(found(label=label))))) <= 80


def test_no_number_is_torn_from_its_unit() -> None:
    label = "hydromorphone 10 mg/mL; bupivacaine 20 mg/mL; clonidine 100 mcg/mL"
    lines = side_by_side(rows(NOTHING), rows(found(label=label)))
    assert [line for line in lines if line.rstrip(" -").endswith(tuple("0123456789"))] == []


@pytest.mark.parametrize(
    ("nl_per_day", "said"),
    [(240_000, "+20 %"), (100_000, "-50 %"), (200_000, "unchanged"), (200_200, "+0.1 %")],
)
def test_the_change_of_the_daily_dose_is_told_in_percent(nl_per_day: int, said: str) -> None:
    after = found(Program("simple continuous", (WeekStep(0, nl_per_day),)))
    assert change_of_daily_dose(found(), after) == f"morphine: {said}"


def test_a_new_drug_is_told_as_new() -> None:
    assert change_of_daily_dose(NOTHING, found()) == "morphine: new"


def test_a_drug_that_goes_is_told_as_gone() -> None:
    assert change_of_daily_dose(found(), found(label="baclofen 1 mg/mL")) == (
        "baclofen: new, morphine: -100 %"
    )


@pytest.mark.parametrize(
    ("second", "said"),
    [(0, "Mon 00:00:00"), (604_799, "Sun 23:59:59"), (604_800, "Mon 00:00:00")],
)
def test_a_second_of_the_week_is_told_in_24_hours(second: int, said: str) -> None:
    assert clock(second) == said


@pytest.mark.parametrize("label", [MORPHINE, "ziconotide 25 mcg/mL", "a 1 mg/mL; b 2.5 mg/mL"])
def test_a_label_is_read_as_it_was_written(label: str) -> None:
    solution = solution_of(label)
    assert solution is not None
    assert label_of(solution) == label


def test_a_label_that_cannot_be_exact_is_refused() -> None:
    third = Quantity(Fraction(1, 3), CONCENTRATION)
    with pytest.raises(InputError, match="too many digits"):
        label_of(Solution({"morphine": third}))


@pytest.mark.parametrize("label", ["", "not on record", "morphine", "morphine 10 mL"])
def test_a_label_that_names_no_solution_gives_none(label: str) -> None:
    assert solution_of(label) is None


def test_a_dose_of_no_known_drug_is_a_volume() -> None:
    assert dose(Quantity.of(5, "mL"), None) == "5 mL"
