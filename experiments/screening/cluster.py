"""Cluster: partitions screened by the workers of a Dask cluster. No other module knows Dask.

The screening travels to the workers as a pickle, so a scheduler has to be the user's own and
within a trusted network; its workers need this package in the same version.
"""

from __future__ import annotations

import pickle
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anolyte.datasets.files.processes import running

from .engine import Part, Range, Screening

if TYPE_CHECKING:
    from distributed import Client

LOCALHOST = "127.0.0.1"
# Seconds to wait for a scheduler, for workers to start, and for them to tidy up.
PATIENCE = 15
START = 120
FAREWELL = 10
MISSING = "screening with several workers needs Dask: pip install 'anolyte[cluster]'"


@contextmanager
def connected(address: str | None = None, workers: int = 1) -> Iterator[Client]:
    """Give a client of a cluster, or of one made on this machine for the time being.

    Parameters
    ----------
    address
        Of a scheduler, for example ``tcp://10.0.0.5:8786``.
    workers
        Without an address: the number of processes. They listen on 127.0.0.1 alone, and no
        dashboard is served.

    Raises
    ------
    ValueError
        If Dask is not installed, or nothing answers at the address.
    """
    try:
        from distributed import Client
    except ImportError:
        raise ValueError(MISSING) from None
    if address is None:
        with _on_this_machine(workers) as client:
            yield client
        return
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ValueError(f"no Dask scheduler answers at {address}: {error}") from error
    with client:
        yield client


@contextmanager
def _on_this_machine(workers: int) -> Iterator[Client]:
    import dask
    from distributed import Client, LocalCluster

    # The workers by Dask's own command, which is stopped as a whole.
    command = [sys.executable, "-P", "-m", "dask", "worker"]
    given = ["--nworkers", str(workers), "--nthreads", "1"]
    here = ["--host", LOCALHOST, "--dashboard-address", f"{LOCALHOST}:0", "--no-dashboard"]
    with (
        tempfile.TemporaryDirectory(prefix="anolyte-dask-", ignore_cleanup_errors=True) as scratch,
        dask.config.set({"temporary-directory": scratch}),
        LocalCluster(
            n_workers=0,
            host=LOCALHOST,
            dashboard_address=f"{LOCALHOST}:0",
            scheduler_kwargs={"dashboard": False},
            silence_logs="CRITICAL",
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
        Path(scratch, "workers.log").open("wb") as log,
        running(
            [*command, cluster.scheduler_address, *given, *here, "--local-directory", scratch],
            FAREWELL,
            stdout=log,
            stderr=log,
        ),
    ):
        try:
            client.wait_for_workers(workers, timeout=START)
        except TimeoutError:
            said = Path(log.name).read_text("utf-8", "replace").splitlines()[-5:]
            raise ValueError(f"the workers did not start: {' | '.join(said)}") from None
        yield client


def screened(
    client: Client, screening: Screening, partitions: Sequence[Range]
) -> Iterator[tuple[Range, Part]]:
    """Yield partitions as they are finished.

    A partition whose worker is lost is screened by another. What a worker computed before
    the end of an interrupted iteration is dropped.
    """
    import dask
    from distributed import as_completed

    packed = pickle.dumps(screening.portable())
    # A task, not scattered data: what a lost worker held can be made again.
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"}):
        shared = client.submit(pickle.loads, packed, pure=False)
    # The first in the order of candidates go first.
    futures = {
        client.submit(_part, shared, partition, pure=False, priority=-place): partition
        for place, partition in enumerate(partitions)
    }
    done: Any = as_completed(list(futures), loop=client.loop, with_results=True)
    try:
        for future, part in done:
            yield futures.pop(future), part
            future.release()
    finally:
        client.cancel([*futures, shared], force=True)


def _part(screening: Screening, partition: Range) -> Part:
    return screening.part(*partition)
