"""Figures kept as data: every one with its unit, its source and how far it can be trusted."""

from thecal.knowledge.figure import Confidence, Figure, Which
from thecal.knowledge.loading import load_document, load_figures
from thecal.knowledge.table import Table

__all__ = ["Confidence", "Figure", "Table", "Which", "load_document", "load_figures"]
