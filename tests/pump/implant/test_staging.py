"""A new program: what the pump checks, and when it takes effect."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.pump.implant.bench import (
    LIMITS,
    PROGRAM,
    Bench,
    ended,
    phase,
    running,
    staged,
)
from thecal.pump.amounts import DAY_S
from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.codec import encode_limits, encode_program
from thecal.pump.implant.staging import Staged
from thecal.pump.implant.values import (
    Limits,
    Phase,
    Reply,
    SafeAction,
)
from thecal.pump.program import Program, WeekStep

STOP = replace(LIMITS, safe_action=SafeAction.STOP)
MINIMUM = replace(LIMITS, safe_action=SafeAction.MINIMUM)
STAGE = (encode_program(PROGRAM), encode_limits(LIMITS))


# -- stage and commit -----------------------------------------------------------------------------


@pytest.mark.requirement("PC-83")
def test_a_staged_program_is_what_the_pump_understood() -> None:
    answer = staged(Bench())
    assert isinstance(answer, Staged)
    assert (answer.program, answer.limits) == (PROGRAM, LIMITS)
    assert answer.encoded() == STAGE


@pytest.mark.requirement("PC-83")
def test_the_old_program_runs_on_until_the_commit() -> None:
    bench = running()
    bench.run(DAY_S)
    double = replace(PROGRAM, steps=(WeekStep(0, 500_000),))
    answer = staged(bench, double)
    assert isinstance(answer, Staged)
    assert bench.implant.status(bench.now_s).nl_per_day == 250_000
    assert bench.implant.in_force() == STAGE
    assert bench.implant.commit(answer.digest, bench.now_s).accepted
    assert bench.implant.status(bench.now_s).nl_per_day == 500_000
    assert bench.implant.in_force() == (encode_program(double), STAGE[1])


@pytest.mark.requirement("PC-83")
def test_a_commit_needs_the_digest_of_what_was_staged() -> None:
    bench = Bench()
    staged(bench)
    assert not bench.implant.commit(bytes(32), bench.now_s).accepted
    assert phase(bench) == Phase.UNPROGRAMMED


@pytest.mark.requirement("PC-85", "PC-83")
def test_a_staged_program_expires_and_the_old_one_runs_on() -> None:
    bench = running()
    answer = staged(bench, replace(PROGRAM, steps=(WeekStep(0, 500_000),)))
    assert isinstance(answer, Staged)
    bench.run(180)
    assert not bench.implant.commit(answer.digest, bench.now_s).accepted
    assert Cause.UPDATE_UNFINISHED in bench.listed
    assert bench.implant.status(bench.now_s).nl_per_day == 250_000


@pytest.mark.requirement("PC-85")
def test_a_staged_program_lives_for_180_seconds() -> None:
    bench = Bench()
    answer = staged(bench)
    assert isinstance(answer, Staged)
    bench.run(179)
    assert bench.implant.commit(answer.digest, bench.now_s).accepted


@pytest.mark.requirement("PC-82", "PC-09")
@pytest.mark.parametrize(
    ("program", "limits", "words"),
    [
        (replace(PROGRAM, steps=(WeekStep(0, 24_000_001),)), LIMITS, "highest flow"),
        (replace(PROGRAM, steps=(WeekStep(0, 1_000_001),)), LIMITS, "cap of the drug"),
        (PROGRAM, replace(LIMITS, low_reservoir_nl=1_999_999), "withdrawal"),
        (PROGRAM, replace(MINIMUM, low_reservoir_nl=1_999_999), "withdrawal"),
        (PROGRAM, replace(LIMITS, low_reservoir_nl=18_600_000), "to below 18.6 mL"),
    ],
)
def test_the_pump_itself_refuses_a_program_beyond_its_limits(
    program: Program, limits: Limits, words: str
) -> None:
    bench = running()
    answer = staged(bench, program, limits)
    assert isinstance(answer, Reply)
    assert not answer.accepted
    assert words in answer.reason
    assert bench.implant.in_force() == STAGE


@pytest.mark.requirement("PC-29")
def test_a_drug_that_may_stop_may_have_a_lower_alarm() -> None:
    assert isinstance(staged(Bench(), PROGRAM, replace(STOP, low_reservoir_nl=1_000_000)), Staged)


@pytest.mark.requirement("PC-09", "PC-82")
def test_bytes_that_are_no_program_are_refused() -> None:
    bench = Bench()
    answer = bench.implant.stage(b"\x01", STAGE[1], 0)
    assert isinstance(answer, Reply)
    assert not answer.accepted


@pytest.mark.requirement("PC-82")
def test_a_program_that_no_longer_fits_the_caps_is_refused_at_its_commit() -> None:
    bench = running()
    answer = staged(bench, replace(PROGRAM, steps=(WeekStep(0, 1_000_000),)))
    assert isinstance(answer, Staged)
    assert bench.implant.bolus(100_000, 3_600, bench.now_s).accepted
    bench.run(170)
    reply = bench.implant.commit(answer.digest, bench.now_s)
    assert not reply.accepted
    assert "cap" in reply.reason


def test_a_pump_at_its_end_of_service_takes_no_program() -> None:
    bench = ended()
    answer = staged(bench)
    assert isinstance(answer, Staged)
    assert not bench.implant.commit(answer.digest, bench.now_s).accepted
