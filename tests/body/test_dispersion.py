"""Dispersion from pulsation: its profile, its ceiling, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.body.bodies import morphine
from thecal.body import build_body, load_anatomy, pulsatile_dispersion, pulsation_of
from thecal.body.dispersion import displacement_cm
from thecal.errors import ValidityError

MOLECULAR = 0.027


def test_nothing_moves_at_the_closed_end() -> None:
    canal = load_anatomy("adult").canal()
    moved = displacement_cm(canal, 0.65)
    assert moved[-1] == 0.0
    assert moved[0] == pytest.approx(0.65 / canal.area_cm2[0])


def test_the_lumbar_sac_mixes_at_least_ten_times_less_than_the_chest() -> None:
    # csf.md 1.3: the closed end alone makes lumbar dispersion 10 to 50 times lower
    anatomy = load_anatomy("adult")
    canal = anatomy.canal()
    along = pulsatile_dispersion(canal, pulsation_of(anatomy), MOLECULAR)
    chest = along[canal.cells_of_level(anatomy.level_index("T3"))].mean()
    sac = along[canal.cells_of_level(anatomy.level_index("L4"))].mean()
    assert chest / sac > 10.0


def test_a_heart_that_moves_3_mm_can_disperse_no_more_than_the_random_walk() -> None:
    # csf.md 1.3, the worked ceiling: 0.3 cm at 1.1 Hz gives 0.05 cm2/s
    anatomy = load_anatomy("adult")
    canal = anatomy.canal()
    heart = replace(
        pulsation_of(anatomy),
        stroke_ml=0.3 * float(canal.area_cm2[0]),
        strokes_per_h=1.1 * 3600.0,
        breath_ml=0.0,
        efficiency=1.0,
    )
    ceiling = pulsatile_dispersion(canal, heart, 0.0)[0] / 3600.0
    assert ceiling == pytest.approx(0.05, rel=0.02)


def test_a_body_may_be_built_on_it() -> None:
    anatomy = load_anatomy("adult")
    along = pulsatile_dispersion(anatomy.canal(), pulsation_of(anatomy), MOLECULAR)
    body = build_body(anatomy, morphine(), dispersion=along)
    settled = body.system.steady_state(body.channel("intrathecal", "T10"))
    assert body.plasma_row() @ settled == pytest.approx(
        1000.0 / morphine().blood.clearance_ml_per_h, rel=1e-8
    )


def test_a_dispersion_above_the_ceiling_is_refused_with_the_reason() -> None:
    anatomy = load_anatomy("adult")
    along = np.full(len(anatomy.canal().area_cm2) + 1, 0.5 * 3600.0)
    with pytest.raises(ValidityError, match=r"0\.5 cm2/s, but only .* is physically possible"):
        build_body(anatomy, morphine(), dispersion=along)


def test_an_impossible_efficiency_is_refused() -> None:
    with pytest.raises(ValidityError, match="above 0 and at most 1"):
        replace(pulsation_of(load_anatomy("adult")), efficiency=1.2)
