"""A project as a user makes it, its MLflow page, and a browser that looks at it."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from anolyte.experiments.benchmarks.browser import (
    PATIENCE_MS,
    free_port,
    is_here,
    launched,
    missing,
    visitor,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

CLI = (sys.executable, "-m", "anolyte.experiments.cli.start")
STOP_SECONDS = 60


def environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if "MLFLOW" not in key}


@dataclass(frozen=True)
class Project:
    """A folder with a training and a screening, made by the command line."""

    folder: Path
    training: str
    screening: str
    ranked: pd.DataFrame
    printed: str

    def ask(self, query: str, *values: str) -> Any:
        """Return what the store's database says."""
        with sqlite3.connect(self.folder / "mlflow.db") as database:
            (answer,) = database.execute(query, values).fetchone()
        return answer

    def name_of(self, run_id: str) -> str:
        return str(self.ask("select name from runs where run_uuid = ?", run_id))

    def artifact(self, run_id: str, path: str) -> Path:
        return self.folder / "mlartifacts" / run_id / "artifacts" / path


@dataclass(frozen=True)
class Served:
    """A running `anolyte ui` and the addresses that it printed."""

    process: subprocess.Popen[str]
    port: int
    all_runs: str
    newest_run: str


def _run(folder: Path, *arguments: str) -> tuple[str, str]:
    """Run a command; return the id of the run that it logged and what it printed."""
    done = subprocess.run(
        [*CLI, *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = re.search(r"MLflow: run ([0-9a-f]{32}) in experiment", done.stdout)
    assert found, done.stdout
    return found[1], done.stdout


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("project")
    training, _ = _run(folder, "train", "--metal", "Li", "--quick")
    space = ("--salts", "LiFSI,LiPF6", "--solvents", "DME,EC,DMC,TTE")
    screening, printed = _run(folder, "screen", "--metal", "Li", *space, "--out", "list.csv")
    return Project(folder, training, screening, pd.read_csv(folder / "list.csv"), printed)


@contextmanager
def _serve(folder: Path) -> Iterator[Served]:
    port = free_port()
    process = subprocess.Popen(
        [*CLI, "ui", "--no-browser", "--port", str(port)],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell in the background would leave the interrupt ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        # Printed as soon as the server is healthy; the command itself gives up in time.
        lines = [process.stdout.readline() for _ in range(2)]
        assert all(lines), process.stderr.read()
        all_runs, newest = (line.partition(":")[2].strip() for line in lines)
        yield Served(process, port, all_runs, newest)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=STOP_SECONDS)


@pytest.fixture(scope="session")
def serve(project: Project) -> Callable[[], AbstractContextManager[Served]]:
    """Start `anolyte ui` for the project, until the block ends."""
    return lambda: _serve(project.folder)


@pytest.fixture(scope="session")
def served(serve: Callable[[], AbstractContextManager[Served]]) -> Iterator[Served]:
    with serve() as running:
        yield running


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    if why := missing():
        pytest.skip(why)
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with launched(playwright) as running:
        yield running


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """A fresh tab; at the end there were no errors of the page and no requests to elsewhere."""
    errors: list[str] = []
    asked: list[str] = []
    context = visitor(browser)
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on("request", lambda request: asked.append(request.url))
    yield context.new_page()
    context.close()
    assert asked
    assert not errors
    assert [url for url in asked if not is_here(url)] == []
