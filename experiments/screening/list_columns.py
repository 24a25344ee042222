"""What stands beside each row of a ranked list; computed for the final rows alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from anolyte.features.arrays import Floats
from anolyte.features.families import family_names
from anolyte.models.efficiency.model import CoulombicEfficiencyModel
from anolyte.models.explanations.contributions import reasons
from anolyte.models.prediction import SEI, Column, Prediction
from anolyte.models.property_columns import Properties

from ..constraints.cost import any_price, cost_per_litre
from ..constraints.rules import critical_count, weight_percent
from ..spaces.candidates import Candidates

RETAINED = 0.8
EXCESS = 1.0
# Of the columns of a prediction, those of every list.
SAID = (*SEI, Column.EVIDENCE, Column.DOMAIN_SCORE, Column.NEAREST, Column.REMARKS)


def cycles_to(ce_pct: npt.ArrayLike, retained: float = RETAINED, excess: float = 0.0) -> Floats:
    """Return after how many cycles a cell has a share of its capacity left.

    The inventory of metal, 1 + x times what is cycled, shrinks by the CE each cycle, and the
    cell fades once less than the share r is left: n = ln(r / (1 + x)) / ln(CE/100), rounded
    down. Only losses of metal are counted, at a constant CE. Xiang et al., Joule 3 (2019) 2334,
    doi:10.1016/j.joule.2019.07.027, section "Short Cycle Life": with an excess of 100 %,
    2 x 0.998^500 = 0.735.

    Parameters
    ----------
    ce_pct
        CE (n,) in %; as efficiencies are censored at 99.95 %, numbers beyond its 446 cycles
        (anode-free, to 80 %) are not told apart.
    retained
        The share r, above 0 and at most 1.
    excess
        The excess x of metal relative to what is cycled; 0 for an anode-free cell.
    """
    ce = np.asarray(ce_pct, dtype=float) / 100
    with np.errstate(divide="ignore"):
        cycles = np.log(retained / (1 + excess)) / np.log(ce)
    return np.floor(np.where(ce > 0, cycles, 0.0) + 1e-9)


def enriched(
    frame: pd.DataFrame,
    predicted: Prediction,
    space: Candidates,
    model: CoulombicEfficiencyModel,
) -> pd.DataFrame:
    """Return the rows of a list with what a chemist wants to know of each.

    Parameters
    ----------
    frame
        Rows with the columns ce_pct and ce_low.
    predicted
        What the model says of them.
    space, model
        What was screened with what.

    Returns
    -------
    pandas.DataFrame
        With the further columns of `columns_of`, and ``flags``: what the constraints of the
        space could not tell.
    """
    extra = columns_of(frame, predicted, model)
    extra["flags"] = space.constraints.flags(
        predicted.mixtures, Properties(model.properties_, predicted.celsius)
    )
    return pd.concat([frame.drop(columns=extra.columns, errors="ignore"), extra], axis=1)


def columns_of(
    frame: pd.DataFrame, predicted: Prediction, model: CoulombicEfficiencyModel
) -> pd.DataFrame:
    """Return cycles, SEI, evidence, nearest measured, reasons and composition (n rows)."""
    expected, low = frame[Column.CE].to_numpy(), frame[Column.CE_LOW].to_numpy()
    cycles = {
        "cycles_to_80": cycles_to(expected),
        "cycles_to_80_low": cycles_to(low),
        "cycles_to_80_excess": cycles_to(expected, excess=EXCESS),
    }
    whole = {name: values.astype(np.int64) for name, values in cycles.items()}
    composition: dict[str, object] = {
        "family": family_names(predicted.mixtures),
        "reasons": reasons(model, predicted),
        "fluorine_wt_pct": weight_percent(predicted.mixtures, pfas=False),
        "critical_elements": critical_count(predicted.mixtures).astype(np.int64),
    }
    if any_price(predicted.mixtures):
        composition["cost_per_l"] = cost_per_litre(predicted.mixtures)
    parts = (
        pd.DataFrame(whole),
        predicted.to_frame(SAID),
        predicted.properties,
        pd.DataFrame(composition),
    )
    return pd.concat(parts, axis=1)
