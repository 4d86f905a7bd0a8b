"""Where a dose may go and where a sample may be taken, and how a course file names these places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from thecal.prescription.names import LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping

SiteKind = Literal["level", "only place", "none", "oral form"]

ROUTES: Mapping[str, SiteKind] = {
    "intrathecal": "level",
    "epidural": "level",
    "intraventricular": "only place",
    "cisternal": "only place",
    "intravenous": "none",
    "oral": "oral form",
}
"""The routes of a dose, and what kind of site each takes."""

ONLY_PLACES: Mapping[str, str] = {"intraventricular": "ventricle", "cisternal": "cisterna magna"}
"""The site of each route that has but one, which may therefore be left out."""

SITE_FORMS = (
    "csf T10",
    "cord T10",
    "cord surface T10",
    "cord centre T10",
    "cord taken up T10",
    "roots L4",
    "cisterna magna",
    "ventricle",
    "convexity",
    "plasma",
    "plasma m6g",
)
"""The forms of a sample's site; T10 and L4 stand for any vertebral level, m6g for a metabolite."""

TAKEN_UP = "cord taken up"
"""The place that there is only where uptake saturates."""

_PLACES = ("cisterna magna", "ventricle", "convexity")
_BESIDE_A_LEVEL = ("csf", "cord", "cord surface", "cord centre", TAKEN_UP, "roots")
PLASMA = "plasma"
"""The place of a sample of blood."""


@dataclass(frozen=True, slots=True)
class SampleSite:
    """The place of a sample, taken apart.

    Parameters
    ----------
    place
        ``"csf"``, ``"cord"``, ``"cord surface"``, ``"cord centre"``, ``"cord taken up"``,
        ``"roots"``, ``"cisterna magna"``, ``"ventricle"``, ``"convexity"`` or ``"plasma"``.
    level
        The vertebral level, for CSF, cord and roots; else empty.
    metabolite
        The metabolite looked for in plasma; empty for the drug itself.
    """

    place: str
    level: str = ""
    metabolite: str = ""


def sample_site(name: str) -> SampleSite | None:
    """Return the place that a sample's site names, or ``None`` where it names none.

    A metabolite is not looked up: which ones there are is a matter of the drug.

    Examples
    --------
    >>> sample_site("cord surface T10")
    SampleSite(place='cord surface', level='T10', metabolite='')
    >>> sample_site("plasma m6g").metabolite
    'm6g'
    >>> sample_site("brain") is None
    True
    """
    if name in _PLACES or name == PLASMA:
        return SampleSite(name)
    place, _, last = name.rpartition(" ")
    if place in _BESIDE_A_LEVEL and last in LEVELS:
        return SampleSite(place, level=last)
    if place == PLASMA and last:
        return SampleSite(place, metabolite=last)
    return None
