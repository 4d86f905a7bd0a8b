"""The inner loops of the cohort engine, compiled by Numba; cohort.py says what they are for.

They hold no lock of the interpreter while they run, allocate nothing, and work on one chunk of
patients in one thread: so any number of threads gives the same bytes. What is compiled is kept on
disk beside this file, or where NUMBA_CACHE_DIR says.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]
Index = NDArray[np.int64]

LANES = 32
"""Points of the contour that are solved side by side: enough to fill vector registers, few enough
that the factors of all of them stay in the cache."""


def _compiled(function: Callable[..., None]) -> Callable[..., None]:
    # Multiply-add in one rounding, and no check for a zero divisor; nothing is reordered.
    compiled = partial(njit, nogil=True, fastmath={"contract"}, error_model="numpy")
    try:
        kept = compiled(function, cache=True)
    except RuntimeError:  # nowhere to keep it: then it is compiled anew each time
        kept = compiled(function)
    return cast("Callable[..., None]", kept)


@_compiled
def transform(
    program: tuple[Index, ...],
    entry_slot: Index,
    diagonal_slot: Index,
    entries: Array,
    points: Array,
    source: Array,
    factor: Array,
    state: Array,
) -> None:
    """Solve (z - M) x = source at `LANES` points at once.

    Parameters
    ----------
    program
        `Elimination.arrays`.
    entries
        Numbers of M, 1/h, shape (e,).
    points
        Real and imaginary parts, 1/h, shape (2, LANES).
    source
        Shape (n,).
    factor
        Room for the factors, shape (2, slots, LANES).
    state
        Where x goes, shape (2, n, LANES).
    """
    pivot, low_start, lower, low_row, up_start, upper, up_column, target_start, target = program
    re, im = factor[0], factor[1]
    xr, xi = state[0], state[1]
    size = len(pivot)
    for s in range(re.shape[0]):
        for w in range(LANES):
            re[s, w] = 0.0
            im[s, w] = 0.0
    for e in range(len(entries)):
        for w in range(LANES):
            re[entry_slot[e], w] = -entries[e]
    for k in range(size):
        s = diagonal_slot[k]
        for w in range(LANES):
            re[s, w] += points[0, w]
            im[s, w] = points[1, w]
            xr[k, w] = source[k]
            xi[k, w] = 0.0
    for k in range(size):
        p = pivot[k]
        s = diagonal_slot[p]
        for w in range(LANES):
            a, b = re[s, w], im[s, w]
            shrink = 1.0 / (a * a + b * b)
            re[s, w] = a * shrink
            im[s, w] = -b * shrink
        t = target_start[k]
        for i in range(low_start[k], low_start[k + 1]):
            low, r = lower[i], low_row[i]
            for w in range(LANES):
                a = re[low, w] * re[s, w] - im[low, w] * im[s, w]
                b = re[low, w] * im[s, w] + im[low, w] * re[s, w]
                re[low, w] = a
                im[low, w] = b
                xr[r, w] -= a * xr[p, w] - b * xi[p, w]
                xi[r, w] -= a * xi[p, w] + b * xr[p, w]
            for j in range(up_start[k], up_start[k + 1]):
                u, q = upper[j], target[t]
                t += 1
                for w in range(LANES):
                    re[q, w] -= re[low, w] * re[u, w] - im[low, w] * im[u, w]
                    im[q, w] -= re[low, w] * im[u, w] + im[low, w] * re[u, w]
    for k in range(size - 1, -1, -1):
        p = pivot[k]
        s = diagonal_slot[p]
        for j in range(up_start[k], up_start[k + 1]):
            u, q = upper[j], up_column[j]
            for w in range(LANES):
                xr[p, w] -= re[u, w] * xr[q, w] - im[u, w] * xi[q, w]
                xi[p, w] -= re[u, w] * xi[q, w] + im[u, w] * xr[q, w]
        for w in range(LANES):
            a, b = xr[p, w], xi[p, w]
            xr[p, w] = a * re[s, w] - b * im[s, w]
            xi[p, w] = a * im[s, w] + b * re[s, w]


@_compiled
def respond(
    program: tuple[Index, ...],
    entry_slot: Index,
    diagonal_slot: Index,
    entries: Array,
    points: Array,
    weights: Array,
    channels: Array,
    row_start: Index,
    row_column: Index,
    row_value: Array,
    factor: Array,
    state: Array,
    response: Array,
    settled: Array,
) -> None:
    """Find how much each point of the contour adds to each row, for each channel.

    Parameters
    ----------
    points, weights
        Real and imaginary parts, shape (blocks, 2, LANES); the very last point is zero.
    channels
        Shape (channels, n).
    row_start, row_column, row_value
        The rows as a compressed sparse matrix.
    response
        Where it goes, shape (r, columns); of each channel the real parts, then the imaginary ones
        with their sign turned, then what a bolus adds at its own moment.
    settled
        Where what each row reads under 1 mcg/h for ever goes, shape (channels, r).
    """
    blocks = points.shape[0]
    width = blocks * LANES
    for c in range(channels.shape[0]):
        first = c * (2 * width + 1)
        for block in range(blocks):
            transform(
                program,
                entry_slot,
                diagonal_slot,
                entries,
                points[block],
                channels[c],
                factor,
                state,
            )
            at = first + block * LANES
            for r in range(len(row_start) - 1):
                for w in range(LANES):
                    a = 0.0
                    b = 0.0
                    for e in range(row_start[r], row_start[r + 1]):
                        a += row_value[e] * state[0, row_column[e], w]
                        b += row_value[e] * state[1, row_column[e], w]
                    wr, wi = weights[block, 0, w], weights[block, 1, w]
                    if block == blocks - 1 and w == LANES - 1:
                        settled[c, r] = a
                    response[r, at + w] = wr * a - wi * b
                    response[r, at + width + w] = -(wr * b + wi * a)
        for r in range(len(row_start) - 1):
            now = 0.0
            for e in range(row_start[r], row_start[r + 1]):
                now += row_value[e] * channels[c, row_column[e]]
            response[r, first + 2 * width] = now


@_compiled
def drive(
    inverse: ComplexArray,
    span: Index,
    grown: ComplexArray,
    gained: ComplexArray,
    rates: Array,
    boluses: Array,
    edge: Index,
    since: Index,
    decayed: ComplexArray,
    at: int,
    carried: ComplexArray,
    driven: Array,
) -> None:
    """Find what a schedule makes of each point of the contour at some times; no patient is in it.

    Parameters
    ----------
    inverse
        1 / z, shape (m,).
    span
        Which of the different spans each interval has, shape (k,).
    grown, gained
        exp(z d) and (exp(z d) - 1) / z for each different span d, shape (m, spans).
    rates, boluses
        As in the schedule, shapes (k, channels) and (k + 1, channels).
    edge
        The last edge before each time, -1 for none, shape (t,); never falling.
    since, decayed
        Which of the different times since that edge, shape (t,), and exp(z t) for each of them,
        shape (m, different).
    at, carried
        The edge reached by the call before this one, and the state there, shape (channels, m).
    driven
        Where it goes, shape (columns, t), rows as the columns of `respond`; the last row of each
        channel is left alone.
    """
    count = len(inverse)
    for c in range(carried.shape[0]):
        for j in range(count):
            state = carried[c, j]
            reached = at
            row = c * (2 * count + 1) + j
            for t in range(len(edge)):
                while reached < edge[t]:
                    state = grown[j, span[reached]] * state
                    state += gained[j, span[reached]] * rates[reached, c]
                    reached += 1
                    state += boluses[reached, c]
                if edge[t] < 0:
                    found = 0.0j
                else:
                    found = decayed[j, since[t]] * (state + rates[reached, c] * inverse[j])
                driven[row, t] = found.real
                driven[row + count, t] = found.imag
            carried[c, j] = state


@_compiled
def record(
    response: Array,
    driven: Array,
    value: Index,
    window: Index,
    lines: Array,
    values: Array,
    highest: Array,
) -> None:
    """Join responses and drive, and keep of the result only what is wanted.

    Parameters
    ----------
    response
        Shape (patients, r, columns); the number of columns is a multiple of 4.
    driven
        Shape (columns, t).
    value, window
        Where each time's value goes, and which window it counts for; -1 for nowhere; shape (t,).
    lines
        Room for four rows, shape (4, t or more).
    values, highest
        Where it goes, shapes (patients, r, times) and (patients, r, windows).
    """
    times, last = driven.shape[1], response.shape[1] - 1
    one, two, three, four = lines[0], lines[1], lines[2], lines[3]
    for p in range(response.shape[0]):
        # Four rows by four columns at once, so that what is loaded is used four times. A row that
        # is not there is the last one once more.
        for r in range(0, last + 1, 4):
            lines[:, :times] = 0.0
            of_one, of_two = response[p, r], response[p, min(r + 1, last)]
            of_three, of_four = response[p, min(r + 2, last)], response[p, min(r + 3, last)]
            for k in range(0, driven.shape[0], 4):
                a1, b1, c1, d1 = of_one[k], of_one[k + 1], of_one[k + 2], of_one[k + 3]
                a2, b2, c2, d2 = of_two[k], of_two[k + 1], of_two[k + 2], of_two[k + 3]
                a3, b3, c3, d3 = of_three[k], of_three[k + 1], of_three[k + 2], of_three[k + 3]
                a4, b4, c4, d4 = of_four[k], of_four[k + 1], of_four[k + 2], of_four[k + 3]
                for t in range(times):
                    a, b = driven[k, t], driven[k + 1, t]
                    c, d = driven[k + 2, t], driven[k + 3, t]
                    one[t] += a1 * a + b1 * b + c1 * c + d1 * d
                    two[t] += a2 * a + b2 * b + c2 * c + d2 * d
                    three[t] += a3 * a + b3 * b + c3 * c + d3 * d
                    four[t] += a4 * a + b4 * b + c4 * c + d4 * d
            for i in range(4):
                s = min(r + i, last)
                for t in range(times):
                    if value[t] >= 0:
                        values[p, s, value[t]] = lines[i, t]
                    if window[t] >= 0 and lines[i, t] > highest[p, s, window[t]]:
                        highest[p, s, window[t]] = lines[i, t]
