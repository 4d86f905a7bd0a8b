"""Processes that run parts of a study."""

from __future__ import annotations

import os
import signal

import pytest

from thecal.studies.workers import ONE_THREAD, local_workers


def test_workers_have_one_thread_each() -> None:
    with local_workers(1) as pool:
        found = list(pool.map(os.getenv, ONE_THREAD))
    assert found == ["1"] * len(ONE_THREAD)


def test_the_threads_of_this_process_stay_what_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    monkeypatch.delenv("NUMBA_NUM_THREADS", raising=False)
    with local_workers(1):
        assert os.environ["OPENBLAS_NUM_THREADS"] == "3"
        assert "NUMBA_NUM_THREADS" not in os.environ


def test_a_key_press_reaches_this_process_alone() -> None:
    with local_workers(1) as pool:
        handler = pool.submit(signal.getsignal, signal.SIGINT).result()
    assert handler is signal.SIG_IGN


def test_workers_end_with_the_block() -> None:
    with local_workers(2) as pool:
        workers = list(pool._processes.values())
        assert workers
    assert not any(one.is_alive() for one in workers)
