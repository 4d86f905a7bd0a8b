"""The page on the validation of the body, made anew from the rows themselves."""

from __future__ import annotations

from importlib.resources import files

from thecal import NOTICE
from thecal.validation import persons, showing, verdict
from thecal.validation.explaining import load_explanations
from thecal.validation.measures import MEASURES
from thecal.validation.reading import NEEDED, OPTIONAL
from thecal.validation.running import Finding, Validation
from thecal.validation.trial import AMOUNTS

_UNEXPLAINED = "This row is not one of thecal's own; nothing is on record of why it is missed."


def page(validation: Validation) -> str:
    """Return the page as Markdown."""
    from jinja2 import Environment, StrictUndefined

    template = (files("thecal.validation") / "data" / "page.md.j2").read_text(encoding="utf-8")
    # Markdown from thecal's own data: there is nothing to escape but the bars of tables.
    environment = Environment(  # noqa: S701
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters["cell"] = lambda text: str(text).replace("|", "\\|")
    return environment.from_string(template).render(
        notice=NOTICE,
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


def explained(finding: Finding) -> str:
    """Return why a quantity is missed and what was tried."""
    found = load_explanations().get(finding.target.id)
    if found is None:
        return _UNEXPLAINED
    return f"{found.cause} Tried: {found.tried}"
