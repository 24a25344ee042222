"""Stocks: the solutions and liquids at hand, read from a user's table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from anolyte.datasets.compounds.registry import Compound, CompoundRegistry
from anolyte.datasets.electrolytes.composition import resolve
from anolyte.datasets.electrolytes.electrolyte import Mixture
from anolyte.datasets.electrolytes.grammar import parse_mixture
from anolyte.datasets.errors import Fault, FormulationError, TableError
from anolyte.datasets.files.tables import read_table
from anolyte.datasets.formats.portions import solution_litres

COLUMNS = ("stock", "formulation", "volume_mL", "position", "density_g_mL")
HEADINGS = {"formulation": ("electrolyte", "stock solution", "solution", "composition")}


@dataclass(frozen=True)
class Stock:
    """A liquid at hand.

    Attributes
    ----------
    name
        What it is called.
    mixture
        What it is: one compound, solvents, or a solution.
    millilitres
        How much there is; infinite where nothing is said.
    position
        Where it stands: a number, a well (A1) or two indices (0,3).
    density
        In g/mL, if it was measured; else that of ideal mixing.
    """

    name: str
    mixture: Mixture
    millilitres: float = float("inf")
    position: str = ""
    density: float | None = None

    @cached_property
    def grams(self) -> dict[Compound, float]:
        """Grams of each compound in a millilitre."""
        composition = resolve(self.mixture)
        pairs = zip(composition.compounds, composition.mole_fractions, strict=True)
        grams = {compound: float(x) * compound.molar_mass for compound, x in pairs}
        millilitres = 1000 * solution_litres(composition)
        if self.density is not None:
            millilitres = sum(grams.values()) / self.density
        return {compound: mass / millilitres for compound, mass in grams.items()}

    @property
    def holds_salt(self) -> bool:
        """Whether anything is dissolved in it."""
        return any(compound.kind == "salt" for compound in self.grams)


def read_stocks(path: str | Path, registry: CompoundRegistry | None = None) -> list[Stock]:
    r"""Read a table of stocks.

    Parameters
    ----------
    path
        CSV, TSV or XLSX with the column formulation (``DME``, ``EC/DMC (1:1 v/v)``,
        ``4 M LiFSI in DME``) and perhaps stock, volume_mL, position and density_g_mL.
    registry
        Known compounds; the shipped ones by default.

    Raises
    ------
    TableError
        With every fault of the table.

    Examples
    --------
    >>> from anolyte.experiments.mixing.stocks import read_stocks
    >>> from pathlib import Path
    >>> _ = Path("stocks.csv").write_text("formulation,volume_mL\nDME,20\n4 M LiFSI in DME,10\n")
    >>> [(stock.name, stock.millilitres) for stock in read_stocks("stocks.csv")]
    [('DME', 20.0), ('4 M LiFSI in DME', 10.0)]
    """
    rows, faults = read_table(path, ("formulation",), COLUMNS, HEADINGS)
    stocks = []
    for number, cells in rows:
        found = _stock(cells, f"row {number}, column ", registry, faults)
        if found is not None:
            stocks.append(found)
    for what in ("name", "position"):
        seen: set[str] = set()
        for stock in stocks:
            word = getattr(stock, what)
            if word and word in seen:
                faults.append(Fault(f"column {what}", word, "given twice", "tell the stocks apart"))
            seen.add(word)
    if not rows and not faults:
        faults.append(Fault("file", str(path), "no rows below the header", "list the stocks"))
    if faults:
        raise TableError(f"stocks {path}", faults)
    return stocks


def _stock(
    cells: dict[str, str], place: str, registry: CompoundRegistry | None, faults: list[Fault]
) -> Stock | None:
    before = len(faults)
    text = cells["formulation"].strip()
    mixture = None
    try:
        mixture = parse_mixture(text, registry)
        if mixture.has_unknown_amounts or mixture.has_unknown_salt:
            remedy = "write every amount"
            faults.append(Fault(f"{place}formulation", text, "leaves amounts open", remedy))
    except FormulationError as error:
        faults += [Fault(f"{place}formulation", text, f.reason, f.remedy) for f in error.faults]
    volume = _number(cells.get("volume_mL", ""), f"{place}volume_mL", faults)
    density = _number(cells.get("density_g_mL", ""), f"{place}density_g_mL", faults)
    if mixture is None or len(faults) > before:
        return None
    name = cells.get("stock", "").strip() or str(mixture)
    millilitres = float("inf") if volume is None else volume
    return Stock(name, mixture, millilitres, cells.get("position", "").strip(), density)


def _number(text: str, place: str, faults: list[Fault]) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        faults.append(Fault(place, text, "no number above 0", "write a number without its unit"))
    return value
