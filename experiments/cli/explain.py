"""`anolyte explain`: why an electrolyte is predicted as it is, and what would better it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .shared.console import (
    CapacityOption,
    CoverageOption,
    CurrentOption,
    JsonOption,
    MetalOption,
    MethodOption,
    ModelOption,
    TableFileOption,
    TemperatureOption,
    UriOption,
    conditions_of,
    print_json,
    print_table,
    progress_bar,
    tell,
)
from .shared.descriptors import keep, show_dependence, show_importance

if TYPE_CHECKING:
    from anolyte.datasets.electrolytes.electrolyte import Electrolyte
    from anolyte.models.efficiency.model import CoulombicEfficiencyModel

    from ..predictions.explanation import Explanation


def explain_command(
    formulation: Annotated[
        str | None, typer.Argument(help='In quotes: "1 M LiFSI in DME".')
    ] = None,
    metal: MetalOption = "Li",
    importance: Annotated[
        bool, typer.Option("--importance", help="What the model goes by on the whole.")
    ] = False,
    dependence: Annotated[
        list[str] | None,
        typer.Option("--dependence", help="How CE changes with this descriptor; may be repeated."),
    ] = None,
    current: CurrentOption = None,
    capacity: CapacityOption = None,
    method: MethodOption = "",
    coverage: CoverageOption = 0.9,
    temperature: TemperatureOption = 25.0,
    most: Annotated[int, typer.Option("--most", min=1, help="How many descriptors to list.")] = 10,
    out: TableFileOption = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Draw it: .png, .svg or .pdf.")
    ] = None,
    model: ModelOption = None,
    tracking_uri: UriOption = None,
    json: JsonOption = False,
) -> None:
    """Explain a prediction: evidence, contributions, SEI, and changes expected to help.

    Or explain the model: --importance lists the descriptors that it goes by, --dependence
    shows how the prediction changes with one of them.

    Example:  anolyte explain "1 M LiFSI in DME" --metal Li --plot why.png
    Example:  anolyte explain --importance --metal Li --plot importance.png
    Example:  anolyte explain --dependence cation_concentration --metal Li --out curve.csv
    """
    from anolyte.datasets.compounds.metals import as_metal
    from anolyte.datasets.electrolytes.grammar import parse
    from anolyte.datasets.files.exports import checked_table_path

    from ..predictions.load_or_train import load_or_train

    if sum((formulation is not None, importance, bool(dependence))) != 1:
        raise ValueError("give one of: a formulation, --importance, --dependence")
    symbol, given = as_metal(metal), conditions_of(current, capacity, method)
    electrolyte = None if formulation is None else parse(formulation)
    if plot is not None and plot.suffix not in (".png", ".svg", ".pdf"):
        raise ValueError(f"{plot}: the name must end in .png, .svg or .pdf")
    if out is not None:
        checked_table_path(out)
    fitted, _ = load_or_train(symbol, model, tracking_uri, tell, progress_bar)
    if electrolyte is not None:
        how = (coverage, temperature, most)
        _show(fitted, electrolyte, given, *how, out, plot, json)
    elif importance:
        show_importance(fitted, most, out, plot, json)
    else:
        show_dependence(fitted, dependence or [], out, plot, json)


def _show(
    model: CoulombicEfficiencyModel,
    electrolyte: Electrolyte,
    given: dict[str, float | str],
    coverage: float,
    celsius: float,
    most: int,
    out: Path | None,
    plot: Path | None,
    json: bool,
) -> None:
    from ..plots.explanation import contribution_bars
    from ..predictions.explanation import explain

    asked = (coverage, most)
    explanation = explain(
        electrolyte, model.metal, model, *asked, conditions=given, celsius=celsius
    )
    if json:
        print_json(explanation.to_dict())
    else:
        _print(explanation, celsius)
    keep(explanation.contributions, contribution_bars(explanation.contributions), out, plot)


def _print(explanation: Explanation, celsius: float) -> None:
    import pandas as pd
    from anolyte.models.properties.words import told_properties

    told = explanation.prediction
    print(
        f"{told['electrolyte']} on {told['metal']}: {told['ce_pct']:.2f} % "
        f"({told['ce_low']:.2f} to {told['ce_high']:.2f}, {told['coverage']:.0%} interval)"
    )
    print(f"Evidence: {told['evidence']}; domain score {told['domain_score']:.2f}")
    for label in ("remarks", "assumptions"):
        if told[label] not in ("", "none"):
            print(f"{label.capitalize()}: {told[label]}")
    for heading, words in told_properties(pd.DataFrame([told])).items():
        print(f"{heading} at {celsius:g} C: {words[0]}")
    print(f"Reasons: {explanation.reasons}")
    print(f"Nearest measured: {told['nearest']}\n")
    shown = explanation.contributions[["words", "push_lce", "push_ce_pct"]]
    mean = f"mean of {told['metal']} {explanation.mean_lce:.2f} LCE, predicted {told['lce']:.2f}"
    print_table(shown, f"Contributions, in LCE and in points of CE ({mean})", "+.3f")
    for answer, shares in (
        ("function", explanation.function),
        ("composition", explanation.composition),
    ):
        likely = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
        print(f"SEI {answer}: {likely}")
    print_table(explanation.species, "Likeliest species and where they stem from", ".2f")
    better = explanation.counterfactuals
    if better.empty:
        print("No single change of salt, solvent or concentration is expected to help.")
        return
    shown = better[["change", "electrolyte", "ce_pct", "ce_low", "gain_per_size", "evidence"]]
    title = "Single changes expected to raise the lower bound most for their size"
    print_table(shown, title, ".2f")
