"""What came of it: records of people in a trial, and the measures that papers report of them."""

from thecal.outcomes.arms import DAYS_IN, DAYS_PER_YEAR
from thecal.outcomes.compare import Difference, compare
from thecal.outcomes.measures import Measure, find_measure, measure_forms
from thecal.outcomes.records import Records
from thecal.outcomes.tables import records_of_table, records_to_table

__all__ = [
    "DAYS_IN",
    "DAYS_PER_YEAR",
    "Difference",
    "Measure",
    "Records",
    "compare",
    "find_measure",
    "measure_forms",
    "records_of_table",
    "records_to_table",
]
