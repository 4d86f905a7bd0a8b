"""The report of a study: one HTML file that needs neither a network nor another file."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from thecal import NOTICE, __version__
from thecal.evidence import load_library
from thecal.studies.names import load_names
from thecal.studies.pictures import COURSES, courses, forest, words_of
from thecal.studies.printing import cells, said
from thecal.studies.results import Results
from thecal.studies.study import Condition

if TYPE_CHECKING:
    import plotly.graph_objects as go


def write_report(results: Results, path: str | Path) -> Path:
    """Write the report of a study, one self-contained HTML file.

    Parameters
    ----------
    results
        The results.
    path
        Where to; missing folders are made, an older file is replaced.

    Returns
    -------
    Path
        The file. The same results give the same bytes: no clock is read.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(render_report(results), encoding="utf-8", newline="\n")
    return target


def render_report(results: Results) -> str:
    """Return the report of a study as the text of one HTML file."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup
    from plotly.offline import get_plotlyjs

    environment = Environment(
        undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    text = (files("thecal.studies") / "templates" / "study.html.j2").read_text(encoding="utf-8")
    study, names = results.study, load_names()
    evidence = load_library().study(study.evidence) if study.evidence else None
    pictures = courses(results)
    return environment.from_string(text).render(
        notice=NOTICE,
        version=__version__,
        study=study,
        said=said(results),
        evidence=evidence,
        population=names.populations[study.population.name],
        rules=[_rule(choice) for choice in study.population.include],
        policies=names.policies,
        rows=[(one, cells(one)) for one in results.endpoints],
        forest=Markup(_as_json(forest(results))),  # noqa: S704 - escaped there
        forest_height=forest(results).layout.height,
        courses=[
            {
                "name": name,
                "title": COURSES[name][0],
                "alt": words_of(name, results),
                "height": figure.layout.height,
                "json": Markup(_as_json(figure)),  # noqa: S704 - escaped there
            }
            for name, figure in pictures.items()
        ],
        plotly=Markup(get_plotlyjs()),  # noqa: S704 - plotly's own file
    )


def _as_json(figure: go.Figure) -> str:
    return str(figure.to_json()).replace("<", "\\u003c").replace("\u2028", "\\u2028")


def _rule(choice: tuple[Condition, ...]) -> str:
    return ", or ".join(_condition(one) for one in choice)


def _condition(one: Condition) -> str:
    trait = load_names().traits[one.trait]
    if trait.is_yes_or_no:
        return trait.words if one.at_least > trait.lowest else f"not that {trait.words}"
    unit = f" {trait.unit}" if trait.unit else ""
    limits = [
        f"{word} {limit:g}{unit}"
        for word, limit in (("at least", one.at_least), ("at most", one.at_most))
        if abs(limit) != float("inf")
    ]
    return f"{trait.words}: {' and '.join(limits)}"
