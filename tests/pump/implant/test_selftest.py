"""The self-test: each of its steps can fail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.pump.implant.alarm_data import TABLE
from tests.pump.implant.bench import LIMITS, Bench
from thecal.pump.implant import memory, motion, selftest
from thecal.pump.implant.alarms import Cause, Harm, Onset
from thecal.pump.implant.selftest import Step, code_digest, failed_steps
from thecal.pump.implant.values import Phase, SafeAction


@pytest.mark.requirement("PC-21")
def test_a_sound_pump_fails_in_nothing() -> None:
    assert failed_steps(TABLE, code_digest()) == ()


@pytest.mark.requirement("PC-21")
def test_a_sum_that_is_wrong_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "crc32", lambda _: 0)
    assert Step.ARITHMETIC in failed_steps(TABLE, code_digest())


@pytest.mark.requirement("PC-21", "PC-22")
def test_code_that_has_changed_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    before = code_digest()
    monkeypatch.setattr(motion, "next_wake_s", lambda *_: 0)
    assert failed_steps(TABLE, before) == (Step.CODE,)


@pytest.mark.requirement("PC-21")
def test_memory_that_does_not_tell_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "check_cells", lambda cells: (cells, False))
    assert Step.MEMORY in failed_steps(TABLE, code_digest())


@pytest.mark.requirement("PC-21")
def test_an_alarm_that_stays_silent_is_found() -> None:
    quiet = tuple(
        one._replace(harm=Harm.MINOR, onset=Onset.DELAYED) if one.name == Cause.SELF_TEST else one
        for one in TABLE.conditions
    )
    assert failed_steps(replace(TABLE, conditions=quiet), code_digest()) == (Step.ALARM,)


@pytest.mark.requirement("PC-21", "PC-22")
@pytest.mark.parametrize(
    ("action", "expected"), [(SafeAction.HOLD, Phase.MINIMUM), (SafeAction.STOP, Phase.HALTED)]
)
def test_a_failed_self_test_leads_to_the_safe_state_within_the_hour(
    monkeypatch: pytest.MonkeyPatch, action: SafeAction, expected: Phase
) -> None:
    bench = Bench()
    bench.program(limits=replace(LIMITS, safe_action=action))
    bench.run(60)
    monkeypatch.setattr(selftest, "crc32", lambda _: 0)
    bench.run(3_600)
    assert bench.implant.status(bench.now_s).phase == expected
    assert Cause.SELF_TEST in bench.causes


@pytest.mark.requirement("PC-22")
def test_code_that_is_put_back_is_the_same_again(monkeypatch: pytest.MonkeyPatch) -> None:
    before = code_digest()
    with monkeypatch.context() as patch:
        patch.setattr(motion, "next_wake_s", lambda *_: 0)
        assert code_digest() != before
    assert code_digest() == before
