"""Names for the compartments of a body and for what is read of them, fit to be identifiers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thecal.body import RINGS, Body, SaturatingBody
from thecal.body.uptake import SITE, TAKEN_UP
from thecal.errors import ValidityError

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Place:
    """One compartment of a body.

    Attributes
    ----------
    id
        Letters, digits and underscores, as ``csf_T10_2`` or ``cord_T10_2_ring4``.
    name
        For people.
    group
        The group of the network that it belongs to, as ``csf`` or ``gut solution``.
    """

    id: str
    name: str
    group: str


@dataclass(frozen=True, slots=True)
class Site:
    """What the body reads at one place: a concentration, mcg/mL or ng/mL.

    Attributes
    ----------
    id
        As ``c_csf_T10``.
    name
        As the body calls it, ``csf T10``.
    row
        ``row @ amounts`` is the concentration, shape (n,).
    """

    id: str
    name: str
    unit: str
    row: Array


def identifier(words: str) -> str:
    """Return words as one identifier.

    >>> identifier("gut extended-release")
    'gut_extended_release'
    """
    return re.sub(r"\W+", "_", words)


def places(body: Body) -> tuple[Place, ...]:
    """Return a name for each compartment of a body, in the network's order.

    Cells of CSF and roots count from 1 at the upper end of their vertebral level; rings of cord
    from 1 at the centre.
    """
    found: dict[int, Place] = {}
    for group, members in body.network.groups.items():
        tissue = group.removeprefix(f"{TAKEN_UP} ")
        named = {"csf": _csf, "cord": _cord, "roots": _roots}.get(tissue)
        names = named(body) if named else _plain(tissue, len(members))
        if tissue != group:
            names = _taken_up(names)
        found.update(zip(members.tolist(), names, strict=True))
    ordered = tuple(found[index] for index in range(body.network.size))
    twice = [name for name, count in Counter(one.id for one in ordered).items() if count > 1]
    if twice:
        raise AssertionError(f"two compartments are called {twice}")
    return ordered


def _cells(body: Body) -> list[tuple[str, int, int]]:
    """Return level, number within it and how many the level has, for each cell of the canal."""
    levels = body.canal.level.tolist()
    count = Counter(levels)
    seen: Counter[int] = Counter()
    cells = []
    for level in levels:
        seen[level] += 1
        cells.append((body.anatomy.level_names[level], seen[level], count[level]))
    return cells


def _csf(body: Body) -> Iterator[Place]:
    for level, cell, of in _cells(body):
        yield Place(f"csf_{level}_{cell}", f"CSF at {level}, cell {cell} of {of}", "csf")


def _cord(body: Body) -> Iterator[Place]:
    cells = _cells(body)
    for index in body.cord_cells.tolist():
        level, cell, of = cells[index]
        for ring in range(1, RINGS + 1):
            name = f"cord at {level}, slice {cell} of {of}, ring {ring} of {RINGS} from the centre"
            yield Place(f"cord_{level}_{cell}_ring{ring}", name, "cord")


def _roots(body: Body) -> Iterator[Place]:
    cells = _cells(body)
    for index in body.root_cells.tolist():
        level, cell, of = cells[index]
        yield Place(
            f"roots_{level}_{cell}", f"nerve roots at {level}, cell {cell} of {of}", "roots"
        )


def _taken_up(tissue: Iterable[Place]) -> Iterator[Place]:
    for one in tissue:
        name = f"{identifier(TAKEN_UP)}_{one.id}"
        yield Place(name, f"{TAKEN_UP}, {one.name}", f"{TAKEN_UP} {one.group}")


def _plain(group: str, count: int) -> Iterator[Place]:
    if count == 1:
        yield Place(identifier(group), group, group)
        return
    for index in range(1, count + 1):
        yield Place(f"{identifier(group)}_{index}", f"{group} {index} of {count}", group)


def sites(body: Body) -> tuple[Site, ...]:
    """Return every site that the body reads: levels of CSF, cord and roots, pools, plasma."""
    levels = body.anatomy.level_names
    parts = ("csf", "cord", "cord surface", "cord centre", "roots")
    names = [f"{part} {level}" for part in parts for level in levels]
    names += ["cisterna magna", "ventricle", "convexity", "plasma"]
    names += [f"plasma {one.name}" for one in body.parameters.metabolites]
    if isinstance(body, SaturatingBody):
        names += [f"{SITE} {level}" for level in levels]
    return tuple(_readable(body, names))


def _readable(body: Body, names: list[str]) -> Iterator[Site]:
    for name in names:
        try:
            row = body.row(name)
        except ValidityError:  # no cord so far down, or blood of an animal
            continue
        yield Site(f"c_{identifier(name)}", name, body.unit(name), row)
