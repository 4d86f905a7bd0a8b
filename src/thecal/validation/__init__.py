"""The body held against what was published: rows of data, plain statistics, verdicts."""

from thecal.validation.explaining import Explanation, load_explanations
from thecal.validation.measures import MEASURES
from thecal.validation.page import fit_page, page
from thecal.validation.reading import CALIBRATION, calibration, read_targets, read_targets_text
from thecal.validation.running import Finding, Row, Validation, validate
from thecal.validation.showing import as_object, fit_as_object, print_fit, print_validation
from thecal.validation.target import Spread, Target, Way

__all__ = [
    "CALIBRATION",
    "MEASURES",
    "Explanation",
    "Finding",
    "Row",
    "Spread",
    "Target",
    "Validation",
    "Way",
    "as_object",
    "calibration",
    "fit_as_object",
    "fit_page",
    "load_explanations",
    "page",
    "print_fit",
    "print_validation",
    "read_targets",
    "read_targets_text",
    "validate",
]
