"""Bodies as data: vertebral levels, volumes and flows, each with its source and confidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from thecal.body.canal import Canal
from thecal.errors import InputError, KnowledgeError, ValidityError
from thecal.knowledge import Figure, ids_in, load_document

Array = NDArray[np.float64]

CELL_CM = 0.9
"""Target height of a cell; halving it changes the steady concentrations by about 1 %."""

COLUMNS = ["name", "length_cm", "csf_area_cm2", "cord_area_cm2", "root_area_cm2"]


@dataclass(frozen=True, slots=True)
class Level:
    """One vertebral level of the canal."""

    name: str
    length_cm: float
    csf_area_cm2: float
    cord_area_cm2: float
    root_area_cm2: float


@dataclass(frozen=True, slots=True)
class Anatomy:
    """A body's canal by vertebral level, and the figures of its CSF and tissue.

    Attributes
    ----------
    species
        ``"human"``, or the animal; what is on record of a drug in blood is human.
    levels
        From the head down.
    figures
        All figures by name; ``vertebral_levels`` says where the table of levels comes from.
    dispersion_knots
        (level, name of figure): dispersion is linear between the middles of these levels.
    """

    id: str
    name: str
    species: str
    levels: tuple[Level, ...]
    figures: Mapping[str, Figure]
    dispersion_knots: tuple[tuple[str, str], ...]

    @property
    def level_names(self) -> tuple[str, ...]:
        """The names of the levels from the head down, as C1 ... S2."""
        return tuple(level.name for level in self.levels)

    def level_index(self, name: str) -> int:
        """Return where a level stands, counted from the head.

        Raises
        ------
        InputError
            If there is no such level.
        """
        if name not in self.level_names:
            first, last = self.levels[0].name, self.levels[-1].name
            raise InputError(f'"{name}" is not a vertebral level; write one from {first} to {last}')
        return self.level_names.index(name)

    def middle_cm(self, level: int) -> float:
        """Return the depth of a level's middle below the foramen magnum, cm."""
        above = sum(one.length_cm for one in self.levels[:level])
        return above + self.levels[level].length_cm / 2.0

    def canal(self, *, dispersion: Array | None = None, cell_cm: float | None = None) -> Canal:
        """Cut the canal into cells of about ``cell_cm``, each within one level.

        Parameters
        ----------
        dispersion
            Axial dispersion at the faces, cm2/h; the anatomy's knots when left out.

        Raises
        ------
        ValidityError
            If a dispersion lies outside what is physically possible.
        """
        cell_cm = CELL_CM if cell_cm is None else cell_cm
        counts = [max(1, round(level.length_cm / cell_cm)) for level in self.levels]
        heights = [
            height
            for level, count in zip(self.levels, counts, strict=True)
            for height in [level.length_cm / count] * count
        ]
        edges = np.append(0.0, np.cumsum(heights))
        owner = np.repeat(np.arange(len(self.levels)), counts)
        areas = np.array([level.csf_area_cm2 for level in self.levels])
        cords = np.array([level.cord_area_cm2 for level in self.levels])
        roots = np.array([level.root_area_cm2 for level in self.levels])
        if dispersion is not None:
            for value in (float(dispersion.min()), float(dispersion.max())):
                self._refuse_impossible(value, "the dispersion of this canal")
            return Canal(edges, areas[owner], cords[owner], roots[owner], dispersion, owner)
        knots_cm = [self.middle_cm(self.level_index(name)) for name, _ in self.dispersion_knots]
        knots = [self.dispersion(figure) for _, figure in self.dispersion_knots]
        along = np.interp(edges, knots_cm, knots)
        return Canal(edges, areas[owner], cords[owner], roots[owner], along, owner)

    def dispersion(self, name: str) -> float:
        """Return a dispersion figure in cm2/h, refused outside what is physically possible."""
        figure = self.figures[name]
        value = figure.number("cm^2/h")
        self._refuse_impossible(value, figure.label)
        return value

    def _refuse_impossible(self, cm2_per_h: float, what: str) -> None:
        lowest, highest = self.figures["dispersion_floor"], self.figures["dispersion_ceiling"]
        if not lowest.number("cm^2/h") <= cm2_per_h <= highest.number("cm^2/h"):
            raise ValidityError(
                f"{what} is {cm2_per_h / 3600.0:.3g} cm2/s, but only {lowest.stated()} to "
                f"{highest.stated()} is physically possible ({highest.source})"
            )


def body_ids() -> tuple[str, ...]:
    """Return the names of the bodies that thecal knows, as ("adult",)."""
    return ids_in(files("thecal.body") / "data")


@cache
def load_anatomy(name: str) -> Anatomy:
    """Return a body's anatomy.

    Raises
    ------
    InputError
        If there is no body of that name.
    KnowledgeError
        If its data file is incomplete.
    """
    if name not in body_ids():
        raise InputError(f'"{name}" is not a body that thecal knows; write {_any_of(body_ids())}')
    document, figures = load_document(
        files("thecal.body") / "data" / f"{name}.toml",
        other_keys=("id", "name", "species", "levels", "dispersion"),
    )
    table = document["levels"]
    if table["columns"] != COLUMNS:
        raise KnowledgeError(f"{name}.toml: the columns of [levels] must be {COLUMNS}")
    levels = tuple(Level(row[0], *(float(x) for x in row[1:])) for row in table["rows"])
    return Anatomy(
        id=document["id"],
        name=document["name"],
        species=document["species"],
        levels=levels,
        figures=figures,
        dispersion_knots=tuple((row[0], row[1]) for row in document["dispersion"]["knots"]),
    )


def _any_of(names: tuple[str, ...]) -> str:
    return " or ".join(f'"{name}"' for name in names)
