"""thecal: an intrathecal drug delivery system in software. Simulation - not for patient care."""

from thecal.errors import InputError, KnowledgeError, ThecalError, ValidityError

__version__ = "0.5.0"

NOTICE = "Simulation - not for patient care"
"""Printed on every page, print and export."""

__all__ = ["NOTICE", "InputError", "KnowledgeError", "ThecalError", "ValidityError", "__version__"]
