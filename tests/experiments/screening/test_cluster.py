"""Clusters: the same list from several processes, also when one of them is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from anolyte.experiments.ranking.ranking import Ranking
from anolyte.experiments.screening import cluster
from anolyte.experiments.screening import engine as partitions
from anolyte.experiments.screening.cluster import MISSING, connected
from anolyte.experiments.screening.engine import Screening
from anolyte.experiments.screening.screen import screen, survivors
from anolyte.experiments.spaces.candidate_space import CandidateSpace
from anolyte.experiments.training.train import TrainingResult

if TYPE_CHECKING:
    from distributed import Client

pytest.importorskip("distributed", reason=MISSING)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with connected(workers=2) as made:
        yield made


@pytest.fixture(scope="module")
def lhce() -> CandidateSpace:
    """A hundred thousand candidates; partitions of one chunk make eleven of them."""
    return CandidateSpace.read("Li:LHCE")


def kept(space: CandidateSpace, trained: TrainingResult, **how: Any) -> str:
    screening = Screening(space, trained.model, Ranking(100))
    return survivors(screening, **how).best.to_csv()


@pytest.fixture(autouse=True)
def small_partitions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "CHUNKS_PER_PARTITION", 1)


def test_a_cluster_lists_the_same(
    space: CandidateSpace,
    trained: TrainingResult,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    expected = kept(space, trained)
    monkeypatch.setattr(partitions, "CHUNK", 100)
    found = kept(space, trained, cluster=client.scheduler.address, resume=tmp_path)
    assert found == expected
    assert len(list(tmp_path.glob("*.parquet"))) > 3


@pytest.mark.slow
def test_a_killed_worker_changes_nothing(
    lhce: CandidateSpace, trained: TrainingResult, client: Client, tmp_path: Path
) -> None:
    expected = kept(lhce, trained)
    killed: list[int] = []

    def kill(what: str, done: int, total: int) -> None:
        if not killed and done > 20_000:
            killed.append(next(iter(client.run(os.getpid).values())))
            os.kill(killed[0], signal.SIGKILL)

    address = client.scheduler.address
    found = kept(lhce, trained, cluster=address, resume=tmp_path, progress=kill)
    assert killed
    assert not psutil.pid_exists(killed[0]) or psutil.Process(killed[0]).status() == "zombie"
    assert found == expected
    assert len(list(tmp_path.glob("*.parquet"))) == 11


def test_workers_of_this_machine_list_the_same(
    space: CandidateSpace, trained: TrainingResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = screen(space, trained.model, top=10).to_frame().to_csv()
    monkeypatch.setattr(partitions, "CHUNK", 100)
    monkeypatch.setattr(
        cluster, "connected", lambda address, workers: nullcontext((address, workers))
    )
    asked: list[Any] = []

    def screened(client: Any, screening: Screening, ranges: list[partitions.Range]) -> Any:
        asked.append(client)
        return ((each, screening.part(*each)) for each in reversed(ranges))

    monkeypatch.setattr(cluster, "screened", screened)
    assert screen(space, trained.model, top=10, workers=2).to_frame().to_csv() == alone
    assert asked == [(None, 2)]


def test_everything_listens_on_this_machine_alone(client: Client) -> None:
    workers = client.run(os.getpid).values()
    # With the process that watches over the workers.
    processes = {os.getpid(), *workers, *(psutil.Process(each).ppid() for each in workers)}
    assert len(processes) == 4
    listening = [
        connection.laddr.ip
        for process in processes
        for connection in psutil.Process(process).net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert listening
    assert set(listening) == {"127.0.0.1"}


def test_nothing_answers(
    space: CandidateSpace, trained: TrainingResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with pytest.raises(ValueError, match="no Dask scheduler answers at tcp://"):
        screen(space, trained.model, cluster="tcp://127.0.0.1:1")


@pytest.mark.skipif(os.name != "posix", reason="sessions")
def test_interrupts_do_not_reach_the_workers(client: Client) -> None:
    assert os.getsid(0) not in client.run(os.getsid, 0).values()


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupt_ends_the_screening(workers: int, zinc_folder: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from anolyte.experiments.screening import engine\n"
        "from anolyte.experiments.spaces.candidate_space import CandidateSpace\n"
        "from anolyte.experiments.screening.screen import screen\n"
        "from anolyte.models.bundles.bundle import load_model\n"
        "def tell(what, done, total):\n"
        "    print(done, flush=True)\n"
        "if __name__ == '__main__':\n"
        "    engine.CHUNKS_PER_PARTITION, engine.CHUNK = 1, 500\n"
        f"    model = load_model({str(zinc_folder)!r})\n"
        f"    screen(CandidateSpace.read('Zn'), model, progress=tell, workers={workers})\n",
        "utf-8",
    )
    process = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline().strip()
        os.killpg(process.pid, signal.SIGINT)
        # A hang would be a fault; seconds are the load of the machine.
        assert process.wait(timeout=120) != 0
    finally:
        process.kill()
        process.stdout.close()
        process.wait()
