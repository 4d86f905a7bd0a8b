"""Figures fitted on published ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import pytest

from tests.patients.bodies import simple_kinetics
from thecal.effects import load_effects
from thecal.formulary import load_formulary
from thecal.outcomes import Records
from thecal.patients import load_population
from thecal.studies import Study, calibrating
from thecal.studies.calibrating import Fitted, calibrate, moved
from thecal.studies.calibration import Calibration, find_calibration
from thecal.studies.trial import run_replicate
from thecal.therapy.care import Setting, load_policy

BY = 1.25
"""Factor between what is on record and what the fit must find again."""


@cache
def setting() -> Setting:
    """Return where people are treated, in bodies that answer at once."""
    ratio = load_formulary().drug("morphine").oral_to_intrathecal
    assert ratio is not None
    return Setting(
        load_population("advanced-cancer"),
        {"medical-management": load_policy("medical-management")},
        load_effects("morphine"),
        simple_kinetics(),
        replace(ratio.central, low=ratio.low.value, high=ratio.high.value),
    )


def small(people: int = 60) -> Calibration:
    """Return two figures on two targets: the disease's own toxicity, and the noise of pain."""
    whole = find_calibration("smith2002-cmm")
    return replace(
        whole,
        people=people,
        frees=tuple(
            one
            for one in whole.frees
            if one.name in {"population.background", "population.pain_noise"}
        ),
        aims=tuple(
            one for one in whole.aims if one.words in {"toxicity sum at entry", "pain at entry, SD"}
        ),
    )


@cache
def recovered() -> Fitted:
    """Fit on what thecal itself shows when both figures are greater than on record."""
    asked = small()
    truth = tuple(moved(one.figure, BY * float(one.figure.value or 0)) for one in asked.frees)
    there = replace(
        asked,
        frees=tuple(
            replace(one, figure=new, low=0.5 * one.low, high=2.0 * one.high)
            for one, new in zip(asked.frees, truth, strict=True)
        ),
    )
    seen = calibrate(there, replicates=4, setting=setting()).before
    aims = tuple(
        replace(one, published=value, error=0.01)
        for one, value in zip(asked.aims, seen, strict=True)
    )
    wide = tuple(replace(one, high=2.0 * one.high) for one in asked.frees)
    return calibrate(replace(asked, aims=aims, frees=wide), replicates=4, setting=setting())


def test_figures_that_were_changed_are_found_again() -> None:
    found = [float(new.value or 0) for new in recovered().figures]
    wanted = [BY * float(one.figure.value or 0) for one in recovered().calibration.frees]
    assert found == pytest.approx(wanted, rel=0.1)


def test_the_misfit_falls() -> None:
    assert recovered().misfit_after < 0.1 * recovered().misfit_before


def test_a_range_moves_with_its_figure() -> None:
    for free, new in zip(recovered().calibration.frees, recovered().figures, strict=True):
        old = free.figure
        assert old.value is not None
        assert old.high is not None
        assert new.value is not None
        assert new.high is not None
        assert float(new.high / new.value) == pytest.approx(float(old.high / old.value), rel=0.01)


def test_two_workers_find_the_same() -> None:
    one, two = (calibrate(small(10), replicates=9, workers=n, setting=setting()) for n in (1, 2))
    assert one == two


def test_only_the_arm_with_targets_is_simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[tuple[str, ...]] = set()

    def watched(
        study: Study, where: Setting, replicate: int, quantiles: Mapping[str, float]
    ) -> dict[str, Records]:
        seen.add((*(arm.name for arm in study.arms), *where.policies))
        return run_replicate(study, where, replicate, quantiles)

    monkeypatch.setattr(calibrating, "run_replicate", watched)
    calibrate(small(10), replicates=1, setting=setting())
    assert seen == {("medical management", "medical-management")}


def test_tries_are_told() -> None:
    told: list[tuple[int, int]] = []
    calibrate(small(10), replicates=1, setting=setting(), done=lambda a, b: told.append((a, b)))
    counted = [one for one, _ in told]
    assert counted == sorted(counted)
    assert all(one <= most for one, most in told)
