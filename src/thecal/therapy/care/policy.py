"""What a clinic does, as rules that can be read: data of a policy, checked as a whole.

A rule names what it looks at and what it changes. Of the rules for a route the first that holds for
a person is followed; if none holds, the dose stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, get_args

from thecal.errors import InputError, KnowledgeError
from thecal.knowledge import Figure, Table, ids_in, load_document

Given = Literal["oral", "pump"]
Follows = Literal["everybody", "implanted"]

_DATA = files("thecal.therapy.care") / "data" / "policies"
PERCENT: Final = "percent"
"""The unit of a change that is a share of the dose."""

_KEYS: Final = ("title", "drug", "explants", "follows", "limiting", "rule")

PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "clinic": ("every", "every_on_pump", "every_later", "later_from"),
    "care": (
        "adjuvant",
        "adjuvant_spread",
        "treat_from_grade",
        "treated",
        "rotate_from_pain",
        "rotate_from_day",
        "oral_ceiling",
    ),
    "pump": (
        "start_ratio",
        "start_dose",
        "start_of_trial_dose",
        "oral_kept",
        "wait",
        "wait_spread",
        "never_implanted",
        "pump_ceiling",
    ),
    "trial": (
        "trial_dose",
        "trial_days",
        "trial_doublings",
        "trial_relief",
        "implanted_after_success",
    ),
    "bolus": ("share", "lockout", "onset", "reach"),
    "withdrawal": ("withdraws_from_rise", "withdraws_after_visits"),
}
"""Parts that figures may play in each table of a policy's file."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When a dose is changed, and by how much.

    Attributes
    ----------
    change
        Name of the figure with the change, in % of the dose, or of the first dose where
        ``of_first`` holds; or as a dose, in mg/day or mcg/day.
    pain_from, pain_below
        The pain told today lies there.
    grade_from, grade_below
        The worst of the limiting side effects lies there.
    once_on_pump
        Holds only after the pump was started.
    """

    words: str
    route: Given
    change: str
    source: str
    pain_from: float = 0.0
    pain_below: float = float("inf")
    grade_from: float = 0.0
    grade_below: float = float("inf")
    once_on_pump: bool = False
    of_first: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy.

    Attributes
    ----------
    drug
        What the pump holds.
    explants
        The study that says how often pumps are taken out; empty: what goes wrong with pumps is
        not followed, as with an external pump, or there is none.
    follows
        Whom the study goes on with after a screening trial: "everybody" or the "implanted" alone,
        as cohorts of pumps do.
    limiting
        The side effects that limit the doses of a route; the others are told but change nothing.
    roles
        By table (`PARTS`) from the part to the name of a figure.
    """

    id: str
    title: str
    drug: str
    explants: str
    follows: Follows
    limiting: Mapping[str, tuple[str, ...]]
    rules: tuple[Rule, ...]
    roles: Mapping[str, Mapping[str, str]]
    figures: Table[Figure]

    def has(self, table: str) -> bool:
        """Return whether the policy has such a table."""
        return bool(self.roles.get(table))


def policies() -> tuple[str, ...]:
    """Return the ids of the policies on record."""
    return ids_in(_DATA)


@cache
def load_policy(name: str) -> Policy:
    """Return a policy by its id.

    Raises
    ------
    InputError
        If there is none of that id.
    KnowledgeError
        If its data file is incomplete.

    Examples
    --------
    >>> for rule in load_policy("medical-management").rules[:2]:
    ...     print(rule.words)
    a severe side effect: less
    pain, and no more than a mild side effect: more
    """
    if name not in policies():
        raise InputError(f'there is no policy "{name}"; there are {", ".join(policies())}')
    file = _DATA / f"{name}.toml"
    rest, figures = load_document(file, other_keys=(*_KEYS, *PARTS))
    rules = tuple(_rule(entry, file.name) for entry in rest.get("rule", []))
    roles = {table: dict(rest.get(table, {})) for table in PARTS}
    for table, parts in PARTS.items():
        if unknown := sorted(set(roles[table]) - set(parts)):
            raise KnowledgeError(f"{file.name}: [{table}] has no part {', '.join(unknown)}")
    named = {name for table in roles.values() for name in table.values()}
    named |= {rule.change for rule in rules}
    if named != set(figures):
        raise KnowledgeError(
            f"{file.name}: figures that are named and figures that are there differ in "
            f"{', '.join(sorted(named ^ set(figures)))}"
        )
    limits = rest.get("limiting", {})
    limiting: dict[str, tuple[str, ...]] = {
        route: tuple(limits.get(route, ())) for route in get_args(Given)
    }
    follows = rest.get("follows", "everybody")
    if follows not in get_args(Follows):
        raise KnowledgeError(f'{file.name}: a policy follows "{follows}"')
    return Policy(
        name,
        rest["title"],
        rest["drug"],
        rest.get("explants", ""),
        follows,
        Table(limiting),
        rules,
        Table(roles),
        figures,
    )


def _rule(entry: Mapping[str, Any], file: str) -> Rule:
    known = {one.name for one in fields(Rule)}
    needed = {"words", "route", "change", "source"}
    if not needed <= set(entry) <= known:
        raise KnowledgeError(f"{file}: a rule has the keys {', '.join(sorted(known))}")
    if entry["route"] not in get_args(Given):
        raise KnowledgeError(f'{file}: a rule is of the route "{entry["route"]}"')
    numbers = ("pain_from", "pain_below", "grade_from", "grade_below")
    values: dict[str, Any] = {k: float(v) if k in numbers else v for k, v in entry.items()}
    return Rule(**values)
