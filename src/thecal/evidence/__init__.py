"""What was published of intrathecal therapy: studies, figures, claims, and what to beware of.

Facts with their source and confidence, in thecal's own words. A figure that contradicts itself or
was not seen in print is kept visible and refuses to be used.
"""

from thecal.evidence.claims import Caution, Claim, Grade
from thecal.evidence.figures import Published, Spread
from thecal.evidence.library import Library, load_library
from thecal.evidence.studies import Kind, Study

__all__ = [
    "Caution",
    "Claim",
    "Grade",
    "Kind",
    "Library",
    "Published",
    "Spread",
    "Study",
    "load_library",
]
