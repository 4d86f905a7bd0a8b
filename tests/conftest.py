"""What holds for every test."""

from __future__ import annotations

import os
import shutil

# As the command line does, before NumPy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import settings

from tests.proofs import Proofs

# The same examples in every run, however slow the machine. To look for new ones:
# pytest --hypothesis-profile=explore
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("explore", max_examples=1000, deadline=None, print_blob=True)
settings.load_profile("ci")


def pytest_configure(config: pytest.Config) -> None:
    """Let a run of all tests write down what it proves."""
    config.pluginmanager.register(Proofs(), "proofs")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of the browser that the browser tests drive; there is no test without one."""
    named = os.environ.get("CHROMIUM", "chromium")
    found = shutil.which(named)
    if found is None:
        pytest.fail(f'no program "{named}": install chromium, or name another one in CHROMIUM')
    return found
