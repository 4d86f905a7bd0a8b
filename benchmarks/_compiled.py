"""The peers that compile the equations first: libRoadRunner (CVODE) and pydiffsol (BDF, ESDIRK).

Both restart at each change of the rate, as SciPy's solvers do. What they need before the first step
- writing the equations in their language, compiling - is timed apart. Neither must be installed: a
peer that is not is named as such.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks._peers import ABSOLUTE, HOUR_S, Array, Course, Equations, Peer

FIRST_STEP_H = 1e-4
"""What pydiffsol starts with; its own hour is longer than it takes to be wrong."""


def pieces(course: Course) -> list[tuple[float, Array]]:
    """Return each rate with the hours since its beginning that end in an output or a change."""
    found = []
    for start, end, rate in zip(
        course.edges_s[:-1], course.edges_s[1:], course.mcg_per_h.tolist(), strict=True
    ):
        stops = course.times_s[(course.times_s > start) & (course.times_s <= end)]
        if not len(stops) or stops[-1] != end:
            raise RuntimeError("these peers need an output at each change of the rate")
        found.append((rate, (stops - start) / HOUR_S))
    return found


@dataclass(frozen=True, slots=True)
class Diffsol:
    """pydiffsol, with its sparse matrices; ``method`` is one of its solvers."""

    method: str
    rtol: float
    days: int
    told: bool = True

    @property
    def installed(self) -> bool:
        """Whether it can be run."""
        return find_spec("pydiffsol") is not None

    @property
    def label(self) -> str:
        """What it is, how precise it is asked to be."""
        return f"pydiffsol {self.method}, sparse Jacobian, {_asked(self.rtol)}"

    def ready(self, equations: Equations) -> Callable[[Course], Array]:
        """Compile the equations; the amounts at the start and the rate are its parameters."""
        diffsol: Any = import_module("pydiffsol")
        ode = diffsol.Ode(
            _diffsl(equations),
            matrix_type=diffsol.faer_sparse,
            linear_solver=diffsol.lu,
            ode_solver=getattr(diffsol, self.method),
        )
        ode.rtol, ode.atol, ode.h0 = self.rtol, self.rtol * ABSOLUTE, FIRST_STEP_H

        def follow(course: Course) -> Array:
            amounts = np.zeros(len(equations.channel))
            found = [equations.rows @ amounts[:, None]]
            for rate, hours in pieces(course):
                states = ode.solve_dense(np.append(amounts, rate), hours).ys
                found.append(equations.rows @ states)
                amounts = states[:, -1]
            return np.asarray(np.hstack(found).T)

        return follow


def _diffsl(equations: Equations) -> str:
    """Return the equations in DiffSL."""
    size = len(equations.channel)
    to, source = np.nonzero(equations.matrix)
    links = zip(to.tolist(), source.tolist(), equations.matrix[to, source].tolist(), strict=True)
    entries = ", ".join(f"({i}, {j}): {value!r}" for i, j, value in links)
    shares = ", ".join(f"({i}): {share!r}" for i, share in enumerate(equations.channel.tolist()))
    return (
        f"in_i {{ (0:{size}): start = 0.0, ({size}): rate = 0.0 }}\n"
        f"A_ij {{ {entries} }}\nb_i {{ {shares} }}\nu_i {{ start_i }}\n"
        # By itself: in one expression with b the sum over j would take b in as well.
        "inner_i { A_ij * u_j }\nF_i { inner_i + b_i * rate }\n"
    )


@dataclass(frozen=True, slots=True)
class RoadRunner:
    """libRoadRunner's CVODE on thecal's own export.

    Attributes
    ----------
    text
        The SBML document, whose rate is a parameter and not changed by events.
    rate, readings
        What that parameter is called in it, and what the sites are called.
    """

    text: str
    rate: str
    readings: Sequence[str]
    rtol: float
    days: int
    told: bool = True

    @property
    def installed(self) -> bool:
        """Whether it can be run."""
        return find_spec("roadrunner") is not None

    @property
    def label(self) -> str:
        """What it is, how precise it is asked to be."""
        return f"libRoadRunner CVODE, dense Jacobian, {_asked(self.rtol)}"

    def ready(self, equations: Equations) -> Callable[[Course], Array]:
        """Compile the document, by the faster of the two compilers."""
        roadrunner: Any = import_module("roadrunner")
        roadrunner.Config.setValue(roadrunner.Config.LLVM_BACKEND, roadrunner.Config.LLJIT)
        runner = roadrunner.RoadRunner(self.text)
        runner.integrator.relative_tolerance = self.rtol
        runner.integrator.absolute_tolerance = self.rtol * ABSOLUTE
        runner.timeCourseSelections = list(self.readings)

        def follow(course: Course) -> Array:
            found = [np.zeros((1, len(equations.rows)))]
            hour = 0.0
            for rate, hours in pieces(course):
                if not np.allclose(np.diff(hours, prepend=0.0), hours[0]):
                    raise RuntimeError("libRoadRunner is asked for even steps only")
                runner[self.rate] = rate
                end = hour + float(hours[-1])
                found.append(np.array(runner.simulate(hour, end, len(hours) + 1))[1:])
                hour = end
            return np.vstack(found)

        return follow


AnyPeer = Peer | Diffsol | RoadRunner


def _asked(rtol: float) -> str:
    return f"rtol {rtol:.0e}".replace("e-0", "e-")
