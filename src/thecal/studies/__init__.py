"""Virtual clinical trials: one readable file a study, beside what was published.

A study says who enters, what each arm gets, what is measured when, and which published figures it
is held against; `thecal.studies.campaign.run_study` runs
its replicates on any number of workers with the same result.
"""

from thecal.studies.reading import built_in, find_study, read_study_text
from thecal.studies.study import Arm, Condition, Endpoint, Population, Study, Target

__all__ = [
    "Arm",
    "Condition",
    "Endpoint",
    "Population",
    "Study",
    "Target",
    "built_in",
    "find_study",
    "read_study_text",
]
