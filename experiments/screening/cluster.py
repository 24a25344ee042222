"""Cluster: partitions screened by the workers of a Dask cluster. No other module knows Dask.

The screening travels to the workers as a pickle, so a scheduler has to be the user's own and
within a trusted network; its workers need this package in the same version.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from anolyte.datasets.files.processes import shield

from ..interrupts import kill
from .engine import Part, Range, Screening

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

LOCALHOST = "127.0.0.1"
# Seconds to wait for a scheduler, for workers to start, and for a cluster that is given up.
PATIENCE = 15
START = 120
FAREWELL = 1
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

    with (
        tempfile.TemporaryDirectory(prefix="anolyte-dask-", ignore_cleanup_errors=True) as scratch,
        dask.config.set({"temporary-directory": scratch}),
    ):
        # Without workers at first: an interrupt while they start finds a whole cluster.
        cluster = LocalCluster(
            n_workers=0,
            threads_per_worker=1,
            processes=True,
            host=LOCALHOST,
            dashboard_address=f"{LOCALHOST}:0",
            scheduler_kwargs={"dashboard": False},
            silence_logs="CRITICAL",
        )
        try:
            client = Client(cluster, set_as_default=False)
            client.loop.add_callback(shield)
            cluster.scale(workers)
            _wait_for(client, workers)
            yield client
            client.close()
            cluster.close()
        except BaseException:
            _abandon(cluster)
            raise


def _wait_for(client: Client, workers: int) -> None:
    try:
        client.wait_for_workers(workers, timeout=START)
    except TimeoutError:
        raise ValueError(
            "the workers did not start; a script must screen under if __name__ == '__main__':"
        ) from None


def _abandon(cluster: LocalCluster) -> None:
    """Kill the worker processes and let go of the cluster: nobody waits for their results.

    Dask would let the workers finish what they are at, for seconds.
    """
    # Else it would wait once more when the program ends.
    cluster.shutdown_on_close = False
    nannies = list(cluster.workers.values())
    for nanny in nannies:
        # A worker that is gone is not to be started again.
        nanny.close_gracefully()
    kill(nanny.pid for nanny in nannies)
    with suppress(Exception):
        cluster.close(timeout=FAREWELL)


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
