"""What a user sees on the MLflow page that `anolyte ui` serves."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from anolyte.experiments.benchmarks.browser import launched, visitor

if TYPE_CHECKING:
    from playwright.sync_api import Page, Playwright

    from .conftest import Project, Served

VIEW = "workflowType=machine_learning"
TRAININGS = "anolyte/Li/coulombic-efficiency"


def choose_model_training(page: Page) -> None:
    """As the command tells the user: MLflow's links turn to its GenAI view else."""
    page.get_by_text("Model training", exact=True).first.click()


def run_address(project: Project, served: Served, run_id: str) -> str:
    experiment = project.ask("select experiment_id from runs where run_uuid = ?", run_id)
    return f"{served.all_runs}/{experiment}/runs/{run_id}?{VIEW}"


def runs_address(project: Project, served: Served) -> str:
    experiment = project.ask("select experiment_id from experiments where name = ?", TRAININGS)
    return f"{served.all_runs}/{experiment}/runs?{VIEW}"


def open_file(page: Page, name: str) -> None:
    page.get_by_role("tab", name="Artifacts").click()
    page.get_by_text(name, exact=True).first.click()


def width_of_png(path: Path) -> int:
    return int(struct.unpack(">I", path.read_bytes()[16:20])[0])


def test_printed_address_leads_to_the_training_and_its_metrics(
    page: Page, project: Project, served: Served
) -> None:
    from playwright.sync_api import expect

    page.goto(served.all_runs)
    choose_model_training(page)
    page.get_by_role("link", name=TRAININGS, exact=True).click()
    page.get_by_role("link", name=project.name_of(project.training)).click()
    expect(page.get_by_role("heading", name=project.name_of(project.training))).to_be_visible()
    for metric in ("lso_rmse", "lso_spearman"):
        stored = project.ask(
            "select value from latest_metrics where run_uuid = ? and key = ?",
            project.training,
            metric,
        )
        link = page.get_by_role("link", name=metric, exact=True)
        _, shown = page.get_by_role("row").filter(has=link).get_by_role("cell").all_inner_texts()
        assert float(shown) == pytest.approx(stored, rel=1e-12)


def test_plots_of_a_training_are_drawn(page: Page, project: Project, served: Served) -> None:
    from playwright.sync_api import expect

    page.goto(run_address(project, served, project.training))
    for name in ("parity.png", "recipe_scores.png"):
        open_file(page, name)
        plot = page.get_by_role("img", name=name)
        expect(plot).to_be_visible()
        width = width_of_png(project.artifact(project.training, name))
        expect(plot).to_have_js_property("naturalWidth", width)


def test_newest_run_shows_the_list_that_was_written(
    page: Page, project: Project, served: Served
) -> None:
    from playwright.sync_api import expect

    best = project.ranked.iloc[0]
    assert best["electrolyte"] in project.printed
    page.goto(served.newest_run)
    expect(page.get_by_role("heading", name=project.name_of(project.screening))).to_be_visible()
    open_file(page, "ranked_list.json")
    cell = page.get_by_role("cell", name=best["electrolyte"], exact=True)
    expect(cell).to_be_visible()
    heads = page.get_by_role("columnheader").all_inner_texts()
    first = page.get_by_role("row").nth(1).get_by_role("cell").all_inner_texts()
    shown = dict(zip(heads, first, strict=True))
    assert list(shown) == list(project.ranked.columns)
    assert [shown["rank"], shown["electrolyte"]] == ["1", best["electrolyte"]]
    for column in ("ce_pct", "ce_low", "ce_high"):
        assert float(shown[column]) == pytest.approx(best[column], abs=5.1e-4)


def test_model_is_registered_as_champion(page: Page, project: Project, served: Served) -> None:
    from playwright.sync_api import expect

    page.goto(served.all_runs)
    choose_model_training(page)
    page.get_by_role("link", name="Model registry").click()
    page.get_by_role("link", name="anolyte-ce-Li", exact=True).click()
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="Version 1"))
    expect(row).to_contain_text("champion")
    row.get_by_role("link", name="Version 1").click()
    expect(page.get_by_role("link", name=project.name_of(project.training))).to_be_visible()


def test_search_by_metal_finds_its_runs_alone(page: Page, project: Project, served: Served) -> None:
    from playwright.sync_api import expect

    page.goto(runs_address(project, served))
    search = page.get_by_placeholder("metrics.rmse")
    run = page.get_by_role("link", name=project.name_of(project.training))
    expect(run).to_be_visible()
    search.fill("tags.metal = 'Na'")
    search.press("Enter")
    expect(page.get_by_text("0 matching runs")).to_be_visible()
    expect(run).to_have_count(0)
    search.fill("tags.metal = 'Li'")
    search.press("Enter")
    expect(run).to_be_visible()


def test_page_asks_no_other_machine(
    playwright: Playwright, project: Project, served: Served, tmp_path: Path
) -> None:
    """Chromium's own log of the network knows what workers ask, too."""
    log = tmp_path / "network.json"
    runs = [run_address(project, served, run) for run in (project.training, project.screening)]
    with launched(playwright, f"--log-net-log={log}") as browser:
        page = visitor(browser).new_page()
        for address in (served.all_runs, runs_address(project, served), *runs):
            page.goto("about:blank")
            page.goto(address)
            page.get_by_text("anolyte/Li").first.wait_for()
            page.wait_for_timeout(2000)
    asked = asked_by_pages(json.loads(log.read_text("utf-8")))
    # The log is the right one: the worker of MLflow's telemetry is in it, which is off.
    assert any("telemetry-worker" in url for url in asked)
    assert {urlsplit(url).hostname for url in asked} == {"127.0.0.1"}


def asked_by_pages(log: dict) -> set[str]:
    """Return the addresses that pages and their workers asked, without Chromium's own errands."""
    begun = log["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"]
    events = [event.get("params", {}) for event in log["events"] if event["type"] == begun]
    return {
        event["url"]
        for event in events
        if "url" in event and event.get("initiator") != "not an origin"
    }
