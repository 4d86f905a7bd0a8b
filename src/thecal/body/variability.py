"""How people differ: a body for each patient, drawn round the reference body.

Each varied number is log-normal about the reference value that belongs to the person's height,
weight, age and body-mass index. A number outside what can occur is never kept: the distribution is
truncated, so that its draw is the quantile of what lies inside. The one exception is dispersion,
whose log-normal is so wide that its upper end lies beyond physics: there the profile is cut to the
ceiling, face by face, and the cut faces are counted.

One patient consumes one uniform number for each name in `DRAWN`, whatever becomes of it, from a
stream of its own; so patient k is the same person in a cohort of ten and of ten thousand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import exp, inf, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from thecal.body.anatomy import CELL_CM, Anatomy, Level
from thecal.body.parameters import Blood, OralAbsorption, Parameters, Peripheral
from thecal.body.people import DRAWN, Person, Size, Spread, load_spread, size_of
from thecal.errors import ValidityError
from thecal.knowledge import Table

Array = NDArray[np.float64]
_A_HAIR = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Individual:
    """One varied body.

    Attributes
    ----------
    parameters, anatomy
        As for `thecal.body.build_body`.
    dispersion
        Axial dispersion at the faces of the canal, cm2/h; for `build_body`.
    cell_cm
        Height of the canal's cells; it grows with the person, so that all people of one reference
        body have the same number of cells.
    factors
        What each of `DRAWN` was multiplied by, relative to a person of the same height, weight,
        age and body-mass index; before any cut of the dispersion.
    faces_cut
        Faces of the canal at which the dispersion was cut to what is physically possible.
    """

    person: Person | None
    parameters: Parameters
    anatomy: Anatomy
    dispersion: Array
    cell_cm: float
    factors: Mapping[str, float]
    faces_cut: int


def stream(seed: int, patient: int) -> np.random.Generator:
    """Return the random stream of one patient; it is the same in a cohort of any size.

    It is what ``SeedSequence(seed).spawn(n)[patient]`` gives for every n above ``patient``.

    Examples
    --------
    >>> bool(stream(1, 7).random() == stream(1, 7).random())
    True
    """
    sequence = np.random.SeedSequence(seed, spawn_key=(patient,))
    return np.random.Generator(np.random.PCG64(sequence))


def draw(
    parameters: Parameters,
    anatomy: Anatomy,
    generator: np.random.Generator,
    *,
    person: Person | None = None,
    spread: Spread | None = None,
) -> Individual:
    """Draw one person.

    Parameters
    ----------
    parameters
        Of a drug in the reference body.
    anatomy
        The reference body.
    generator
        The patient's own stream, as `stream` gives it.
    person
        Height, weight and age; without it nothing is scaled, and only the spread between people of
        the reference size acts.

    Raises
    ------
    ValidityError
        If the spread is another body's, or the person lies outside what it answers for.

    Notes
    -----
    Height scales the canal's length, and height or weight the CSF in it; weight scales the systemic
    volumes and, by its power 0.75, the clearances and flows of blood; the body-mass index lowers
    lumbosacral CSF volume; age lowers the loss from CSF. The powers and slopes stand in the data
    file. Of an animal nothing but the spread is on record.
    """
    spread = spread or load_spread(anatomy.id)
    if anatomy.id != spread.id:
        raise ValidityError(
            f'this spread is of the body "{spread.id}" and says nothing of "{anatomy.id}"'
        )
    quantiles = dict(zip(DRAWN, generator.random(len(DRAWN)).tolist(), strict=True))
    size = size_of(person, spread)
    levels = _sized(anatomy, size, spread.lumbosacral_from)
    factors, varied = _vary(parameters, levels, size, spread, quantiles)
    wider, thicker = factors["spinal_csf_volume"], factors["root_volume"]
    individual = replace(
        anatomy,
        levels=tuple(
            replace(
                level,
                csf_area_cm2=level.csf_area_cm2 * wider,
                root_area_cm2=level.root_area_cm2 * thicker,
            )
            for level in levels
        ),
    )
    # A hair less than the scaled cell: a level of exactly 3.5 cells is cut alike at any height.
    cell_cm = CELL_CM * size.length * (1.0 - _A_HAIR)
    wanted = factors["dispersion"] * individual.canal(cell_cm=cell_cm).dispersion_cm2_per_h
    lowest, highest = (
        anatomy.figures[f"dispersion_{end}"].number("cm^2/h") for end in ("floor", "ceiling")
    )
    dispersion = np.clip(wanted, lowest, highest)
    return Individual(
        person=person,
        parameters=varied,
        anatomy=individual,
        dispersion=dispersion,
        cell_cm=cell_cm,
        factors=Table(factors),
        faces_cut=int(np.count_nonzero(dispersion != wanted)),
    )


def truncated_lognormal(
    median: float, sigma: float, lowest: float, highest: float, quantile: float
) -> float:
    """Return a quantile of a log-normal of which only what lies between two bounds is kept.

    Parameters
    ----------
    median
        Of the whole log-normal, positive.
    sigma
        SD of the logarithm.
    lowest, highest
        The bounds; ``lowest`` may be 0, ``highest`` infinite.
    quantile
        From 0 up to 1.

    Raises
    ------
    ValidityError
        If nothing of the distribution lies between the bounds.

    Examples
    --------
    >>> truncated_lognormal(3.0, 0.5, 0.0, float("inf"), 0.5)
    3.0
    >>> 1.0 <= truncated_lognormal(3.0, 5.0, 1.0, 4.0, 0.999) <= 4.0
    True
    """
    below = (log(lowest / median) if lowest > 0.0 else -inf) / sigma
    above = log(highest / median) / sigma if highest > 0.0 else -inf
    # Probabilities near 1 lose digits, so that the upper tail is computed as a lower one.
    flipped = below > 0.0
    if flipped:
        below, above, quantile = -above, -below, 1.0 - quantile
    start, end = float(ndtr(below)), float(ndtr(above))
    if not start < end:
        raise ValidityError(
            f"a value about {median:.3g} cannot lie between {lowest:.3g} and {highest:.3g}"
        )
    deviate = float(ndtri(start + quantile * (end - start)))
    value = median * exp(sigma * (-deviate if flipped else deviate))
    # Rounding may carry a value past a bound by its last digit; a quantile of 0 gives 0.
    return min(max(value, lowest, np.finfo(np.float64).tiny), highest)


def _sized(anatomy: Anatomy, size: Size, lumbosacral_from: str | None) -> tuple[Level, ...]:
    """Return what the size alone would make of each level, before anything is drawn."""
    first = len(anatomy.levels)
    if lumbosacral_from is not None:
        first = anatomy.level_index(lumbosacral_from)
    return tuple(
        replace(
            level,
            length_cm=level.length_cm * size.length,
            csf_area_cm2=level.csf_area_cm2
            * size.area
            * (size.lumbosacral if index >= first else 1.0),
        )
        for index, level in enumerate(anatomy.levels)
    )


def _vary(
    p: Parameters,
    levels: tuple[Level, ...],
    size: Size,
    spread: Spread,
    quantiles: Mapping[str, float],
) -> tuple[dict[str, float], Parameters]:
    """Return the factors of all that is drawn, and the parameters to which they were applied."""

    def factor(name: str, median: float, *, most: float = inf, left: float = 1.0) -> float:
        if median == 0.0:  # what is switched off stays off
            return 1.0
        lowest, highest = spread.bounds[name]
        sigma = spread.sigmas[name] * sqrt(left)
        return (
            truncated_lognormal(median, sigma, lowest, min(highest, most), quantiles[name]) / median
        )

    fluid = p.fluid
    spine_ml = sum(level.length_cm * level.csf_area_cm2 for level in levels)
    roots_ml = sum(level.length_cm * level.root_area_cm2 for level in levels)
    drawn = {
        "dispersion": truncated_lognormal(
            1.0, spread.sigmas["dispersion"], 0.0, inf, quantiles["dispersion"]
        )
    }
    drawn["csf_formation"] = factor("csf_formation", fluid.formation_ml_per_h)
    formation = fluid.formation_ml_per_h * drawn["csf_formation"]
    drawn["spinal_csf_volume"] = factor("spinal_csf_volume", spine_ml, left=size.volume_left)
    cranial_ml = fluid.ventricle_ml + fluid.cistern_ml + fluid.convexity_ml
    cranial = drawn["cranial_csf_volume"] = factor("cranial_csf_volume", cranial_ml)
    drawn["spinal_absorption"] = factor(
        "spinal_absorption", fluid.spinal_absorption_ml_per_h, most=formation
    )
    drawn["cistern_convexity_mixing"] = factor(
        "cistern_convexity_mixing", fluid.convexity_mixing_ml_per_h
    )
    drawn["bolus_mixing_volume"] = factor(
        "bolus_mixing_volume",
        fluid.bolus_mixing_ml,
        most=spine_ml * drawn["spinal_csf_volume"],
    )
    drawn["root_volume"] = factor("root_volume", roots_ml)
    for name in ("csf_loss", "systemic_clearance", "systemic_volume", "oral_absorption"):
        drawn[name] = factor(name, 1.0)
    oral, drawn["bioavailability"] = _vary_oral(p, spread, drawn["oral_absorption"], quantiles)
    varied = replace(
        p,
        fluid=replace(
            fluid,
            formation_ml_per_h=formation,
            spinal_absorption_ml_per_h=fluid.spinal_absorption_ml_per_h
            * drawn["spinal_absorption"],
            convexity_mixing_ml_per_h=fluid.convexity_mixing_ml_per_h
            * drawn["cistern_convexity_mixing"],
            ventricle_ml=fluid.ventricle_ml * cranial,
            cistern_ml=fluid.cistern_ml * cranial,
            convexity_ml=fluid.convexity_ml * cranial,
            bolus_mixing_ml=fluid.bolus_mixing_ml * drawn["bolus_mixing_volume"],
        ),
        csf_loss_per_h=p.csf_loss_per_h * size.csf_loss * drawn["csf_loss"],
        blood=_vary_blood(p.blood, size, drawn),
        metabolites=tuple(
            replace(
                one,
                clearance_ml_per_h=one.clearance_ml_per_h * size.clearance,
                volume_ml=one.volume_ml * size.volume,
            )
            for one in p.metabolites
        ),
        oral=oral,
    )
    return drawn, varied


def _vary_oral(
    p: Parameters, spread: Spread, faster: float, quantiles: Mapping[str, float]
) -> tuple[Table[OralAbsorption], float]:
    most = 1.0 - sum(one.first_pass_share for one in p.metabolites)
    # One factor for all forms; the one that is best absorbed sets how far it may rise.
    best = max((one.bioavailability for one in p.oral.values()), default=0.0)
    share = (
        1.0
        if best == 0.0
        else (
            truncated_lognormal(
                best, spread.sigmas["bioavailability"], 0.0, most, quantiles["bioavailability"]
            )
            / best
        )
    )
    return Table(
        {
            name: replace(
                one,
                rate_per_h=one.rate_per_h * faster,
                bioavailability=one.bioavailability * share,
            )
            for name, one in p.oral.items()
        }
    ), share


def _vary_blood(blood: Blood, size: Size, drawn: Mapping[str, float]) -> Blood:
    larger = size.volume * drawn["systemic_volume"]

    def beside(one: Peripheral | None) -> Peripheral | None:
        if one is None:
            return None
        return Peripheral(one.volume_ml * larger, one.flow_ml_per_h * size.clearance)

    return replace(
        blood,
        clearance_ml_per_h=blood.clearance_ml_per_h * size.clearance * drawn["systemic_clearance"],
        central_ml=blood.central_ml * larger,
        shallow=beside(blood.shallow),
        deep=beside(blood.deep),
    )
