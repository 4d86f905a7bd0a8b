"""Start-up and trumpet curves (PC-04), locked: a change of the plant shows here first."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.pump.hardware.plants import plant_of, small
from thecal.devices import load_pump
from thecal.errors import InputError
from thecal.pump.hardware import Curve, Individual, Window, measured_curve, table

HOUR_S, DAY_S, WEEK_S = 3_600, 86_400, 604_800
LOWEST, LOW, MIDDLE, HIGHEST = 24_000, 33_000, 250_000, 24_000_000


def curve(nl_per_day: int, pump_id: str = "reference-20", **kinds: int) -> Curve:
    individual = Individual(kinds["gain_pcm"]) if kinds else None
    start_nl = int(load_pump(pump_id).exact_number("reservoir_volume", "nL"))
    plant = plant_of(pump_id, mixes=False, individual=individual, start_nl=start_nl)
    return measured_curve(plant, nl_per_day)


@pytest.mark.requirement("PC-04")
@pytest.mark.parametrize(
    ("nl_per_day", "trumpet"),
    [
        # 4 strokes an hour and 4,000 an hour fill every window alike; 5.5 and 41.7 do not.
        (LOWEST, [(0, 0), (0, 0), (0, 0), (0, 0)]),
        (LOW, [(-9_091, 9_090), (0, 0), (0, 0), (0, 0)]),
        (MIDDLE, [(-1_600, 800), (-400, 200), (0, 0), (0, 0)]),
        (HIGHEST, [(0, 0), (0, 0), (0, 0), (0, 0)]),
    ],
    ids=["lowest", "low", "middle", "highest"],
)
def test_the_trumpet_of_the_reference_pump(nl_per_day: int, trumpet: list[tuple[int, int]]) -> None:
    lengths = (HOUR_S, 4 * HOUR_S, DAY_S, WEEK_S)
    assert curve(nl_per_day).trumpet == tuple(
        Window(length, *row) for length, row in zip(lengths, trumpet, strict=True)
    )


@pytest.mark.requirement("PC-04")
def test_the_first_stroke_comes_when_its_volume_is_due() -> None:
    start_up = curve(MIDDLE).start_up
    # 250 nL at 250,000 nL/day are due after 86.4 s: in the third half minute, and so on.
    assert start_up[:9] == (0, 0, 250, 0, 0, 250, 0, 0, 250)


@pytest.mark.requirement("PC-04")
def test_the_start_up_curve_has_half_minutes_of_two_hours() -> None:
    assert len(curve(MIDDLE).start_up) == 240


@pytest.mark.requirement("PC-04")
@pytest.mark.parametrize("nl_per_day", [LOWEST, LOW, MIDDLE, HIGHEST])
def test_a_longer_window_is_never_further_off(nl_per_day: int) -> None:
    for short, long in pairwise(curve(nl_per_day).trumpet):
        assert short.lowest_pcm <= long.lowest_pcm
        assert long.highest_pcm <= short.highest_pcm


@pytest.mark.requirement("PC-04")
@pytest.mark.parametrize("gain_pcm", [97_600, 114_500])
def test_a_long_window_shows_the_gain_of_the_pump(gain_pcm: int) -> None:
    last = curve(HIGHEST, gain_pcm=gain_pcm).trumpet[-1]
    assert abs(last.lowest_pcm - (gain_pcm - 100_000)) <= 2
    assert abs(last.highest_pcm - (gain_pcm - 100_000)) <= 2


@pytest.mark.requirement("PC-04")
def test_a_large_stroke_opens_the_trumpet() -> None:
    small_stroke, large_stroke = curve(MIDDLE), curve(MIDDLE, "prometra-ii-20")
    widths = [
        one.trumpet[0].highest_pcm - one.trumpet[0].lowest_pcm
        for one in (small_stroke, large_stroke)
    ]
    assert widths[1] > 5 * widths[0]


def test_the_mean_is_that_of_the_pump() -> None:
    assert curve(MIDDLE, "synchromed-ii-20").mean_pcm == pytest.approx(-2_400, abs=40)


@pytest.mark.requirement("PC-04")
def test_the_table_is_one_that_people_read() -> None:
    lines = table((curve(MIDDLE),)).splitlines()
    assert lines[0] == "| rate | mean | 1 h | 4 h | 24 h | 168 h |"
    assert lines[2].startswith("| 0.25 mL/day | ")


@pytest.mark.parametrize("window_s", [0, 45, -30])
def test_a_window_that_fits_no_samples_is_refused(window_s: int) -> None:
    with pytest.raises(InputError, match="no multiple of the 30 s"):
        measured_curve(small(), 1_000, (window_s,))


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="the rate in nL/day is 0"):
        measured_curve(small(), 0)
