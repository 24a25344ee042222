"""`anolyte predict`: Coulombic efficiency of formulations."""

from __future__ import annotations

from typing import Annotated

import typer

from .console import (
    CompoundsOption,
    JsonOption,
    MetalOption,
    ModelOption,
    load_or_train,
    print_json,
    print_table,
    records,
    registry_with,
)


def predict_command(
    formulations: Annotated[
        list[str], typer.Argument(help='Formulations, each in quotes: "1 M LiFSI in DME".')
    ],
    metal: MetalOption = "Li",
    coverage: Annotated[
        float, typer.Option("--coverage", help="Of the interval: 0.5, 0.8 or 0.9.")
    ] = 0.9,
    compounds: CompoundsOption = None,
    model: ModelOption = None,
    json: JsonOption = False,
) -> None:
    """Predict the Coulombic efficiency of formulations, with its interval.

    Example:  anolyte predict "1 M LiFSI in DME" "LiFSI/DME/TTE (1:1.2:3 mol/mol)" --metal Li
    """
    from anolyte.datasets.electrolyte import parse
    from anolyte.datasets.errors import Fault, FormulationError
    from anolyte.datasets.ions import as_metal
    from anolyte.features.mixtures import Mixtures

    symbol = as_metal(metal)
    registry = registry_with(compounds)
    electrolytes, faults = [], []
    for text in formulations:
        try:
            electrolytes.append(parse(text, registry))
        except FormulationError as error:
            faults += [
                Fault(f"{text!r}, {each.place}", each.value, each.reason, each.remedy)
                for each in error.faults
            ]
    if faults:
        raise FormulationError("cannot read the formulations", faults)
    predictor, _ = load_or_train(symbol, model)
    if predictor.metal != symbol:
        raise ValueError(f"the model {model} is for {predictor.metal}, not for {symbol}")
    mixtures = Mixtures.from_electrolytes(electrolytes, symbol)
    frame = predictor.predict_interval(mixtures, coverage)
    frame.insert(0, "electrolyte", [str(electrolyte) for electrolyte in electrolytes])
    frame["assumptions"] = [
        "; ".join(word for word, flag in zip(_ASSUMED, flags, strict=True) if flag) or "none"
        for flags in zip(
            mixtures.amounts_assumed,
            mixtures.salt_assumed,
            mixtures.density_estimated,
            strict=True,
        )
    ]
    if json:
        print_json(records(frame))
        return
    shown = frame[["electrolyte", "ce_pct", "ce_low", "ce_high", "assumptions"]].copy()
    for column in ("ce_pct", "ce_low", "ce_high"):
        shown[column] = shown[column].map("{:.2f}".format)
    title = f"{symbol}: Coulombic efficiency in %, with the {coverage:.0%} interval"
    print_table(shown, title)


_ASSUMED = ("amounts", "salt", "density estimated")
