"""Take the pictures of `docs/images` anew: train, rank, and photograph the MLflow page.

Run with ``make images``. Needs Chromium; takes some minutes, because the runs are real.
``pictures.py FOLDER`` keeps the project in a folder, and takes what is there already.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from anolyte.experiments.benchmarks.browser import chromium, free_port, missing, visitor
from anolyte.experiments.tracking.finding import list_runs
from anolyte.experiments.tracking.mlflow_store import MlflowStore
from anolyte.experiments.tracking.page import page_address, served
from anolyte.experiments.tracking.stored import StoredRun
from PIL import Image
from playwright.sync_api import Page, expect

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "images"
COMMANDS = (
    ("train", "--quick", "--blocks", "composition,ions", "--note", "composition and ions alone"),
    ("train", "--quick", "--note", "all blocks, quick"),
    ("train", "--note", "all blocks, all recipes"),
    ("screen", "--note", "what the lithium table uses more than once"),
)
WIDTH = 1360
COLORS = 128
# MLflow's chat button would cover a corner of the table.
NO_CHAT = "[data-assistant-ui] { display: none }"


def make_runs(folder: Path) -> None:
    """Train and rank in a folder as a user does, each command once."""
    # The page shows who ran it.
    environment = {k: v for k, v in os.environ.items() if "MLFLOW" not in k}
    environment |= {"LOGNAME": "anolyte"}
    for number, command in enumerate(COMMANDS):
        done = folder / f"done-{number}"
        if not done.exists():
            line = [sys.executable, "-m", "anolyte.experiments.cli.start", *command]
            subprocess.run(line, cwd=folder, env=environment, check=True)
            done.touch()


def save(page: Page, name: str, height: int = 640) -> None:
    """Save what the page shows as a small picture."""
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.add_style_tag(content=NO_CHAT)
    # Where the files of this machine lie is of no interest.
    page.get_by_text(re.compile("^Path: ")).evaluate_all(
        "all => all.forEach(each => { each.parentElement.style.visibility = 'hidden' })"
    )
    page.mouse.move(0, 0)
    # The last of what is drawn late.
    page.wait_for_timeout(1500)
    PICTURES.mkdir(exist_ok=True)
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    picture.quantize(COLORS, dither=Image.Dither.NONE).save(PICTURES / name, optimize=True)
    print(f"{name}: {(PICTURES / name).stat().st_size / 1000:.0f} kB")


def open_file(page: Page, address: str, name: str) -> None:
    """Open a file of a run."""
    page.goto("about:blank")
    page.goto(address)
    page.get_by_role("tab", name="Artifacts").click()
    page.get_by_text(name, exact=True).first.click()


def ranked_list(page: Page, address: str) -> None:
    """Show the ranked table, its electrolytes whole: columns drawn with the mouse."""
    open_file(page, address, "ranked_list.json")
    draw(page, "electrolyte", 160)
    draw(page, "rank", -80)
    save(page, "ranked_list.png")


def draw(page: Page, column: str, by: int) -> None:
    """Draw a column of a table wider by so many pixels."""
    head = page.get_by_role("columnheader").filter(has_text=column).first
    expect(head).to_be_visible()
    box = head.bounding_box()
    assert box is not None
    right, middle = box["x"] + box["width"] - 2, box["y"] + box["height"] / 2
    page.mouse.move(right, middle)
    page.mouse.down()
    page.mouse.move(right + by, middle, steps=10)
    page.mouse.up()


def training(page: Page, address: str) -> None:
    """Show the figures of a training and its parity plot."""
    page.goto("about:blank")
    page.goto(address)
    expect(page.get_by_role("link", name="lso_rmse", exact=True)).to_be_visible()
    save(page, "training.png")
    open_file(page, address, "parity.png")
    expect(page.get_by_role("img", name="parity.png")).to_be_visible()
    save(page, "parity.png", 960)


def comparison(page: Page, port: int, experiment: str, run_ids: list[str]) -> None:
    """Show trainings side by side."""
    runs, experiments = (quote(json.dumps(each)) for each in (run_ids, [experiment]))
    asked = f"compare-runs?runs={runs}&experiments={experiments}"
    page.goto("about:blank")
    page.goto(page_address(port, asked))
    expect(page.get_by_text("Comparing 3 Runs").first).to_be_visible()
    for section in ("Visualizations", "Run details", "Artifacts", "Tags"):
        page.get_by_role("button", name=section).first.click()
    page.get_by_role("switch").first.click()
    page.get_by_role("heading", name="Comparing 3 Runs").scroll_into_view_if_needed()
    save(page, "comparison.png", 980)


def registered_model(page: Page, port: int) -> None:
    """Show the versions of the model and which is the champion."""
    page.goto("about:blank")
    page.goto(page_address(port, "models/anolyte-ce-Li"))
    expect(page.get_by_role("row").filter(has_text="champion").first).to_be_visible()
    page.get_by_role("button", name="Tags").first.click()
    save(page, "registered_model.png", 860)


def main() -> None:
    """Make the runs and take the pictures."""
    if why := missing():
        sys.exit(why)
    with tempfile.TemporaryDirectory(prefix="anolyte-") as temporary:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else temporary).resolve()
        folder.mkdir(exist_ok=True)
        make_runs(folder)
        uri, port = f"sqlite:///{folder / 'mlflow.db'}", free_port()
        store = MlflowStore(uri)
        trainings = list_runs(store, task="coulombic-efficiency")
        newest = list_runs(store, task="screening", most=1)[0]

        def address(run: StoredRun) -> str:
            return page_address(
                port, f"experiments/{store.experiment_id(run.experiment)}/runs/{run.run_id}"
            )

        with served(uri, port), chromium() as browser:
            page = visitor(browser, WIDTH, 640).new_page()
            ranked_list(page, address(newest))
            training(page, address(trainings[0]))
            experiment = store.experiment_id(trainings[0].experiment)
            comparison(page, port, experiment, [each.run_id for each in trainings])
            registered_model(page, port)


if __name__ == "__main__":
    main()
