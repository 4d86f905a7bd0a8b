"""The parts that an exported SBML model is made of, by way of libSBML.

libSBML answers with codes instead of raising; here every one of them is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import libsbml

Part = Any
"""A piece of the document; libSBML comes without types."""

LEVEL, VERSION = 3, 2
HOUR_S = 3_600
XHTML = "http://www.w3.org/1999/xhtml"

_SECOND, _GRAM, _LITRE = libsbml.UNIT_KIND_SECOND, libsbml.UNIT_KIND_GRAM, libsbml.UNIT_KIND_LITRE
MICRO, MILLI, NANO = -6, -3, -9
UNITS: Mapping[str, tuple[tuple[int, int, int, int], ...]] = {
    "h": ((_SECOND, 1, 0, HOUR_S),),
    "mcg": ((_GRAM, 1, MICRO, 1),),
    "mL": ((_LITRE, 1, MILLI, 1),),
    "per_h": ((_SECOND, -1, 0, HOUR_S),),
    "mcg_per_h": ((_GRAM, 1, MICRO, 1), (_SECOND, -1, 0, HOUR_S)),
    "mcg_per_mL": ((_GRAM, 1, MICRO, 1), (_LITRE, -1, MILLI, 1)),
    "ng_per_mL": ((_GRAM, 1, NANO, 1), (_LITRE, -1, MILLI, 1)),
    "ng_per_mcg": ((_GRAM, 1, NANO, 1), (_GRAM, -1, MICRO, 1)),
}
"""Each unit as (kind, exponent, scale, multiplier): (multiplier x 10^scale x kind)^exponent."""

NG_IN_MCG = 1000
PER_MCG = "ng_per_mcg"


class Model:
    """One model under construction; each method adds one thing to it."""

    def __init__(self, name: str) -> None:
        self._document = libsbml.SBMLDocument(LEVEL, VERSION)
        self._model = self._document.createModel()
        _done(self._model.setId("course"))
        _done(self._model.setName(_printable(name)))
        for unit, factors in UNITS.items():
            self._unit(unit, factors)
        for set_unit, unit in (
            (self._model.setTimeUnits, "h"),
            (self._model.setSubstanceUnits, "mcg"),
            (self._model.setExtentUnits, "mcg"),
            (self._model.setVolumeUnits, "mL"),
        ):
            _done(set_unit(unit))

    def compartment(self, place: str, name: str, volume_ml: float, mcg: float) -> None:
        """Add a compartment ``V_...`` with the amount in it at time 0 as a species."""
        box = self._model.createCompartment()
        _done(box.setId(f"V_{place}"))
        _done(box.setName(f"volume of {name}"))
        _done(box.setSpatialDimensions(3))
        _done(box.setSize(volume_ml))
        _done(box.setUnits("mL"))
        _done(box.setConstant(True))
        amount = self._model.createSpecies()
        _done(amount.setId(place))
        _done(amount.setName(name))
        _done(amount.setCompartment(f"V_{place}"))
        _done(amount.setInitialAmount(mcg))
        _done(amount.setSubstanceUnits("mcg"))
        _done(amount.setHasOnlySubstanceUnits(True))
        _done(amount.setBoundaryCondition(False))
        _done(amount.setConstant(False))

    def link(
        self, link: str, name: str, ends: tuple[str, str | None], per_h: float, grounds: str
    ) -> None:
        """Add a one-way link as a reaction with a rate constant ``k_...`` of its own."""
        source, target = ends
        constant = self._parameter(f"k_{link}", f"rate constant, {name}", per_h, "per_h")
        if grounds:
            _done(constant.setNotes(_paragraphs([f"Rests on {grounds}."])))
        reaction = self._reaction(link, name, f"k_{link} * {source}")
        _reference(reaction.createReactant(), source, 1.0)
        if target is not None:
            _reference(reaction.createProduct(), target, 1.0)

    def saturable(
        self,
        link: str,
        ends: tuple[str, str],
        names: tuple[str, str],
        kinetics: tuple[float, float],
        grounds: str,
    ) -> None:
        """Add a one-way link that saturates, ``most s / (half + s)``.

        Parameters
        ----------
        ends, names
            The ids and the names of source and target; s is the concentration in the source.
        kinetics
            The most that flows, mcg/h, and the concentration at which half of it flows, mcg/mL;
            parameters ``Vmax_...`` and ``Km_...`` of their own.
        """
        source, target = ends
        name = " -> ".join(names)
        most, half = kinetics
        vmax = self._parameter(f"Vmax_{link}", f"the most that flows, {name}", most, "mcg_per_h")
        km = self._parameter(f"Km_{link}", f"half saturation, {name}", half, "mcg_per_mL")
        for constant in (vmax, km):
            _done(constant.setNotes(_paragraphs([f"Rests on {grounds}."])))
        here = f"{source} / V_{source}"
        law = f"Vmax_{link} * ({here}) / (Km_{link} + {here})"
        reaction = self._reaction(link, name, law)
        _reference(reaction.createReactant(), source, 1.0)
        _reference(reaction.createProduct(), target, 1.0)

    def infusion(
        self, channel: str, name: str, mcg_per_h: float, shares: Mapping[str, float]
    ) -> None:
        """Add a rate ``rate_...`` that events can change, shared out among compartments."""
        rate = self._parameter(f"rate_{channel}", f"rate given, {name}", mcg_per_h, "mcg_per_h")
        _done(rate.setConstant(False))
        reaction = self._reaction(f"give_{channel}", f"given, {name}", f"rate_{channel}")
        for place, share in shares.items():
            _reference(reaction.createProduct(), place, share)

    def event(
        self, at_s: int, name: str, rates: Mapping[str, float], doses: Mapping[str, float]
    ) -> None:
        """Add what changes at one whole second: rates, mcg/h, and doses, mcg, put in at once."""
        event = self._model.createEvent()
        _done(event.setId(f"at_{at_s}_s"))
        _done(event.setName(name))
        _done(event.setUseValuesFromTriggerTime(True))
        trigger = event.createTrigger()
        _done(trigger.setInitialValue(True))
        _done(trigger.setPersistent(True))
        _done(trigger.setMath(_from_second(at_s)))
        for channel, mcg_per_h in rates.items():
            self._assign(event, f"rate_{channel}", _number(mcg_per_h, "mcg_per_h"))
        for place, mcg in doses.items():
            self._assign(event, place, _joined(libsbml.AST_PLUS, _name(place), _number(mcg, "mcg")))

    def reading(
        self,
        site: str,
        name: str,
        members: Sequence[str],
        *,
        nanograms: bool,
        mass_ratio: float | None,
    ) -> None:
        """Add a concentration that follows from amounts and volumes.

        Parameters
        ----------
        mass_ratio
            Mass of what is read for one of the drug, as of a metabolite; ``None`` for the drug.
        """
        unit = "ng_per_mL" if nanograms else "mcg_per_mL"
        read = self._parameter(site, f"concentration, {name}", None, unit)
        _done(read.setConstant(False))
        formula = f"({' + '.join(members)}) / ({' + '.join(f'V_{one}' for one in members)})"
        if mass_ratio is not None:
            ratio = f"mass_ratio_{site}"
            self._parameter(ratio, f"mass for one of the drug, {name}", mass_ratio, "dimensionless")
            formula = f"{ratio} * {formula}"
        if nanograms:
            if self._model.getParameter(PER_MCG) is None:
                self._parameter(PER_MCG, "nanograms in a microgram", NG_IN_MCG, PER_MCG)
            formula = f"{PER_MCG} * {formula}"
        rule = self._model.createAssignmentRule()
        _done(rule.setVariable(site))
        _done(rule.setMath(_parsed(formula)))

    def notes(self, paragraphs: Sequence[str]) -> None:
        """Set the model's notes."""
        _done(self._model.setNotes(_paragraphs(paragraphs)))

    def text(self) -> str:
        """Return the document as text."""
        return str(libsbml.writeSBMLToString(self._document))

    def _unit(self, name: str, factors: Sequence[tuple[int, int, int, int]]) -> None:
        definition = self._model.createUnitDefinition()
        _done(definition.setId(name))
        _done(definition.setName(name.replace("_per_", "/").replace("per_", "1/")))
        for kind, exponent, scale, multiplier in factors:
            unit = definition.createUnit()
            _done(unit.setKind(kind))
            _done(unit.setExponent(exponent))
            _done(unit.setScale(scale))
            _done(unit.setMultiplier(multiplier))

    def _parameter(self, name: str, label: str, value: float | None, unit: str) -> Part:
        parameter = self._model.createParameter()
        _done(parameter.setId(name))
        _done(parameter.setName(label))
        if value is not None:
            _done(parameter.setValue(value))
        _done(parameter.setUnits(unit))
        _done(parameter.setConstant(True))
        return parameter

    def _reaction(self, name: str, label: str, formula: str) -> Part:
        reaction = self._model.createReaction()
        _done(reaction.setId(name))
        _done(reaction.setName(label))
        _done(reaction.setReversible(False))
        _done(reaction.createKineticLaw().setMath(_parsed(formula)))
        return reaction

    @staticmethod
    def _assign(event: Part, variable: str, value: Part) -> None:
        assignment = event.createEventAssignment()
        _done(assignment.setVariable(variable))
        _done(assignment.setMath(value))


def _done(code: int) -> None:
    if code != libsbml.LIBSBML_OPERATION_SUCCESS:
        raise AssertionError(f"libSBML refused: {libsbml.OperationReturnValue_toString(code)}")


def _reference(reference: Part, species: str, share: float) -> None:
    _done(reference.setSpecies(species))
    _done(reference.setStoichiometry(share))
    _done(reference.setConstant(True))


def _parsed(formula: str) -> Part:
    math = libsbml.parseL3Formula(formula)
    if math is None:
        raise AssertionError(libsbml.getLastParseL3Error())
    return math


def _joined(kind: int, *parts: Part) -> Part:
    node = libsbml.ASTNode(kind)
    for part in parts:
        _done(node.addChild(part))
    return node


def _name(variable: str) -> Part:
    node = libsbml.ASTNode(libsbml.AST_NAME)
    _done(node.setName(variable))
    return node


def _number(value: float, unit: str) -> Part:
    node = libsbml.ASTNode(libsbml.AST_REAL)
    _done(node.setValue(value))
    _done(node.setUnits(unit))
    return node


def _from_second(at_s: int) -> Part:
    """Return the condition that a whole second has come, exact as a fraction of hours."""
    time = libsbml.ASTNode(libsbml.AST_NAME_TIME)
    _done(time.setName("time"))
    hours = libsbml.ASTNode(libsbml.AST_RATIONAL)
    _done(hours.setValue(at_s, HOUR_S))
    _done(hours.setUnits("h"))
    return _joined(libsbml.AST_RELATIONAL_GEQ, time, hours)


def _paragraphs(texts: Sequence[str]) -> str:
    inner = "".join(f"<p>{escape(_printable(one), quote=False)}</p>" for one in texts)
    return f'<body xmlns="{XHTML}">{inner}</body>'


def _printable(text: str) -> str:
    # XML has no place for control characters, which a title may hold.
    return "".join(one if one.isprintable() else " " for one in text)
