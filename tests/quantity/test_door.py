"""The package's public door."""

from __future__ import annotations

import subprocess
import sys

import thecal.quantity


def test_importing_loads_the_standard_library_only() -> None:
    program = (
        "import sys, thecal.quantity\n"
        "tops = {name.partition('.')[0] for name in sys.modules}\n"
        "print(sorted(tops & {'pint', 'numpy', 'pandas', 'scipy', 'xarray', 'pydantic'}))"
    )
    environment = {"PYTHONPATH": ":".join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    assert done.stdout.strip() == "[]"


def test_every_public_name_is_there() -> None:
    missing = [name for name in thecal.quantity.__all__ if not hasattr(thecal.quantity, name)]
    assert missing == []
