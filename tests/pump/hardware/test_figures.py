"""Figures of a plant come from a profile, whole and in the plant's own units."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from tests.pump.hardware.plants import PROFILES, SMALL, catheter, plant_of, pump_figures
from thecal.devices import load_pump, pump_ids
from thecal.errors import InputError, KnowledgeError
from thecal.pump.hardware import PumpFigures, RotorFigures, read_figures, read_kind
from thecal.pump.hardware.figures import Which


def test_every_pump_on_record_has_a_plant() -> None:
    assert pump_ids() == PROFILES


@pytest.mark.parametrize(
    ("pump_id", "kind"),
    [
        ("synchromed-ii-20", "Rotor"),
        ("synchromed-ii-40", "Rotor"),
        ("prometra-20", "ValvePump"),
        ("prometra-ii-20", "ValvePump"),
        ("reference-20", "ReferencePump"),
    ],
)
def test_the_profile_names_its_plant(pump_id: str, kind: str) -> None:
    assert type(plant_of(pump_id)).__name__ == kind


@pytest.mark.parametrize("pump_id", PROFILES)
@pytest.mark.parametrize(
    ("sensor", "field"),
    [("turn", "turned"), ("flow", "flow_nl"), ("fill", "fill_nl"), ("pressure", "pressure_hpa")],
)
def test_a_plant_reads_what_its_profile_says_that_it_can(
    pump_id: str, sensor: str, field: str
) -> None:
    reading = plant_of(pump_id).read(1)
    assert (getattr(reading, field) is not None) == load_pump(pump_id).has(sensor)


@pytest.mark.requirement("PC-20")
@pytest.mark.parametrize("pump_id", PROFILES)
def test_a_pump_without_a_flow_sensor_says_that_it_cannot_detect_over_infusion(
    pump_id: str,
) -> None:
    assert plant_of(pump_id).detects_over_infusion == load_pump(pump_id).has("flow")


@pytest.mark.parametrize(
    ("field", "number"),
    [
        ("stroke_nl", 250),
        ("tubing_nl", 140_000),
        ("capacity_nl", 21_400_000),
        ("gain_pcm", 97_600),
        ("notice_s", 90 * 86_400),
        ("service_life_s", 7 * 31_557_600),
        ("reading_short_nl", 310_000),
    ],
)
def test_a_figure_is_in_the_units_of_the_plant(field: str, number: int) -> None:
    assert getattr(pump_figures(), field) == number


def test_a_catheter_is_read_with_its_volume() -> None:
    assert (catheter().catheter_nl, catheter().mixing_cell_nl) == (170_500, 1_400)


def test_a_figure_that_is_not_whole_is_refused() -> None:
    real = load_pump("reference-20").exact_number

    def odd(name: str, unit: str, which: Which) -> Fraction:
        return Fraction(1, 3) if name == "fading_volume" else real(name, unit, which)

    with pytest.raises(InputError, match=r'"fading_volume" is 1/3 nL, but the plant counts in'):
        read_figures(PumpFigures, odd)


def test_a_figure_that_is_missing_is_refused() -> None:
    with pytest.raises(KnowledgeError, match='"mri_usual_recovery" is missing'):
        read_figures(RotorFigures, load_pump("reference-20").exact_number)


@pytest.mark.parametrize(
    ("field", "number"),
    [("stroke_nl", 0), ("reservoir_nl", -1), ("gain_pcm", 0), ("idle_life_s", 0)],
)
def test_a_plant_that_cannot_be_is_refused(field: str, number: int) -> None:
    with pytest.raises(InputError, match=f'"{field}" of the plant is'):
        replace(SMALL, **{field: number})


def test_a_battery_that_ends_above_full_is_refused() -> None:
    with pytest.raises(InputError, match="the battery ends at 3300 mV"):
        replace(SMALL, end_mv=3_300)


def test_an_unknown_mechanism_is_refused() -> None:
    with pytest.raises(InputError, match='no plant for the mechanism "bellows"'):
        read_kind("bellows", load_pump("reference-20").exact_number)
