"""Turning one drug's data file into a drug: which figure plays which part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from thecal.errors import KnowledgeError
from thecal.formulary.drug import Drug, Kind, Limit, OralForm, RouteRatio
from thecal.knowledge import Table, load_document
from thecal.quantity import CONCENTRATION, DOSE_RATE, FLOW, NUMBER, TIME, VOLUME, Dimension

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from thecal.knowledge import Figure, Which

_RATE = Dimension(0, 0, -1)
_KINDS: dict[str, Kind] = {word: word for word in get_args(Kind)}
_FOR_PUMPS = ("product_strengths", "highest_concentration", "highest_daily_dose", "start_dose")
_RATIO_ROLE = "oral_to_intrathecal"
_RATIO_PARTS = ("central", "low", "high")
_FORM_PARTS = ("absorption_rate", "lag", "bioavailability")
_METABOLITE_SHARES = ("share_of_clearance", "first_pass_share")


def read_drug(file: Traversable | Path, drug_id: str) -> Drug:
    """Return the drug that a data file describes.

    Parameters
    ----------
    file
        A TOML file as `docs/knowledge.md` describes it.
    drug_id
        The id that the file must state.

    Raises
    ------
    KnowledgeError
        When the file is incomplete or wrong, or a part is given to a figure of another kind.
    """
    document, figures = load_document(
        file, other_keys=("id", "name", "kind", "roles", "oral_forms")
    )
    if document.get("id") != drug_id or not isinstance(document.get("name"), str):
        raise KnowledgeError(
            f'{file.name}: needs a name, and the id "{drug_id}" as the file is called'
        )
    kind = document.get("kind", "drug")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise KnowledgeError(f"{file.name}: the kind {kind!r} is none of {', '.join(_KINDS)}")
    parts = _Parts(file.name, figures)
    if kind == "drug":
        roles = parts.table(
            document.get("roles"),
            "roles",
            needed=_FOR_PUMPS,
            optional=("stability", "metabolites", _RATIO_ROLE),
        )
    else:
        roles = parts.table(
            document.get("roles", {}), "roles", needed=(), optional=("metabolites",)
        )
        if "oral_forms" in document:
            raise KnowledgeError(f"{file.name}: a {kind} has no oral forms")
    forms = parts.table(document.get("oral_forms", {}), "oral_forms")
    start_doses = parts.table(roles.get("start_dose", {}), "start_dose")
    metabolites = parts.metabolites(roles.get("metabolites", []))
    return Drug(
        id=drug_id,
        name=document["name"],
        kind=_KINDS[kind],
        figures=figures,
        oral_forms=Table({form: parts.oral_form(form, entry) for form, entry in forms.items()}),
        product_strengths=parts.rising(roles, "product_strengths", CONCENTRATION),
        highest_concentration=parts.limits(roles, "highest_concentration", CONCENTRATION),
        highest_daily_dose=parts.limits(roles, "highest_daily_dose", DOSE_RATE),
        start_dose=Table({who: parts.dose_range(name) for who, name in start_doses.items()}),
        oral_to_intrathecal=parts.ratio(roles[_RATIO_ROLE]) if _RATIO_ROLE in roles else None,
        stability=parts.figure(roles["stability"], TIME) if "stability" in roles else None,
        metabolites=metabolites,
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """The figures of one file, asked for by name and refused when they do not fit."""

    place: str
    figures: Mapping[str, Figure]

    def figure(self, name: object, dimension: Dimension, which: Which = "value") -> Figure:
        figure = self._named(name)
        self._refuse_other_kind(figure, dimension, which)
        return figure

    def table(
        self,
        entry: object,
        key: str,
        *,
        needed: Collection[str] | None = None,
        optional: Collection[str] = (),
    ) -> Mapping[str, Any]:
        if not isinstance(entry, dict):
            raise KnowledgeError(f'{self.place}: has no table "{key}"')
        if needed is None:
            return entry
        missing = [part for part in needed if part not in entry]
        if missing:
            raise KnowledgeError(f'{self.place}: the table "{key}" has no "{missing[0]}"')
        unknown = [part for part in entry if part not in (*needed, *optional)]
        if unknown:
            raise KnowledgeError(f'{self.place}: unknown key "{unknown[0]}" in the table "{key}"')
        return entry

    def rising(
        self, roles: Mapping[str, Any], role: str, dimension: Dimension
    ) -> tuple[Figure, ...]:
        if role not in roles:
            return ()
        names = roles[role]
        if not isinstance(names, list) or not names:
            raise KnowledgeError(f'{self.place}: "{role}" must list names of figures')
        figures = [self.figure(name, dimension) for name in names]
        return tuple(sorted(figures, key=lambda figure: figure.exact()))

    def limits(
        self, roles: Mapping[str, Any], role: str, dimension: Dimension
    ) -> tuple[Limit, ...]:
        return tuple(Limit.of(figure) for figure in self.rising(roles, role, dimension))

    def dose_range(self, name: object) -> Figure:
        self.figure(name, DOSE_RATE, "low")
        return self.figure(name, DOSE_RATE, "high")

    def ratio(self, entry: object) -> RouteRatio:
        names = self.table(entry, _RATIO_ROLE, needed=_RATIO_PARTS)
        central, low, high = (self.figure(names[part], NUMBER) for part in _RATIO_PARTS)
        if not low.exact() <= central.exact() <= high.exact():
            raise KnowledgeError(
                f'{self.place}: "{_RATIO_ROLE}" must rise from low over central to high'
            )
        return RouteRatio(central=central, low=low, high=high)

    def metabolites(self, entry: object) -> tuple[str, ...]:
        if not isinstance(entry, list) or not all(isinstance(name, str) for name in entry):
            raise KnowledgeError(f'{self.place}: "metabolites" must list names')
        if len(set(entry)) < len(entry):
            raise KnowledgeError(f'{self.place}: "metabolites" names one twice')
        for name in entry:
            self.figure(f"{name}_clearance", FLOW)
            self.figure(f"{name}_volume", VOLUME)
            # A weight is no dosing unit; asking for it in the body's unit proves its kind.
            self._named(f"{name}_molecular_weight").number("g/mol")
            self.figure(f"{name}_share_of_clearance", NUMBER)
        for part in _METABOLITE_SHARES:
            shares = [
                self.figures[key] for one in entry if (key := f"{one}_{part}") in self.figures
            ]
            if sum(share.number("1") for share in shares) > 1:
                raise KnowledgeError(
                    f'{self.place}: the metabolites take more than all by their "{part}"'
                )
        return tuple(entry)

    def oral_form(self, form_id: str, entry: object) -> OralForm:
        names = self.table(entry, form_id, needed=_FORM_PARTS)
        share = self.figure(names["bioavailability"], NUMBER)
        if not 0 < share.exact().magnitude <= 1:
            raise KnowledgeError(
                f'{self.place}: the figure "{share.name}" must be above 0 and at most 1'
            )
        return OralForm(
            id=form_id,
            absorption_rate=self.figure(names["absorption_rate"], _RATE),
            lag=self.figure(names["lag"], TIME),
            bioavailability=share,
        )

    def _named(self, name: object) -> Figure:
        if not isinstance(name, str) or name not in self.figures:
            raise KnowledgeError(
                f"{self.place}: a part names the figure {name!r}, which is not in the file"
            )
        return self.figures[name]

    def _refuse_other_kind(self, figure: Figure, dimension: Dimension, which: Which) -> None:
        if figure.exact(which).dimension != dimension:
            raise KnowledgeError(
                f'{self.place}: the figure "{figure.name}" cannot be in {figure.unit}'
            )
