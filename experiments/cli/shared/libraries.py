"""The options of `anolyte screen` for libraries of molecules, and what it does with them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .console import named_compounds, separated, tell

if TYPE_CHECKING:
    from anolyte.models.efficiency.model import CoulombicEfficiencyModel

    from ...libraries.formulations import Formulation
    from ...libraries.screening import LibraryList

LibraryOption = Annotated[
    Path | None,
    typer.Option(
        "--library",
        help="Molecules to rank: .smi, .csv or .sdf, perhaps .gz, or what library make wrote.",
    ),
]
RoleOption = Annotated[
    str,
    typer.Option("--role", help="Of the molecules of --library: solvent, diluent or additive."),
]
BaseOption = Annotated[
    list[str] | None,
    typer.Option(
        "--base",
        help="What diluents and additives are added to, e.g. '4 M LiFSI in DME'; may be repeated.",
    ),
]
AmountsOption = Annotated[
    str,
    typer.Option(
        "--amounts",
        help="Of diluents, parts by volume for one of the base (1,2); of additives, wt% (2).",
    ),
]
FiltersOption = Annotated[
    str,
    typer.Option(
        "--filters", help="Policies of filters: pfas=drop,size=keep; see anolyte library filters."
    ),
]
PurchasableOption = Annotated[
    Path | None,
    typer.Option("--purchasable", help="Molecules that can be bought; all others are dropped."),
]
ScaffoldOption = Annotated[
    int, typer.Option("--per-scaffold", min=1, help="Molecules of one scaffold in the list.")
]
CacheOption = Annotated[
    Path | None,
    typer.Option("--cache", help="Folder of descriptors; default anolyte-libraries."),
]
SdfOption = Annotated[
    Path | None, typer.Option("--sdf", help="Write the molecules of the list, with its columns.")
]
CardsOption = Annotated[
    Path | None, typer.Option("--picture", help="Write a grid of the best molecules, .png or .svg.")
]
ConfirmOption = Annotated[
    int,
    typer.Option(
        "--confirm", min=0, help="Compute so many of the best by GFN2-xTB (extra [quantum])."
    ),
]
# Processes, unless told.
MOST = 8


@dataclass(frozen=True)
class LibraryRequest:
    """What was asked of a library on the command line."""

    path: Path
    role: str
    salts: str
    concentrations: list[float]
    bases: list[str]
    amounts: list[float]
    filters: str
    purchasable: Path | None
    cache: Path | None
    per_scaffold: int
    confirm: int = 0

    def formulations(self, metal: str) -> tuple[Formulation, ...]:
        """Return what the molecules are put into."""
        from anolyte.datasets.compounds.metals import as_metal
        from anolyte.datasets.electrolytes.grammar import parse
        from anolyte.datasets.measurements.usual_compounds import default_compounds

        from ...libraries.formulations import library_formulations

        symbol = as_metal(metal)
        salts = named_compounds(self.salts)
        if self.role == "solvent" and not salts:
            salts = list(default_compounds(symbol)[0][:1])
        amounts = self.concentrations if self.role == "solvent" else self.amounts
        return library_formulations(symbol, self.role, salts, amounts, list(map(parse, self.bases)))

    def ranked(self, model: CoulombicEfficiencyModel, **asked: Any) -> LibraryList:
        """Return the ranked list; what was read and left out is told."""
        from ...libraries.filters import read_policies
        from ...libraries.library import read_library
        from ...libraries.screening import screen_library
        from ...project import Project

        policies, ways = read_policies(self.filters), self.formulations(model.metal)
        cache = self.cache or Project.here().libraries
        # Processes of this machine need no cluster: as many as it has cores, unless told.
        workers = asked["workers"] if asked["workers"] > 1 else min(os.cpu_count() or 1, MOST)
        progress = asked["progress"]
        asked = asked | {"workers": workers}
        sold = None
        if self.purchasable is not None:
            sold = frozenset(read_library(self.purchasable, cache, workers, progress).smiles)
        library = read_library(self.path, cache, workers, progress)
        count = len(library) * len(ways)
        tell(f"Screening {len(library):,} molecules in {len(ways)} formulations: {count:,}.")
        ranked = screen_library(
            library,
            model,
            ways,
            policies=policies,
            purchasable=sold,
            per_scaffold=self.per_scaffold,
            cache=cache,
            **asked,
        )
        for sentence in ranked.said:
            tell(sentence)
        if self.confirm:
            from ...libraries.confirmation import confirmed

            return confirmed(ranked, self.confirm, cache, workers, progress)
        return ranked


def numbers(text: str, option: str) -> list[float]:
    """Return the numbers of an option that are separated by commas."""
    try:
        return [float(part) for part in separated(text)]
    except ValueError:
        raise ValueError(f"{option} {text!r}: write numbers, e.g. 1,2,4") from None
