"""The server behind the page: whom it answers, and how it ends."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    from .conftest import Served

STOP_SECONDS = 60


def status(served: Served, path: str, host: str) -> int:
    connection = HTTPConnection("127.0.0.1", served.port, timeout=60)
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse().status
    connection.close()
    return answer


@pytest.mark.parametrize("path", ["/", "/ajax-api/2.0/mlflow/experiments/search?max_results=1"])
def test_foreign_host_is_refused(served: Served, path: str) -> None:
    assert status(served, path, f"127.0.0.1:{served.port}") == 200
    assert status(served, path, "electrolytes.example") == 403


def test_interrupt_ends_the_server_and_all_its_processes(
    serve: Callable[[], AbstractContextManager[Served]],
) -> None:
    with serve() as served:
        begun = psutil.Process(served.process.pid).children(recursive=True)
        assert begun
        served.process.send_signal(signal.SIGINT)
        assert served.process.wait(STOP_SECONDS) == 0
        _, left = psutil.wait_procs(begun, STOP_SECONDS)
        assert left == []
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", served.port))
