"""The kits of the tests: one for each kind of plant."""

from __future__ import annotations

from thecal.therapy.kits import KITS as NAMES
from thecal.therapy.kits import load_kit

KITS = tuple(load_kit(name) for name in NAMES)
REFERENCE = KITS[0]
