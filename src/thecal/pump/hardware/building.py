"""Building plants from the figures of a pump's profile."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from thecal.errors import InputError
from thecal.pump.hardware.figures import (
    CatheterFigures,
    LookUp,
    PumpFigures,
    RotorFigures,
    SensorFigures,
    ValveFigures,
    read_figures,
)
from thecal.pump.hardware.individual import Individual, drawn, nominal
from thecal.pump.hardware.line import Line
from thecal.pump.hardware.plant import Plant
from thecal.pump.hardware.reference import ReferencePump
from thecal.pump.hardware.rotor import Rotor
from thecal.pump.hardware.stock import Stock
from thecal.pump.hardware.valves import ValvePump


@dataclass(frozen=True, slots=True)
class PlantKind:
    """A kind of pump, from which single pumps are built.

    Parameters
    ----------
    pump
        What it shares with all.
    own
        What only its mechanism has; it decides which plant is built.
    """

    pump: PumpFigures
    own: RotorFigures | ValveFigures | SensorFigures

    def drawn(self, random: Random) -> Individual:
        """Return one pump of the population, with its own gain and the faults of its making."""
        return drawn(self.pump, random, self.own if isinstance(self.own, RotorFigures) else None)

    def build(
        self,
        catheter: CatheterFigures,
        random: Random,
        *,
        start_nl: int,
        line_solution: int = 0,
        individual: Individual | None = None,
        is_recorded: bool = False,
    ) -> Plant:
        """Return a plant.

        Parameters
        ----------
        catheter
            The catheter as it lies in the patient.
        random
            The plant's own source of chance.
        start_nl
            What the reservoir holds of solution 0 at second 0, residual included.
        line_solution
            What fills tubing and catheter then: solution 0 when primed, `WATER` or `CSF` when not.
        individual
            One of its kind; ``None`` for the mean one, which never fails.
        is_recorded
            Whether what comes out of the tip is kept for `Plant.take_outflows`.

        Raises
        ------
        InputError
            When the reservoir cannot hold what it starts with.
        """
        figures, own = self.pump, self.own
        line = Line(catheter, figures.tubing_nl, figures.highest_hpa, 0, is_recorded=is_recorded)
        line_nl = figures.tubing_nl + catheter.catheter_nl
        stock = Stock(figures, start_nl, 0, line_solution, line_nl)
        one = individual or nominal(figures)
        if isinstance(own, RotorFigures):
            return Rotor(figures, one, line, stock, random, own)
        if isinstance(own, ValveFigures):
            return ValvePump(figures, one, line, stock, random, own)
        return ReferencePump(figures, one, line, stock, random, own)


def read_kind(mechanism: str, look_up: LookUp) -> PlantKind:
    """Return the kind of pump that a profile describes.

    Parameters
    ----------
    mechanism
        ``PumpProfile.mechanism``: "rotor", "two valves" or "reference".
    look_up
        ``PumpProfile.exact_number``.

    Raises
    ------
    InputError
        When there is no such mechanism, or a figure cannot be used.
    """
    pump = read_figures(PumpFigures, look_up)
    if mechanism == "rotor":
        return PlantKind(pump, read_figures(RotorFigures, look_up))
    if mechanism == "two valves":
        return PlantKind(pump, read_figures(ValveFigures, look_up))
    if mechanism == "reference":
        return PlantKind(pump, read_figures(SensorFigures, look_up))
    raise InputError(
        f'there is no plant for the mechanism "{mechanism}"; known are rotor, two valves, reference'
    )
