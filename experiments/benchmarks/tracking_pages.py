"""Measure how soon the MLflow page answers when much is logged.

Run with ``python -m anolyte.experiments.benchmarks.tracking_pages [RUNS] [LISTS]``; the filling
takes minutes. A temporary store, the fields of one real training and one real ranked list, each
sent as often as wanted; then what the page asks of the server and, with a Chromium, the page.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import numpy as np
from anolyte.datasets import shipped_compounds
from anolyte.datasets.compounds.metals import Metal
from anolyte.models.bundles.bundle import read_manifest

from ..screening.screen import screen
from ..spaces.candidate_space import CandidateSpace
from ..tracking.api import EFFICIENCY, SCREENING, experiment_name
from ..tracking.contents import training_fields
from ..tracking.lists import RANKED, screening_fields
from ..tracking.mlflow_store import MlflowStore
from ..tracking.page import HOST, page_address, served
from ..tracking.sending import tracked
from ..training.train import gather, save_training, train
from .browser import chromium, free_port, missing, visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

RUNS, LISTS = 500, 50
ROUNDS = 7
METAL: Metal = "Li"
# As many runs as MLflow's page asks for at a time.
PAGE = 100


def candidates() -> CandidateSpace:
    """Return a small lithium space that fills a ranked list."""
    registry = shipped_compounds()
    salts = [registry[name] for name in ("LiFSI", "LiTFSI", "LiPF6")]
    solvents = ("DME", "DOL", "EC", "DMC", "THF", "2-MeTHF", "TTE", "BTFE", "F5DEE", "FEC")
    return CandidateSpace.of(METAL, salts=salts, solvents=[registry[name] for name in solvents])


def fill(uri: str, folder: Path, runs: int, lists: int) -> str:
    """Log trainings and ranked lists; return the id of the last list's run."""
    result = train(gather(METAL), METAL, quick=True)
    model = save_training(result, folder / "model")
    manifest = read_manifest(model)
    ranked = screen(candidates(), result.model)
    training, listing, nothing = (folder / name for name in ("training", "listing", "nothing"))
    for place in (training, listing, nothing):
        place.mkdir()
    fields = training_fields(result, model, training)
    # Many trainings, but their files once, no runs below them and one registered model.
    for number in range(runs):
        send(uri, EFFICIENCY, f"{METAL}-train-{number}", nothing if number else training, fields)
        fields |= {"children": (), "model": "", "tables": ()}
    fields = screening_fields(ranked, manifest, listing, None)
    return [
        send(uri, SCREENING, f"{METAL}-screen-{number}", listing, fields) for number in range(lists)
    ][-1]


def send(uri: str, task: str, name: str, files: Path, fields: dict[str, Any]) -> str:
    """Send one run, and return its id."""
    tags = {"metal": METAL, "task": task}
    with tracked(experiment_name(METAL, task), name, tags, uri, files.parent / "box") as run:
        return run.finish(files, **fields).run_id


def asked(port: int, experiment: str, run_id: str) -> dict[str, Request]:
    """Return what MLflow's page asks: experiments, the newest runs, those found, a ranked table."""
    api = f"http://{HOST}:{port}/ajax-api/2.0/mlflow"

    def search(where: str) -> Request:
        body = {
            "experiment_ids": [experiment],
            "run_view_type": "ACTIVE_ONLY",
            "max_results": PAGE,
            "order_by": ["attributes.start_time DESC"],
            "filter": where,
        }
        kind = {"Content-Type": "application/json"}
        return Request(f"{api}/runs/search", json.dumps(body).encode(), kind)

    file = f"http://{HOST}:{port}/get-artifact?path={RANKED}.json&run_uuid={run_id}"
    listing = f"{api}/experiments/search?max_results=25&order_by=last_update_time+DESC"
    return {
        "experiments/search": Request(listing),
        f"runs/search, the newest {PAGE}": search(""),
        "runs/search, tags.metal = 'Li'": search(f"tags.metal = '{METAL}'"),
        "get-artifact, the ranked table": Request(file),
    }


def seconds(work: Callable[[], object]) -> float:
    """Return how long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def answers(requests: dict[str, Request]) -> None:
    """Print how long the server takes to answer, and how much it sends."""
    for name, request in requests.items():
        sizes: list[int] = []

        def ask(request: Request = request, sizes: list[int] = sizes) -> None:
            with urlopen(request, timeout=120) as answer:
                sizes.append(len(answer.read()))

        took = [seconds(ask) for _ in range(ROUNDS)]
        line(f"{name}, {sizes[-1] / 1000:,.0f} kB", took)


def pages(browser: Browser, places: Iterable[tuple[str, str, str]]) -> None:
    """Print how long a fresh tab takes until it shows a text."""
    for name, address, text in places:
        took = []
        for _ in range(ROUNDS):
            context = visitor(browser)
            page = context.new_page()
            shown = page.get_by_text(text, exact=True).first
            start = time.perf_counter()
            page.goto(address)
            shown.wait_for()
            took.append(time.perf_counter() - start)
            context.close()
        line(name, took)


def line(name: str, took: list[float]) -> None:
    """Print the first time and the median of the later ones."""
    print(f"{name:50}{took[0]:10.2f}{np.median(took[1:]):10.2f}", flush=True)


def main() -> None:
    """Fill a store, then print how long its page takes."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    lists = int(sys.argv[2]) if len(sys.argv) > 2 else LISTS
    with tempfile.TemporaryDirectory(prefix="anolyte-pages-") as temporary:
        folder = Path(temporary)
        uri, port = f"sqlite:///{folder / 'mlflow.db'}", free_port()
        start = time.perf_counter()
        last = fill(uri, folder, runs, lists)
        took = time.perf_counter() - start
        print(f"{runs} trainings and {lists} ranked lists logged in {took:.0f} s")
        store = MlflowStore(uri)
        trainings, listing = (
            store.experiment_id(experiment_name(METAL, task)) for task in (EFFICIENCY, SCREENING)
        )
        print(f"{'seconds until answered':50}{'first':>10}{'later':>10}")
        with served(uri, port):
            answers(asked(port, trainings, last))
            table = page_address(port, f"experiments/{listing}/runs/{last}/artifacts/{RANKED}.json")
            newest = page_address(port, f"experiments/{trainings}/runs")
            if why := missing():
                print(f"the page was not looked at: {why}")
                return
            with chromium() as browser:
                places = [
                    ("page with the runs", newest, f"{METAL}-train-{runs - 1}"),
                    ("page with the ranked table", table, "electrolyte"),
                ]
                pages(browser, places)


if __name__ == "__main__":
    main()
