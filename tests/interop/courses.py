"""What the interop tests export, made once: a pump with tablets, and doses by every other route."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from tests.therapy.courses import example
from thecal.body import Body
from thecal.formulary import Drug
from thecal.interop import sbml_text, sites
from thecal.prescription import Course, read_course
from thecal.therapy import Intake, body_of, intakes, lasting, prepared

Array = NDArray[np.float64]
Times = NDArray[np.int64]

HOUR = 3_600
DAY = 24 * HOUR

EVERY_ROUTE = """
[course]
title = "Every <route> & \\"more\\""
start = 2026-01-05T08:00:00
length = "2 day"

[patient]
description = "Adult, no pump"

[[oral]]
drug = "morphine"
form = "extended-release"
dose = "60 mg/day"
every = "12 h"
established = true

[[dose]]
drug = "morphine"
route = "intrathecal"
site = "L3"
amount = "0.3 mg"
at = "1 h"
every = "24 h"
times = 2

[[dose]]
drug = "morphine"
route = "intrathecal"
site = "T10"
amount = "0.1 mg"
at = "3 h"
over = "1 min"

[[dose]]
drug = "morphine"
route = "epidural"
site = "T8"
amount = "3 mg"
at = "10 h"

[[dose]]
drug = "morphine"
route = "intraventricular"
amount = "0.2 mg"
at = "0 h"

[[dose]]
drug = "morphine"
route = "cisternal"
amount = "0.1 mg"
at = "20 h"
over = "5 h"

[[dose]]
drug = "morphine"
route = "intravenous"
amount = "10 mg"
at = "20 h"
over = "7 min"

[[dose]]
drug = "fentanyl"
route = "intravenous"
amount = "0.05 mg"
at = "0 h"
"""


@dataclass(frozen=True)
class Exported:
    """A course, its SBML text, and what thecal itself makes of it."""

    course: Course
    drug: Drug
    body: Body
    intake: Intake
    text: str

    def site_names(self) -> list[str]:
        return [site.id for site in sites(self.body)]

    def ours(self, times_s: Times) -> Array:
        rows = np.array([site.row for site in sites(self.body)])
        return self.intake.solved(self.body).read(times_s, rows)

    def error(self, times_s: Times, theirs: Array) -> dict[str, float]:
        """Return the largest difference at each site, as a share of the site's peak."""
        ours = self.ours(times_s)
        worst = np.abs(theirs - ours).max(axis=0) / ours.max(axis=0)
        return dict(zip(self.site_names(), worst.tolist(), strict=True))


def _every_route() -> Course:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "every-route.toml"
        file.write_text(EVERY_ROUTE, encoding="utf-8")
        return read_course(file)


COURSES: dict[str, Callable[[], Course]] = {
    "cancer-pain": lambda: example("cancer-pain"),
    "flex-nights": lambda: lasting(example("flex-nights"), 3),
    "every-route": _every_route,
    "dog-ziconotide": lambda: example("dog-ziconotide"),
}


@cache
def course(name: str) -> Course:
    return COURSES[name]()


@cache
def exported(name: str) -> Exported:
    ready = prepared(course(name))
    drug = next(iter(ready.drugs.values()))
    body = body_of(ready.course, drug, ready.pumped)
    intake = intakes(body, ready.course, drug, ready.pumped)["course"]
    return Exported(ready.course, drug, body, intake, sbml_text(course(name)))
