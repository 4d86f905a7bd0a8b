"""The numbers of one drug in one body, read from their figures and put into the internal units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from thecal.body.anatomy import Anatomy
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
class Parameters:
    """All numbers of the model in mcg, mL, h and cm.

    The two names of each number are its figure's in the formulary (drug) or the anatomy (body).
    """

    csf_loss_per_h: float
    epidural_clearance_per_h: float
    tissue: CordTissue
    formation_ml_per_h: float
    spinal_absorption_ml_per_h: float
    convexity_mixing_ml_per_h: float
    ventricle_reflux_ml_per_h: float
    ventricle_ml: float
    cistern_ml: float
    convexity_ml: float
    cranial_loss_per_h: float
    clearance_ml_per_h: float
    central_ml: float
    shallow_ml: float
    deep_ml: float
    shallow_flow_ml_per_h: float
    deep_flow_ml_per_h: float
    unbound_fraction: float
    m6g_share: float
    m6g_first_pass_share: float
    m6g_clearance_ml_per_h: float
    m6g_ml: float
    m6g_mass_ratio: float
    oral: Mapping[str, OralAbsorption]

    def __post_init__(self) -> None:
        for form, oral in self.oral.items():
            if oral.bioavailability + self.m6g_first_pass_share > 1.0:
                raise ValidityError(
                    f"of the oral form {form} more than all would reach the blood: "
                    f"{oral.bioavailability} as the drug and {self.m6g_first_pass_share} as M6G"
                )


DRUG_FIGURES = {
    "csf_loss_rate": "1/h",
    "epidural_clearance_rate": "1/h",
    "free_diffusivity": "cm^2/h",
    "cord_partition": "1",
    "pial_transfer": "cm/h",
    "cord_capillary_efflux": "1/h",
    "systemic_clearance": "mL/h",
    "central_volume": "mL",
    "shallow_volume": "mL",
    "deep_volume": "mL",
    "shallow_flow": "mL/h",
    "deep_flow": "mL/h",
    "fraction_unbound": "1",
    "molecular_weight": "g/mol",
    "m6g_share_of_clearance": "1",
    "m6g_first_pass_share": "1",
    "m6g_clearance": "mL/h",
    "m6g_volume": "mL",
    "m6g_molecular_weight": "g/mol",
}
"""The figures of a drug that the model uses, with the internal unit of each."""

BODY_FIGURES = {
    "csf_formation": "mL/h",
    "spinal_absorption": "mL/h",
    "cistern_convexity_mixing": "mL/h",
    "cistern_ventricle_reflux": "mL/h",
    "ventricle_volume": "mL",
    "cistern_volume": "mL",
    "convexity_volume": "mL",
    "cranial_loss_rate": "1/h",
    "cord_extracellular_fraction": "1",
    "tissue_tortuosity": "1",
}
"""The figures of an anatomy that the model uses beside its levels and dispersion."""


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
    return Parameters(
        csf_loss_per_h=d["csf_loss_rate"],
        epidural_clearance_per_h=d["epidural_clearance_rate"],
        tissue=CordTissue(
            partition=d["cord_partition"],
            extracellular_fraction=b["cord_extracellular_fraction"],
            diffusivity_cm2_per_h=d["free_diffusivity"] / b["tissue_tortuosity"] ** 2,
            pial_transfer_cm_per_h=d["pial_transfer"],
            capillary_efflux_per_h=d["cord_capillary_efflux"],
        ),
        formation_ml_per_h=b["csf_formation"],
        spinal_absorption_ml_per_h=b["spinal_absorption"],
        convexity_mixing_ml_per_h=b["cistern_convexity_mixing"],
        ventricle_reflux_ml_per_h=b["cistern_ventricle_reflux"],
        ventricle_ml=b["ventricle_volume"],
        cistern_ml=b["cistern_volume"],
        convexity_ml=b["convexity_volume"],
        cranial_loss_per_h=b["cranial_loss_rate"],
        clearance_ml_per_h=d["systemic_clearance"],
        central_ml=d["central_volume"],
        shallow_ml=d["shallow_volume"],
        deep_ml=d["deep_volume"],
        shallow_flow_ml_per_h=d["shallow_flow"],
        deep_flow_ml_per_h=d["deep_flow"],
        unbound_fraction=d["fraction_unbound"],
        m6g_share=d["m6g_share_of_clearance"],
        m6g_first_pass_share=d["m6g_first_pass_share"],
        m6g_clearance_ml_per_h=d["m6g_clearance"],
        m6g_ml=d["m6g_volume"],
        m6g_mass_ratio=d["m6g_molecular_weight"] / d["molecular_weight"],
        oral={
            name: OralAbsorption(
                rate_per_h=form.absorption_rate.number("1/h"),
                lag_s=round(form.lag.number("s")),
                bioavailability=form.bioavailability.number("1"),
            )
            for name, form in drug.oral_forms.items()
        },
    )
