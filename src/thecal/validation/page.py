"""The page on the validation of the body, made anew from the rows themselves."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from thecal import NOTICE
from thecal.validation import persons, showing, verdict
from thecal.validation.explaining import load_explanations
from thecal.validation.measures import MEASURES
from thecal.validation.reading import NEEDED, OPTIONAL
from thecal.validation.running import Finding, Validation
from thecal.validation.trial import AMOUNTS

if TYPE_CHECKING:
    from thecal.validation.fitting import Fit

_UNEXPLAINED = "This row is not one of thecal's own; nothing is on record of why it is missed."


def page(validation: Validation) -> str:
    """Return the page on the rows as Markdown."""
    return _rendered(
        "page.md.j2",
        validation=validation,
        rule=verdict.TREATED,
        interval=persons.STATED,
        show=showing,
        missed=[one for one in validation.findings if not one.within],
        explained=explained,
        measures=MEASURES,
        needed=NEEDED,
        optional=OPTIONAL,
        amounts=AMOUNTS,
    )


def fit_page(fit: Fit) -> str:
    """Return the page on the fit as Markdown."""
    return _rendered("fit.md.j2", fit=fit, show=showing, chi_square=verdict.CHI_SQUARE_95)


def _rendered(template: str, **content: object) -> str:
    from jinja2 import Environment, StrictUndefined

    text = (files("thecal.validation") / "data" / template).read_text(encoding="utf-8")
    # Markdown from thecal's own data: there is nothing to escape but the bars of tables.
    environment = Environment(  # noqa: S701
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters["cell"] = lambda cell: str(cell).replace("|", "\\|")
    return environment.from_string(text).render(notice=NOTICE, **content)


def explained(finding: Finding) -> str:
    """Return why a quantity is missed and what was tried."""
    found = load_explanations().get(finding.target.id)
    if found is None:
        return _UNEXPLAINED
    return f"{found.cause} Tried: {found.tried}"
