"""Join hazards, requirements, tests and results, and say what is proved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from thecal.assurance.evidence import Evidence
    from thecal.assurance.register import Hazard, Register, Requirement

PROVED_HERE: Final = frozenset({"pump", "catheter", "telemetry", "log"})
"""The parts whose hazards must be proved now; the others wait until they are built."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A requirement with the tests that are marked with it and whether each passed."""

    requirement: Requirement
    tests: tuple[tuple[str, bool], ...]
    figure: float | int | str | None

    @property
    def proved(self) -> bool:
        """Whether there is a test, and all of them passed."""
        return bool(self.tests) and all(passed for _, passed in self.tests)


@dataclass(frozen=True, slots=True)
class Control:
    """A hazard with the proofs of the requirements that control it."""

    hazard: Hazard
    proofs: tuple[Proof, ...]

    @property
    def ours(self) -> bool:
        """Whether one of the parts proved here owns the hazard."""
        return not PROVED_HERE.isdisjoint(self.hazard.owners)

    @property
    def proved(self) -> bool:
        """Whether there is a requirement, and all of them are proved."""
        return bool(self.proofs) and all(proof.proved for proof in self.proofs)


@dataclass(frozen=True, slots=True)
class Trace:
    """The whole case."""

    controls: tuple[Control, ...]
    proofs: tuple[Proof, ...]
    evidence: Evidence

    @property
    def ours(self) -> tuple[Control, ...]:
        """The hazards that must be proved here."""
        return tuple(one for one in self.controls if one.ours)

    @property
    def gaps(self) -> tuple[str, ...]:
        """Say for each hazard and requirement without proof what is missing."""
        found = []
        for proof in self.proofs:
            if proof.proved:
                continue
            failed = [test for test, passed in proof.tests if not passed]
            why = f"failed: {', '.join(failed)}" if failed else "no test with a result"
            found.append(f"{proof.requirement.id}: {why}")
        found += [
            f"{control.hazard.id}: no requirement controls it"
            for control in self.ours
            if not control.proofs
        ]
        return tuple(found)


def trace(register: Register, evidence: Evidence) -> Trace:
    """Join a register with what is known of its tests."""
    tests: dict[str, list[tuple[str, bool]]] = {}
    for test, (ids, passed) in sorted(evidence.results.items()):
        for one in ids:
            tests.setdefault(one, []).append((test, passed))
    proofs = {
        one.id: Proof(one, tuple(tests.get(one.id, ())), evidence.figures.get(one.figure))
        for one in register.requirements
    }
    controls = tuple(
        Control(hazard, tuple(proofs[one.id] for one in register.controls(hazard)))
        for hazard in register.hazards
    )
    return Trace(controls, tuple(proofs.values()), evidence)


def as_object(found: Trace) -> dict[str, Any]:
    """Return a trace as plain objects for JSON.

    ``hazards`` counts those that pump, catheter, telemetry and log own; ``proved`` those of them
    whose every requirement has a test with a result and no failure.
    """
    return {
        "hazards": len(found.ours),
        "requirements": len(found.proofs),
        "proved": sum(one.proved for one in found.ours),
        "requirements_proved": sum(one.proved for one in found.proofs),
        "tests": len(found.evidence.results),
        "results": found.evidence.origin,
        "stale": list(found.evidence.stale),
        "gaps": list(found.gaps),
        "rows": [_row(one) for one in found.ours],
        "elsewhere": [
            {"id": one.hazard.id, "hazard": one.hazard.hazard, "owners": list(one.hazard.owners)}
            for one in found.controls
            if not one.ours
        ],
    }


def _row(control: Control) -> dict[str, Any]:
    return {
        **control.hazard.model_dump(mode="json"),
        "proved": control.proved,
        "requirements": [
            {
                **proof.requirement.model_dump(mode="json", exclude={"hazards"}),
                "proved": proof.proved,
                "tests": [{"test": test, "passed": passed} for test, passed in proof.tests],
                "last": proof.figure,
            }
            for proof in control.proofs
        ],
    }
