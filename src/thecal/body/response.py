"""What a body shows of a whole schedule, by the points of one hyperbola.

A value is a sum over the points z: what the body makes of z - a few numbers, from one sparse
solution (elimination.py) - times what the schedule makes of z, in which no body takes part
(drive.py). One hyperbola serves from the shortest time between an event and an output up to the
whole course. So nothing is walked from event to event, and the cost is linear in the compartments,
in the events and in the outputs, each by itself.

Source of the idea: Lubich and Schaedle 2002, Fast convolution for nonreflecting boundary
conditions, SIAM J. Sci. Comput. 24:161, doi 10.1137/S1064827501388741.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thecal.body.drive import TIMES_AT_ONCE, Drive
from thecal.body.elimination import Elimination
from thecal.body.schedule import Schedule
from thecal.body.sparse import places

Array = NDArray[np.float64]
Times = NDArray[np.int64]

FAINT = 1e-6
"""A site that never reads this share of what it would if all that is given stood there is checked
against that share instead of its own peak."""


def read_course(
    matrix: Array, schedule: Schedule, times_s: Times, rows: Array, *, integral: bool = False
) -> tuple[Array, float]:
    """Return what rows read of a whole schedule, and how far that can be trusted.

    Parameters
    ----------
    matrix
        1/h, shape (n, n).
    times_s
        Whole seconds within the schedule, in any order, shape (t,).
    rows
        Shape (r, n).
    integral
        Whether to read the time integral since the start, in the rows' units x hours.

    Returns
    -------
    tuple
        The values, shape (t, r), and their estimated error, as a share of a site's peak: by the
        rule with half as many points, whose error is the square root of the true one. It has been
        a hundred times the true error and more wherever both were compared.
    """
    # Imported here because it is compiled code, which takes longer to load than all else.
    from thecal.body.cohort_loops import LANES, record

    count = schedule.channels.shape[1]
    if count == 0:
        return np.zeros((len(times_s), len(rows))), 0.0
    asked, place = np.unique(times_s, return_inverse=True)
    plan, drive = Elimination.of(matrix), Drive.of(schedule, asked, LANES)
    response = np.zeros((len(rows), drive.columns))
    settled = np.empty((count, len(rows)))
    size = len(matrix)
    room = np.empty((2, plan.slots, LANES)), np.empty((2, size, LANES))
    respond_to(plan, drive, matrix, schedule.channels, rows, room, response, settled)
    least = FAINT * np.abs(rows).max(axis=1, initial=0.0)
    if integral:
        response = drive.integrated(response[None], settled[None])[0]
        least = np.zeros(len(rows))
    values = np.empty((1, len(rows), len(asked)))
    everyone, nowhere = np.arange(len(asked)), np.full(len(asked), -1)
    lines, highest = np.empty((4, TIMES_AT_ONCE)), np.empty((1, len(rows), 0))
    for block, driven in drive.blocks(asked, np.empty(drive.columns * TIMES_AT_ONCE)):
        record(response[None], driven, everyone[block], nowhere[block], lines, values, highest)
    found = values[0].T
    if integral:
        found += drive.given(asked) @ settled
    return found[place], float(drive.doubt(response[None], least)[0])


def respond_to(
    plan: Elimination,
    drive: Drive,
    matrix: Array,
    channels: Array,
    rows: Array,
    room: tuple[Array, Array],
    response: Array,
    settled: Array,
) -> None:
    """Find what one body makes of the points of a drive: `cohort_loops.respond` for these rows.

    Parameters
    ----------
    channels, rows
        Shapes (n, channels) and (r, n).
    room
        For the factors and the state of `cohort_loops.transform`.
    response, settled
        Where it goes, shapes (r, columns) and (channels, r).
    """
    from thecal.body.cohort_loops import respond

    row, column = places(rows)
    respond(
        plan.arrays,
        plan.entry_slot,
        plan.diagonal_slot,
        plan.entries(matrix),
        drive.points,
        drive.weights,
        np.ascontiguousarray(channels.T),
        np.searchsorted(row, np.arange(len(rows) + 1)),
        column,
        rows[row, column],
        *room,
        response,
        settled,
    )
