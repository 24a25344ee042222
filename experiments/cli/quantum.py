"""`anolyte quantum`: compute quantum descriptors of compounds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .shared.console import JsonOption, named_compounds, print_json, progress_bar, tell

app = typer.Typer(help="Quantum descriptors.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Quantum descriptors."""


@app.command("compute")
def compute_command(
    compounds: Annotated[
        str,
        typer.Option(
            "--compounds", help="Names or {SMILES}, separated by commas; default all known."
        ),
    ] = "",
    out: Annotated[
        Path, typer.Option("--out", help="CSV file; a run continues where its file ends.")
    ] = Path("quantum.csv"),
    processes: Annotated[
        int, typer.Option("--processes", min=1, help="Molecules computed at once.")
    ] = 2,
    retry: Annotated[
        bool, typer.Option("--retry", help="Try again what failed or is partial.")
    ] = False,
    json: JsonOption = False,
) -> None:
    r"""Compute orbitals, ionisation, dipole and binding of Li+, Na+, K+ with GFN2-xTB.

    Needs the extra: pip install "anolyte\[quantum]"

    Example:  anolyte quantum compute --compounds EC,FEC,LiFSI --out quantum.csv
    """
    from anolyte.features.xtb.tight_binding import require

    from ..quantum_table import compute, species_of

    require()
    chosen = named_compounds(compounds) if compounds.strip() else None
    if not out.absolute().parent.is_dir():
        raise ValueError(f"--out {out}: there is no folder {out.absolute().parent}")
    wanted = set(species_of(chosen))
    tell(f"Computing {len(wanted)} molecules and anions into {out}.")
    with progress_bar() as progress:
        table = compute(chosen, out, processes, retry, progress)
    keys = zip(table["smiles"], table["charge"].astype(int), strict=True)
    mine = table[[key in wanted for key in keys]]
    failed = mine[mine["status"] != "ok"]
    if json:
        unfinished = dict(zip(failed["smiles"], failed["status"], strict=True))
        print_json({"file": str(out), "species": len(mine), "not_ok": unfinished})
        return
    for smiles, status in zip(failed["smiles"], failed["status"], strict=True):
        tell(f"{smiles}: {status}")
    print(f"{out}: {len(mine)} molecules and anions, {len(mine) - len(failed)} of them ok")
