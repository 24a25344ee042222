"""Predict a published collection that the model was not trained on, once.

Run with ``python -m anolyte.experiments.benchmarks.external FILE [METAL]``; FILE is any table
that `datasets.importers` can read. Electrolytes that the shipped table holds too are left
out. A benchmark for the record, not a place to tune.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from anolyte.datasets.compounds.metals import METALS, Metal, as_metal
from anolyte.datasets.importers.reading import import_rows
from anolyte.datasets.measurements.lce import log_coulombic_efficiency
from anolyte.datasets.measurements.own import write_table
from anolyte.datasets.measurements.table import efficiencies, load_measurements, read_measurements
from anolyte.features import ElectrolyteFeaturizer
from anolyte.models import CoulombicEfficiencyModel
from anolyte.models.efficiency.families import fit_family
from anolyte.models.efficiency.intervals import COVERAGES
from anolyte.models.efficiency.metrics import BASELINE, metrics
from anolyte.models.efficiency.validation import BASELINES
from anolyte.models.efficiency.weights import residuals


def external_rows(path: str | Path, metal: Metal) -> pd.DataFrame:
    """Return the efficiencies of a file whose electrolytes the shipped table does not hold."""
    rows, _ = import_rows(path)
    with tempfile.TemporaryDirectory() as folder:
        table = write_table(pd.DataFrame(rows), Path(folder) / "rows.csv")
        measurements = efficiencies(read_measurements(table, metal))
    known = set(load_measurements(metal)["electrolyte"])
    return measurements[~measurements["electrolyte"].isin(known)].reset_index(drop=True)


def main() -> None:
    """Print the metrics of the model and of the random forest on the 13 ratios."""
    metal = as_metal(sys.argv[2] if len(sys.argv) > 2 else "Li")
    test = external_rows(sys.argv[1], metal)
    train = efficiencies(load_measurements(metal))
    target = log_coulombic_efficiency(train["ce_pct"])
    baseline = BASELINES[BASELINE]
    featurizer = ElectrolyteFeaturizer(baseline.blocks, metal)
    forest = fit_family(baseline.families[0], featurizer.fit_transform(train), target)
    others = [load_measurements(other) for other in METALS if other != metal]
    model = CoulombicEfficiencyModel(metal).fit(train, others=efficiencies(pd.concat(others)))
    lce, spread = model.predict_lce(test)
    scores = pd.DataFrame(
        {
            BASELINE: metrics(test, forest.predict(featurizer.transform(test))),
            "anolyte": metrics(test, lce),
        }
    ).T
    print(f"{metal}: {len(train)} rows to train, {len(test)} to predict; {model.recipe}")
    print(scores.round(3).to_string())
    print(f"RMSE ratio {scores['rmse']['anolyte'] / scores['rmse'][BASELINE]:.3f}")
    miss = np.abs(residuals(test, lce))
    for coverage in COVERAGES:
        inside = miss <= model.half_width(coverage, spread)
        print(f"nominal {coverage:.0%} interval covers {inside.mean():.0%}")


if __name__ == "__main__":
    main()
