"""The canal against the textbook: steady profiles, spreading pulses, limits, reciprocity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.linalg import expm

from tests.body.lines import line
from thecal.body import Canal, Dose, NetworkBuilder, Rate, Schedule
from thecal.body.canal import add_canal
from thecal.body.transport import bernoulli, face_clearances, net_flow
from thecal.errors import ValidityError

AREA = 1.3
DISPERSION = 30.0
LOSS = 0.25
HOUR = 3600


@pytest.mark.parametrize("velocity", [0.0, 1.5, -1.5])
def test_steady_infusion_on_a_long_line_falls_exponentially_both_ways(velocity: float) -> None:
    # csf.md 2.1
    length, cells = 400.0, 1601
    tested = line(length, cells, flow_ml_per_h=velocity * AREA)
    middle = cells // 2
    found = tested.steady(middle, 100.0)
    x = tested.canal.middles_cm - tested.canal.middles_cm[middle]
    q = np.sqrt(velocity**2 + 4.0 * DISPERSION * LOSS)
    wanted = 100.0 / (AREA * q) * np.exp((velocity * x - q * np.abs(x)) / (2.0 * DISPERSION))
    near = np.abs(x) < 60.0
    assert np.abs(found - wanted)[near].max() < 1e-3 * wanted.max()


def test_apparent_clearance_at_the_tip_is_2_area_root_dispersion_loss() -> None:
    tested = line(400.0, 1601)
    clearance = 100.0 / tested.steady(800, 100.0)[800]
    assert clearance == pytest.approx(2.0 * AREA * np.sqrt(DISPERSION * LOSS), rel=1e-2)


def test_steady_infusion_between_closed_ends_follows_the_hyperbolic_cosines() -> None:
    # csf.md 2.2
    length, cells = 33.0, 1500
    tested = line(length, cells)
    at = 600
    z = tested.canal.middles_cm
    decay = np.sqrt(DISPERSION / LOSS)
    upper, lower = np.minimum(z, z[at]), length - np.maximum(z, z[at])
    wanted = (
        100.0
        * decay
        / (AREA * DISPERSION * np.sinh(length / decay))
        * np.cosh(lower / decay)
        * np.cosh(upper / decay)
    )
    assert np.abs(tested.steady(at, 100.0) - wanted).max() < 1e-3 * wanted.max()


@pytest.mark.parametrize("velocity", [0.0, 2.0])
def test_a_pulse_spreads_as_the_moving_gaussian(velocity: float) -> None:
    # csf.md 2.3, with the variance of the one cell in which the pulse starts
    length, cells = 160.0, 641
    tested = line(length, cells, flow_ml_per_h=velocity * AREA)
    at, hours = cells // 2, 4.0
    found = tested.after_dose(at, 500.0, [int(hours * HOUR)])[0]
    x = tested.canal.middles_cm - tested.canal.middles_cm[at]
    variance = 2.0 * DISPERSION * hours + tested.canal.length_cm[0] ** 2 / 12.0
    wanted = (
        500.0
        * np.exp(-LOSS * hours)
        / (AREA * np.sqrt(2.0 * np.pi * variance))
        * np.exp(-((x - velocity * hours) ** 2) / (2.0 * variance))
    )
    assert np.abs(found - wanted).max() < 2e-3 * wanted.max()


def test_a_pulse_peaks_at_a_distance_when_the_formula_says() -> None:
    # csf.md 2.4
    tested = line(160.0, 641)
    at, away = 320, 60
    x = tested.canal.middles_cm[at + away] - tested.canal.middles_cm[at]
    peak_h = (-0.5 + np.sqrt(0.25 + LOSS * x**2 / DISPERSION)) / (2.0 * LOSS)
    times = [int(peak_h * HOUR) + step for step in range(-900, 901, 60)]
    curve = tested.after_dose(at, 100.0, times)[:, at + away]
    found_h = times[int(curve.argmax())] / HOUR
    assert found_h == pytest.approx(peak_h, abs=0.03)


def test_the_apparent_decay_at_the_site_is_loss_and_spreading() -> None:
    # csf.md 2.5: slope = k + ln(t2 / t1) / (2 (t2 - t1))
    tested = line(160.0, 641)
    early, late = 2.0, 5.0
    curve = tested.after_dose(320, 100.0, [int(early * HOUR), int(late * HOUR)])[:, 320]
    slope = np.log(curve[0] / curve[1]) / (late - early)
    wanted = LOSS + np.log(late / early) / (2.0 * (late - early))
    assert slope == pytest.approx(wanted, rel=1e-3)


@pytest.mark.parametrize("velocity", [0.0, 2.0])
def test_the_moments_of_a_pulse_are_exact(velocity: float) -> None:
    # csf.md 2.3: mass, mean and variance grow by loss, flow and dispersion alone
    tested = line(200.0, 401, flow_ml_per_h=velocity * AREA)
    at, hours = 200, 2.0
    amount = tested.after_dose(at, 500.0, [int(hours * HOUR)])[0] * tested.network.volume
    x = tested.canal.middles_cm - tested.canal.middles_cm[at]
    mean = amount @ x / amount.sum()
    variance = amount @ (x - mean) ** 2 / amount.sum()
    # Exponential fitting adds half of |velocity| x cell times Peclet-dependent diffusion.
    cell = tested.canal.length_cm[0]
    peclet = velocity * cell / DISPERSION
    fitted = DISPERSION * (peclet / 2.0 / np.tanh(peclet / 2.0) if peclet else 1.0)
    assert amount.sum() == pytest.approx(500.0 * np.exp(-LOSS * hours), rel=1e-10)
    assert mean == pytest.approx(velocity * hours, abs=1e-6)
    assert variance == pytest.approx(2.0 * fitted * hours, rel=1e-6)


def test_mean_residence_time_in_a_closed_canal_is_one_over_the_loss_rate() -> None:
    # csf.md 2.6: independent of dispersion, flow and site
    tested = line(60.0, 80, dispersion=np.geomspace(300.0, 20.0, 81))
    matrix = tested.network.matrix
    for at in (3, 40, 77):
        total = -np.linalg.solve(matrix, tested.source(at))
        moment = -np.linalg.solve(matrix, total)
        assert moment.sum() / total.sum() == pytest.approx(1.0 / LOSS, rel=1e-10)


def test_local_mean_residence_time_at_the_site_is_half_of_one_over_the_loss_rate() -> None:
    # csf.md 2.6, long canal without flow; at a distance it grows by |x| / l
    tested = line(400.0, 1201)
    matrix, at = tested.network.matrix, 600
    total = -np.linalg.solve(matrix, tested.source(at))
    moment = -np.linalg.solve(matrix, total)
    decay = np.sqrt(DISPERSION / LOSS)
    x = np.abs(tested.canal.middles_cm - tested.canal.middles_cm[at])
    for cell in (600, 630, 660):
        wanted = (1.0 + x[cell] / decay) / (2.0 * LOSS)
        assert moment[cell] / total[cell] == pytest.approx(wanted, rel=2e-3)


def test_area_under_the_curve_of_a_dose_is_the_steady_level_of_the_same_rate() -> None:
    # csf.md 2.7
    tested = line(60.0, 70, flow_ml_per_h=2.0)
    end = 200 * HOUR
    schedule = Schedule.of(tested.source(20)[:, None], [Dose(0, 0, 70.0)], end_s=end)
    rows = np.diag(1.0 / tested.network.volume)
    area = tested.system.solve(schedule).read_integral(np.array([end]), rows)[0]
    assert area == pytest.approx(70.0 / 11.0 * tested.steady(20, 11.0), rel=1e-9)


def test_two_drugs_given_together_part_as_their_loss_rates_do() -> None:
    # csf.md 2.7: c1 / c2 = exp(-(k1 - k2) t) at every site
    slow, fast = line(60.0, 70, loss_per_h=0.25), line(60.0, 70, loss_per_h=0.87)
    times = [HOUR, 3 * HOUR]
    one, other = slow.after_dose(30, 50.0, times), fast.after_dose(30, 50.0, times)
    for row, hours in enumerate((1.0, 3.0)):
        assert one[row] / other[row] == pytest.approx(np.exp(0.62 * hours), rel=1e-7)


def test_without_limits_to_mixing_the_canal_is_one_pool() -> None:
    # csf.md 2.9
    tested = line(60.0, 40, dispersion=1e8)
    found = tested.after_dose(5, 78.0, [2 * HOUR])[0]
    assert found == pytest.approx(78.0 / (60.0 * AREA) * np.exp(-LOSS * 2.0), rel=1e-4)


def test_without_mixing_the_drug_stays_in_the_source_cell() -> None:
    # csf.md 2.9
    tested = line(60.0, 40, dispersion=1e-9)
    found = tested.steady(5, 10.0)
    assert found[5] == pytest.approx(10.0 / (LOSS * tested.network.volume[5]), rel=1e-6)
    assert np.delete(found, 5).max() < 1e-6 * found[5]


@given(st.integers(0, 49), st.integers(0, 49), st.integers(0, 20))
def test_without_flow_source_and_observer_may_change_places(a: int, b: int, seed: int) -> None:
    # csf.md 2.10
    random = np.random.default_rng(seed)
    tested = line(
        60.0,
        50,
        area_cm2=random.uniform(0.6, 2.1, 50),
        dispersion=random.uniform(5.0, 300.0, 51),
        loss_per_h=random.uniform(0.1, 0.5, 50),
    )
    assert tested.steady(a, 1.0)[b] == pytest.approx(tested.steady(b, 1.0)[a], rel=1e-10)


def test_with_flow_source_and_observer_may_not_change_places() -> None:
    tested = line(60.0, 50, flow_ml_per_h=6.0)
    assert tested.steady(10, 1.0)[40] > 1.01 * tested.steady(40, 1.0)[10]


@given(st.floats(-700.0, 700.0), st.floats(1e-6, 1e3))
def test_face_clearances_are_positive_and_differ_by_the_flow(peclet: float, size: float) -> None:
    # csf.md 2.14
    flow = peclet * size
    down, up = face_clearances(np.array([size]), np.array([flow]))
    assert down[0] >= 0.0
    assert up[0] >= 0.0
    assert down[0] - up[0] == pytest.approx(flow, rel=1e-9, abs=1e-9 * size)


def test_the_bernoulli_series_meets_the_formula() -> None:
    near = np.array([0.9999e-5, 1.0001e-5])
    assert bernoulli(near)[0] == pytest.approx(bernoulli(near)[1], abs=2e-9)
    assert bernoulli(-near) == pytest.approx(bernoulli(near) + near, rel=1e-14)


@pytest.mark.parametrize("flow", [0.0, 3.0, 300.0, 30000.0])
def test_concentrations_stay_between_zero_and_the_start_at_any_peclet_number(flow: float) -> None:
    # csf.md 2.14: a block of drug under ever faster flow, by the matrix exponential
    tested = line(60.0, 40, dispersion=1.0, loss_per_h=0.05, flow_ml_per_h=flow)
    block = np.zeros(40)
    block[10:20] = tested.network.volume[10:20] * 7.0
    for hours in (0.01, 0.3, 2.0):
        found = expm(tested.network.matrix * hours) @ block / tested.network.volume
        assert found.min() > -1e-12
        # The last cell gathers what the flow brings to it; elsewhere nothing may over-shoot.
        assert found[:-1].max() < 7.0 * (1.0 + 1e-12)


def test_a_flow_too_strong_for_eigenvectors_is_refused_and_not_answered() -> None:
    with pytest.raises(ValidityError, match="too nearly parallel"):
        _ = line(60.0, 40, dispersion=1.0, flow_ml_per_h=300.0).system


def test_a_constant_field_stays_constant_under_flow_and_absorption() -> None:
    # csf.md 2.14: no loss, no source, and the inflow carries the same concentration
    cells = 30
    canal = Canal(
        np.linspace(0.0, 30.0, cells + 1),
        np.linspace(2.0, 0.6, cells),
        np.zeros(cells),
        np.zeros(cells),
        np.full(cells + 1, 25.0),
        np.zeros(cells, dtype=np.intp),
    )
    absorbed = np.linspace(0.05, 0.4, cells)
    builder = NetworkBuilder()
    index, flow = add_canal(builder, canal, absorbed, np.zeros(cells))
    builder.exit(index, absorbed, "bulk")
    network = builder.build()
    change = network.matrix @ (5.0 * network.volume)
    change[0] += flow[0] * 5.0
    assert np.abs(change).max() < 1e-12


def test_fluid_through_the_foramen_is_what_the_spine_absorbs_less_what_the_pump_adds() -> None:
    # csf.md 2.12
    absorbed, infused = np.full(20, 0.15), np.zeros(20)
    infused[7] = 0.4
    flow = net_flow(absorbed, infused)
    assert flow[0] == pytest.approx(3.0 - 0.4)
    assert flow[-1] == 0.0
    assert np.diff(flow) == pytest.approx(infused - absorbed)


def test_the_error_falls_with_the_square_of_the_cell() -> None:
    # csf.md 2.16, on smooth data: a wide block of sources
    def steady(cells: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        tested = line(30.0, cells, dispersion=30.0, loss_per_h=1.0)
        z = tested.canal.middles_cm
        inputs = np.cos(np.pi * z / 30.0) ** 2 * tested.network.volume
        return z, np.linalg.solve(tested.network.matrix, -inputs) / tested.network.volume

    def error(cells: int) -> float:
        z, found = steady(cells)
        wanted = 0.5 / 1.0 + 0.5 * np.cos(2 * np.pi * z / 30.0) / (
            1.0 + 30.0 * (2 * np.pi / 30.0) ** 2
        )
        return float(np.abs(found - wanted).max())

    assert error(30) / error(60) == pytest.approx(4.0, rel=0.05)


def test_a_one_minute_infusion_is_not_stepped_over() -> None:
    tested = line(60.0, 70)
    noon = 12 * HOUR
    rate = Rate(0, noon, noon + 60, 10.0 * 60.0)
    before, after = tested.during(30, rate, [noon, noon + 60]) @ tested.network.volume
    assert before == pytest.approx(0.0, abs=1e-15)
    assert after == pytest.approx(10.0, rel=5e-3)
