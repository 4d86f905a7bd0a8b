"""Pump profiles: complete, in the right units, and true to the record."""

from __future__ import annotations

import pickle
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from tests.knowledge.data_files import PUMPS, changed, written
from thecal.devices import PumpProfile, load_pump, pump_ids
from thecal.errors import InputError, KnowledgeError
from thecal.knowledge import Which
from thecal.quantity import FLOW, VOLUME, Dimension, Quantity

VOLUMES = (
    "reservoir_volume",
    "stroke_volume",
    "tubing_volume",
    "residual_volume",
    "low_reservoir_volume",
)
FLOWS = ("lowest_rate", "highest_rate", "minimum_rate_mode", "highest_bolus_rate")
PROMETRAS = ("prometra-20", "prometra-ii-20")
ORIGINAL = next(file for file in PUMPS if file.stem == "synchromed-ii-20").read_text("utf-8")


@pytest.fixture(params=pump_ids())
def pump(request: pytest.FixtureRequest) -> PumpProfile:
    return load_pump(request.param)


def test_the_pumps_of_the_first_course_are_there() -> None:
    assert pump_ids() == (
        "prometra-20",
        "prometra-ii-20",
        "reference-20",
        "synchromed-ii-20",
        "synchromed-ii-40",
    )


@pytest.mark.parametrize(
    ("name", "dimension"), [*((n, VOLUME) for n in VOLUMES), *((n, FLOW) for n in FLOWS)]
)
def test_a_property_has_its_dimension(pump: PumpProfile, name: str, dimension: Dimension) -> None:
    assert getattr(pump, name).dimension == dimension


def test_a_pump_moves_no_more_at_once_than_it_holds(pump: PumpProfile) -> None:
    assert Quantity.of(0, "mL") < pump.stroke_volume < pump.low_reservoir_volume


def test_a_full_reservoir_is_above_its_alarm(pump: PumpProfile) -> None:
    assert pump.low_reservoir_volume < pump.reservoir_volume


def test_the_minimum_rate_mode_is_no_faster_than_the_lowest_dose(pump: PumpProfile) -> None:
    assert pump.minimum_rate_mode <= pump.lowest_rate


def test_a_name_says_that_this_is_not_the_product(pump: PumpProfile) -> None:
    # thecal's own pump is no likeness of anything.
    assert ("thecal reference, " if pump.id == "reference-20" else "-like, ") in pump.name


def test_a_pump_can_be_sent_to_another_process(pump: PumpProfile) -> None:
    assert pickle.loads(pickle.dumps(pump)) == pump  # noqa: S301  (its own bytes)


def test_a_pump_can_be_hashed(pump: PumpProfile) -> None:
    assert hash(pump) == hash(load_pump(pump.id))


@pytest.mark.parametrize(
    ("pump_id", "name", "value", "unit", "confidence"),
    [
        ("synchromed-ii-20", "reservoir_volume", "20", "mL", "high"),
        ("synchromed-ii-40", "reservoir_volume", "40", "mL", "high"),
        ("synchromed-ii-20", "lowest_rate", "0.048", "mL/day", "high"),
        ("synchromed-ii-20", "highest_rate", "24", "mL/day", "low"),
        ("synchromed-ii-20", "minimum_rate_mode", "0.006", "mL/day", "low"),
        ("synchromed-ii-20", "tubing_volume", "0.14", "mL", "high"),
        ("synchromed-ii-20", "residual_volume", "1.4", "mL", "low"),
        ("synchromed-ii-20", "low_reservoir_volume", "2", "mL", "high"),
        ("synchromed-ii-20", "stroke_volume", "250", "nL", "low"),
        ("prometra-ii-20", "stroke_volume", "0.0025", "mL", "medium"),
        ("prometra-ii-20", "highest_rate", "28.8", "mL/day", "low"),
        ("prometra-ii-20", "low_reservoir_volume", "3", "mL", "high"),
    ],
)
def test_a_figure_of_the_record_stands_as_found(
    pump_id: str, name: str, value: str, unit: str, confidence: str
) -> None:
    figure = load_pump(pump_id).figures[name]
    assert (figure.exact(), figure.confidence) == (Quantity.of(value, unit), confidence)


def test_a_flex_day_has_at_most_13_steps() -> None:
    assert load_pump("synchromed-ii-20").flex_steps_per_day == 13


def test_a_refill_is_planned_7_days_ahead() -> None:
    assert load_pump("synchromed-ii-20").alarm_lead_days == 7


def test_the_accuracy_is_14_5_percent() -> None:
    assert load_pump("synchromed-ii-20").accuracy_percent == Decimal("14.5")


def test_the_highest_bolus_rate_is_the_highest_rate() -> None:
    pump = load_pump("synchromed-ii-20")
    assert pump.highest_bolus_rate == pump.highest_rate


def test_two_strengths_of_one_pump_differ_in_the_reservoir_alone() -> None:
    small, large = load_pump("synchromed-ii-20").figures, load_pump("synchromed-ii-40").figures
    assert [name for name in small if small[name] != large[name]] == ["reservoir_volume"]


def test_an_unknown_pump_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(InputError) as refusal:
        load_pump("synchromed-iii")
    assert str(refusal.value) == (
        'there is no pump "synchromed-iii"; known are '
        "prometra-20, prometra-ii-20, reference-20, synchromed-ii-20, synchromed-ii-40"
    )


@pytest.mark.parametrize("pump_id", ["", ".", "../pumps/synchromed-ii-20", "synchromed-ii-20.toml"])
def test_an_id_is_never_taken_as_a_path(pump_id: str) -> None:
    with pytest.raises(InputError, match="there is no pump"):
        load_pump(pump_id)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('id = "synchromed-ii-20"', 'id = "other"', 'its id must be "pump"'),
        ('name = "SynchroMed-II-like, 20 mL"\n', "", 'has no "name"'),
        ("[figures.stroke_volume]", "[figures.stroke]", '"stroke_volume" is missing'),
        ('value = 24\nunit = "mL/day"', 'value = 24\nunit = "mL"', "cannot be in mL"),
        ('value = 24\nunit = "mL/day"', 'value = 0.04\nunit = "mL/day"', "is above"),
        ("value = 13\n", "value = 13.5\n", "must be a whole number"),
        (
            'either way"\nvalue = 14.5\nunit = "percent"',
            'either way"\nvalue = 14.5\nunit = "1"',
            "a value in percent",
        ),
        ("value = 250\n", "low = 250\n", "has no value"),
    ],
)
def test_an_incomplete_profile_is_refused(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    text = changed(ORIGINAL, old, new)
    if 'id = "other"' not in new:
        text = text.replace('id = "synchromed-ii-20"', 'id = "pump"')
    written(tmp_path, text, "pump.toml")
    with pytest.raises(KnowledgeError) as refusal:
        load_pump("pump", tmp_path)
    assert sentence in str(refusal.value)


@pytest.mark.parametrize("model", ["none", "copy"])
def test_a_model_must_be_another_pump(tmp_path: Path, model: str) -> None:
    written(tmp_path, f'id = "copy"\nname = "copy"\nsame_as = "{model}"\n', "copy.toml")
    with pytest.raises(KnowledgeError, match='"same_as" must name another pump'):
        load_pump("copy", tmp_path)


def test_a_model_may_not_lean_on_a_further_one(tmp_path: Path) -> None:
    written(tmp_path, 'id = "a"\nname = "a"\nsame_as = "b"\n', "a.toml")
    written(tmp_path, 'id = "b"\nname = "b"\nsame_as = "a"\n', "b.toml")
    with pytest.raises(KnowledgeError, match='unknown key "same_as"'):
        load_pump("a", tmp_path)


# -- what a plant reads -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pump_id", "mechanism"),
    [
        ("synchromed-ii-40", "rotor"),
        ("prometra-20", "two valves"),
        ("reference-20", "reference"),
    ],
)
def test_a_profile_names_its_mechanism(pump_id: str, mechanism: str) -> None:
    assert load_pump(pump_id).mechanism == mechanism


@pytest.mark.requirement("PC-20")
@pytest.mark.parametrize(
    ("pump_id", "sensors"),
    [
        ("synchromed-ii-20", {"turn"}),
        ("prometra-ii-20", set()),
        ("reference-20", {"turn", "flow", "fill", "pressure"}),
    ],
)
def test_a_profile_says_what_the_pump_measures(pump_id: str, sensors: set[str]) -> None:
    pump = load_pump(pump_id)
    assert {one for one in ("turn", "flow", "fill", "pressure") if pump.has(one)} == sensors


@pytest.mark.parametrize(
    ("name", "unit", "number"),
    [
        ("tubing_volume", "nL", Fraction(140_000)),
        ("highest_rate", "nL/day", Fraction(24_000_000)),
        ("delivered_share", "percent", Fraction(976, 10)),
        ("battery_full_voltage", "mV", Fraction(3_200)),
        ("alarm_lead_days", "s", Fraction(7 * 86_400)),
    ],
)
def test_a_number_is_exact_in_the_unit_asked_for(name: str, unit: str, number: Fraction) -> None:
    assert load_pump("synchromed-ii-20").exact_number(name, unit) == number


@pytest.mark.parametrize(("which", "hours"), [("low", 2), ("high", 24)])
def test_a_number_may_be_one_end_of_a_range(which: Which, hours: int) -> None:
    assert load_pump("synchromed-ii-20").exact_number("mri_rare_recovery", "h", which) == hours


@pytest.mark.parametrize(
    ("name", "unit", "sentence"),
    [
        ("nothing", "nL", 'the figure "nothing" is missing'),
        ("mri_field", "tesla", 'the figure "mri_field" has no value'),
        ("tubing_volume", "s", 'the figure "tubing_volume" cannot be in mL, but must be in s'),
        ("accuracy", "nL", 'the figure "accuracy" cannot be in percent, but must be in nL'),
    ],
)
def test_a_number_that_cannot_be_given_is_refused(name: str, unit: str, sentence: str) -> None:
    with pytest.raises(KnowledgeError) as refusal:
        load_pump("synchromed-ii-20").exact_number(name, unit)
    assert sentence in str(refusal.value)


def test_a_mechanism_that_is_a_number_is_refused(tmp_path: Path) -> None:
    text = ORIGINAL.replace('words = "rotor"', 'value = 1\nunit = "1"')
    written(tmp_path, text, "synchromed-ii-20.toml")
    with pytest.raises(KnowledgeError, match='"mechanism" must be words'):
        _ = load_pump("synchromed-ii-20", tmp_path).mechanism


def test_the_older_prometra_has_no_valve_against_high_flow() -> None:
    has = [load_pump(one).exact_number("flow_activated_valve", "1") for one in PROMETRAS]
    assert has == [0, 1]


def test_a_setting_without_a_source_is_nothing_and_says_why(pump: PumpProfile) -> None:
    for name in ("flow_change_in_fever", "flow_change_at_altitude", "over_infusion_after_risk"):
        figure = pump.figures[name]
        assert (figure.value, figure.confidence) == (Decimal(0), "low")


def test_reading_a_plant_does_not_import_pint() -> None:
    program = (
        "import sys; from thecal.devices import load_pump; "
        "from thecal.pump.hardware import read_kind; pump = load_pump('synchromed-ii-20'); "
        "read_kind(pump.mechanism, pump.exact_number); sys.exit('pint' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
