"""The case on one page: every hazard with what controls it and what shows that it does."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from thecal import NOTICE, __version__

if TYPE_CHECKING:
    from thecal.assurance.tracing import Trace


def page(found: Trace) -> str:
    """Return the case as one HTML page that needs nothing else."""
    from jinja2 import Environment, StrictUndefined

    folder = files("thecal.assurance") / "templates"
    environment = Environment(
        undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string((folder / "trace.html.j2").read_text(encoding="utf-8"))
    return template.render(
        notice=NOTICE,
        version=__version__,
        found=found,
        proved=sum(one.proved for one in found.ours),
        elsewhere=[one for one in found.controls if not one.ours],
    )
