"""What must hold for every drug in every body, whatever is given when."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from tests.body.bodies import DAY, HOUR
from thecal.body import (
    Body,
    Dose,
    Rate,
    Schedule,
    body_ids,
    build_body,
    load_anatomy,
    parameters_of,
)
from thecal.body.parameters import DRUG_FIGURES
from thecal.errors import ValidityError
from thecal.formulary import load_formulary
from thecal.knowledge import Table

DRUGS = sorted(load_formulary().drugs)


@cache
def _body(drug: str, body: str) -> Body:
    anatomy = load_anatomy(body)
    parameters = parameters_of(load_formulary().drug(drug), anatomy)
    known = parameters.epidural.share_to_csf is not None
    levels = ("T10",) if known and parameters.epidural.crossing_per_h is not None else ()
    return build_body(anatomy, parameters, epidural_levels=levels)


def _channels(body: Body) -> list[np.ndarray]:
    ways = [
        body.channel("intrathecal", "T10"),
        body.channel("intrathecal", "L3", bolus=True),
        body.channel("intraventricular"),
        body.channel("cisternal"),
        body.channel("intravenous"),
    ]
    ways += [body.channel("oral", form) for form in body.parameters.oral]
    if "epidural depot T10" in body.network.groups:
        ways.append(body.channel("epidural", "T10"))
    return ways


@pytest.mark.parametrize("animal", body_ids())
@pytest.mark.parametrize("drug", DRUGS)
def test_no_drug_is_lost_or_made_or_negative_by_any_route_in_any_body(
    drug: str, animal: str
) -> None:
    # csf.md 2.11 and 2.14, over a random schedule of all routes at once
    body = _body(drug, animal)
    channels = np.stack(_channels(body), axis=1)
    random = np.random.default_rng([DRUGS.index(drug), body_ids().index(animal)])
    inputs: list[Rate | Dose] = []
    for channel in range(channels.shape[1]):
        start = int(random.integers(0, DAY))
        span = int(np.exp(random.uniform(0.0, np.log(DAY))))
        inputs.append(Rate(channel, start, start + span, float(random.uniform(1.0, 500.0))))
        inputs.append(
            Dose(channel, int(random.integers(0, 2 * DAY)), float(random.uniform(1, 900)))
        )
    schedule = Schedule.of(channels, inputs, end_s=5 * DAY)
    solution = body.system.solve(schedule)
    times = np.arange(0, 5 * DAY + 1, HOUR, dtype=np.int64)
    inside = solution.read(times, body.amount_row()[None])[:, 0]
    gone = solution.read_integral(times, body.exit_row()[None])[:, 0]
    total = schedule.total_mcg
    assert np.abs(schedule.given_until(times) - inside - gone).max() <= 1e-10 * total
    assert solution.read(times, np.eye(body.network.size)).min() >= -1e-11 * total


@pytest.mark.parametrize("drug", DRUGS)
def test_every_drug_settles_in_blood_at_rate_over_clearance(drug: str) -> None:
    # csf.md 2.13
    body = _body(drug, "adult")
    settled = body.system.steady_state(body.channel("intrathecal", "T10") * 50.0)
    wanted = 50.0 / body.parameters.blood.clearance_ml_per_h * 1000.0
    assert body.row("plasma") @ settled == pytest.approx(wanted, rel=1e-8)


@pytest.mark.parametrize("missing", DRUG_FIGURES)
def test_a_drug_without_a_figure_that_every_body_needs_is_refused_by_its_name(missing: str) -> None:
    drug = load_formulary().drug("morphine")
    figures = {name: figure for name, figure in drug.figures.items() if name != missing}
    with pytest.raises(ValidityError, match=f"cannot be followed .* no figure for {missing}$"):
        parameters_of(replace(drug, figures=Table(figures)), load_anatomy("dog"))
