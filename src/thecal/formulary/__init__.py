"""What is known of each drug, every figure with its unit, its source and how far it is trusted."""

from thecal.formulary.drug import Drug, Kind, Limit, OralForm, RouteRatio
from thecal.formulary.loading import Formulary, load_formulary

__all__ = ["Drug", "Formulary", "Kind", "Limit", "OralForm", "RouteRatio", "load_formulary"]
