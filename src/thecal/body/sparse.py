"""Where a matrix has numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

Index = NDArray[np.intp]


def places(matrix: NDArray[Any]) -> tuple[Index, Index]:
    """Return the rows and columns in which a matrix is not zero, row by row.

    As `numpy.nonzero` does, which takes ten times as long on two dimensions as on one.

    Examples
    --------
    >>> [found.tolist() for found in places(np.array([[0.0, 2.0], [3.0, 4.0]]))]
    [[0, 1, 1], [1, 0, 1]]
    """
    return np.divmod(np.flatnonzero(matrix != 0), matrix.shape[1])


def sparse(matrix: NDArray[Any]) -> csc_array:
    """Return a matrix as the numbers that it has."""
    rows, columns = places(matrix)
    return csc_array((matrix[rows, columns], (rows, columns)), shape=matrix.shape)
