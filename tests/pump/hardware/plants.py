"""Plants for tests: from the profiles on record, or of few and round figures."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from random import Random
from typing import cast

from thecal.devices import load_catheter, load_pump
from thecal.pump.hardware import (
    CatheterFigures,
    Individual,
    Plant,
    PlantKind,
    PumpFigures,
    ReferencePump,
    Rotor,
    RotorFigures,
    SensorFigures,
    ValveFigures,
    ValvePump,
    read_kind,
)
from thecal.pump.hardware.line import Line
from thecal.pump.hardware.stock import Stock
from thecal.pump.implant.values import Permit

CATHETER_NL = 170_500
PROFILES = ("prometra-20", "prometra-ii-20", "reference-20", "synchromed-ii-20", "synchromed-ii-40")


def chance(seed: int = 1) -> Random:
    """Return a source of chance; it plays pumps and guards no secret."""
    return Random(seed)  # noqa: S311


def catheter(catheter_id: str = "indura-8709sc", catheter_nl: int = CATHETER_NL) -> CatheterFigures:
    """Return a catheter on record, trimmed to a volume."""
    return CatheterFigures.read(load_catheter(catheter_id).exact_number, catheter_nl)


@cache
def kind_of(pump_id: str) -> PlantKind:
    """Return a kind of pump on record."""
    pump = load_pump(pump_id)
    return read_kind(pump.mechanism, pump.exact_number)


def plant_of(
    pump_id: str,
    *,
    start_nl: int = 20_000_000,
    line_solution: int = 0,
    individual: Individual | None = None,
    is_recorded: bool = False,
    mixes: bool = True,
    seed: int = 1,
) -> Plant:
    """Return the plant of a pump on record; without mixing it is fast at any flow."""
    return kind_of(pump_id).build(
        catheter() if mixes else replace(catheter(), mixing_cell_nl=0),
        chance(seed),
        start_nl=start_nl,
        line_solution=line_solution,
        individual=individual,
        is_recorded=is_recorded,
    )


def rotor(**kinds: object) -> Rotor:
    """Return the rotor on record."""
    return cast("Rotor", plant_of("synchromed-ii-20", **kinds))  # type: ignore[arg-type]


def reference(**kinds: object) -> ReferencePump:
    """Return the reference pump on record."""
    return cast("ReferencePump", plant_of("reference-20", **kinds))  # type: ignore[arg-type]


def valve_pump(pump_id: str = "prometra-ii-20", **kinds: object) -> ValvePump:
    """Return a valve pump on record."""
    return cast("ValvePump", plant_of(pump_id, **kinds))  # type: ignore[arg-type]


def pump_figures(pump_id: str = "synchromed-ii-20") -> PumpFigures:
    """Return the figures of a pump on record."""
    return kind_of(pump_id).pump


SMALL = replace(
    pump_figures("reference-20"),
    reservoir_nl=10_000,
    residual_nl=100,
    fading_nl=0,
    stroke_nl=10,
    tubing_nl=30,
    gain_pcm=100_000,
    highest_hpa=20,
)
"""A reference pump so small that a test can count."""

SMALL_CATHETER = CatheterFigures(70, 10, 2_000_000, 1)
NO_NOISE = SensorFigures(0, 0, 0)


def small(figures: PumpFigures = SMALL, **kinds: object) -> ReferencePump:
    """Return the small pump: 10 nL a stroke, 30 nL of tubing, 70 nL of catheter, 1 nL/hPa."""
    return ReferencePump(*_parts(figures, **kinds), NO_NOISE)  # type: ignore[arg-type]


def small_rotor(figures: RotorFigures, **kinds: object) -> Rotor:
    """Return a small pump with a rotor."""
    return Rotor(*_parts(SMALL, **kinds), figures)  # type: ignore[arg-type]


def small_valves(figures: ValveFigures, **kinds: object) -> ValvePump:
    """Return a small pump with two valves."""
    return ValvePump(*_parts(SMALL, **kinds), figures)  # type: ignore[arg-type]


def _parts(
    figures: PumpFigures,
    individual: Individual | None = None,
    start_nl: int = 5_100,
    line_solution: int = 0,
    catheter: CatheterFigures = SMALL_CATHETER,
    is_recorded: bool = False,  # noqa: FBT001, FBT002  (handed on by name)
    seed: int = 1,
) -> tuple[PumpFigures, Individual, Line, Stock, Random]:
    line = Line(catheter, figures.tubing_nl, figures.highest_hpa, 0, is_recorded=is_recorded)
    line_nl = figures.tubing_nl + catheter.catheter_nl
    stock = Stock(figures, start_nl, 0, line_solution, line_nl)
    one = individual or Individual(figures.gain_pcm)
    return figures, one, line, stock, chance(seed)


def give(plant: Plant, strokes: int, now_s: int) -> None:
    """Push strokes with a permit that covers them."""
    plant.push(Permit(plant._serial + 1, strokes, now_s + 2), strokes, now_s)
