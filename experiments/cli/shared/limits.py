"""Options that limit a candidate space, and the constraints they add up to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from .console import separated

if TYPE_CHECKING:
    from ...constraints.constraint import Constraints

FluorineOption = Annotated[
    float | None, typer.Option("--max-fluorine-wt-pct", help="At most so much fluorine.")
]
PfasOption = Annotated[
    float | None, typer.Option("--max-pfas-wt-pct", help="At most so much PFAS; 0 for none.")
]
ExcludeOption = Annotated[
    str,
    typer.Option(
        "--exclude",
        help="Compounds or classes, separated by commas: LiAsF6, element:As, kind:diluent, "
        "group:nitrile, pfas, 'donor_number > 25'.",
    ),
]
FamilyOption = Annotated[
    str,
    typer.Option(
        "--family",
        help="Of one of these families, separated by commas: LHCE, HCE, dilute, aqueous, "
        "'weakly solvating', ...; see anolyte space families.",
    ),
]
FlashOption = Annotated[
    float | None,
    typer.Option("--min-flash-point-c", help="Of every neutral compound, in degrees C."),
]
LiquidOption = Annotated[
    float | None, typer.Option("--liquid-at-c", help="Liquid at this temperature, degrees C.")
]
ViscosityOption = Annotated[
    float | None,
    typer.Option("--max-viscosity-mPa-s", help="Of the solvents, a logarithmic mean (a proxy)."),
]
ComponentsOption = Annotated[
    int | None, typer.Option("--max-components", min=2, help="Salts and additives included.")
]
CriticalOption = Annotated[
    int | None,
    typer.Option("--max-critical-elements", min=0, help="EU list of 2023, metal included."),
]
CostOption = Annotated[
    float | None,
    typer.Option("--max-cost-per-l", help="Of the electrolyte, by --prices."),
]
AnodicOption = Annotated[
    float | None, typer.Option("--min-anodic-limit-v", help="Of the salts; known for few.")
]
SolubilityOption = Annotated[
    bool, typer.Option("--within-solubility", help="Salts within their known solubility.")
]
ConductivityOption = Annotated[
    float | None,
    typer.Option("--min-conductivity", help="Predicted, in mS/cm at --temperature; Li and Zn."),
]
UnknownOption = Annotated[
    str,
    typer.Option("--unknown", help="Where an option here cannot tell: keep, drop or flag."),
]


def constraints_of(
    exclude: str, unknown: str, limits: dict[str, float | None], family: str = ""
) -> Constraints:
    """Return the constraints of the options.

    Parameters
    ----------
    exclude
        Selectors, separated by commas.
    unknown
        The policy where a constraint cannot tell.
    limits
        Limits by name of the constraint; None where the option was not given.
    family
        Families, separated by commas.

    Raises
    ------
    InputError
        With every fault of the options.
    """
    from anolyte.datasets.errors import InputError

    from ...constraints.constraint import EXCLUDE, FAMILY, read_constraints

    given: dict[str, object] = {name: value for name, value in limits.items() if value is not None}
    if selectors := separated(exclude):
        given[EXCLUDE] = selectors
    if families := separated(family):
        given[FAMILY] = families
    try:
        return read_constraints({**given, "unknown": unknown})
    except InputError as error:
        options = {"constraints.unknown": "--unknown"}
        faults = (replace(each, place=options.get(each.place, each.place)) for each in error.faults)
        raise InputError("constraints", faults) from None
