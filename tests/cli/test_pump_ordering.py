"""From what is typed to an order, and the words in which it is asked once more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.test_pump_home import IMPLANTED
from tests.cli.test_pump_tables import NOTHING, found
from thecal.cli.pump import ordering
from thecal.cli.pump.ordering import second_of_week, shifted
from thecal.errors import InputError
from thecal.pump.amounts import WEEK_S
from thecal.pump.implant.codec import decode_limits, decode_program
from thecal.pump.implant.status import Listed
from thecal.pump.program import Program, ScheduledBolus, WeekStep
from thecal.pump.telemetry import Interrogation, Kind

EXAMPLES = Path(__file__).parents[2] / "examples"
STALL = Listed("stall", "STALL", "The rotor stands still.", 3, 5, 1, 0)


def reference(tmp_path: Path, name: str) -> Path:
    """Return an example whose pump is the reference pump."""
    text = (EXAMPLES / f"{name}.toml").read_text("utf-8")
    file = tmp_path / f"{name}.toml"
    file.write_text(text.replace("synchromed-ii-20", "reference-20"), encoding="utf-8")
    return file


def alarming() -> Interrogation:
    one = found()
    return Interrogation(one.status._replace(alarms=(STALL,)), one.in_force)


def test_a_prescription_becomes_program_limits_and_label(tmp_path: Path) -> None:
    file = reference(tmp_path, "cancer-pain")
    program, limits, label = ordering.prescribed(file, 1, IMPLANTED, now_s=0).parts
    assert decode_program(program).steps == (WeekStep(0, 200_000),)
    assert decode_limits(limits).day_nl == 2_000_000
    assert label == b"morphine 10 mg/mL"


def test_a_later_prescription_brings_its_bridge(tmp_path: Path) -> None:
    file = reference(tmp_path, "concentration-change")
    program = decode_program(ordering.prescribed(file, 2, IMPLANTED, now_s=0).parts[0])
    assert program.bridge is not None
    assert program.bridge.nl_per_day == 400_000


def test_a_course_that_names_another_pump_is_computed_for_the_one_that_is_here() -> None:
    file, number = EXAMPLES / "concentration-change.toml", 2
    dead_nl = {}
    for profile in ("synchromed-ii-20", "reference-20"):
        here = replace(IMPLANTED, profile=profile)
        program = decode_program(ordering.prescribed(file, number, here, now_s=0).parts[0])
        assert program.bridge is not None
        dead_nl[profile] = program.bridge.volume_nl
    assert dead_nl["synchromed-ii-20"] - dead_nl["reference-20"] == 40_000


def test_a_prescription_that_the_pump_here_cannot_give_is_refused(tmp_path: Path) -> None:
    file = reference(tmp_path, "cancer-pain")
    slow = file.read_text("utf-8").replace('dose = "2 mg/day"', 'dose = "0.3 mg/day"')
    file.write_text(slow, "utf-8")
    assert ordering.prescribed(file, 1, IMPLANTED, now_s=0)
    with pytest.raises(InputError, match="lowest"):
        ordering.prescribed(file, 1, replace(IMPLANTED, profile="synchromed-ii-20"), now_s=0)


def test_a_prescription_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has 1 prescriptions"):
        ordering.prescribed(reference(tmp_path, "cancer-pain"), 2, IMPLANTED, now_s=0)


def test_a_course_without_a_pump_is_refused() -> None:
    with pytest.raises(InputError, match="has 0 prescriptions"):
        ordering.prescribed(EXAMPLES / "lumbar-bolus.toml", 1, IMPLANTED, now_s=0)


def test_boluses_move_to_the_pumps_counter() -> None:
    steps = (WeekStep(0, 0),)
    once, often = ScheduledBolus(100, 5, 6), ScheduledBolus(100, 5, 6, 50)
    later = shifted(Program("x", steps, (once, often)), 1_000)
    earlier = shifted(Program("x", steps, (once, often)), -110)
    assert [bolus.first_s for bolus in later.boluses] == [1_100, 1_100]
    assert [(bolus.first_s, bolus.every_s) for bolus in earlier.boluses] == [(40, 50)]


def test_a_bolus_is_ordered_by_its_dose() -> None:
    proposal = ordering.single_bolus("0.2 mg", "10 min", found())
    assert proposal.command == (Kind.BOLUS, (20_000, 600), ())
    assert "  morphine 200 mcg (0.02 mL) in 10 min" in proposal.lines


def test_a_dose_is_rounded_down_to_the_nanolitre() -> None:
    strong = found(label="morphine 30 mg/mL")
    assert ordering.single_bolus("0.1 mg", "10 min", strong).command.numbers == (3_333, 600)


@pytest.mark.parametrize("dose", ["0.2", "0.2 mL", "0.2 ug", "-1 mg", "0 mg", ".2 mg"])
def test_a_dose_that_could_mean_something_else_is_refused(dose: str) -> None:
    with pytest.raises(InputError):
        ordering.single_bolus(dose, "10 min", found())


def test_no_dose_is_ordered_of_a_pump_that_knows_no_drug() -> None:
    with pytest.raises(InputError, match="program it first"):
        ordering.single_bolus("0.2 mg", "10 min", NOTHING)


def test_a_stop_warns_of_withdrawal() -> None:
    said = " ".join(ordering.stopping(found(label="baclofen 500 mcg/mL")).lines)
    assert "Stopping baclofen suddenly can harm or kill" in said


def test_a_stop_of_a_drug_without_withdrawal_does_not_warn_of_it() -> None:
    said = " ".join(ordering.stopping(found(label="ziconotide 25 mcg/mL")).lines)
    assert "suddenly" not in said


def test_a_stop_of_an_unprogrammed_pump_can_be_ordered() -> None:
    assert ordering.stopping(NOTHING).command.kind is Kind.STOP


def test_a_start_names_what_will_run() -> None:
    assert "  simple continuous, morphine 10 mg/mL" in ordering.starting(found()).lines


def test_a_start_after_a_long_stop_warns() -> None:
    one = found()
    long = Interrogation(one.status._replace(over_infusion_risk=1), one.in_force)
    assert "may give too much" in ordering.starting(long).lines[-1]


def test_a_prime_says_what_drug_it_moves() -> None:
    proposal = ordering.priming("0.3105 mL", "1 mL/h", found())
    assert proposal.command.numbers == (310_500, 24_000_000)
    assert "morphine 3.105 mg" in " ".join(proposal.lines)


def test_a_refill_shows_what_the_pump_had_computed() -> None:
    proposal = ordering.refilling("3.2 mL", "20 mL", found())
    assert proposal.command.numbers == (20_000_000, 3_200_000)
    assert "computed before, with what stays behind: 20 mL" in " ".join(proposal.lines)


@pytest.mark.requirement("PC-51")
def test_a_clock_is_set_by_day_and_time_whatever_the_counter_says() -> None:
    one = found()
    at = Interrogation(one.status._replace(now_s=1_000_000, week_offset_s=5), one.in_force)
    proposal = ordering.setting_clock("Tue 14:05", at)
    (offset_s,) = proposal.command.numbers
    assert (1_000_000 + offset_s) % WEEK_S == second_of_week("Tue 14:05")


@pytest.mark.parametrize(
    "text", ["Tue 24:00", "tue 14:05", "Tuesday 14:05", "Tue 2:05 pm", "14:05"]
)
def test_a_time_that_could_mean_something_else_is_refused(text: str) -> None:
    with pytest.raises(InputError, match='write it as "Tue 14:05"'):
        second_of_week(text)


@pytest.mark.requirement("PC-62")
def test_a_silence_names_what_sounds() -> None:
    assert ordering.silencing(alarming()).lines[1:] == ["  The rotor stands still."]


def test_a_silence_of_nothing_says_so() -> None:
    assert ordering.silencing(found()).lines[1:] == ["  no alarm"]


def test_an_alarm_that_was_seen_is_named() -> None:
    proposal = ordering.acknowledging("stall", alarming())
    assert proposal.command.parts == (b"stall",)


def test_an_alarm_that_is_not_there_cannot_be_seen() -> None:
    with pytest.raises(InputError, match="listed are: stall"):
        ordering.acknowledging("free flow", alarming())
