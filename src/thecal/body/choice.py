"""Which exact method follows a body: all of them in one list, the readiest first."""

from __future__ import annotations

from thecal.body.contour import ContourSystem
from thecal.body.modal import ModalSystem
from thecal.body.network import Network
from thecal.body.propagator import Propagator
from thecal.errors import InputError, ValidityError

PROPAGATORS: tuple[type[Propagator], ...] = (ModalSystem, ContourSystem)
"""Every exact method, in the order in which they are tried.

`ModalSystem` (modes) takes a body apart once, at a cost that grows with the cube of its
compartments, and then answers any number of small questions at once; it refuses a body whose modes
are nearly parallel. `ContourSystem` (a contour) takes every body, and is the fastest where one
schedule is read at some sites: its cost is linear in compartments, events and outputs, but each
question pays it anew, and the compiled code behind it takes a third of a second to load.
"""


def choose_propagator(network: Network, name: str | None = None) -> Propagator:
    """Take a body apart by the first method that can, or by the one that is named.

    Parameters
    ----------
    name
        "modal" or "contour"; ``None`` leaves the choice to thecal.

    Raises
    ------
    InputError
        If there is no method of that name, or the body does more than its links say.
    ValidityError
        If the named method, or all of them, have no exact answer for this body.
    """
    known = {one.name: one for one in PROPAGATORS}
    if name is not None and name not in known:
        names = " or ".join(f'"{one}"' for one in known)
        raise InputError(f'"{name}" is not a method that thecal knows; write {names}')
    network.require_constant()
    tried = PROPAGATORS if name is None else (known[name],)
    for one in tried[:-1]:
        try:
            return one.of(network.matrix, network.volume)
        except ValidityError:
            continue
    return tried[-1].of(network.matrix, network.volume)
