"""Reads an exported document back, knowing nothing of how it was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import libsbml
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


Document = Any
"""libSBML comes without types."""


def document(text: str) -> Document:
    return libsbml.readSBMLFromString(text)


@dataclass(frozen=True)
class ReadBack:
    """The linear system of a document, its species in the document's order."""

    species: list[str]
    volume: Array
    amounts: Array
    matrix: Array
    leaving: Array


def read_back(text: str) -> ReadBack:
    """Take the reactions with one reactant as links, and those with none as what is given."""
    found = document(text)  # a model does not outlive its document
    model = found.getModel()
    all_species = [model.getSpecies(k) for k in range(model.getNumSpecies())]
    names = [one.getId() for one in all_species]
    index = {name: k for k, name in enumerate(names)}
    matrix = np.zeros((len(names), len(names)))
    leaving = np.zeros(len(names))
    for k in range(model.getNumReactions()):
        reaction = model.getReaction(k)
        if reaction.getNumReactants() == 0:
            continue
        source = index[reaction.getReactant(0).getSpecies()]
        constant, what = reaction.getKineticLaw().getFormula().split(" * ")
        assert what == names[source]
        rate = model.getParameter(constant).getValue()
        matrix[source, source] -= rate
        if reaction.getNumProducts():
            matrix[index[reaction.getProduct(0).getSpecies()], source] += rate
        else:
            leaving[source] += rate
    sizes = [model.getCompartment(one.getCompartment()).getSize() for one in all_species]
    amounts = [one.getInitialAmount() for one in all_species]
    return ReadBack(names, np.array(sizes), np.array(amounts), matrix, leaving)
