"""Pages of one HTML file that needs nothing else, neither a network nor another file."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from thecal import NOTICE, __version__

if TYPE_CHECKING:
    import plotly.graph_objects as go

_FOLDER = files("thecal.report") / "templates"


def render_sheet(template: str, values: dict[str, object]) -> str:
    """Return a page; notice, version and the style of all reports are at hand in its template."""
    css = (_FOLDER / "report.css").read_text(encoding="utf-8")
    return (
        _environment()
        .get_template(template)
        .render(
            notice=NOTICE,
            version=__version__,
            css=Markup(css),  # noqa: S704  our own file
            **values,
        )
    )


def write_sheet(text: str, path: str | Path) -> Path:
    """Write a page, and return its path; missing folders are made, an older file is replaced.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8", newline="\n")
    return target


def figure_json(figure: go.Figure) -> Markup:
    """Return a figure as text that may stand inside a script element."""
    text = str(figure.to_json()).replace("<", "\\u003c").replace("\u2028", "\\u2028")
    return Markup(text)  # noqa: S704  escaped


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(str(_FOLDER)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
