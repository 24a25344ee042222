"""What a model goes by: `anolyte explain --importance` and `--dependence`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .console import print_json, print_table, records, tell

if TYPE_CHECKING:
    import pandas as pd
    from anolyte.models.efficiency.model import CoulombicEfficiencyModel
    from matplotlib.figure import Figure


def show_importance(
    model: CoulombicEfficiencyModel, most: int, out: Path | None, plot: Path | None, json: bool
) -> None:
    """Show what matters for a metal: groups of descriptors, then single ones."""
    from anolyte.models.explanations.contributions import importance

    from ...plots.explanation import importance_bars

    groups, single = (importance(model, grouped) for grouped in (True, False))
    known = bool(groups["mean_push_lce"].any())
    if json:
        print_json({"metal": model.metal, "prior_only": not known,
                    "groups": records(groups), "descriptors": records(single)})  # fmt: skip
    elif not known:
        _tell_prior(model)
    else:
        for title, table in (("What the model goes by", groups), ("Single descriptors", single)):
            told = f"{model.metal}: {title}, mean absolute contribution to the LCE"
            print_table(table.head(most), told, ".4f")
    keep(single, importance_bars(groups, model.metal, most), out, plot)


def show_dependence(
    model: CoulombicEfficiencyModel,
    descriptors: list[str],
    out: Path | None,
    plot: Path | None,
    json: bool,
) -> None:
    """Show how the prediction changes with descriptors, over the measured electrolytes."""
    from anolyte.models.explanations.dependence import partial_dependence

    from ...plots.explanation import dependence_curves

    unknown = [name for name in descriptors if name not in model.feature_names]
    if unknown:
        raise ValueError(
            f"the model has no descriptor {', '.join(map(repr, unknown))}; "
            "anolyte explain --importance --out FILE.csv lists them"
        )
    curves = partial_dependence(model, descriptors)
    if json:
        print_json({"metal": model.metal, "prior_only": curves.empty, "curves": records(curves)})
    elif curves.empty:
        _tell_prior(model)
    else:
        for name, rows in curves.groupby("descriptor", sort=False):
            unit = rows["unit"].iloc[0]
            title = f"{name}: {rows['words'].iloc[0]}" + ("" if unit == "1" else f" / {unit}")
            title += "; LCE: mean and quartiles over the measured electrolytes"
            print_table(rows[["value", "ce_pct", "lce", "lce_low", "lce_high"]], title, ".3f")
    keep(curves, dependence_curves(curves, model.metal), out, plot)


def _tell_prior(model: CoulombicEfficiencyModel) -> None:
    from anolyte.models.explanations.contributions import NO_MODEL

    print(f"{model.metal}: {NO_MODEL}; every prediction is the mean and no descriptor counts.")


def keep(table: pd.DataFrame, figure: Figure, out: Path | None, plot: Path | None) -> None:
    """Write a table and its picture where they are wanted."""
    if out is not None:
        from anolyte.datasets.files.exports import write_table_file

        write_table_file(table, out)
        tell(f"Table: {out} ({len(table)} rows)")
    if plot is not None:
        figure.savefig(plot)
        tell(f"Figure: {plot}")
