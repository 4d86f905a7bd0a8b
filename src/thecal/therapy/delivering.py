"""From what the pump is told to the drug that leaves the catheter tip, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from thecal import pump
from thecal.prescription import Course, Implant
from thecal.pump import NL_PER_ML
from thecal.therapy.broken import Broken, TipRate
from thecal.therapy.programming import PumpPlan, concentrations, plan


@dataclass(frozen=True, slots=True)
class PumpCourse:
    """A pump's part in a course.

    Attributes
    ----------
    delivery
        What the pump pushed out, its log and its reservoir.
    tip
        What left the catheter tip, without gaps in time.
    broken
        What faults made of it; then log and reservoir are what the implant wrote down and computed,
        ``tip`` is the truth, and the rest of ``delivery`` is what was ordered. ``None`` without
        faults.
    """

    plan: PumpPlan
    delivery: pump.Delivery
    tip: tuple[TipRate, ...]
    broken: Broken | None = None

    @property
    def drugs(self) -> tuple[str, ...]:
        """The drugs of all solutions, in the order of their first use."""
        names = [drug for solution in self.plan.solutions for drug in solution.concentrations]
        return tuple(dict.fromkeys(names))

    def mean_ml_per_h(self) -> float:
        """Return the mean flow over the course, mL/h."""
        total = (
            self.delivery.delivered_nl(self.delivery.until_s)
            if self.broken is None
            else self.broken.left_nl
        )
        return total / NL_PER_ML / (self.delivery.until_s / 3600)

    def at_tip_mcg(self, drug: str, start_s: int, end_s: int) -> Fraction:
        """Return the mass of a drug that leaves the tip between two seconds, mcg, exact."""
        total = Fraction(0)
        for one in self.tip:
            overlap = min(one.end_s, end_s) - max(one.start_s, start_s)
            if overlap > 0 and drug in one.mcg:
                total += one.mcg[drug] * Fraction(overlap, one.end_s - one.start_s)
        return total

    def pumped_mcg(self, drug: str, start_s: int, end_s: int) -> Fraction:
        """Return the mass of a drug that leaves the pump between two seconds, mcg, exact."""
        total = Fraction(0)
        for one in self.delivery.segments:
            first, last = max(one.start_s, start_s), min(one.end_s, end_s)
            if last > first:
                strength = self._strength(one.fluid).get(drug, Fraction(0))
                total += self._commanded_ml(first, last) * strength
        return total

    def _commanded_ml(self, start_s: int, end_s: int) -> Fraction:
        return _commanded_ml(self.delivery, start_s, end_s)

    def _strength(self, fluid: int) -> dict[str, Fraction]:
        return concentrations(self.plan, self.delivery.fluids[fluid])


def deliver(course: Course, implant: Implant) -> PumpCourse:
    """Run the pump of a course and carry its fluid through the catheter.

    Returns
    -------
    PumpCourse
        What leaves the tip follows the commanded flow, which the strokes never miss by more than
        one; the mass in a second in which the fluid changes is the mixture's.
    """
    told = plan(course, implant)
    delivery = pump.run(
        told.hardware,
        told.events,
        until_s=course.length_s,
        start_nl=told.start_nl,
        start_fluid=0,
        # One more than the course's solutions: the drug-free fluid of an unprimed catheter.
        solutions=len(told.solutions) + 1,
        week_offset_s=course.week_offset_s,
    )
    strengths = [concentrations(told, fluid) for fluid in delivery.fluids]
    carried = pump.carry(
        delivery.segments,
        dead_volume_nl=told.dead_volume_nl,
        first_fluid=told.catheter_fluid,
        mixing_cells=implant.mixing_cells,
    )
    tip = []
    mixture = [Fraction(fluid == told.catheter_fluid) for fluid in range(len(strengths))]
    for segment in carried:
        pushed = sum(segment.volumes_nl)
        if pushed:
            mixture = [Fraction(volume, pushed) for volume in segment.volumes_nl]
        volume_ml = _commanded_ml(delivery, segment.start_s, segment.end_s)
        mcg: dict[str, Fraction] = {}
        # The catheter counts only the fluids that it met.
        for share, strength in zip(mixture, strengths, strict=False):
            for drug, mcg_per_ml in strength.items():
                mcg[drug] = mcg.get(drug, Fraction(0)) + volume_ml * share * mcg_per_ml
        tip.append(TipRate(segment.start_s, segment.end_s, mcg))
    return PumpCourse(told, delivery, tuple(tip))


def _commanded_ml(delivery: pump.Delivery, start_s: int, end_s: int) -> Fraction:
    # The strokes follow the commanded flow within one stroke at every instant. The flow itself is
    # handed on: a stretch between two events need not hold a whole number of strokes.
    return (delivery.exact_nl(end_s) - delivery.exact_nl(start_s)) / NL_PER_ML
