"""A body taken apart as a tree has the same modes as taken apart as any matrix."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.linalg import LinAlgError
from numpy.typing import NDArray
from scipy.linalg import expm

from tests.body.bodies import HOUR, adult, depth, morphine
from tests.body.lines import line
from thecal.body import (
    Dose,
    ModalSystem,
    Network,
    Rate,
    Schedule,
    build_body,
    load_anatomy,
)
from thecal.body.spectrum import spectrum_of_tree

Array = NDArray[np.float64]


def scaled(network: Network) -> Array:
    root = np.sqrt(network.volume)
    return network.matrix / root[:, None] * root


def off(matrix: Array, rates: Array, vectors: Array) -> float:
    """Return the largest error of V diag(rates) V^-1, as a share of the largest number."""
    again = np.linalg.solve(vectors.T, (vectors * rates).T).T
    return float(np.abs(again - matrix).max() / np.abs(matrix).max())


def test_the_adult_is_put_together_again_from_its_modes() -> None:
    matrix = scaled(adult().network)
    assert off(matrix, *spectrum_of_tree(matrix)) < 1e-13


def test_the_rates_are_those_of_any_other_method() -> None:
    matrix = scaled(adult().network)
    wanted = np.sort(np.linalg.eigvals(matrix).real)
    assert np.sort(spectrum_of_tree(matrix)[0]) == pytest.approx(wanted, rel=1e-11)


def test_two_compartments_may_send_drug_back_to_the_tree() -> None:
    body = build_body(
        load_anatomy("adult"), morphine(), tip_cm=depth("T10"), epidural_levels=["T10"]
    )
    matrix = scaled(body.network)
    assert off(matrix, *spectrum_of_tree(matrix)) < 1e-13


def test_a_plain_canal_has_no_rest() -> None:
    matrix = scaled(line(60.0, 40, flow_ml_per_h=3.0).network)
    assert off(matrix, *spectrum_of_tree(matrix)) < 1e-13


def test_modes_of_the_same_rate_stay_apart() -> None:
    # Two equal canals beside each other, both drained into one compartment that feeds the first.
    one = scaled(line(60.0, 5).network)
    matrix = np.zeros((11, 11))
    matrix[:5, :5] = matrix[5:10, 5:10] = one
    matrix[10, :10], matrix[2, 10], matrix[10, 10] = 0.1, 0.05, -7.0
    assert off(matrix, *spectrum_of_tree(matrix)) < 1e-13


def test_a_ring_that_drug_is_driven_round_is_no_tree() -> None:
    matrix = np.array([[-5.0, 1.0, 2.0], [2.0, -5.0, 1.0], [1.0, 2.0, -5.0]])
    with pytest.raises(LinAlgError, match="not a tree"):
        spectrum_of_tree(matrix)


def test_a_tree_that_is_swept_along_is_left_to_others() -> None:
    network = line(60.0, 30, dispersion=0.05, flow_ml_per_h=150.0).network
    with pytest.raises(LinAlgError):
        spectrum_of_tree(scaled(network))


def test_a_body_that_is_no_tree_is_taken_apart_as_any_matrix() -> None:
    matrix = np.array([[-5.0, 1.0, 2.0], [2.0, -5.0, 1.0], [1.0, 2.0, -5.0]])
    system = ModalSystem.of(matrix, np.ones(3))
    assert np.iscomplexobj(system.rates)
    schedule = Schedule.of(np.eye(3), [Rate(0, 0, HOUR, 2.0), Dose(1, 0, 3.0)], end_s=HOUR)
    found = system.solve(schedule).read(np.array([HOUR]), np.eye(3))[0]
    grown = expm(matrix)
    settled = np.linalg.solve(matrix, (grown - np.eye(3)) @ [2.0, 0.0, 0.0])
    assert found == pytest.approx(grown @ [0.0, 3.0, 0.0] + settled, rel=1e-13)


@given(st.integers(0, 2**32 - 1), st.integers(3, 30), st.floats(-3.0, 1.0))
@settings(max_examples=60, deadline=None)
def test_whatever_is_taken_apart_answers_as_the_matrix_does(
    seed: int, size: int, loop: float
) -> None:
    # A random tree, and a hub that listens to all of it and answers weakly or strongly.
    random = np.random.default_rng(seed)
    matrix = np.zeros((size + 1, size + 1))
    for k in range(1, size):
        parent = random.integers(0, k)
        matrix[k, parent], matrix[parent, k] = random.lognormal(0.0, 1.0, 2)
    matrix[size, :size] = random.lognormal(-1.0, 1.0, size)
    matrix[:size, size] = 10.0**loop * random.random(size)
    np.fill_diagonal(matrix, -(matrix.sum(axis=0) + random.lognormal(-1.0, 1.0, size + 1)))
    inputs = random.random(size + 1)
    settled = ModalSystem.of(matrix, np.ones(size + 1)).steady_state(inputs)
    assert settled == pytest.approx(np.linalg.solve(matrix, -inputs), rel=1e-9)
