"""Whom a virtual trial takes its people from: what is on record of a population.

A population's data file gives each trait a middle and a spread. Low and high are how far the figure
itself is uncertain; they are drawn once for a replicate of a study, not for each person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtr, ndtri

from thecal.errors import InputError, KnowledgeError
from thecal.knowledge import Figure, Settled, Table, ids_in, load_document
from thecal.patients.pain import (
    PAIN,
    draw_episodes,
    draw_kinds,
    kind_means,
    spread_within,
    whole,
)
from thecal.patients.places import Aim, Place, aims_of, draw_aims, is_place_figure, read_places

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = NDArray[np.float64]

_DATA = files("thecal.patients") / "data"

_HIGHEST_PAIN: Final = 10.0

FIGURES: Final = (
    "age",
    "age_spread",
    "female_share",
    "untreated_pain",
    "untreated_pain_spread",
    "responsiveness",
    "responsiveness_spread",
    "entry_dose",
    "entry_dose_spread",
    "entry_drive",
    "entry_drive_spread",
    "background",
    "background_spread",
    "background_correlation",
    "placebo",
    "placebo_spread",
    "pain_noise",
    "harm_noise",
    "worst_pain_above_average",
    "death_hazard",
    "dropout_hazard",
)
"""What every population has a figure of."""

ENTRY_PUMP: Final = ("entry_pump_dose", "entry_pump_dose_spread")
"""What a population has besides whose people have had a pump for long when they enter."""


@dataclass(frozen=True, slots=True)
class Population:
    """A population of virtual people.

    Attributes
    ----------
    places
        Where their pain lies; the first is the main place.
    weights
        Weight of the background of some side effects, by their ids; 1 for the others.
    """

    id: str
    title: str
    places: tuple[Place, ...]
    figures: Table[Figure]
    weights: Table[float]

    @property
    def aims(self) -> tuple[Aim, ...]:
        """How pain and tip may lie to each other in these people."""
        return aims_of(self.places)


def populations() -> tuple[str, ...]:
    """Return the ids of the populations on record."""
    return ids_in(_DATA)


@cache
def load_population(name: str) -> Population:
    """Return a population by its id.

    Raises
    ------
    InputError
        If there is none of that id.
    KnowledgeError
        If its data file is incomplete.

    Examples
    --------
    >>> [place.name for place in load_population("low-back").places]
    ['low back', 'legs', 'middle of the back']
    """
    if name not in populations():
        raise InputError(f'there is no population "{name}"; there are {", ".join(populations())}')
    file = _DATA / f"{name}.toml"
    rest, figures = load_document(file, other_keys=("title", "places", "pain", "weights"))
    needed = (*FIGURES, *ENTRY_PUMP) if set(ENTRY_PUMP) & set(figures) else FIGURES
    missing = [figure for figure in needed if figure not in figures]
    known = (*needed, *PAIN)
    unknown = [one for one in figures if one not in known and not is_place_figure(one)]
    if missing or unknown or not {"title", "pain"} <= set(rest):
        raise KnowledgeError(
            f"{file.name}: missing {', '.join(missing) or 'nothing'}; "
            f"unknown {', '.join(unknown) or 'nothing'}"
        )
    weights = {item: float(weight) for item, weight in rest.get("weights", {}).items()}
    places = read_places(rest.get("places"), figures, file.name)
    return Population(name, rest["title"], places, whole(figures, rest["pain"]), Table(weights))


@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """What people are before any treatment that is simulated; arrays of shape (n,).

    Attributes
    ----------
    untreated_pain
        Mean pain of 10 without any drug.
    responsiveness
        Greatest share of it that the drug could relieve.
    entry_dose
        Oral morphine equivalent at entry, mg/day.
    entry_pump_dose
        What a pump has long given them at entry, mg/day; 0 without a pump.
    entry_drive
        What these doses do for them, in units of the dose for half of their greatest relief.
    background
        Drive of each side effect that the disease itself causes, shape (n, items).
    placebo
        Share of the pain that expectation and attention relieve once a treatment begins.
    fate, staying
        Quantiles of the times of death and of dropping out.
    kind
        What kind of pain each has, as a place in `KINDS`.
    episodes
        Episodes of breakthrough pain a day, on average; 0 of those without.
    place, aim
        Where the pain of each lies, as a place in `Population.places`, and how the tip lies to it,
        as a place in `Population.aims`.
    """

    age: Array
    female: NDArray[np.bool_]
    untreated_pain: Array
    responsiveness: Array
    entry_dose: Array
    entry_pump_dose: Array
    entry_drive: Array
    background: Array
    placebo: Array
    fate: Array
    staying: Array
    kind: NDArray[np.int64]
    episodes: Array
    place: NDArray[np.int64]
    aim: NDArray[np.int64]


def draw_traits(
    population: Population,
    settled: Settled,
    items: Sequence[str],
    generator: np.random.Generator,
    people: int,
) -> Traits:
    """Draw people of a population.

    Parameters
    ----------
    settled
        The population's figures with a number for each.
    items
        The ids of the side effects.
    """
    number = settled.number
    quantiles = iter(generator.random((9, people)))
    age = _normal(next(quantiles), number("age", "year"), number("age_spread", "year"), 18.0, 95.0)
    female = next(quantiles) < number("female_share")
    pain = _HIGHEST_PAIN * share(
        next(quantiles),
        number("untreated_pain") / _HIGHEST_PAIN,
        number("untreated_pain_spread") / _HIGHEST_PAIN,
    )
    # A stream of their own, so that people without kinds or places would be the same otherwise.
    later = generator.spawn(1)[0]
    kinds, has, often = later.random((3, people))
    where, brought = later.random((2, people))
    place, aim = draw_aims(population.places, settled, where, brought)
    kind = draw_kinds(settled, kinds)
    responsiveness = _responsiveness(settled, next(quantiles), kind)
    dose = _lognormal(next(quantiles), number("entry_dose", "mg/day"), number("entry_dose_spread"))
    drive = _lognormal(next(quantiles), number("entry_drive"), number("entry_drive_spread"))
    placebo = share(next(quantiles), number("placebo"), number("placebo_spread"))
    fate, staying = next(quantiles), next(quantiles)
    weights = np.array([population.weights.get(item, 1.0) for item in items])
    correlation = number("background_correlation")
    common = generator.standard_normal((people, 1))
    own = generator.standard_normal((people, len(items)))
    deviate = np.sqrt(correlation) * common + np.sqrt(1.0 - correlation) * own
    background = weights * number("background") * np.exp(number("background_spread") * deviate)
    pump = _entry_pump_dose(population, settled, generator, people)
    return Traits(
        age=age,
        female=female,
        untreated_pain=pain,
        responsiveness=responsiveness,
        entry_dose=dose,
        entry_pump_dose=pump,
        entry_drive=drive,
        background=background,
        placebo=placebo,
        fate=fate,
        staying=staying,
        kind=kind,
        episodes=draw_episodes(settled, has, often),
        place=place,
        aim=aim,
    )


def _responsiveness(settled: Settled, quantiles: Array, kind: NDArray[np.int64]) -> Array:
    means = kind_means(settled, settled.number("responsiveness"))
    spread = spread_within(settled, means, settled.number("responsiveness_spread"))
    drawn = np.stack([share(quantiles, float(mean), spread) for mean in means])
    return np.asarray(np.take_along_axis(drawn, kind[None, :], axis=0)[0])


def _entry_pump_dose(
    population: Population, settled: Settled, generator: np.random.Generator, people: int
) -> Array:
    if not set(ENTRY_PUMP) <= set(population.figures):
        return np.zeros(people)
    median, spread = settled.number(ENTRY_PUMP[0], "mg/day"), settled.number(ENTRY_PUMP[1])
    return _lognormal(generator.random(people), median, spread)


def share(quantiles: Array, mean: float, spread: float) -> Array:
    """Return shares of a beta distribution, 0 to 1, with this mean and standard deviation.

    A spread of 0 gives the mean to everybody; one too wide for a share is narrowed to what can be.

    Examples
    --------
    >>> import numpy as np
    >>> float(share(np.array([0.5]), 0.5, 0.1)[0].round(6))
    0.5
    """
    if spread <= 0.0 or not 0.0 < mean < 1.0:
        return np.full(len(quantiles), min(1.0, max(0.0, mean)))
    variance = min(spread**2, 0.9 * mean * (1.0 - mean))
    total = mean * (1.0 - mean) / variance - 1.0
    return np.asarray(betaincinv(mean * total, (1.0 - mean) * total, quantiles))


def quantiles_of(figures: Mapping[str, Figure], generator: np.random.Generator) -> dict[str, float]:
    """Draw where in its range each uncertain figure lies, in the order of the figures."""
    from thecal.knowledge import is_uncertain

    return {name: generator.random() for name, one in figures.items() if is_uncertain(one)}


def _normal(quantiles: Array, mean: float, spread: float, low: float, high: float) -> Array:
    """Return normal numbers between two bounds: the distribution is cut, not piled up there."""
    if spread <= 0.0:
        return np.full(len(quantiles), mean)
    first, last = ndtr((low - mean) / spread), ndtr((high - mean) / spread)
    inside = np.asarray(mean + spread * ndtri(first + quantiles * (last - first)))
    return np.clip(inside, low, high)


def _lognormal(quantiles: Array, median: float, spread: float) -> Array:
    return np.asarray(median * np.exp(spread * ndtri(quantiles)))
