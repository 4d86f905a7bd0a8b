"""The hours of the day: how formation of CSF, posture and activity change a body, in pieces.

Exploratory, all of it, and off unless it is asked for. A piece of the day multiplies the formation
of CSF and the dispersion, and adds a drift; the rest of the body stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property, partial
from importlib.resources import files
from math import isfinite
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from thecal.body.anatomy import Anatomy
from thecal.body.assembly import build_body
from thecal.body.choice import choose_propagator
from thecal.body.model import Body
from thecal.body.network import Network
from thecal.body.parameters import Parameters
from thecal.body.pieces import PiecewiseSystem
from thecal.errors import InputError, ValidityError
from thecal.knowledge import Figure, load_document

Array = NDArray[np.float64]

DAY_S = 86_400
MINUTE_S = 60
MINUTES = 60

USUAL = "usual"
"""The word for what changes nothing."""

FORMATION: Mapping[str, str] = MappingProxyType(
    {"night": "csf_formation_night", "evening": "csf_formation_evening"}
)
"""Words for the formation of CSF, and the figure of each."""

POSTURE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"upright": ("upright_drift", "upright_dispersion")}
)
"""Words for the posture, and the figures of its drift and of its dispersion."""

ACTIVITY: Mapping[str, str] = MappingProxyType({"moving": "moving_dispersion"})
"""Words for the activity, and the figure of each."""

LYING, RESTING = "lying", "resting"
"""Posture and activity for which the figures of a body hold; they change nothing."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What holds from one time of the day until the next piece.

    Attributes
    ----------
    from_s
        Second of the day.
    formation, dispersion
        Times those of the body.
    drift_cm_per_h
        Added to the body's own: how fast the drug sinks towards the sac.
    figures
        The names of the figures that it rests on.
    """

    from_s: int
    formation: float = 1.0
    dispersion: float = 1.0
    drift_cm_per_h: float = 0.0
    figures: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        from_s: int,
        *,
        posture: str = LYING,
        activity: str | float = RESTING,
        csf_formation: str | float = USUAL,
    ) -> Piece:
        """Return a piece of the day from words or factors.

        Parameters
        ----------
        posture
            "lying", for which the body's figures hold, or "upright".
        activity
            "resting", "moving", or by how much the dispersion is multiplied.
        csf_formation
            "usual", "night", "evening", or by how much the formation is multiplied.

        Raises
        ------
        InputError
            If a word is unknown, or a factor lies outside what is on record.

        Examples
        --------
        >>> Piece.of(82_800, csf_formation="night").formation
        1.55
        """
        if posture not in {LYING, *POSTURE}:
            raise InputError(_unknown(posture, [LYING, *POSTURE]), field="posture")
        drift, mixing = POSTURE.get(posture, ("", ""))
        moved, moving = _factor("activity", activity, RESTING, ACTIVITY, "dispersion_bounds")
        formed, forming = _factor(
            "csf_formation", csf_formation, USUAL, FORMATION, "csf_formation_bounds"
        )
        figures = load_day()
        return cls(
            from_s,
            formation=formed,
            dispersion=moved * (figures[mixing].number("1") if mixing else 1.0),
            drift_cm_per_h=figures[drift].number("cm/h") if drift else 0.0,
            figures=tuple(name for name in (forming, drift, mixing, moving) if name),
        )

    def alike(self, other: Piece) -> bool:
        """Return whether the body is the same in both pieces."""
        return replace(self, from_s=0, figures=()) == replace(other, from_s=0, figures=())


@dataclass(frozen=True)
class DayBody(Body):
    """A body that changes with the time of the day; its own network is that of the usual hours.

    Attributes
    ----------
    pieces
        In the order of the day; before the first one of a day the last one still holds.
    networks
        The network in each piece; all have the same compartments, volumes and exits.
    at_s
        The second of the day at time 0 of its schedules.
    """

    pieces: tuple[Piece, ...]
    networks: tuple[Network, ...]
    at_s: int

    @cached_property
    def system(self) -> PiecewiseSystem:
        """Each different piece taken apart once, and joined."""
        apart = {id(one): choose_propagator(one) for one in self.networks}
        return PiecewiseSystem(
            tuple(apart[id(one)] for one in self.networks),
            tuple(one.from_s for one in self.pieces),
            DAY_S,
            self.at_s,
        )

    def carried(self, inputs: Array) -> dict[str, float]:
        """Return what each route carries under a constant input for ever, mcg/h, the day's mean.

        Parameters
        ----------
        inputs
            mcg/h into each compartment, shape (n,).
        """
        each = list(zip(self.networks, self.system.settled(inputs), strict=True))
        return {
            way: float(sum(one.routes[way] @ amounts for one, amounts in each))
            for way in self.network.routes
        }


@cache
def load_day(body: str = "adult") -> Mapping[str, Figure]:
    """Return the figures that are on record of the hours of the day.

    Raises
    ------
    ValidityError
        If nothing is on record for a body of that name.
    KnowledgeError
        If the data file is incomplete.
    """
    file = files("thecal.body") / "day" / f"{body}.toml"
    if not file.is_file():
        raise ValidityError(
            f'how the hours of the day change the CSF is not on record for the body "{body}"'
        )
    return load_document(file, other_keys=("id", "name"))[1]


def build_day(
    anatomy: Anatomy,
    parameters: Parameters,
    pieces: Sequence[Piece],
    *,
    at_s: int = 0,
    tip_cm: float | None = None,
    pump_ml_per_h: float = 0.0,
    epidural_levels: Sequence[str] = (),
    dispersion: Array | None = None,
) -> DayBody:
    """Join the parts of a body that changes with the time of the day.

    Parameters
    ----------
    pieces
        Two or more, in the order of the day.
    at_s
        The second of the day at time 0 of the schedules.
    tip_cm, pump_ml_per_h, epidural_levels, dispersion
        As for `build_body`.

    Raises
    ------
    InputError
        If the pieces are fewer than two. That they rise is asked when the system is made.
    ValidityError
        If nothing is on record for this body, a piece asks for more dispersion than is physically
        possible or for less CSF than the spine absorbs, or as `build_body`.

    Examples
    --------
    >>> from thecal.body import load_anatomy, parameters_of
    >>> from thecal.formulary import load_formulary
    >>> adult = load_anatomy("adult")
    >>> morphine = parameters_of(load_formulary().drug("morphine"), adult)
    >>> day = [Piece.of(7 * 3600, posture="upright"), Piece.of(23 * 3600, csf_formation="night")]
    >>> body = build_day(adult, morphine, day, at_s=8 * 3600)
    >>> mean = body.system.steady_state(body.channel("intrathecal", "L3"))
    >>> round(float(body.exit_row() @ mean), 9)
    1.0
    """
    load_day(anatomy.id)  # refuses a body of which nothing is on record
    if len(pieces) < 2:  # noqa: PLR2004 - one piece is no change
        raise InputError("a day needs two pieces or more; one that holds all day changes nothing")
    built = partial(
        build_body,
        anatomy,
        tip_cm=tip_cm,
        pump_ml_per_h=pump_ml_per_h,
        epidural_levels=epidural_levels,
    )
    usual = built(parameters, dispersion=dispersion)
    networks: list[Network] = []
    for k, piece in enumerate(pieces):
        same = [networks[j] for j in range(k) if pieces[j].alike(piece)]
        networks.append(same[0] if same else _network(usual, piece, built))
    own = {one.name: getattr(usual, one.name) for one in fields(Body)}
    own["network"] = replace(usual.network, besides="changes with the time of the day")
    return DayBody(**own, pieces=tuple(pieces), networks=tuple(networks), at_s=at_s)


def _network(usual: Body, piece: Piece, built: Callable[..., Body]) -> Network:
    parameters = usual.parameters
    fluid = parameters.fluid
    hours, minutes = divmod(piece.from_s // MINUTE_S, MINUTES)
    when = f"the day from {hours:02d}:{minutes:02d} on"
    formation = fluid.formation_ml_per_h * piece.formation
    if formation < fluid.spinal_absorption_ml_per_h:
        raise ValidityError(
            f"{when}: only {formation:.3g} mL/h of CSF is made, less than the "
            f"{fluid.spinal_absorption_ml_per_h:.3g} mL/h that the spine absorbs; the model does "
            "not answer for that"
        )
    changed = replace(
        parameters,
        fluid=replace(fluid, formation_ml_per_h=formation),
        drift_cm_per_h=parameters.drift_cm_per_h + piece.drift_cm_per_h,
    )
    dispersion = usual.canal.dispersion_cm2_per_h * piece.dispersion
    try:
        return built(changed, dispersion=dispersion).network
    except ValidityError as error:
        raise ValidityError(f"{when}: {error}") from error


def _factor(
    key: str, given: str | float, neutral: str, words: Mapping[str, str], bounds: str
) -> tuple[float, str]:
    """Return a factor, and the name of the figure that it rests on; none where nothing changes."""
    figures = load_day()
    if isinstance(given, str):
        if given not in {neutral, *words}:
            raise InputError(_unknown(given, [neutral, *words]), field=key)
        name = words.get(given, "")
        return (figures[name].number("1"), name) if name else (1.0, "")
    bound = figures[bounds]
    if not (isfinite(given) and bound.number("1", "low") <= given <= bound.number("1", "high")):
        raise InputError(
            f"{given:g} times is outside {bound.stated()} times, for which the model answers "
            f"({bound.source})",
            field=key,
        )
    return float(given), bounds


def _unknown(word: str, known: Sequence[str]) -> str:
    return f'"{word}" is not known here; write one of {", ".join(known)}'
