"""Which figures of the record each rate constant of a body rests on, so that it can be cited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from thecal.body import Anatomy
from thecal.formulary import Drug
from thecal.knowledge import Figure

LEVELS = "vertebral_levels"
KNOTS, TOP_KNOT = "(dispersion)", "(dispersion at the head)"
"""Stand for the anatomy's figures of dispersion: all of them, and the first."""

_FORAMEN = (LEVELS, TOP_KNOT, "spinal_absorption")
_DIFFUSION = ("free_diffusivity", "tissue_tortuosity", "cord_extracellular_fraction")
_CAPILLARY = ("cord_extracellular_fraction", "cord_capillary_efflux")
_CENTRAL = ("central_volume", "body_weight")
_FROM_PLASMA = ("fraction_unbound", *_CENTRAL, *_CAPILLARY)
_UPTAKE = ("uptake_capacity", "uptake_half_saturation")
_CONVEXITY_BRAIN = (*_DIFFUSION, "pial_transfer", "brain_depth")

LINKS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("csf", "csf"): (LEVELS, KNOTS, "spinal_absorption"),
    ("csf", "cistern"): _FORAMEN,
    ("cistern", "csf"): (*_FORAMEN, "cistern_volume"),
    ("csf", "plasma"): (LEVELS, "spinal_absorption"),
    ("csf", "epidural"): ("csf_loss_rate",),
    ("epidural", "plasma"): ("epidural_clearance_rate",),
    ("epidural", "epidural fat"): ("epidural_fat_exchange", "epidural_fluid_volume"),
    ("epidural fat", "epidural"): (
        "epidural_fat_exchange",
        "epidural_fat_volume",
        "fat_partition",
    ),
    ("epidural depot", "csf"): ("epidural_share_to_csf", "dural_crossing_half_life"),
    ("epidural depot", "plasma"): ("epidural_share_to_csf", "dural_crossing_half_life"),
    ("ventricle", "cistern"): ("csf_formation", "cistern_ventricle_reflux", "ventricle_volume"),
    ("cistern", "ventricle"): ("cistern_ventricle_reflux", "cistern_volume"),
    ("cistern", "convexity"): (
        "csf_formation",
        "spinal_absorption",
        "cistern_convexity_mixing",
        "cistern_volume",
    ),
    ("convexity", "cistern"): ("cistern_convexity_mixing", "convexity_volume"),
    ("cistern", "plasma"): ("cranial_loss_rate",),
    ("convexity", "plasma"): (
        "csf_formation",
        "spinal_absorption",
        "cranial_loss_rate",
        "convexity_volume",
    ),
    ("convexity", "brain"): (*_CONVEXITY_BRAIN, "brain_surface", "convexity_volume"),
    ("brain", "convexity"): (*_CONVEXITY_BRAIN, "cord_partition"),
    ("brain", "plasma"): (*_CAPILLARY, "cord_partition"),
    ("plasma", "brain"): (*_FROM_PLASMA, "brain_surface", "brain_depth"),
    ("cord", "cord"): (*_DIFFUSION, "cord_partition", LEVELS),
    ("csf", "cord"): (*_DIFFUSION, "pial_transfer", LEVELS),
    ("cord", "csf"): (*_DIFFUSION, "pial_transfer", "cord_partition", LEVELS),
    ("cord", "plasma"): (*_CAPILLARY, "cord_partition"),
    ("plasma", "cord"): (*_FROM_PLASMA, LEVELS),
    ("csf", "roots"): (*_DIFFUSION, "pial_transfer", "root_diameter", LEVELS),
    ("roots", "csf"): (*_DIFFUSION, "pial_transfer", "root_diameter", "cord_partition"),
    ("roots", "plasma"): (*_CAPILLARY, "cord_partition"),
    ("plasma", "roots"): (*_FROM_PLASMA, LEVELS),
    ("taken up", "cord"): ("uptake_return",),
    ("taken up", "roots"): ("uptake_return",),
    ("taken up", "brain"): ("uptake_return",),
    ("cord", "taken up"): (*_UPTAKE, LEVELS),
    ("roots", "taken up"): (*_UPTAKE, LEVELS),
    ("brain", "taken up"): (*_UPTAKE, "brain_surface", "brain_depth"),
    ("plasma", "shallow"): ("shallow_flow", *_CENTRAL),
    ("shallow", "plasma"): ("shallow_flow", "shallow_volume", "body_weight"),
    ("plasma", "deep"): ("deep_flow", *_CENTRAL),
    ("deep", "plasma"): ("deep_flow", "deep_volume", "body_weight"),
    ("plasma", "metabolite"): ("systemic_clearance", *_CENTRAL, "{to}_share_of_clearance"),
    ("plasma", ""): ("systemic_clearance", *_CENTRAL, "{every}_share_of_clearance"),
    ("metabolite", ""): ("{of}_clearance", "{of}_volume", "body_weight"),
    ("gut", "plasma"): ("(absorption_rate)", "(bioavailability)"),
    ("gut", "metabolite"): ("(absorption_rate)", "{to}_first_pass_share"),
    ("gut", ""): ("(absorption_rate)", "(bioavailability)", "{every}_first_pass_share"),
}
"""The figures behind each kind of link, by the kinds of its two ends; no end is out of the body.

In braces: the metabolite at the link's source, its target, or every one. In parentheses: the
dispersion, or a figure of the oral form in the gut.
"""


@dataclass(slots=True)
class Grounds:
    """Finds the figures behind a link, and numbers their sources as they are cited.

    Attributes
    ----------
    instead
        Figures by which others are replaced in this body, by the names of the others.
    sources
        Those cited so far, in the order of their numbers from 1.
    """

    drug: Drug
    anatomy: Anatomy
    instead: Mapping[str, str] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    _cited: dict[tuple[str, str], str] = field(default_factory=dict)

    def citation(self, source: str, target: str = "") -> str:
        """Return the figures behind a link as one line with the numbers of their sources.

        As ``loss from the CSF: 0.25 1/h (0.1 to 0.5), medium confidence [3]; ...``. Groups as in
        `link`.
        """
        if (source, target) not in self._cited:
            self._cited[source, target] = "; ".join(
                f"{one.label}: {one.stated()}, {one.confidence} confidence "
                f"[{self._number(one.source)}]"
                for one in self.link(source, target)
            )
        return self._cited[source, target]

    def link(self, source: str, target: str = "") -> tuple[Figure, ...]:
        """Return the figures behind the rate constant from one group to another.

        Parameters
        ----------
        source, target
            Groups of the network, as ``csf`` or ``metabolite m6g``; no target is out of the body.
        """
        kind, of = _kind(source)
        to_kind, to = _kind(target)
        figures: dict[str, Figure] = {}
        for name in LINKS.get((kind, to_kind), ()):
            for one in self._meant(name, of, to):
                figures[one.name] = one
        return tuple(figures.values())

    def _meant(self, name: str, of: str, to: str) -> list[Figure]:
        if name in {KNOTS, TOP_KNOT}:
            knots = [self.anatomy.figures[one] for _, one in self.anatomy.dispersion_knots]
            return knots if name == KNOTS else knots[:1]
        if name.startswith("("):
            figure: Figure = getattr(self.drug.oral_form(of), name.strip("()"))
            return [figure]
        every = self.drug.metabolites if "{every}" in name else ("",)
        names = [name.format(of=of, to=to, every=one) for one in every]
        known = {**self.anatomy.figures, **self.drug.figures}
        names = [self.instead.get(one, one) for one in names]
        # What a drug may lack, as a metabolite's share of the first pass, counts as zero.
        return [known[one] for one in names if one in known]

    def _number(self, source: str) -> int:
        if source not in self.sources:
            self.sources.append(source)
        return self.sources.index(source) + 1


def _kind(group: str) -> tuple[str, str]:
    """Return a group's kind and its own name: ``gut solution`` is a gut, of the solution."""
    for kind in ("epidural depot", "metabolite", "gut", "taken up"):
        if group.startswith(f"{kind} "):
            return kind, group.removeprefix(f"{kind} ")
    return group, ""
