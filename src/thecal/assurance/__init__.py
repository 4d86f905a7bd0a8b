"""Why the pump may be believed: hazard -> requirement -> test -> last result -> figure.

Hazards and requirements are data (``requirements/*.yaml``). A test says which requirements it
proves with a mark; the test run records what came of it. Nothing here is believed without a result.
"""

from thecal.assurance.evidence import Evidence, fingerprint, read_evidence
from thecal.assurance.page import page
from thecal.assurance.printing import print_trace
from thecal.assurance.register import Hazard, Register, Requirement, read_register
from thecal.assurance.tracing import PROVED_HERE, Trace, as_object, trace

__all__ = [
    "PROVED_HERE",
    "Evidence",
    "Hazard",
    "Register",
    "Requirement",
    "Trace",
    "as_object",
    "fingerprint",
    "page",
    "print_trace",
    "read_evidence",
    "read_register",
    "trace",
]
