"""The numbers of one drug in one body, read from their figures and put into the internal units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from types import MappingProxyType

from thecal.body.anatomy import Anatomy, load_anatomy
from thecal.body.cord import CordTissue
from thecal.errors import ValidityError
from thecal.formulary import Drug


@dataclass(frozen=True, slots=True)
class OralAbsorption:
    """How one oral form reaches blood: first order after a lag, of which a share arrives."""

    rate_per_h: float
    lag_s: int
    bioavailability: float


@dataclass(frozen=True, slots=True)
class Peripheral:
    """A compartment that exchanges with blood: its volume, mL, and the flow to it, mL/h."""

    volume_ml: float
    flow_ml_per_h: float


@dataclass(frozen=True, slots=True)
class Blood:
    """One to three compartments for the drug outside the nervous system."""

    clearance_ml_per_h: float
    central_ml: float
    shallow: Peripheral | None
    deep: Peripheral | None
    unbound_fraction: float


@dataclass(frozen=True, slots=True)
class Metabolite:
    """What the liver makes of the drug; amounts count as the parent drug.

    Attributes
    ----------
    share
        Of the drug's clearance.
    first_pass_share
        Of a swallowed dose.
    mass_ratio
        Mass of the metabolite for one of the parent (ratio of molecular weights).
    """

    name: str
    share: float
    first_pass_share: float
    clearance_ml_per_h: float
    volume_ml: float
    mass_ratio: float


@dataclass(frozen=True, slots=True)
class Epidural:
    """The delay behind the dura, the fat in it, and what an epidural dose does.

    Attributes
    ----------
    clearance_per_h
        Drainage into blood.
    fluid_ml
        Volume in which the drug behind the dura is dissolved.
    fat_ml
        Volume of the fluid that would hold as much drug as the fat does.
    fat_exchange_ml_per_h
        Flow of that fluid to and from the fat.
    share_to_csf
        Of an epidural dose; ``None`` where it is not known.
    crossing_per_h
        Rate at which an epidural dose leaves its place; ``None`` where it is not known.
    """

    clearance_per_h: float
    fluid_ml: float
    fat_ml: float
    fat_exchange_ml_per_h: float
    share_to_csf: float | None
    crossing_per_h: float | None


@dataclass(frozen=True, slots=True)
class Fluid:
    """Formation, flow and volumes of CSF: mL and mL/h."""

    formation_ml_per_h: float
    spinal_absorption_ml_per_h: float
    convexity_mixing_ml_per_h: float
    ventricle_reflux_ml_per_h: float
    ventricle_ml: float
    cistern_ml: float
    convexity_ml: float
    bolus_mixing_ml: float


@dataclass(frozen=True, slots=True)
class Brain:
    """One layer of brain tissue behind the CSF over the convexity: cm2 and cm."""

    surface_cm2: float
    depth_cm: float


@dataclass(frozen=True, slots=True)
class Parameters:
    """All numbers of the model in mcg, mL, h and cm.

    Attributes
    ----------
    csf_loss_per_h
        Loss from spinal CSF through arachnoid, dura and root sleeves, 1/h.
    cranial_loss_per_h
        Loss from cranial CSF other than with fluid or into brain, 1/h.
    root_diameter_cm
        Of one strand of the nerve roots, which are of the cord's tissue.
    drift_cm_per_h
        Exploratory: how fast the drug sinks towards the sac relative to the fluid (heavy solution,
        upright: positive); zero by default.
    """

    fluid: Fluid
    csf_loss_per_h: float
    cranial_loss_per_h: float
    tissue: CordTissue
    root_diameter_cm: float
    brain: Brain
    epidural: Epidural
    blood: Blood
    metabolites: tuple[Metabolite, ...]
    oral: Mapping[str, OralAbsorption]
    drift_cm_per_h: float = 0.0

    def __post_init__(self) -> None:
        made = sum(one.first_pass_share for one in self.metabolites)
        for form, oral in self.oral.items():
            if oral.bioavailability + made > 1.0:
                raise ValidityError(
                    f"of the oral form {form} more than all would reach the blood: "
                    f"{oral.bioavailability} as the drug and {made} as metabolites"
                )
        if sum(one.share for one in self.metabolites) > 1.0:
            raise ValidityError("the metabolites would take more than all of the clearance")


DRUG_FIGURES: Mapping[str, str] = MappingProxyType(
    {
        "csf_loss_rate": "1/h",
        "epidural_clearance_rate": "1/h",
        "free_diffusivity": "cm^2/h",
        "cord_partition": "1",
        "pial_transfer": "cm/h",
        "cord_capillary_efflux": "1/h",
        "fat_partition": "1",
        "systemic_clearance": "mL/h",
        "central_volume": "mL",
        "fraction_unbound": "1",
        "molecular_weight": "g/mol",
    }
)
"""The figures that every drug needs, with the internal unit of each."""

OPTIONAL_FIGURES: Mapping[str, str] = MappingProxyType(
    {
        "shallow_volume": "mL",
        "shallow_flow": "mL/h",
        "deep_volume": "mL",
        "deep_flow": "mL/h",
        "epidural_share_to_csf": "1",
        "dural_crossing_half_life": "h",
    }
)
"""The figures that a drug may have, with the internal unit of each."""

METABOLITE_FIGURES: Mapping[str, str] = MappingProxyType(
    {
        "share_of_clearance": "1",
        "first_pass_share": "1",
        "clearance": "mL/h",
        "volume": "mL",
        "molecular_weight": "g/mol",
    }
)
"""The figures of a metabolite, each named after it (``m6g_volume``), with its internal unit."""

BODY_FIGURES: Mapping[str, str] = MappingProxyType(
    {
        "csf_formation": "mL/h",
        "spinal_absorption": "mL/h",
        "cistern_convexity_mixing": "mL/h",
        "cistern_ventricle_reflux": "mL/h",
        "ventricle_volume": "mL",
        "cistern_volume": "mL",
        "convexity_volume": "mL",
        "bolus_mixing_volume": "mL",
        "cranial_loss_rate": "1/h",
        "cord_extracellular_fraction": "1",
        "tissue_tortuosity": "1",
        "root_diameter": "cm",
        "epidural_fluid_volume": "mL",
        "epidural_fat_volume": "mL",
        "epidural_fat_exchange": "mL/h",
        "brain_surface": "cm^2",
        "brain_depth": "cm",
        "body_weight": "kg",
    }
)
"""The figures of an anatomy that the model uses beside its levels and dispersion."""


def figures_of(drug: Drug) -> tuple[str, ...]:
    """Return the names of all of a drug's figures that the body uses."""
    names = [*DRUG_FIGURES, *OPTIONAL_FIGURES]
    names += [f"{one}_{figure}" for one in drug.metabolites for figure in METABOLITE_FIGURES]
    return tuple(name for name in names if name in drug.figures)


def parameters_of(drug: Drug, anatomy: Anatomy) -> Parameters:
    """Return the numbers of a drug in a body.

    Raises
    ------
    ValidityError
        If the drug or the anatomy lacks a figure that the model needs.
    """
    missing = [name for name in DRUG_FIGURES if name not in drug.figures]
    if missing:
        raise ValidityError(
            f"{drug.name} cannot be followed through the body: no figure for {', '.join(missing)}"
        )
    d = {name: drug.figures[name].number(unit) for name, unit in DRUG_FIGURES.items()}
    b = {name: anatomy.figures[name].number(unit) for name, unit in BODY_FIGURES.items()}
    size = _Size.of(anatomy)
    half_life = _optional(drug, "dural_crossing_half_life")
    return Parameters(
        fluid=Fluid(
            formation_ml_per_h=b["csf_formation"],
            spinal_absorption_ml_per_h=b["spinal_absorption"],
            convexity_mixing_ml_per_h=b["cistern_convexity_mixing"],
            ventricle_reflux_ml_per_h=b["cistern_ventricle_reflux"],
            ventricle_ml=b["ventricle_volume"],
            cistern_ml=b["cistern_volume"],
            convexity_ml=b["convexity_volume"],
            bolus_mixing_ml=b["bolus_mixing_volume"],
        ),
        csf_loss_per_h=d["csf_loss_rate"],
        cranial_loss_per_h=b["cranial_loss_rate"],
        tissue=CordTissue(
            partition=d["cord_partition"],
            extracellular_fraction=b["cord_extracellular_fraction"],
            diffusivity_cm2_per_h=d["free_diffusivity"] / b["tissue_tortuosity"] ** 2,
            pial_transfer_cm_per_h=d["pial_transfer"],
            capillary_efflux_per_h=d["cord_capillary_efflux"],
        ),
        root_diameter_cm=b["root_diameter"],
        brain=Brain(b["brain_surface"], b["brain_depth"]),
        epidural=Epidural(
            clearance_per_h=d["epidural_clearance_rate"],
            fluid_ml=b["epidural_fluid_volume"],
            fat_ml=d["fat_partition"] * b["epidural_fat_volume"],
            fat_exchange_ml_per_h=b["epidural_fat_exchange"],
            share_to_csf=_optional(drug, "epidural_share_to_csf"),
            crossing_per_h=None if half_life is None else log(2.0) / half_life,
        ),
        blood=Blood(
            clearance_ml_per_h=d["systemic_clearance"] * size.flows,
            central_ml=d["central_volume"] * size.volumes,
            shallow=_peripheral(drug, "shallow", size),
            deep=_peripheral(drug, "deep", size),
            unbound_fraction=d["fraction_unbound"],
        ),
        metabolites=tuple(
            _metabolite(drug, one, d["molecular_weight"], size) for one in drug.metabolites
        ),
        oral=MappingProxyType(
            {
                name: OralAbsorption(
                    rate_per_h=form.absorption_rate.number("1/h"),
                    lag_s=round(form.lag.number("s")),
                    bioavailability=form.bioavailability.number("1"),
                )
                for name, form in drug.oral_forms.items()
            }
        ),
    )


@dataclass(frozen=True, slots=True)
class _Size:
    """How much larger than in the reference adult volumes and flows of blood are."""

    volumes: float
    flows: float

    @classmethod
    def of(cls, anatomy: Anatomy) -> _Size:
        reference = load_anatomy("adult").figures
        power = reference["clearance_weight_power"].number("1")
        weight = anatomy.figures["body_weight"].number("kg")
        size = weight / reference["body_weight"].number("kg")
        return cls(volumes=size, flows=size**power)


def _optional(drug: Drug, name: str) -> float | None:
    return drug.figures[name].number(OPTIONAL_FIGURES[name]) if name in drug.figures else None


def _peripheral(drug: Drug, name: str, size: _Size) -> Peripheral | None:
    volume, flow = _optional(drug, f"{name}_volume"), _optional(drug, f"{name}_flow")
    if volume is None or flow is None:
        return None
    return Peripheral(volume * size.volumes, flow * size.flows)


def _metabolite(drug: Drug, name: str, parent_weight: float, size: _Size) -> Metabolite:
    def number(figure: str) -> float:
        key = f"{name}_{figure}"
        if key not in drug.figures:
            raise ValidityError(f"{drug.name}: the metabolite {name} has no figure {key}")
        return drug.figures[key].number(METABOLITE_FIGURES[figure])

    first_pass = number("first_pass_share") if f"{name}_first_pass_share" in drug.figures else 0.0
    return Metabolite(
        name=name,
        share=number("share_of_clearance"),
        first_pass_share=first_pass,
        clearance_ml_per_h=number("clearance") * size.flows,
        volume_ml=number("volume") * size.volumes,
        mass_ratio=number("molecular_weight") / parent_weight,
    )
