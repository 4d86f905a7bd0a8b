"""A virtual clinical trial as values: who enters, what each arm gets, what is measured when."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from thecal.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Condition:
    """A trait within limits; both ends belong to it. ``inf`` where there is no limit."""

    trait: str
    at_least: float
    at_most: float


@dataclass(frozen=True, slots=True)
class Population:
    """Who is asked to take part, and who of them may enter.

    Attributes
    ----------
    include
        All of these must hold; each is a choice, of which one condition is enough.
    """

    name: str
    include: tuple[tuple[Condition, ...], ...] = ()

    def admits(self, traits: Mapping[str, NDArray[np.float64]]) -> NDArray[np.bool_]:
        """Return who may enter.

        Parameters
        ----------
        traits
            By name, as they were observed at entry: float64 (people,).

        Returns
        -------
        numpy.ndarray
            bool (people,); a trait that was not observed admits nobody.

        Examples
        --------
        >>> import numpy as np
        >>> from math import inf
        >>> sore = Population("cancer pain", ((Condition("pain", 5.0, inf),),))
        >>> sore.admits({"pain": np.array([4.9, 5.0])}).tolist()
        [False, True]
        """
        people = len(next(iter(traits.values())))
        found = np.ones(people, dtype=bool)
        for choice in self.include:
            enough = np.zeros(people, dtype=bool)
            for one in choice:
                seen = traits[one.trait]
                enough |= (seen >= one.at_least) & (seen <= one.at_most)
            found &= enough
        return found


@dataclass(frozen=True, slots=True)
class Arm:
    """People who are treated alike.

    Attributes
    ----------
    policy
        The name of the rules by which they are treated.
    predicted
        Whether no figure may be fitted on this arm, since the study is there to predict it.
    """

    name: str
    size: int
    policy: str
    predicted: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """What was published of an endpoint, in the unit of its measure.

    Attributes
    ----------
    figure
        The id in the evidence library; empty for a number of the study file's own.
    low, high
        The ends of its 95 % interval; ``None`` where none was published.
    """

    value: float
    source: str
    figure: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What is counted at the end.

    Attributes
    ----------
    arms
        One arm, or two: then the endpoint is the first less the second.
    day
        Days from entry.
    unit
        Of the value, as it is shown.
    scale
        From the measure's own unit to ``unit``.
    better
        Which way is good for a patient.
    band
        Where the mean of all replicates is accepted to lie; ``None`` where nobody said.
    published_p
        The P value that was published of a comparison; ``None`` where none was.
    """

    name: str
    arms: tuple[str, ...]
    measure: str
    day: int
    unit: str
    scale: float
    better: str
    published: Target | None = None
    band: tuple[float, float] | None = None
    published_p: float | None = None

    @property
    def compares(self) -> bool:
        """Whether it holds two arms against each other."""
        return len(self.arms) > 1

    @property
    def arm(self) -> str:
        """The arm, or both as ``pump less tablets``."""
        return " less ".join(self.arms)


@dataclass(frozen=True, slots=True)
class Study:
    """A virtual clinical trial, checked.

    Attributes
    ----------
    evidence
        The id of the published study that it follows; empty for none.
    replicates
        How often it is run where nobody says.
    days
        Of the visits, rising from 0.
    """

    name: str
    title: str
    evidence: str
    seed: int
    replicates: int
    days: tuple[int, ...]
    population: Population
    arms: tuple[Arm, ...]
    endpoints: tuple[Endpoint, ...]

    def arm(self, name: str) -> Arm:
        """Return an arm by its name.

        Raises
        ------
        InputError
            When there is none of that name.
        """
        for one in self.arms:
            if one.name == name:
                return one
        named = ", ".join(f'"{one.name}"' for one in self.arms)
        raise InputError(f'there is no arm "{name}" in {self.name}; there are {named}')

    def fingerprint(self) -> str:
        """Return what differs as soon as anything differs that results depend on.

        How often it is run is left out: more replicates leave the earlier ones as they are.
        """
        content = asdict(self)
        del content["replicates"]
        text = json.dumps(content, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()
