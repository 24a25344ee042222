"""Cluster: partitions screened by the workers of a Dask cluster. No other module knows Dask.

The screening travels to the workers as a pickle, so a scheduler has to be the user's own and
within a trusted network; its workers need this package in the same version.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .partitions import Part, Range, Screening

if TYPE_CHECKING:
    from distributed import Client

LOCALHOST = "127.0.0.1"
# Seconds to wait for a scheduler, and for workers to leave.
PATIENCE = 15
FAREWELL = 3
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
        from distributed import Client, LocalCluster
    except ImportError:
        raise ValueError(MISSING) from None
    if address is not None:
        try:
            client = Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise ValueError(f"no Dask scheduler answers at {address}: {error}") from error
        with client:
            yield client
        return
    with (
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host=LOCALHOST,
            dashboard_address=f"{LOCALHOST}:0",
            scheduler_kwargs={"dashboard": False},
            silence_logs="CRITICAL",
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


def screened(
    client: Client, screening: Screening, partitions: Sequence[Range]
) -> Iterator[tuple[Range, Part]]:
    """Yield partitions as they are finished.

    A partition whose worker is lost is screened by another. What a worker computed before
    the end of an interrupted iteration is dropped.
    """
    from distributed import as_completed

    packed = pickle.dumps(screening.portable())
    # A task, not scattered data: what a lost worker held can be made again.
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
