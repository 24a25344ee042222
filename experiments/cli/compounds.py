"""`anolyte compounds`: look a compound up."""

from __future__ import annotations

from typing import Annotated

import typer

from .shared.console import JsonOption, print_json

app = typer.Typer(help="Compounds.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Compounds."""


@app.command("find")
def find_command(
    name: Annotated[str, typer.Argument(help="Abbreviation, name, alias, CAS or SMILES.")],
    json: JsonOption = False,
) -> None:
    """Show what a name stands for, or the nearest known names.

    Example:  anolyte compounds find diglyme
    """
    from anolyte.datasets.compounds.densities import density
    from anolyte.datasets.compounds.registry import shipped_compounds

    compound = shipped_compounds().find(name)
    facts: dict[str, object] = {
        "abbreviation": compound.abbreviation,
        "name": compound.name,
        "aliases": ", ".join(compound.aliases),
        "kind": compound.kind,
        "SMILES": compound.smiles,
        "CAS": compound.cas,
        "molar mass": f"{compound.molar_mass:.2f} g/mol",
    }
    if not compound.is_salt:
        from anolyte.features.molecules.donor import (
            coordinating_sites,
            donor_number,
            is_donor_number_imputed,
        )

        liquid = density(compound)
        facts["density"] = f"{liquid.value:.3f} g/cm3 ({liquid.origin}: {liquid.source})"
        origin = "imputed" if is_donor_number_imputed(compound) else "measured"
        facts["donor number"] = f"{donor_number(compound):.1f} kcal/mol ({origin})"
        facts["coordinating sites"] = f"{coordinating_sites(compound):g}"
    if json:
        print_json(facts)
        return
    for label, value in facts.items():
        if value:
            print(f"{label + ':':20}{value}")
