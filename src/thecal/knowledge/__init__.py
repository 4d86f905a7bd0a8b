"""Figures kept as data: every one with its unit, its source and how far it can be trusted."""

from thecal.knowledge.figure import Confidence, Figure, Which
from thecal.knowledge.loading import ids_in, load_document, load_figures
from thecal.knowledge.table import Table
from thecal.knowledge.uncertain import Settled, at_quantile, is_uncertain, set_point

__all__ = [
    "Confidence",
    "Figure",
    "Settled",
    "Table",
    "Which",
    "at_quantile",
    "ids_in",
    "is_uncertain",
    "load_document",
    "load_figures",
    "set_point",
]
