"""A study, run: replicates in this process, in local processes or on a cluster, and kept.

Each replicate draws from a stream that its number alone decides, so that the results are the same
bytes whoever computes them and in whatever order. Endpoints, courses and what each person is are
kept, part by part, and a study that was interrupted goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np

from thecal import __version__
from thecal.errors import InputError
from thecal.studies.outcome import Outcome, Trial, run_part
from thecal.studies.results import Results, results_of
from thecal.studies.sources import data_fingerprint
from thecal.studies.storage import Store
from thecal.studies.study import Study
from thecal.studies.workers import local_workers

PART: Final = 5
"""Replicates that are run and kept together; all that an interruption can lose, a worker."""

_WAITING: Final = 2  # parts handed out beyond those in work, so that no worker waits for the next
_TIMEOUT_S: Final = 10
fingerprint_here: Final = data_fingerprint
"""Of the data files of this process; what is asked of workers is asked there."""

Part = tuple[int, ...]
Done = Callable[[int, int], None]


def default_trial() -> Trial:
    """Return the trial that thecal simulates with its own people, policies and bodies."""
    from thecal.studies import trial

    return Trial(trial.prepare, trial.run_replicate)


def run_study(
    study: Study,
    *,
    folder: Path | None = None,
    replicates: int | None = None,
    workers: int = 1,
    cluster: str = "",
    trial: Trial | None = None,
    done: Done | None = None,
) -> Results:
    """Run the replicates of a study that are not kept yet, and return what all say together.

    Parameters
    ----------
    study
        The study.
    folder
        Where to keep results, and where those of an earlier run may lie; nowhere when left out.
    replicates
        How many; as the study says when left out.
    workers
        Processes on this machine; 1 is this process.
    cluster
        The address of a Dask scheduler whose workers are used instead, as ``tcp://10.0.0.1:8786``.
    trial
        How people fare; thecal's own when left out.
    done
        Told how many replicates are done, and of how many, whenever that changes.

    Raises
    ------
    InputError
        When a number is out of range, the folder holds something else, or the cluster cannot be
        used.
    OSError
        If the folder cannot be written.
    """
    wanted = study.replicates if replicates is None else replicates
    if wanted < 1:
        raise InputError(
            f"{wanted} replicates are nothing to run; a study needs 1 or more", field="replicates"
        )
    if workers < 1:
        raise InputError(f"{workers} workers cannot run a study; it needs 1 or more")
    with _kept_in(folder) as place:
        store = Store.open(study, place)
        parts = missing_parts(store.kept(), wanted)
        ran = sum(len(one) for one in parts)
        finished = wanted - ran
        if done is not None:
            done(finished, wanted)
        for outcomes in _outcomes(study, trial or default_trial(), parts, workers, cluster):
            store.keep(outcomes)
            finished += len(outcomes)
            if done is not None:
                done(finished, wanted)
        store.finish()
        return results_of(store, wanted, ran)


def missing_parts(kept: frozenset[int], wanted: int) -> list[Part]:
    """Return the replicates that are to be run, in parts of numbers that follow each other.

    Examples
    --------
    >>> missing_parts(frozenset({2}), 9)
    [(0, 1), (3, 4, 5, 6, 7), (8,)]
    """
    parts: list[Part] = []
    for replicate in range(wanted):
        if replicate in kept:
            continue
        if parts and len(parts[-1]) < PART and parts[-1][-1] == replicate - 1:
            parts[-1] = (*parts[-1], replicate)
        else:
            parts.append((replicate,))
    return parts


@contextmanager
def _kept_in(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder
        return
    with TemporaryDirectory(prefix="thecal-study-") as place:
        yield Path(place)


def _outcomes(
    study: Study, trial: Trial, parts: list[Part], workers: int, cluster: str
) -> Iterator[list[Outcome]]:
    if not parts:
        return
    count = min(workers, len(parts))
    if cluster:
        # The workers are asked for first: an address where none are is refused at once.
        with _client(cluster, study) as client:
            yield from _from_cluster(client, study, trial, parts)
    elif count > 1:
        # They start while the setting is made.
        with local_workers(count) as pool:
            yield from _from_workers(pool, count, study, trial, parts)
    else:
        setting = trial.prepare(study)
        for part in parts:
            yield run_part(study, trial, setting, part)


def _from_workers(
    pool: Executor, count: int, study: Study, trial: Trial, parts: list[Part]
) -> Iterator[list[Outcome]]:
    # Half a megabyte: handed out with each part, it costs less than a hundredth of the part's time.
    setting = trial.prepare(study)
    ahead = iter(parts)

    def start(some: int) -> set[Future[list[Outcome]]]:
        chosen = islice(ahead, some)
        return {pool.submit(run_part, study, trial, setting, one) for one in chosen}

    # Never all at once: what waits and what is done but not kept would grow with the study.
    going = start(count + _WAITING)
    while going:
        done, going = wait(going, return_when=FIRST_COMPLETED)
        going |= start(len(done))
        for future in done:
            yield future.result()


def _from_cluster(
    client: Any,  # noqa: ANN401 - distributed has no types
    study: Study,
    trial: Trial,
    parts: list[Part],
) -> Iterator[list[Outcome]]:
    from distributed import as_completed

    # Made here once and handed out: it takes longer than many replicates. In a list, or a mapping
    # would be taken apart.
    (setting,) = client.scatter([trial.prepare(study)], broadcast=True, hash=False)

    def start(part: Part) -> Any:  # noqa: ANN401 - as above
        return client.submit(run_part, study, trial, setting, part, pure=False)

    window = _WAITING + sum(client.nthreads().values())
    ahead = iter(parts)
    going = as_completed([start(part) for part in islice(ahead, window)], loop=client.loop)
    for future in going:
        yield future.result()
        following = next(ahead, None)
        if following is not None:
            going.add(start(following))


@contextmanager
def _client(cluster: str, study: Study) -> Iterator[Any]:
    from distributed import Client

    try:
        client = Client(cluster, timeout=_TIMEOUT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(
            f'there is no Dask scheduler at "{cluster}"; write its address as '
            '"tcp://10.0.0.1:8786"',
            field="cluster",
        ) from error
    with client:
        _check_workers(client, cluster)
        _check_data(client, cluster, study)
        yield client


def _check_workers(client: Any, cluster: str) -> None:  # noqa: ANN401 - distributed has no types
    """Refuse workers that would not give the same bytes."""
    try:
        found = client.run(versions)
    except ImportError as error:
        raise InputError(
            f"the workers at {cluster} do not have thecal; install thecal {__version__} there",
            field="cluster",
        ) from error
    if not found:
        raise InputError(
            f"the Dask scheduler at {cluster} has no workers; start some", field="cluster"
        )
    for worker, its in found.items():
        if its != versions():
            said = " and ".join(f"{name} {version}" for name, version in its.items())
            raise InputError(
                f"the worker at {worker} has {said}; all must have thecal {__version__} and numpy "
                f"{np.__version__}, so that results do not depend on who computed them",
                field="cluster",
            )


def _check_data(client: Any, cluster: str, study: Study) -> None:  # noqa: ANN401 - as above
    """Refuse workers whose data files have other figures."""
    for worker, its in client.run(data_fingerprint, study).items():
        if its != fingerprint_here(study):
            raise InputError(
                f"the worker at {worker} has other data files than this process for {study.name}; "
                f"all workers at {cluster} must have the same thecal, figure by figure",
                field="cluster",
            )


def versions() -> dict[str, str]:
    """Return the versions that results depend on, of the process that is asked."""
    return {"thecal": __version__, "numpy": np.__version__}
