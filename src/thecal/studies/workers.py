"""Processes on this machine that run parts of a study; they start while the bodies are made."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Final

ONE_THREAD: Final = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)
"""Threads of one replicate would only wait for those of another."""

_FROM_ONE: Final = "forkserver"
"""One process imports what replicates need, and the workers are copies of it: imported once."""

_NEEDED: Final = ["thecal.studies.outcome", "thecal.studies.trial", "thecal.quantity.edge"]


@contextmanager
def local_workers(count: int) -> Iterator[ProcessPoolExecutor]:
    """Start processes with one thread each, and end them with the block, whatever happens in it.

    A key press that interrupts reaches this process alone, which then ends the others.
    """
    copies = _FROM_ONE in multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context(_FROM_ONE if copies else None)
    if copies:
        context.set_forkserver_preload(_NEEDED)
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        pool = ProcessPoolExecutor(count, mp_context=context, initializer=_deaf)
        # A call starts a process where none is idle, so that all are there before they are needed.
        for _ in range(count):
            pool.submit(os.getpid)
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _deaf() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
