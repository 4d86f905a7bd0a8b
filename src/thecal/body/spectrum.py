"""Takes a body's matrix apart into modes by what a body is: a tree, and blood that closes a loop.

Three steps, each of which costs less than to treat the matrix as any other:

1. *The core.* CSF, cord, roots and cranium are joined by links that lead both ways. On a tree the
   scaling d with d_i^2 M_ji = d_j^2 M_ij makes them symmetric (a chain of reactions in detailed
   balance), so that the modes are orthogonal.
2. *The rest* - blood, epidural space, metabolites, gut - is a dozen compartments. As long as it
   only listens to the core, its part in a mode of the core is (rate - B)^-1 G q in closed form.
3. *The loops.* A compartment of the rest that sends drug back to the core, as blood does through
   capillaries, adds the matrix a b^T in these modes. The new rates are the roots of the secular
   equation 1 = sum_i a_i b_i / (z - d_i), one near each old rate,

       z_j - d_j = a_j b_j / (1 - sum_{i != j} a_i b_i / (z_j - d_i)),

   and the new vectors have the parts a_i / (z_j - d_i) (Golub 1973, Some modified matrix eigenvalue
   problems, SIAM Rev. 15:318, doi 10.1137/1015032). The shifts z_j - d_j themselves are the
   unknowns, so that nothing is lost where two rates are near each other.

Whoever calls must prove the outcome: the loops are taken to be weak, and a body need not be a tree.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.linalg import LinAlgError
from numpy.typing import NDArray
from scipy.sparse.csgraph import breadth_first_order, connected_components

from thecal.body.sparse import places, sparse

Array = NDArray[np.float64]
Index = NDArray[np.intp]
Modes = NDArray[Any]
"""Real where all rates are real, else complex."""

ASYMMETRY = 1e-12
"""Largest difference, as a share of the largest rate, in a matrix that is called symmetric."""

STEEPEST = 30.0
"""Largest natural logarithm of a ratio of scales. Where flow sweeps the drug along, scales grow
like exp(Peclet number / 2), and what is symmetric in them says little of the body."""

TURNS = 12
"""How often the shifts are improved before the search is given up."""

PRECISE = 1e-14
"""Relative change at which a shift is left as it is."""


def spectrum_of_tree(matrix: Array) -> tuple[Array, Array]:
    """Return the rates and the vectors of a body that is a tree with a small rest.

    Parameters
    ----------
    matrix
        Shape (n, n), scaled so that its links are about as strong both ways.

    Returns
    -------
    tuple
        Rates, shape (n,), and vectors as columns, shape (n, n); still to be proved.

    Raises
    ------
    numpy.linalg.LinAlgError
        If the body is no such tree, or its loops are not weak.

    Examples
    --------
    >>> matrix = np.array([[-2.0, 1.0, 0.1], [1.0, -3.0, 0.0], [0.5, 0.0, -9.0]])
    >>> rates, vectors = spectrum_of_tree(matrix)
    >>> bool(np.abs(matrix @ vectors - vectors * rates).max() < 1e-14)
    True
    """
    core = _core(matrix)
    rest = np.setdiff1d(np.arange(len(matrix)), core)
    symmetric = matrix[np.ix_(core, core)]
    scale = _balance(symmetric)
    symmetric /= scale[:, None]
    symmetric *= scale
    to, source = places(symmetric)
    uneven = np.abs(symmetric[to, source] - symmetric[source, to]).max()
    if not uneven <= ASYMMETRY * np.abs(symmetric.diagonal()).max():
        raise LinAlgError("the core is not a tree")
    core_rates, orthogonal = np.linalg.eigh(symmetric)
    rest_rates, rest_vectors = np.linalg.eig(matrix[np.ix_(rest, rest)])
    if np.iscomplexobj(rest_rates):
        raise LinAlgError("the rest oscillates")
    rates = np.append(core_rates, rest_rates)
    vectors = np.zeros_like(matrix)
    vectors[core, : len(core)] = scale[:, None] * orthogonal
    vectors[rest, len(core) :] = rest_vectors
    heard = matrix[np.ix_(rest, core)] @ vectors[core, : len(core)]
    closings: list[Array] = []
    with np.errstate(all="ignore"):
        listening = np.linalg.solve(rest_vectors, heard) / (core_rates - rest_rates[:, None])
        vectors[rest, : len(core)] = rest_vectors @ listening
        for speaker in rest[matrix[np.ix_(core, rest)].any(axis=0)]:
            sent = orthogonal.T @ (matrix[core, speaker] / scale)
            sent = np.append(sent, -listening @ sent)
            for earlier in closings:
                sent = np.linalg.solve(earlier, sent)
            rates, closing = _closed(rates, sent, vectors[speaker])
            closings.append(closing)
            vectors = vectors @ closing
    return rates, vectors


def _core(matrix: Array) -> Index:
    """Return the largest part of a body in which all links lead both ways."""
    linked = matrix != 0.0
    np.fill_diagonal(linked, val=False)
    to, source = places(linked & ~linked.T)
    # Of compartments with as many one-way links the one with fewest others goes first.
    others = (linked & linked.T).sum(axis=0) / len(matrix)
    while len(to):  # take out whatever has most one-way links, until there are none
        counts = np.bincount(np.append(to, source), minlength=len(matrix))
        busiest = np.argmax(counts - others)
        linked[busiest] = linked[:, busiest] = False
        left = (to != busiest) & (source != busiest)
        to, source = to[left], source[left]
    _, part = connected_components(sparse(linked), directed=False)
    return np.flatnonzero(part == np.bincount(part).argmax())


def _balance(matrix: Array) -> Array:
    """Return the scales that make a tree's matrix symmetric, shape (n,)."""
    order, before = breadth_first_order(sparse(matrix), 0, directed=False)
    to, source = order[1:], before[order[1:]]
    steps = np.log(matrix[to, source] / matrix[source, to]) / 2.0
    found = np.zeros(len(matrix))
    for one, other, step in zip(to.tolist(), source.tolist(), steps.tolist(), strict=True):
        found[one] = found[other] + step
    if np.ptp(found) > STEEPEST:
        raise LinAlgError("the scales of the core are too uneven")
    return np.asarray(np.exp(found - found.mean()))


def _closed(rates: Array, a: Array, b: Array) -> tuple[Array, Array]:
    """Return the rates and vectors of diag(rates) + a b^T."""
    gaps = rates[:, None] - rates
    gaps[gaps == 0.0] = np.inf  # the mode itself; and those equal to it, if nothing links them
    both = a * b
    shifts = np.zeros_like(rates)
    # Memory is written over, not asked for anew: its first touch can cost more than the work.
    near, squared = np.empty_like(gaps), np.empty_like(gaps)
    for _ in range(TURNS):
        np.reciprocal(np.add(gaps, shifts[:, None], out=near), out=near)
        np.square(near, out=squared)
        share = 1.0 - near @ both
        # Newton's step for share x shift = a_j b_j.
        steps = (both - share * shifts) / (share + shifts * (squared @ both))
        shifts += steps
        if bool(np.all(np.abs(steps) <= PRECISE * np.abs(shifts))):
            break
    else:
        raise LinAlgError("a loop is too strong")
    np.reciprocal(np.add(gaps, shifts[:, None], out=near), out=near)
    vectors = np.multiply(a[:, None], near.T, out=squared)
    vectors *= b / (1.0 - near @ both)
    np.fill_diagonal(vectors, 1.0)
    return rates + shifts, vectors
