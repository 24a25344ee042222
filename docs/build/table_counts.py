"""Write the counts of the data sheet anew: ``python docs/build/table_counts.py``.

Everything between the two marks of ``datasets/tables/DATASHEET.md`` is made from the tables.
"""

from __future__ import annotations

from pathlib import Path

from anolyte.datasets.compounds.properties import property_value
from anolyte.datasets.compounds.registry import shipped_compounds
from anolyte.datasets.files.shipped import shipped_table
from anolyte.datasets.measurements.overview import coverage
from anolyte.datasets.measurements.table import load_measurements

DATASHEET = Path(__file__).parents[2] / "datasets" / "tables" / "DATASHEET.md"
START, END = "<!-- counts: made by docs/build/table_counts.py -->", "<!-- end of counts -->"
COLUMNS = (
    *("metal", "rows", "electrolytes", "sources", "laboratories", "years", "CE", "to train on"),
    *("SEI composition", "SEI function", "SEI species"),
)
PROPERTIES = {
    "donor_number": "a donor number",
    "relative_permittivity": "a permittivity",
    "density": "a density",
    "boiling_point": "a boiling point",
    "flash_point": "a flash point",
    "viscosity": "a viscosity",
    "acceptor_number": "an acceptor number",
    "dipole_moment": "a dipole moment",
}


def counts() -> str:
    """Return the counts of measurements, sources and compounds as Markdown."""
    table = coverage(load_measurements("all"))[list(COLUMNS)]
    rows = [COLUMNS, ["---"] * len(COLUMNS), *table.astype(str).itertuples(index=False)]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([*lines, "", _sources(), "", _compounds()])


def _sources() -> str:
    used = set(load_measurements("all")["source"])
    sources = shipped_table("sources")
    sources = sources[sources["source"].isin(used)]
    dated = sources[sources["year"] != ""]["year_basis"].value_counts()
    told = ", ".join(f"{count} {basis}" for basis, count in dated.items())
    return f"Of {len(sources)} sources {int(dated.sum())} have a year ({told})."


def _compounds() -> str:
    compounds = list(shipped_compounds())
    molecules = [compound for compound in compounds if not compound.is_salt]
    numbered = sum(bool(compound.cas) for compound in compounds)
    measured = {
        what: sum(
            found is not None and found.origin == "measured"
            for found in (property_value(compound, what) for compound in molecules)
        )
        for what in PROPERTIES
    }
    shares = [
        f"{100 * count / len(molecules):.0f} % {'' if place else 'have '}{PROPERTIES[what]}"
        for place, (what, count) in enumerate(measured.items())
    ]
    return (
        f"The {len(compounds)} compounds are {len(molecules)} molecules and "
        f"{len(compounds) - len(molecules)} salts and ionic liquids; {numbered} have a CAS number. "
        f"Of the molecules {', '.join(shares)}: measured, shipped or from the package `chemicals`."
    )


def renewed(text: str) -> str:
    """Return the data sheet with counts as the tables are."""
    before, _, rest = text.partition(START)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"{DATASHEET} has no place for the counts: {START} ... {END}")
    return f"{before}{START}\n{counts()}\n{END}{after}"


def main() -> None:
    """Write the data sheet."""
    DATASHEET.write_text(renewed(DATASHEET.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
