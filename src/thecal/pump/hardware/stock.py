"""The reservoir in truth, what was ever put into the system, and what each mixture is made of."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from thecal.errors import InputError
from thecal.pump.amounts import volume_words
from thecal.pump.catheter import Content
from thecal.pump.hardware.channel import Parcel, add
from thecal.pump.hardware.figures import PL_PER_NL, WHOLE_PCM, PumpFigures

CSF: Final = -1
"""The body's own fluid, as the number of a solution."""
WATER: Final = -2
"""Sterile water, with which a new pump and catheter are filled."""

Recipe = dict[int, Fraction]
"""The share of each solution in a fluid."""


class Stock:
    """The reservoir: one well-mixed fluid.

    Fluids are numbered as they arise, each with its recipe; a refill onto a residual volume makes
    a new one.

    Parameters
    ----------
    figures
        The kind of pump.
    start_nl
        What the reservoir holds at the start, residual included.
    solution
        Which solution that is.
    line_solution, line_nl
        What fills tubing and catheter at the start, and their volume; it becomes fluid 0.

    Raises
    ------
    InputError
        When the reservoir cannot hold what it starts with.
    """

    def __init__(
        self, figures: PumpFigures, start_nl: int, solution: int, line_solution: int, line_nl: int
    ) -> None:
        if not 0 <= start_nl <= figures.capacity_nl:
            raise InputError(
                f"a reservoir of {volume_words(figures.capacity_nl)} cannot start with "
                f"{volume_words(start_nl)}"
            )
        self.recipes: list[Recipe] = []
        self.supplied: Content = {}
        """All that was ever put in, in pL of each fluid; what mixes stands for its parts."""
        self.volume_pl = start_nl * PL_PER_NL
        self.capacity_pl = figures.capacity_nl * PL_PER_NL
        self.residual_pl = figures.residual_nl * PL_PER_NL
        self.is_dry = False
        self.astray_pcm = 0
        """The share of the next fill that goes into the pocket (H16)."""
        self.too_much_nl = 0
        """By how much the next fill is more than is told (H22)."""
        self.supply(self.fluid_of_one(line_solution), line_nl * PL_PER_NL)
        self.fluid = self.fluid_of_one(solution)
        self.supply(self.fluid, self.volume_pl)

    def fluid_of_one(self, solution: int) -> int:
        """Return the number of the fluid that is nothing but one solution."""
        return self._number({solution: Fraction(1)})

    def share_of(self, solution: int, content: Content) -> Fraction:
        """Return how many pL of a solution there are in pL of fluids, exact."""
        return sum(
            (
                self.recipes[fluid].get(solution, Fraction(0)) * held
                for fluid, held in content.items()
            ),
            Fraction(0),
        )

    def supply(self, fluid: int, volume_pl: int) -> None:
        """Count what was put in from outside."""
        add(self.supplied, {fluid: volume_pl})

    def draw_out(self, outside: Content) -> int:
        """Let a needle draw all but the residual volume; return what it drew, in pL."""
        drawn_pl = max(0, self.volume_pl - self.residual_pl)
        self.lose(drawn_pl, outside)
        return drawn_pl

    def rinse(self, solution: int, outside: Content) -> None:
        """Replace what is left by a solution, volume for volume."""
        kept_pl = self.volume_pl
        self.lose(kept_pl, outside)
        self._mix_in([Parcel(kept_pl, {self.fluid_of_one(solution): kept_pl})])
        self.supply(self.fluid, kept_pl)

    def fill(self, solution: int, told_nl: int, pocket: Content) -> tuple[int, int]:
        """Inject; return what entered and what went into the pocket, in nL."""
        filled_nl = told_nl + self.too_much_nl
        astray_nl = filled_nl * self.astray_pcm // WHOLE_PCM
        self.too_much_nl = self.astray_pcm = 0
        fluid = self.fluid_of_one(solution)
        entered_pl = (filled_nl - astray_nl) * PL_PER_NL
        self.supply(fluid, filled_nl * PL_PER_NL)
        add(pocket, {fluid: astray_nl * PL_PER_NL})
        self._mix_in([Parcel(entered_pl, {fluid: entered_pl})])
        self.is_dry = self.is_dry and not entered_pl
        return filled_nl - astray_nl, astray_nl

    def take_back(self, parcels: Iterable[Parcel]) -> None:
        """Take in what flowed backwards out of the line."""
        self._mix_in(parcels)

    def lose(self, volume_pl: int, place: Content) -> None:
        """Let a volume leave for a place, as far as there is any."""
        lost_pl = min(volume_pl, self.volume_pl)
        self.volume_pl -= lost_pl
        add(place, {self.fluid: lost_pl})

    def _mix_in(self, parcels: Iterable[Parcel]) -> None:
        parts: Content = {self.fluid: self.volume_pl}
        for parcel in parcels:
            add(parts, parcel.content)
        whole_pl = sum(parts.values())
        if whole_pl:
            solutions = {one for fluid in parts for one in self.recipes[fluid]}
            shares = {one: self.share_of(one, parts) / whole_pl for one in solutions}
            self.fluid = self._number({one: share for one, share in shares.items() if share})
        self.volume_pl = whole_pl

    def _number(self, recipe: Recipe) -> int:
        if recipe not in self.recipes:
            self.recipes.append(recipe)
        return self.recipes.index(recipe)
