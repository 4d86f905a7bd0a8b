"""The numbers that outcomes are judged by, from the data file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from thecal.knowledge import Figure, Table, load_figures


@dataclass(frozen=True, slots=True)
class Rules:
    """By how much pain or toxicity must fall to count; falls and rises in percent.

    Attributes
    ----------
    pain_fall, toxicity_fall
        The falls that a success needs.
    equal_pain_rise
        The rise of pain up to which it counts as equal.
    mild_below
        Pain below this is mild, points of 10.
    eq5d_per_point
        EQ-5D index gained for each point that pain falls.
    """

    pain_fall: float
    toxicity_fall: float
    equal_pain_rise: float
    mild_below: float
    eq5d_per_point: float


@cache
def load_rule_figures() -> Table[Figure]:
    """Return the figures behind the rules, each with its source.

    Raises
    ------
    KnowledgeError
        When the data file is incomplete.
    """
    return load_figures(files("thecal.outcomes") / "data" / "rules.toml")


@cache
def load_rules() -> Rules:
    """Return the rules as numbers.

    Raises
    ------
    KnowledgeError
        When the data file is incomplete.

    Examples
    --------
    >>> load_rules().pain_fall
    20.0
    """
    figures = load_rule_figures()
    return Rules(
        pain_fall=figures["success_pain_fall"].number("percent"),
        toxicity_fall=figures["success_toxicity_fall"].number("percent"),
        equal_pain_rise=figures["equal_pain_rise"].number("percent"),
        mild_below=figures["mild_pain"].number("1"),
        eq5d_per_point=figures["eq5d_per_point"].number("1"),
    )
