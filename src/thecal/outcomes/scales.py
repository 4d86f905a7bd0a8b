"""How answers become scores: the rules only, never the questions, which are under copyright.

Answers come one row a person, NaN where not answered; a score is NaN where the rule asks for more
answers than there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

import numpy as np

from thecal.errors import InputError
from thecal.evidence import load_library
from thecal.outcomes.instruments import check_scores, scoring_figure
from thecal.outcomes.records import HIGHEST_GRADE, HIGHEST_PAIN, Array

_WHOLE: Final = 100.0
_BPI_SEVERITIES: Final = 4
_BPI_INTERFERENCES: Final = 7
_ODI_SECTIONS: Final = 10
_ODI_HIGHEST: Final = 5.0
_HADS_ANSWERS: Final = 7
_HADS_HIGHEST: Final = 3.0
_EQ5D_DIMENSIONS: Final = 5

_PAIN_BANDS: Final = {"mild": "INSTR-13", "moderate": "INSTR-14", "severe": "INSTR-15"}
_ODI_BANDS: Final = {
    "minimal": "INSTR-20",
    "moderate": "INSTR-21",
    "severe": "INSTR-22",
    "crippled": "INSTR-23",
    "bed-bound or exaggerating": "INSTR-24",
}
_FALLS_BY_BASELINE: Final = ("INSTR-05", "INSTR-06", "INSTR-07")
"""What people of a low, a middle and a high baseline call an important fall of pain."""

Case = Literal["none", "possible", "probable"]


def points_of_mm(millimetres: Array) -> Array:
    """Return points of 10 for a visual scale of 100 mm.

    Raises
    ------
    InputError
        When a mark is off the line.

    Examples
    --------
    >>> points_of_mm(np.array([73.6]))
    array([7.36])
    """
    check_scores("a mark in mm", millimetres, 0.0, _WHOLE)
    return millimetres / (_WHOLE / HIGHEST_PAIN)


def pain_band(score: float) -> str:
    """Return the band of Serlin for pain in cancer: none, mild, moderate or severe.

    Examples
    --------
    >>> pain_band(0.0), pain_band(4.0), pain_band(6.0), pain_band(7.0)
    ('none', 'mild', 'moderate', 'severe')
    """
    check_scores("pain", np.array([score]), 0.0, HIGHEST_PAIN)
    return _band(score, _PAIN_BANDS) if np.rint(score) > 0.0 else "none"


def important_fall(baseline: Array) -> Array:
    """Return the fall of pain that people with such a baseline call important, points.

    After the German back-pain study in the evidence library; between its bands the nearer counts.

    Examples
    --------
    >>> important_fall(np.array([3.0, 6.0, 9.0]))
    array([1. , 2. , 3.5])
    """
    ends, falls = _falls_by_baseline()
    return falls[np.minimum(np.searchsorted(ends, np.rint(baseline)), len(ends) - 1)]


def bpi_severity(answers: Array) -> Array:
    """Return the mean of worst, least, average and present pain, 0 to 10 (n,).

    Parameters
    ----------
    answers
        The four, 0 to 10, in any order; all are needed. Shape (n, 4).

    Raises
    ------
    InputError
        When there are not four, or one is off the scale.
    """
    _check_answers("BPI severity", answers, _BPI_SEVERITIES, HIGHEST_PAIN)
    return np.asarray(answers.mean(axis=1))


def bpi_interference(answers: Array) -> Array:
    """Return the mean of the answers to the seven items, where four or more are there (n,).

    Parameters
    ----------
    answers
        The seven, 0 to 10. Shape (n, 7).

    Raises
    ------
    InputError
        When there are not seven places, or an answer is off the scale.

    Examples
    --------
    >>> bpi_interference(np.array([[2.0, 4.0, 6.0, 8.0, np.nan, np.nan, np.nan]]))
    array([5.])
    """
    _check_answers("BPI interference", answers, _BPI_INTERFERENCES, HIGHEST_PAIN)
    return _mean_answered(answers, int(scoring_figure("bpi_interference_answered").number("1")))


def odi(sections: Array) -> Array:
    """Return the Oswestry disability index, percent (n,).

    Parameters
    ----------
    sections
        The ten sections, 0 to 5. Shape (n, 10).

    Raises
    ------
    InputError
        When there are not ten places, or an answer is off the scale.

    Examples
    --------
    >>> odi(np.array([[3.0] * 9 + [np.nan]]))
    array([60.])
    """
    _check_answers("an ODI section", sections, _ODI_SECTIONS, _ODI_HIGHEST)
    return _WHOLE / _ODI_HIGHEST * _mean_answered(sections, 1)


def odi_band(score: float) -> str:
    """Return the band of an Oswestry disability index.

    Examples
    --------
    >>> odi_band(20.0), odi_band(45.0), odi_band(100.0)
    ('minimal', 'severe', 'bed-bound or exaggerating')
    """
    check_scores("ODI", np.array([score]), 0.0, _WHOLE)
    return _band(score, _ODI_BANDS)


def odi_bands_gained(before: float, now: float) -> int:
    """Return by how many bands disability is better; worse is negative.

    Examples
    --------
    >>> odi_bands_gained(55.0, 35.0)
    1
    """
    names = list(_ODI_BANDS)
    return names.index(odi_band(before)) - names.index(odi_band(now))


def ctc_sum(grades: Array) -> Array:
    """Return the sum of the grades of NCI CTC, NaN where one is not known (n,).

    Parameters
    ----------
    grades
        Grades 0 to 4, one column a side effect.

    Raises
    ------
    InputError
        When a grade is off the scale.
    """
    check_scores("an NCI CTC grade", grades, 0.0, HIGHEST_GRADE)
    return np.asarray(grades.sum(axis=1))


def hads_subscale(answers: Array) -> Array:
    """Return the sum of the seven items of anxiety or of depression, 0 to 21 (n,).

    Parameters
    ----------
    answers
        The seven, 0 to 3; all are needed. Shape (n, 7).

    Raises
    ------
    InputError
        When there are not seven, or one is off the scale.
    """
    _check_answers("a HADS answer", answers, _HADS_ANSWERS, _HADS_HIGHEST)
    return np.asarray(answers.sum(axis=1))


def hads_case(score: float) -> Case:
    """Return whether the score of a subscale is that of no, a possible or a probable case.

    Examples
    --------
    >>> hads_case(7.0), hads_case(8.0), hads_case(11.0)
    ('none', 'possible', 'probable')
    """
    check_scores("a HADS subscale", np.array([score]), 0.0, _HADS_ANSWERS * _HADS_HIGHEST)
    if score >= scoring_figure("hads_probable").number("1"):
        return "probable"
    return "possible" if score >= scoring_figure("hads_possible").number("1") else "none"


def pgic_improved(category: int) -> bool:
    """Return whether a category is much or very much improved.

    Parameters
    ----------
    category
        1, very much improved, to 7, very much worse.

    Raises
    ------
    InputError
        When it is none of the seven.

    Examples
    --------
    >>> pgic_improved(2), pgic_improved(3)
    (True, False)
    """
    rule = scoring_figure("pgic_improved")
    check_scores(
        "a PGIC category",
        np.array([float(category)]),
        rule.number("1", "low"),
        rule.number("1", "high"),
    )
    return category <= rule.number("1")


@dataclass(frozen=True, slots=True)
class ValueSet:
    """What a country's people take off full health for each level of each EQ-5D dimension.

    Attributes
    ----------
    name
        Country and version, for people.
    losses
        For each of the five dimensions the loss at level 1, 2 and so on; level 1 is mostly 0.
    any_problem
        The further loss where any dimension is above level 1.

    Raises
    ------
    InputError
        When there are not five dimensions with the same levels.
    """

    name: str
    losses: tuple[tuple[float, ...], ...]
    any_problem: float = 0.0

    def __post_init__(self) -> None:
        if len(self.losses) != _EQ5D_DIMENSIONS or len({len(one) for one in self.losses}) != 1:
            raise InputError(f"{self.name}: a value set needs five dimensions of the same levels")


def eq5d_index(levels: Sequence[int], values: ValueSet | None) -> float:
    """Return the EQ-5D index: 1 is full health, and states worse than death are below 0.

    Parameters
    ----------
    levels
        The level of each of the five dimensions, counted from 1.
    values
        The country's value set. None is on record in thecal, so that the caller brings one.

    Raises
    ------
    InputError
        When there is no value set, or a level is none of its levels.
    """
    if values is None:
        raise InputError(
            "an EQ-5D index needs the value set of a country, and none is on record; "
            "compare the levels of the dimensions instead"
        )
    highest = len(values.losses[0])
    if len(levels) != _EQ5D_DIMENSIONS or not all(1 <= one <= highest for one in levels):
        raise InputError(
            f"EQ-5D levels {list(levels)} must be five whole numbers from 1 to {highest}"
        )
    lost = sum(loss[level - 1] for loss, level in zip(values.losses, levels, strict=True))
    return 1.0 - lost - (values.any_problem if max(levels) > 1 else 0.0)


def mqs(weights: Array, dose_levels: Array) -> float:
    """Return the medication quantification score: class weight times dose level, summed.

    Parameters
    ----------
    weights
        The weight of each drug's class, 0 or more.
    dose_levels
        The level of each drug's dose, in the same order.

    Raises
    ------
    InputError
        When the two are not of the same length, or one is below 0.
    """
    if weights.shape != dose_levels.shape:
        raise InputError("each drug needs one class weight and one dose level")
    for words, numbers in (("a class weight", weights), ("a dose level", dose_levels)):
        check_scores(words, numbers, 0.0, np.inf)
    return float(weights @ dose_levels)


@cache
def _falls_by_baseline() -> tuple[Array, Array]:
    figures = [load_library().figures[one] for one in _FALLS_BY_BASELINE]
    # The upper end of each band stands in the outcome's words, as "MCID by baseline 5-7".
    ends = [float(one.outcome.rpartition("-")[2]) for one in figures]
    return np.array(ends), np.array([one.number() for one in figures])


def _band(score: float, bands: dict[str, str]) -> str:
    # The bands are of whole numbers; a score between two of them goes to the nearer.
    whole = float(np.rint(score))
    figures = load_library().figures
    for name, figure in bands.items():
        end = figures[figure].high
        assert end is not None
        if whole <= float(end):
            return name
    raise AssertionError("the last band reaches to the end of the scale")


def _check_answers(words: str, answers: Array, columns: int, highest: float) -> None:
    if answers.ndim != 2 or answers.shape[1] != columns:  # noqa: PLR2004 - a table has two axes
        raise InputError(f"{words} takes {columns} answers a person, not {answers.shape[-1]}")
    check_scores(words, answers, 0.0, highest)


def _mean_answered(answers: Array, needed: int) -> Array:
    known = ~np.isnan(answers)
    count = known.sum(axis=1)
    total = np.where(known, answers, 0.0).sum(axis=1)
    return np.where(count >= needed, total / np.maximum(count, 1), np.nan)
