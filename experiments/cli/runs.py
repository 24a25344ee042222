"""`anolyte runs`: list, show and compare runs, and send those that wait in the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .shared.console import (
    AnyMetalOption,
    JsonOption,
    StoreOption,
    TableFileOption,
    UriOption,
    print_json,
    print_table,
    records,
    tell,
)

if TYPE_CHECKING:
    import pandas as pd

    from ..tracking.comparison import ListComparison
    from ..tracking.mlflow_store import MlflowStore
    from ..tracking.stored import StoredRun

app = typer.Typer(help="Runs that are kept in MLflow.", no_args_is_help=True)

RunArgument = Annotated[
    str, typer.Argument(help="Name, start of the id, latest, or an alias such as Li@champion.")
]
# The figures that fit a terminal, by task; --json and `runs show` have all.
FIGURES = (
    "lso_rmse",
    "lso_spearman",
    "best_ce_low",
    "screened",
    "character_log_loss",
    "species_recall_top5",
)
MOVES = 10


@app.command("list")
def list_command(
    metal: AnyMetalOption = None,
    task: Annotated[
        str | None,
        typer.Option("--task", help="coulombic-efficiency, sei, screening or suggestions."),
    ] = None,
    most: Annotated[int, typer.Option("--most", min=1, help="How many, newest first.")] = 30,
    tracking_uri: UriOption = None,
    json: JsonOption = False,
) -> None:
    """List runs, newest first.

    Example:  anolyte runs list --metal Na --task screening
    """
    import pandas as pd

    from ..tracking.finding import list_runs

    store = _store(tracking_uri)
    found = list_runs(store, _symbol(metal), task, most)
    _tell_waiting()
    if json:
        print_json([_facts(run) for run in found])
        return
    if not found:
        tell("No runs.")
        return
    table = pd.DataFrame([_line(run) for run in found]).fillna("-")
    used = [name for name in table if (table[name] != "-").any() and (table[name] != "").any()]
    print_table(table[used])


@app.command("show")
def show_command(
    run: RunArgument,
    top: Annotated[int, typer.Option("--top", min=0, help="Rows of a list to print.")] = 20,
    out: TableFileOption = None,
    tracking_uri: UriOption = None,
    json: JsonOption = False,
) -> None:
    """Show what a run holds; a ranked list comes back as a table, suggestions with their results.

    Example:  anolyte runs show latest --top 50 --out list.csv
    """
    from anolyte.datasets.files.exports import checked_table_path, write_table_file

    from ..tracking.campaigns import read_results
    from ..tracking.comparison import read_list
    from ..tracking.finding import find_run

    if out is not None:
        checked_table_path(out)
    store = _store(tracking_uri)
    found = find_run(store, run)
    ranked = read_list(store, found)
    came_back = read_results(store, found)
    if out is not None:
        if ranked is None:
            raise ValueError(f"run {found.name} holds no list to write")
        write_table_file(ranked, out)
    if json:
        results = [] if came_back is None else records(came_back[0])
        listed = [] if ranked is None else records(ranked)
        print_json({**_facts(found), "ranked": listed, "results": results})
        return
    _print_run(found)
    if came_back is not None:
        print_table(came_back[0].drop(columns="cells"), "measured of it", ".3g")
        print_table(came_back[1], "the campaign so far", ".3g")
    if ranked is not None:
        title = f"the first {min(top, len(ranked))} rows"
        print_table(_printable(ranked.head(top)), title, ".2f")
    if out is not None:
        print(f"List: {out} ({len(ranked) if ranked is not None else 0} rows)")


@app.command("results")
def results_command(
    metal: Annotated[str, typer.Option("--metal", "-m", help="Li, Na, K, Mg, Ca, Zn or Al.")],
    store: StoreOption = None,
    tracking_uri: UriOption = None,
    json: JsonOption = False,
) -> None:
    """Log what was measured of a metal's suggestions into their runs, and show the campaign.

    `anolyte data add` does it by itself; this is for when the store could not be reached then.

    Example:  anolyte runs results --metal Na
    """
    from ..project import Project
    from ..tracking import log_results

    symbol = _symbol(metal) or metal
    folder = store or Project.here().data
    found = log_results(symbol, folder, tracking_uri, _store(tracking_uri))
    if json:
        logged = [run.run_id for run in found.logged]
        print_json({"progress": records(found.progress), "logged": logged})
    elif not found.logged:
        tell(f"None of the suggestions on {symbol} is among your own measurements yet.")
    else:
        print_table(found.progress, f"{symbol}: the campaign so far", ".3g")


@app.command("compare")
def compare_command(
    first: RunArgument,
    second: RunArgument,
    tracking_uri: UriOption = None,
    json: JsonOption = False,
) -> None:
    """Compare two runs: figures side by side; of two lists who rose and who fell.

    Example:  anolyte runs compare Li-screen-20261121-0803 latest
    """
    from ..tracking.comparison import compare_lists, read_list, side_by_side
    from ..tracking.finding import find_run

    store = _store(tracking_uri)
    a, b = find_run(store, first), find_run(store, second)
    table = side_by_side(a, b)
    lists = [read_list(store, run) for run in (a, b)]
    left, right = lists
    compared = None if left is None or right is None else compare_lists(left, right)
    if json:
        print_json({"a": a.name, "b": b.name, "values": records(table), "lists": _told(compared)})
        return
    differing = table[(table["a"] != table["b"]) | (table["kind"] == "metric")]
    shown = differing.assign(a=differing["a"].map(_short), b=differing["b"].map(_short))
    title = f"a: {a.name} ({a.run_id[:8]})   b: {b.name} ({b.run_id[:8]})"
    print_table(shown.drop(columns="kind"), title, "+.4g")
    if compared is not None:
        _print_lists(compared)


@app.command("sync")
def sync_command(tracking_uri: UriOption = None) -> None:
    """Send the runs that wait in the project's anolyte-outbox, each once.

    Example:  anolyte runs sync --tracking-uri http://group-server:5000
    """
    from ..tracking import TrackingError, sync

    sent, faults = sync(tracking_uri)
    for reference in sent:
        print(f"sent: {reference}")
    if not sent and not faults:
        tell("Nothing is waiting.")
    if faults:
        raise TrackingError("still waiting:\n  " + "\n  ".join(faults))


def _store(uri: str | None) -> MlflowStore:
    from ..tracking import tracking_uri as resolve
    from ..tracking.mlflow_store import MlflowStore
    from ..tracking.processes import settle_abandoned

    store = MlflowStore(resolve(uri), create=False)
    settle_abandoned(store)
    return store


def _symbol(metal: str | None) -> str | None:
    from anolyte.datasets.compounds.metals import as_metal

    return None if metal is None else as_metal(metal)


def _tell_waiting() -> None:
    from ..project import Project
    from ..tracking.outbox import waiting

    outbox = Project.here().outbox
    items, faults = waiting(outbox)
    if items or faults:
        count = len(items) + len(faults)
        tell(f"{count} further run{'s' * (count > 1)} in {outbox}: anolyte runs sync")


def _line(run: StoredRun) -> dict[str, str]:
    from ..tracking.finding import when

    figures = {name: f"{run.metrics[name]:.4g}" for name in FIGURES if name in run.metrics}
    return {
        "id": run.run_id[:8],
        "name": run.name,
        "started": when(run.started_ms),
        "took": _duration(run),
        "status": run.status.lower(),
        **figures,
        "evidence": run.tags.get("evidence", "-"),
        "model": run.tags.get("model_version", "-").removeprefix("anolyte-ce-"),
        "note": run.tags.get("note", ""),
    }


def _duration(run: StoredRun) -> str:
    if run.ended_ms is None:
        return "-"
    seconds = (run.ended_ms - run.started_ms) / 1000
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _facts(run: StoredRun) -> dict[str, object]:
    tags = {key: value for key, value in run.tags.items() if not key.startswith("mlflow.")}
    return {
        "run_id": run.run_id,
        "name": run.name,
        "experiment": run.experiment,
        "status": run.status,
        "started_ms": run.started_ms,
        "ended_ms": run.ended_ms,
        "tags": tags,
        "params": dict(run.params),
        "metrics": dict(run.metrics),
    }


def _print_run(run: StoredRun) -> None:
    print(f"{run.name}  {run.run_id}  {run.experiment}  {run.status.lower()}  {_duration(run)}")
    hidden = ("mlflow.", "anolyte.")
    tags = {k: v for k, v in run.tags.items() if not k.startswith(hidden) and k not in run.params}
    for title, values in (("tags", tags), ("params", run.params), ("metrics", run.metrics)):
        if values:
            print(f"\n{title}")
            for key in sorted(values):
                print(f"  {key}: {_short(values[key])}")
    print()


def _short(value: object) -> str:
    from ..cells import cell

    text = cell(value, ".4g")
    return text if len(text) <= 60 else text[:57] + "..."


def _printable(frame: pd.DataFrame) -> pd.DataFrame:
    wanted = ("rank", "electrolyte", "ce_pct", "ce_low", "ce_high", "predicted_ce_pct", "evidence")
    return frame[[name for name in wanted if name in frame]]


def _told(found: ListComparison | None) -> dict[str, object] | None:
    if found is None:
        return None
    return {
        "overlap": found.overlap,
        "rank_correlation": found.rank_correlation,
        "no_correlation": found.no_correlation,
        "moves": records(found.moves),
        "only_a": found.only_a,
        "only_b": found.only_b,
    }


def _print_lists(found: ListComparison) -> None:
    same = ", ".join(f"{count} of the first {depth}" for depth, count in found.overlap.items())
    correlation = (
        f"no rank correlation: {found.no_correlation}"
        if found.rank_correlation is None
        else f"rank correlation of these {found.rank_correlation:.2f}"
    )
    print(
        f"In both lists: {len(found.moves)} electrolytes ({same}); {correlation}; "
        f"only in a: {len(found.only_a)}; only in b: {len(found.only_b)}"
    )
    moves = found.moves[["electrolyte", "rank_a", "rank_b", "rise"]]
    for title, rows in (
        ("rose", moves[moves["rise"] > 0].nlargest(MOVES, "rise")),
        ("fell", moves[moves["rise"] < 0].nsmallest(MOVES, "rise")),
    ):
        if len(rows):
            print_table(rows, f"who {title} most from a to b")
    for title, names in (("a", found.only_a), ("b", found.only_b)):
        if names:
            print(f"best that only {title} has: {'; '.join(names[:3])}")
