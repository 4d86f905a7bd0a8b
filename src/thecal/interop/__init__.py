"""Simulated courses for other programs: SBML. Simulation - not for patient care."""

from thecal.interop.places import Place, Site, places, sites
from thecal.interop.sbml import sbml_text, write_sbml

__all__ = ["Place", "Site", "places", "sbml_text", "sites", "write_sbml"]
