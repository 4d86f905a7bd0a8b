"""A study: what was done in whom, who paid, and what it shows and does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "randomised trial",
    "comparison groups",
    "prospective series",
    "retrospective series",
    "registry",
    "systematic review",
    "pooled analysis",
    "review",
    "survey",
    "claims data",
    "cost study",
    "reports",
    "guidance",
    "measurement",
]
Funding = Literal["maker", "not seen"]


@dataclass(frozen=True, slots=True)
class Study:
    """A study or another source of figures.

    Attributes
    ----------
    funding
        ``maker`` where money or authors of a pump's maker were seen; else it was not seen.
    says
        What it shows and where it stops, in one sentence; empty where nothing was written yet.
    """

    id: str
    first_author: str
    kind: Kind
    design: str
    population: str
    funding: Funding
    year: int | None = None
    says: str = ""

    @property
    def title(self) -> str:
        """Author and year, as people cite it."""
        return f"{self.first_author} {self.year}" if self.year else self.first_author
