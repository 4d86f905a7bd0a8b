"""Every body: its file is whole, it is the body that it says it is, and a drug moves through it."""

from __future__ import annotations

import doctest
import re
from dataclasses import replace
from decimal import Decimal
from functools import cache
from math import pi, sqrt
from pathlib import Path

import numpy as np
import pytest

from tests.body.bodies import DAY, HOUR
from tests.knowledge.test_loading import TRACEABLE
from thecal.body import (
    BODY_FIGURES,
    Anatomy,
    Body,
    Dose,
    Rate,
    Schedule,
    body_ids,
    build_body,
    load_anatomy,
    parameters_of,
)
from thecal.body.dispersion import pulsatile_dispersion, pulsation_of
from thecal.errors import ValidityError
from thecal.formulary import load_formulary
from thecal.knowledge import Table, load_document

PACKAGE = Path(__file__).parents[2] / "src" / "thecal" / "body"
FILES = [*sorted((PACKAGE / "data").glob("*.toml")), *sorted((PACKAGE / "spread").glob("*.toml"))]
HEADER_KEYS = ("id", "name", "species", "levels", "dispersion", "lumbosacral_from")
PAGE_FILE = Path(__file__).parents[2] / "docs" / "bodies.md"
PAGE = PAGE_FILE.read_text(encoding="utf-8")

every_body = pytest.mark.parametrize("name", body_ids())
every_file = pytest.mark.parametrize(
    "file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}"
)

FORMULAE = {
    "adult": (7, 12, 5, 2),
    "child": (7, 12, 5, 2),
    "cynomolgus": (7, 12, 7, 2),
    "dog": (7, 13, 7, 2),
    "pig": (7, 14, 6, 3),
}
"""Vertebrae of neck, chest and loins, and the sacral ones down to the end of the sac."""

CORD_ENDS = {"adult": "L1", "child": "L1", "cynomolgus": "L4", "dog": "L6", "pig": "S2"}

TIP_AND_TAP = {
    "adult": ("L2", "L4"),
    "child": ("L2", "L4"),
    "cynomolgus": ("L3", "L5"),
    "dog": ("L3", "L5"),
    "pig": ("L2", "L4"),
}
"""A catheter tip in the loins, and the tap two vertebrae below it."""


@cache
def body_of(name: str) -> Body:
    anatomy = load_anatomy(name)
    parameters = parameters_of(load_formulary().drug("morphine"), anatomy)
    tip, _ = TIP_AND_TAP[name]
    return build_body(anatomy, parameters, tip_cm=anatomy.middle_cm(anatomy.level_index(tip)))


def along(anatomy: Anatomy, of: str) -> float:
    """Return the sum over the levels of length times another column, cm3."""
    return sum(level.length_cm * float(getattr(level, of)) for level in anatomy.levels)


def length_cm(anatomy: Anatomy) -> float:
    return sum(level.length_cm for level in anatomy.levels)


def spinal_ml(anatomy: Anatomy, from_level: str | None = None) -> float:
    first = 0 if from_level is None else anatomy.level_index(from_level)
    return along(replace(anatomy, levels=anatomy.levels[first:]), "csf_area_cm2")


def clearance_share(name: str) -> float:
    """Return rate over concentration at the tap, as a multiple of the formation of CSF."""
    body = body_of(name)
    tip, tap = TIP_AND_TAP[name]
    settled = body.system.steady_state(body.channel("intrathecal", tip))
    formed = body.parameters.fluid.formation_ml_per_h
    return float(1.0 / (body.row(f"csf {tap}") @ settled) / formed)


# The files ---------------------------------------------------------------------------------------


def test_there_are_five_bodies() -> None:
    assert set(body_ids()) == {"adult", "child", "cynomolgus", "dog", "pig"}


@every_body
def test_a_body_is_called_as_its_file(name: str) -> None:
    assert load_anatomy(name).id == name


@every_file
def test_a_source_can_be_looked_up_or_says_that_there_is_none(file: Path) -> None:
    _, figures = load_document(file, other_keys=HEADER_KEYS)
    assert not [f.source for f in figures.values() if not TRACEABLE.search(f.source)]


@every_file
def test_what_was_assumed_or_scaled_is_never_of_high_confidence(file: Path) -> None:
    # An average of one published and one recalled figure is no better than the recalled one.
    _, figures = load_document(file, other_keys=HEADER_KEYS)
    weak = [
        f
        for f in figures.values()
        if re.match(r"derived by|assumption of|general knowledge", f.source)
    ]
    assert all(f.confidence in ("low", "medium") for f in weak)


@every_file
def test_a_file_of_a_body_is_plain_ascii(file: Path) -> None:
    assert file.read_text(encoding="utf-8").isascii()


@every_file
def test_the_labels_of_a_body_differ(file: Path) -> None:
    _, figures = load_document(file, other_keys=HEADER_KEYS)
    labels = [figure.label for figure in figures.values()]
    assert sorted(labels) == sorted(set(labels))


@every_body
def test_every_figure_that_the_model_reads_is_there_in_its_unit(name: str) -> None:
    anatomy = load_anatomy(name)
    numbers = {
        figure: anatomy.figures[figure].number(unit) for figure, unit in BODY_FIGURES.items()
    }
    assert all(number >= 0.0 for number in numbers.values())


@every_body
def test_the_range_of_a_dispersion_stays_below_the_ceiling(name: str) -> None:
    figures = load_anatomy(name).figures
    ceiling = figures["dispersion_ceiling"].number("cm^2/s")
    knots = {figure for _, figure in load_anatomy(name).dispersion_knots}
    assert all(figures[knot].number("cm^2/s", "high") <= ceiling for knot in knots)


# The anatomy -------------------------------------------------------------------------------------


@every_body
def test_the_vertebrae_are_those_of_the_species(name: str) -> None:
    found = [level.name for level in load_anatomy(name).levels]
    wanted = [
        f"{letter}{number + 1}"
        for letter, count in zip("CTLS", FORMULAE[name], strict=True)
        for number in range(count)
    ]
    assert found == wanted


@every_body
def test_the_table_of_levels_adds_up_to_what_its_figure_states(name: str) -> None:
    anatomy = load_anatomy(name)
    stated = re.fullmatch(
        r"table of (\d+) levels: canal ([\d.]+) cm, spinal CSF ([\d.]+) mL, cord ([\d.]+) mL, "
        r"roots ([\d.]+) mL",
        anatomy.figures["vertebral_levels"].words,
    )
    assert stated is not None
    found = [
        len(anatomy.levels),
        length_cm(anatomy),
        spinal_ml(anatomy),
        along(anatomy, "cord_area_cm2"),
        along(anatomy, "root_area_cm2"),
    ]
    assert found == pytest.approx([float(part) for part in stated.groups()], rel=0.01)


@every_body
def test_the_cord_ends_once_and_where_it_should(name: str) -> None:
    levels = load_anatomy(name).levels
    beside = [level.name for level in levels if level.cord_area_cm2 > 0.0]
    assert (beside[-1], len(beside)) == (
        CORD_ENDS[name],
        load_anatomy(name).level_index(CORD_ENDS[name]) + 1,
    )


@pytest.mark.parametrize("name", ["child", "cynomolgus", "dog", "pig"])
def test_the_spine_holds_its_figure(name: str) -> None:
    anatomy = load_anatomy(name)
    stated = anatomy.figures["spinal_csf_volume"].number("mL")
    assert spinal_ml(anatomy) == pytest.approx(stated, rel=0.005)


@pytest.mark.parametrize("name", ["cynomolgus", "dog", "pig"])
def test_spine_and_cranium_make_the_total(name: str) -> None:
    anatomy, fluid = load_anatomy(name), body_of(name).parameters.fluid
    total = spinal_ml(anatomy) + fluid.ventricle_ml + fluid.cistern_ml + fluid.convexity_ml
    assert total == pytest.approx(anatomy.figures["total_csf_volume"].number("mL"), rel=0.005)


def test_the_monkey_has_its_published_mean_area() -> None:
    # Khani 2017: 27.24 mm2
    anatomy = load_anatomy("cynomolgus")
    mean = spinal_ml(anatomy) / length_cm(anatomy)
    assert mean == pytest.approx(anatomy.figures["mean_csf_area"].number("cm^2"), rel=0.005)


def test_the_monkey_has_its_published_wetted_perimeter() -> None:
    # Khani 2017: 37.3 mm; round cord in a round sac
    anatomy = load_anatomy("cynomolgus")
    sides = sum(
        level.length_cm
        * 2.0
        * sqrt(pi)
        * (sqrt(level.cord_area_cm2) + sqrt(level.cord_area_cm2 + level.csf_area_cm2))
        for level in anatomy.levels
    )
    stated = anatomy.figures["wetted_perimeter"].number("cm")
    assert sides / length_cm(anatomy) == pytest.approx(stated, rel=0.01)


def test_the_child_has_its_published_lumbosacral_volume() -> None:
    # Jang 2019: 0.86 mL/kg, SD 0.22
    anatomy = load_anatomy("child")
    stated = anatomy.figures["lumbosacral_csf_volume"]
    assert stated.number("mL", "low") < spinal_ml(anatomy, "T12") < stated.number("mL", "high")


# Dispersion --------------------------------------------------------------------------------------


@every_body
def test_a_canal_with_a_dispersion_above_the_ceiling_is_refused(name: str) -> None:
    anatomy = load_anatomy(name)
    ceiling = anatomy.figures["dispersion_ceiling"].number("cm^2/h")
    faces = np.full_like(anatomy.canal().dispersion_cm2_per_h, 0.5 * ceiling)
    faces[3] = 1.01 * ceiling
    with pytest.raises(ValidityError, match="physically possible"):
        anatomy.canal(dispersion=faces)


@every_body
def test_a_figure_of_dispersion_above_the_ceiling_is_refused(name: str) -> None:
    anatomy = load_anatomy(name)
    _, knot = anatomy.dispersion_knots[0]
    figures = dict(anatomy.figures)
    figures[knot] = replace(figures[knot], value=Decimal("0.3"), high=None)
    with pytest.raises(ValidityError, match="physically possible"):
        replace(anatomy, figures=Table(figures)).canal()


@every_body
def test_the_pulse_of_a_body_makes_a_dispersion_that_is_possible(name: str) -> None:
    anatomy = load_anatomy(name)
    pulsatile = pulsatile_dispersion(
        anatomy.canal(),
        pulsation_of(anatomy),
        body_of(name).anatomy.figures["dispersion_floor"].number("cm^2/h"),
    )
    assert anatomy.canal(dispersion=pulsatile).dispersion_cm2_per_h.max() > pulsatile[-1]


def test_the_pulse_of_the_pig_explains_the_spread_that_was_seen() -> None:
    # Two independent observations: PC-MRI (stroke) and microdialysis (spread), both in pigs.
    anatomy = load_anatomy("pig")
    canal = anatomy.canal()
    pulsatile = pulsatile_dispersion(canal, pulsation_of(anatomy), 0.027)
    thoracic = pulsatile[canal.cells_of_level(anatomy.level_index("T8"))]
    seen = anatomy.figures["dispersion_canal"]
    assert seen.number("cm^2/h", "low") < thoracic.mean() < seen.number("cm^2/h", "high")


# A drug in each body -----------------------------------------------------------------------------


@every_body
def test_steady_plasma_is_rate_over_clearance_in_every_body(name: str) -> None:
    body = body_of(name)
    settled = body.system.steady_state(body.channel("intrathecal", TIP_AND_TAP[name][0]) * 80.0)
    wanted = 80.0 / body.parameters.blood.clearance_ml_per_h * 1000.0
    assert body.plasma_row() @ settled == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("name", ["cynomolgus", "dog", "pig"])
def test_blood_of_an_animal_is_not_read_because_the_figures_are_human(name: str) -> None:
    with pytest.raises(ValidityError, match="on record of this drug in blood is human"):
        body_of(name).row("plasma")


@every_body
def test_drug_is_neither_lost_nor_made_in_any_body(name: str) -> None:
    body = body_of(name)
    channels = np.stack(
        [
            body.channel("intrathecal", TIP_AND_TAP[name][0]),
            body.channel("intrathecal", "T5", bolus=True),
            body.channel("intraventricular"),
        ],
        axis=1,
    )
    inputs: list[Rate | Dose] = [Rate(0, 0, 2 * DAY, 40.0)]
    inputs += [Dose(1, 5 * HOUR, 300.0), Dose(2, 9 * HOUR, 100.0)]
    schedule = Schedule.of(channels, inputs, end_s=3 * DAY)
    times = np.arange(0, 3 * DAY + 1, HOUR, dtype=np.int64)
    solution = body.system.solve(schedule)
    inside = solution.read(times, body.amount_row()[None])[:, 0]
    gone = solution.read_integral(times, body.exit_row()[None])[:, 0]
    error = np.abs(schedule.given_until(times) - inside - gone).max()
    assert error <= 1e-10 * schedule.total_mcg


@every_body
def test_the_fluid_absorbed_along_the_spine_is_less_than_is_formed(name: str) -> None:
    fluid = body_of(name).parameters.fluid
    assert fluid.spinal_absorption_ml_per_h < fluid.formation_ml_per_h


@pytest.mark.parametrize("name", ["adult", "cynomolgus", "dog"])
def test_local_clearance_is_about_the_rate_at_which_csf_is_formed(name: str) -> None:
    # csf.md section 3: 0.5 to 1.7 for man, dog and monkey
    assert 0.5 < clearance_share(name) < 1.7


@every_body
def test_the_page_tells_the_local_clearance_of_each_body(name: str) -> None:
    # Also of those that miss the rule.
    row = re.search(
        rf"^\| {name} \| (\S+) to (\S+) \| ([\d.]+) \| .* \| ([\d.]+) \| (kept|missed) \|$",
        PAGE,
        flags=re.MULTILINE,
    )
    assert row is not None
    share = clearance_share(name)
    found = share * body_of(name).parameters.fluid.formation_ml_per_h
    assert (float(row[3]), float(row[4])) == pytest.approx((found, share), rel=0.05)
    assert (row[1], row[2], row[5]) == (
        *TIP_AND_TAP[name],
        "kept" if 0.5 < share < 1.7 else "missed",
    )


# The page ----------------------------------------------------------------------------------------


def page_row(label: str) -> list[float]:
    row = re.search(rf"^\| {re.escape(label)} \|(.*)\|$", PAGE, flags=re.MULTILINE)
    assert row is not None
    return [float(cell) for cell in row[1].split("|")]


def test_the_page_tells_the_length_and_the_fluid_of_each_spine() -> None:
    anatomies = [load_anatomy(name) for name in body_ids()]
    assert page_row("canal, cm") == pytest.approx([length_cm(a) for a in anatomies], rel=0.005)
    assert page_row("spinal CSF, mL") == pytest.approx([spinal_ml(a) for a in anatomies], rel=0.005)
    roots = [along(a, "root_area_cm2") for a in anatomies]
    assert page_row("nerve roots, mL") == pytest.approx(roots, rel=0.01)


def test_the_page_tells_the_flows_of_each_body() -> None:
    figures = [load_anatomy(name).figures for name in body_ids()]
    formed = [one["csf_formation"].number("mL/h") for one in figures]
    ceilings = [one["dispersion_ceiling"].number("cm^2/s") for one in figures]
    assert page_row("CSF formed, mL/h") == pytest.approx(formed)
    assert page_row("dispersion ceiling, cm2/s") == pytest.approx(ceilings)


def test_the_page_tells_the_dispersion_at_both_ends_of_each_canal() -> None:
    knots = [load_anatomy(name).dispersion_knots for name in body_ids()]
    figures = [load_anatomy(name).figures for name in body_ids()]
    for label, end in (("neck and chest", 0), ("lumbar sac", -1)):
        found = [f[k[end][1]].number("cm^2/s") for f, k in zip(figures, knots, strict=True)]
        assert page_row(f"dispersion {label}, cm2/s") == pytest.approx(found)


def test_the_session_on_the_page_runs() -> None:
    failures, attempts = doctest.testfile(str(PAGE_FILE), module_relative=False)
    assert (failures, attempts > 0) == (0, True)
