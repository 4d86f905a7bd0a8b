"""COPASI runs an exported course and finds what thecal finds. Its LSODA, at a tight tolerance."""

from __future__ import annotations

import COPASI
import numpy as np

from tests.interop.courses import HOUR, exported

AGREED = 1e-6
"""Of the peak of each site."""

HOURS = 26
"""Long enough for every dose of the course; COPASI takes its time."""


def test_all_sites_agree_within_a_millionth_of_the_peak() -> None:
    one = exported("every-route")
    times_s = HOUR * np.arange(HOURS + 1, dtype=np.int64)
    model = COPASI.CRootContainer.addDatamodel()
    assert model.importSBMLFromString(one.text)
    task = model.getTask("Time-Course")
    task.setMethodType(COPASI.CTaskEnum.Method_deterministic)
    method, problem = task.getMethod(), task.getProblem()
    assert method.getParameter("Relative Tolerance").setDblValue(1e-9)
    assert method.getParameter("Absolute Tolerance").setDblValue(1e-10)
    problem.setDuration(float(HOURS))
    problem.setStepNumber(len(times_s) - 1)
    problem.setTimeSeriesRequested(True)
    problem.setOutputEvent(False)
    assert task.initialize(COPASI.CCopasiTask.OUTPUT_UI)
    assert task.process(True), COPASI.CCopasiMessage.getAllMessageText()  # noqa: FBT003
    series = task.getTimeSeries()
    column = {series.getSBMLId(k, model): k for k in range(series.getNumVariables())}
    wanted = [column[name] for name in one.site_names()]
    steps = range(series.getRecordedSteps())
    found = np.array([[series.getConcentrationData(t, k) for k in wanted] for t in steps])
    assert len(found) == len(times_s)
    off = one.error(times_s, found)
    assert {site: error for site, error in off.items() if not error <= AGREED} == {}
