"""Turning one drug's data file into a drug: which figure plays which part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from thecal.errors import KnowledgeError
from thecal.formulary.drug import Drug, Limit, OralForm, RouteRatio
from thecal.knowledge import Table, load_document
from thecal.quantity import CONCENTRATION, DOSE_RATE, NUMBER, TIME, Dimension

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from thecal.knowledge import Figure, Which

_RATE = Dimension(0, 0, -1)
_ROLES = (
    "product_strengths",
    "highest_concentration",
    "highest_daily_dose",
    "start_dose",
    "stability",
)
_RATIO_ROLE = "oral_to_intrathecal"
_RATIO_PARTS = ("central", "low", "high")
_FORM_PARTS = ("absorption_rate", "lag", "bioavailability")


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
    document, figures = load_document(file, other_keys=("id", "name", "roles", "oral_forms"))
    if document.get("id") != drug_id or not isinstance(document.get("name"), str):
        raise KnowledgeError(
            f'{file.name}: needs a name, and the id "{drug_id}" as the file is called'
        )
    parts = _Parts(file.name, figures)
    roles = parts.table(document.get("roles"), "roles", needed=_ROLES, optional=(_RATIO_ROLE,))
    forms = parts.table(document.get("oral_forms", {}), "oral_forms")
    start_doses = parts.table(roles["start_dose"], "start_dose")
    return Drug(
        id=drug_id,
        name=document["name"],
        figures=figures,
        oral_forms=Table({form: parts.oral_form(form, entry) for form, entry in forms.items()}),
        product_strengths=parts.rising(roles, "product_strengths", CONCENTRATION),
        highest_concentration=parts.limits(roles, "highest_concentration", CONCENTRATION),
        highest_daily_dose=parts.limits(roles, "highest_daily_dose", DOSE_RATE),
        start_dose=Table({who: parts.dose_range(name) for who, name in start_doses.items()}),
        oral_to_intrathecal=parts.ratio(roles[_RATIO_ROLE]) if _RATIO_ROLE in roles else None,
        stability=parts.figure(roles["stability"], TIME),
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """The figures of one file, asked for by name and refused when they do not fit."""

    place: str
    figures: Mapping[str, Figure]

    def figure(self, name: object, dimension: Dimension, which: Which = "value") -> Figure:
        if not isinstance(name, str) or name not in self.figures:
            raise KnowledgeError(
                f"{self.place}: a part names the figure {name!r}, which is not in the file"
            )
        self._refuse_other_kind(self.figures[name], dimension, which)
        return self.figures[name]

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

    def _refuse_other_kind(self, figure: Figure, dimension: Dimension, which: Which) -> None:
        if figure.exact(which).dimension != dimension:
            raise KnowledgeError(
                f'{self.place}: the figure "{figure.name}" cannot be in {figure.unit}'
            )
