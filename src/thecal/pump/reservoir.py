"""The reservoir: a ledger in whole nanolitres and the fluid that it holds."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from thecal.errors import InputError, ThecalError
from thecal.pump.amounts import volume_words
from thecal.pump.program import Hardware, Refilled

Fluid = tuple[Fraction, ...]


class LedgerError(ThecalError):
    """Drug appeared or vanished inside the pump; a fault of the software."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where every nanolitre went; all in nL.

    ``refilled_nl`` counts the fillings, ``removed_nl`` what was aspirated at refills. A rinse
    replaces the residual volume for volume and is therefore in neither.

    Examples
    --------
    >>> Ledger(start_nl=100, refilled_nl=50, removed_nl=60, delivered_nl=30, now_nl=60).check()
    """

    start_nl: int
    refilled_nl: int
    removed_nl: int
    delivered_nl: int
    now_nl: int

    def check(self) -> None:
        """Raise `LedgerError` unless start + refilled - removed - delivered = now >= 0."""
        expected_nl = self.start_nl + self.refilled_nl - self.removed_nl - self.delivered_nl
        if self.now_nl != expected_nl or self.now_nl < 0:
            raise LedgerError(
                f"the reservoir holds {self.now_nl} nL, but the ledger says {expected_nl} nL"
            )


class Reservoir:
    """The reservoir during a run.

    Fluids are numbered: the pure solutions come first, in their own order; each refill that mixes
    with the residual of another fluid adds the exact mixture.

    Parameters
    ----------
    hardware
        The pump's limits.
    start_nl
        What it holds at the start, residual included.
    start_fluid
        Which of the pure solutions that is.
    solutions
        How many pure solutions the course knows.

    Raises
    ------
    InputError
        When the start does not fit into the reservoir or names an unknown solution.
    """

    def __init__(
        self, hardware: Hardware, *, start_nl: int, start_fluid: int, solutions: int
    ) -> None:
        self._hardware = hardware
        self._solutions = solutions
        self.fluids: list[Fluid] = [
            tuple(Fraction(int(one == other)) for other in range(solutions))
            for one in range(solutions)
        ]
        self._check_solution(start_fluid)
        if start_nl > hardware.reservoir_nl:
            raise InputError(
                f"the reservoir starts with {volume_words(start_nl)}, but holds at most "
                f"{volume_words(hardware.reservoir_nl)}"
            )
        self.fluid = start_fluid
        self.now_nl = self._start_nl = start_nl
        self._refilled_nl = self._removed_nl = self._delivered_nl = 0

    def strokes_left(self) -> int:
        """Return how many strokes can be pumped before the residual is reached."""
        usable_nl = max(0, self.now_nl - self._hardware.residual_nl)
        return usable_nl // self._hardware.stroke_nl

    def deliver(self, volume_nl: int) -> None:
        """Count out what the pump pushed into the tubing."""
        self.now_nl -= volume_nl
        self._delivered_nl += volume_nl
        self.ledger()

    def refill(self, refill: Refilled) -> int:
        """Empty to the residual and fill; return the volume in nL that was aspirated.

        The fluid is afterwards the exact mixture of the residual and the new solution (pump.md
        F7), or the pure solution when the reservoir was rinsed.

        Raises
        ------
        InputError
            When the reservoir would be overfilled or the solution is unknown; nothing changes.
        """
        self._check_solution(refill.solution)
        kept_nl = min(self.now_nl, self._hardware.residual_nl)
        full_nl = kept_nl + refill.volume_nl
        if full_nl > self._hardware.reservoir_nl:
            raise InputError(
                f"a refill of {volume_words(refill.volume_nl)} onto {volume_words(kept_nl)} that "
                f"cannot be aspirated makes {volume_words(full_nl)}, but the reservoir holds at "
                f"most {volume_words(self._hardware.reservoir_nl)} and must not be overfilled"
            )
        aspirated_nl = self.now_nl - kept_nl
        self.now_nl = full_nl
        self._removed_nl += aspirated_nl
        self._refilled_nl += refill.volume_nl
        self.ledger()
        self.fluid = self._mixture(0 if refill.rinsed else kept_nl, refill)
        return aspirated_nl

    def ledger(self) -> Ledger:
        """Return the ledger, checked; raise `LedgerError` when it does not balance."""
        ledger = Ledger(
            self._start_nl, self._refilled_nl, self._removed_nl, self._delivered_nl, self.now_nl
        )
        ledger.check()
        return ledger

    def _mixture(self, old_nl: int, refill: Refilled) -> int:
        new = self.fluids[refill.solution]
        share = Fraction(old_nl, old_nl + refill.volume_nl)
        mixed = tuple(
            was * share + now * (1 - share)
            for was, now in zip(self.fluids[self.fluid], new, strict=True)
        )
        if mixed not in self.fluids:
            self.fluids.append(mixed)
        return self.fluids.index(mixed)

    def _check_solution(self, solution: int) -> None:
        if not 0 <= solution < self._solutions:
            raise InputError(
                f"solution {solution} is unknown; there are {self._solutions}, counted from 0"
            )
