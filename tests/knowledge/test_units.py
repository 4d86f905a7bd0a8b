"""The units of the data files mean what pint says they mean."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from tests.knowledge.data_files import HEADER_KEYS, SHIPPED
from thecal.errors import KnowledgeError
from thecal.knowledge import load_document
from thecal.knowledge.units import UNIT_NAMES, conversion_factor, is_known_unit
from thecal.quantity.edge import registry

MEANINGS = {
    "ng": ("1e-9", "gram"),
    "mcg": ("1e-6", "gram"),
    "mg": ("1e-3", "gram"),
    "g": ("1", "gram"),
    "kg": ("1000", "gram"),
    "nmol": ("1e-9", "mole"),
    "mol": ("1", "mole"),
    "nL": ("1e-6", "centimeter**3"),
    "mL": ("1", "centimeter**3"),
    "L": ("1000", "centimeter**3"),
    "s": ("1", "second"),
    "min": ("60", "second"),
    "h": ("3600", "second"),
    "day": ("86400", "second"),
    "week": ("604800", "second"),
    "year": ("31557600", "second"),
    "mm": ("1e-3", "meter"),
    "cm": ("1e-2", "meter"),
    "m": ("1", "meter"),
    "atm": ("101325", "pascal"),
    "hPa": ("100", "pascal"),
    "mV": ("1e-3", "volt"),
    "tesla": ("1", "tesla"),
    "percent": ("0.01", "dimensionless"),
}
"""What each name must be, spelt out in SI."""


def test_every_known_name_has_a_meaning_to_check() -> None:
    assert MEANINGS.keys() == UNIT_NAMES


@pytest.mark.parametrize("name", sorted(UNIT_NAMES))
def test_pint_means_the_same_by_a_name(name: str) -> None:
    number, unit = MEANINGS[name]
    one = registry().Quantity(Fraction(1), name)
    assert one.to(unit).magnitude == Fraction(number)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_pint_knows_every_unit_of_a_shipped_file(file: Path) -> None:
    _, figures = load_document(file, other_keys=HEADER_KEYS)
    units = {figure.unit for figure in figures.values()} - {"1"}
    assert all(registry().Quantity(Fraction(1), unit).magnitude == 1 for unit in units)


@pytest.mark.parametrize("unit", ["1", "L/h", "cm^2/s", "1/h", "mL/kg/min", "ng*h/mL", "percent"])
def test_a_unit_of_known_names_is_known(unit: str) -> None:
    assert is_known_unit(unit)


@pytest.mark.parametrize(
    "unit",
    ["", "cc", "ug", "mcL", "L / h", "L//h", "/h", "cm**2/s", "cm2/s", "h^0", "2/h", "mg/", "%"],
)
def test_any_other_text_is_no_unit(unit: str) -> None:
    assert not is_known_unit(unit)


def test_a_conversion_is_exact() -> None:
    assert conversion_factor("mL/kg/min", "L/kg/h") == Fraction(6, 100)


def test_mass_does_not_turn_into_amount_of_substance() -> None:
    with pytest.raises(KnowledgeError, match="they measure different things"):
        conversion_factor("mcg/mL", "nmol/L")


def test_loading_a_drug_and_a_pump_does_not_import_pint() -> None:
    program = (
        "import sys; from thecal.devices import load_pump; "
        "from thecal.formulary import load_formulary; "
        "load_pump('synchromed-ii-20'); load_formulary(); sys.exit('pint' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
