"""A pump that is served by a process of its own, and the command line beside it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from thecal.cli import app

PATIENCE_S = 120


def wait_for(reached: Callable[[], bool]) -> None:
    """Wait until something is so; the pump's own process sets the pace."""
    end = time.monotonic() + PATIENCE_S
    while not reached():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.1)


class Served:
    """The folder of a pump, and the process that runs it."""

    def __init__(self, folder: Path, *, speed: int = 3_600) -> None:
        self.folder = folder
        self.speed = speed
        self.spoken = folder.with_name(f"{folder.name}.said")
        self.process: subprocess.Popen[bytes] | None = None

    def begin(self, *options: str) -> None:
        """Start the process, and return when the pump listens."""
        command = [sys.executable, "-c", "from thecal.cli import main; main()", "pump", "serve"]
        command += ["--store", str(self.folder), "--speed", str(self.speed), *options]
        before = self.said().count("It listens") if self.spoken.exists() else 0
        # A file and not a pipe: nobody reads along, and a full pipe would hold the pump up.
        with self.spoken.open("a", encoding="ascii") as spoken:
            self.process = subprocess.Popen(
                command,
                stdout=spoken,
                stderr=subprocess.STDOUT,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"},
            )
        process = self.process
        wait_for(lambda: self.said().count("It listens") > before or process.poll() is not None)
        assert process.poll() is None, self.said()

    def said(self) -> str:
        """Return all that the processes have printed."""
        return self.spoken.read_text("ascii")

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End the process, and return its exit code."""
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(PATIENCE_S)

    def thecal(self, *words: str, typed: str | None = None) -> Result:
        """Run one command of the programmer."""
        command = ["pump", words[0], "--store", str(self.folder), *words[1:]]
        return CliRunner().invoke(app, command, input=typed)

    def told(self, *words: str) -> dict[str, Any]:
        """Run one command and return its object."""
        result = self.thecal(*words, "--json")
        assert result.exit_code == 0, (result.output, result.exception)
        told: dict[str, Any] = json.loads(result.stdout)
        return told

    def status(self) -> dict[str, Any]:
        status: dict[str, Any] = self.told("interrogate")["status"]
        return status


@contextmanager
def serving(folder: Path, *options: str, speed: int = 3_600) -> Iterator[Served]:
    """Serve a pump for as long as the block lasts."""
    served = Served(folder, speed=speed)
    served.begin(*options)
    try:
        yield served
    finally:
        if served.process is not None and served.process.poll() is None:
            served.end(signal.SIGKILL)
