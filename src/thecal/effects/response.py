"""From concentrations to relief and side effects.

Relief is a response surface over two places of action: brain, driven by plasma, and cord, driven by
the cord's own concentration. In units of the concentration that gives half of the greatest relief
they add, with an interaction beside (Greco's form, as Minto uses it):

    U = B + S + a * B * S,    relief = responsiveness * U^g / (1 + U^g)

What people are used to divides U: complete cross-tolerance between the routes. The spinal half is
known only through the ratio that clinics use between oral and intrathecal doses, so the spinal EC50
is what the ratio says in the reference person.

A side effect has a drive of its own, from plasma and from the place where the pump's drug causes
it, in units of what a person of median susceptibility just feels. Susceptibility is log-normal, so
the share of people at grade 1 or more at a concentration C is Phi(ln(C / EC50) / spread): a
published frequency at a typical dose fixes EC50 in closed form. Higher grades are multiples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from thecal.effects.known import Item, KnownEffects
from thecal.errors import InputError
from thecal.knowledge import Settled

Array = NDArray[np.float64]
_PERCENT = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class Sites:
    """Concentrations of a drug, ng/mL; of all people, shape (n,), or of one.

    Attributes
    ----------
    plasma
        In blood plasma.
    cord
        In the cord at the levels of the pain, as the CSF beside it would have it.
    cisterna
        In the CSF of the cisterna magna.
    """

    plasma: Array
    cord: Array
    cisterna: Array

    def at(self, site: str) -> Array:
        """Return the concentrations at a site."""
        return np.asarray(getattr(self, site))


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """What 1 mg/day shows in the reference person at steady state, by mouth and by pump."""

    oral: Sites | None
    pump: Sites


@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """A drug's effects with a number for every figure.

    Attributes
    ----------
    systemic_ec50, spinal_ec50
        Concentration for half of the greatest relief in plasma and cord of people who are not
        tolerant, ng/mL; infinite where the drug does not act there.
    harm_plasma, harm_site
        Concentration at which half of the people who are not tolerant reach grade 1, ng/mL, shape
        (items,); infinite where the route does not cause it.
    habituation
        Power of the tolerance by which each side effect is felt less, shape (items,).
    thresholds
        Drive from which grades 1 to 4 are reached, shape (4,).
    """

    drug: str
    items: tuple[Item, ...]
    systemic_ec50: float
    spinal_ec50: float
    hill: float
    interaction: float
    harm_plasma: Array
    harm_site: Array
    habituation: Array
    thresholds: Array
    spread: float
    correlation: float

    def drive(
        self, sites: Sites, tolerance: Array, systemic_tolerance: Array | None = None
    ) -> Array:
        """Return U, what the drug does for the pain before people's responsiveness, shape (n,).

        Parameters
        ----------
        tolerance
            Factor on the concentrations needed, 1 or more, shape (n,).
        systemic_tolerance
            The same for the drug from blood, where it differs after an opioid was changed.
        """
        brain = sites.plasma / (
            self.systemic_ec50 * (tolerance if systemic_tolerance is None else systemic_tolerance)
        )
        cord = sites.cord / (self.spinal_ec50 * tolerance)
        return np.asarray(brain + cord + self.interaction * brain * cord)

    def relief(self, drive: Array, responsiveness: Array) -> Array:
        """Return the share of the pain that is relieved, 0 to 1, shape (n,).

        Parameters
        ----------
        drive
            U, zero or more.
        responsiveness
            Greatest share that the drug can relieve in each person, 0 to 1.
        """
        # Beyond what floats hold there is no effect or all of it, as the infinite power says.
        with np.errstate(over="ignore", divide="ignore"):
            part = 1.0 / (1.0 + np.power(drive, -self.hill))
        return np.asarray(responsiveness * part)

    def harm(self, sites: Sites, tolerance: Array) -> Array:
        """Return the drive of each side effect in people of median susceptibility.

        Shape (n, items); 1 is what such a person just feels (grade 1).
        """
        powers = {power: tolerance**power for power in set(self.habituation.tolist())}
        places = {site: sites.at(site) for site in {item.site for item in self.items}}
        felt = sites.plasma[:, None] / self.harm_plasma
        felt += np.stack([places[item.site] for item in self.items], axis=-1) / self.harm_site
        felt /= np.stack([powers[power] for power in self.habituation.tolist()], axis=-1)
        return np.asarray(felt)

    def grades(self, drive: Array) -> Array:
        """Return the NCI CTC grades, 0 to 4, of drives of any shape."""
        return np.asarray(np.searchsorted(self.thresholds, drive, side="right"), dtype=np.float64)

    def susceptibility(self, generator: np.random.Generator, people: int) -> Array:
        """Draw how susceptible people are to each side effect: factors of median 1, (n, items)."""
        common = generator.standard_normal((people, 1))
        own = generator.standard_normal((people, len(self.items)))
        deviate = np.sqrt(self.correlation) * common + np.sqrt(1.0 - self.correlation) * own
        return np.asarray(np.exp(self.spread * deviate))


def respond(
    known: KnownEffects,
    reference: Reference,
    *,
    oral_to_intrathecal: float | None = None,
    quantiles: Mapping[str, float] | None = None,
) -> Response:
    """Return a drug's effects with a number for every figure.

    Parameters
    ----------
    reference
        Fixes the concentrations that belong to doses.
    oral_to_intrathecal
        The oral dose that relieves as much as 1 of the pump, for a drug whose spinal EC50 is known
        by conversion only; without it the ratio of the drug's own data file holds, if there is one.
    quantiles
        Where in its range each uncertain figure lies, by name; others keep their set points.

    Raises
    ------
    InputError
        If the drug needs a ratio or an oral reference and there is none.
    """
    settled = Settled.of(known.figures, quantiles)
    systemic, spinal = _half_effects(known, settled, reference, oral_to_intrathecal)
    spread = settled.number(known.role("harm", "spread"))
    little = _number(known, settled, "harm", "little_habituation", 0.0)
    habituation = np.array([1.0 if item.tolerates else little for item in known.items])
    plasma, site = _harm(known, settled, reference, spread, habituation)
    thresholds = [1.0, *(settled.number(name) for name in known.roles["harm"]["thresholds"])]
    return Response(
        drug=known.drug,
        items=known.items,
        systemic_ec50=systemic,
        spinal_ec50=spinal,
        hill=settled.number(known.role("relief", "hill")),
        interaction=_number(known, settled, "relief", "interaction", 0.0),
        harm_plasma=plasma,
        harm_site=site,
        habituation=habituation,
        thresholds=np.array(thresholds),
        spread=spread,
        correlation=settled.number(known.role("harm", "correlation")),
    )


def _half_effects(
    known: KnownEffects, settled: Settled, reference: Reference, ratio: float | None
) -> tuple[float, float]:
    systemic = np.inf
    if name := known.role("relief", "systemic_ec50"):
        systemic = settled.number(name, "ng/mL")
    if name := known.role("relief", "spinal_ec50"):
        return systemic, settled.number(name, "ng/mL")
    if not known.by_conversion:
        dose = settled.number(known.role("relief", "spinal_half_effect_dose"), "mg/day")
        return systemic, float(dose * reference.pump.cord)
    if ratio is None:
        ratio = _number(known, settled, "relief", "oral_to_intrathecal", 0.0)
    if reference.oral is None or ratio <= 0.0:
        raise InputError(
            f"the spinal effect of {known.drug} is known by conversion from oral doses only, "
            "so a ratio above 0 and an oral reference are needed"
        )
    # The oral dose of U = 1, and the pump's dose that equals it.
    oral_mg = systemic / float(reference.oral.plasma)
    return systemic, float(oral_mg / ratio * reference.pump.cord)


def _harm(
    known: KnownEffects,
    settled: Settled,
    reference: Reference,
    spread: float,
    habituation: Array,
) -> tuple[Array, Array]:
    plasma = np.full(len(known.items), np.inf)
    site = np.full(len(known.items), np.inf)

    def needed(frequency: str, route: str, place: int) -> tuple[float, float]:
        """Return the dose at which a frequency was seen, and the drive that explains it."""
        dose = settled.number(known.role("harm", f"typical_{route}"), "mg/day")
        tolerance = _number(known, settled, "harm", f"tolerance_{route}", 1.0)
        share = settled.number(frequency, "percent") / _PERCENT
        return dose, float(np.exp(spread * ndtri(share)) * tolerance ** habituation[place])

    for place, item in enumerate(known.items):
        if item.oral and reference.oral is not None:
            dose, drive = needed(item.oral, "oral", place)
            plasma[place] = dose * float(reference.oral.plasma) / drive
        if item.intrathecal:
            dose, drive = needed(item.intrathecal, "intrathecal", place)
            # What the pump's drug does from the blood is not the site's.
            own = drive - dose * float(reference.pump.plasma) / plasma[place]
            if own > 0.0:
                site[place] = dose * float(reference.pump.at(item.site)) / own
    return plasma, site


def _number(known: KnownEffects, settled: Settled, table: str, part: str, default: float) -> float:
    """Return the figure that plays a part; the default where none does."""
    name = known.role(table, part)
    return settled.number(name) if name else default
