"""Second looks at a measurement table that is well formed: what is probably wrong with it.

`measurements.read_measurements` refuses what cannot be right; here stands what a careful
reader would ask about. Nothing is changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from ..electrolytes.composition import DEFAULT_CONCENTRATION
from ..electrolytes.grammar import Electrolyte, parse
from ..errors import Fault
from .lce import NOISE_BETWEEN_SOURCES, log_coulombic_efficiency
from .sources import cited_sources
from .table import IDENTITY, efficiencies

# Nearly three deviations of the difference of two reports, which is sqrt(2) times that of one.
CONFLICT_LCE = 4 * NOISE_BETWEEN_SOURCES
# The most concentrated electrolytes of the tables hold about 20 mol of salt per kg of solvent.
MAX_CONCENTRATION = 30.0

# A metal that is lost almost wholly is rarely measured as exactly as 0.98 %.
MIN_FRACTION, MAX_FRACTION = 0.5, 1.05
# LCE ends near 3.3 at CE = 99.95 %; its natural counterpart at 7.6.
MIN_LOGARITHMS, MAX_LOGARITHM = 3, 8.0

_DOI = re.compile(r"10\.\d{4,9}/\S+|arXiv:\d{4}\.\d{4,5}")
_YEAR = re.compile(r"\b(19|20)\d\d\b")
_CYCLES = re.compile(r"[<>~]?\d+(-\d+)?")
_CELL = "row {number}, column {column}"


def warnings_of(measurements: pd.DataFrame, published: bool = False) -> list[Fault]:
    """Return what is probably wrong with a table, in the form of `read_measurements`.

    Parameters
    ----------
    measurements
        The table.
    published
        Whether every source must be one that a stranger can find; a laboratory's own
        notebooks need not be.

    Looked at: electrolytes without an ion of their metal, implausible concentrations,
    sources that lead nowhere (if `published`), malformed DOIs and cycle counts, efficiencies
    that look like fractions or logarithms, ids that occur twice, rows that repeat another
    without naming its cell, and electrolytes whose reported efficiencies contradict each
    other.
    """
    warnings = [
        warning
        for index, row in enumerate(_records(measurements))
        for warning in _row_warnings(row, index + 2, published)
    ]
    warnings += _scale_warnings(measurements)
    warnings += _repeated_ids(measurements)
    warnings += _replicates(measurements)
    warnings += _conflicts(measurements)
    return warnings


def _records(measurements: pd.DataFrame) -> Iterator[dict[str, object]]:
    for row in measurements.to_dict("records"):
        yield {str(name): cell for name, cell in row.items()}


def _row_warnings(row: dict[str, object], number: int, published: bool) -> Iterator[Fault]:
    electrolyte = parse(str(row["electrolyte"]))
    metal = str(row["metal"])
    # A source may well plate a metal from a foreign salt; its note then says so.
    if not _holds_metal(electrolyte, metal) and f"no {metal} salt" not in str(row["notes"]):
        yield Fault(
            _CELL.format(number=number, column="electrolyte"),
            str(electrolyte),
            f"no {metal} in it",
            f"check the metal and the salt, or write 'no {metal} salt' in the notes",
        )
    for dose in electrolyte.salts:
        if dose.unit in ("M", "m") and (dose.amount or DEFAULT_CONCENTRATION) > MAX_CONCENTRATION:
            yield Fault(
                _CELL.format(number=number, column="electrolyte"),
                str(dose),
                f"more than {MAX_CONCENTRATION:g} {dose.unit}",
                "check the unit",
            )
    source = str(row["source"])
    if published and not resolves(source, str(row["doi"])):
        yield Fault(
            _CELL.format(number=number, column="source"),
            source,
            "leads nowhere",
            "give a DOI, an address, a citation with its year, or a key of sources.csv",
        )
    if row["doi"] and not _DOI.fullmatch(str(row["doi"])):
        yield Fault(
            _CELL.format(number=number, column="doi"),
            str(row["doi"]),
            "no DOI",
            "write it as 10.xxxx/...",
        )
    if row["cycles"] and not _CYCLES.fullmatch(str(row["cycles"])):
        yield Fault(
            _CELL.format(number=number, column="cycles"),
            str(row["cycles"]),
            "no cycle count",
            "write e.g. 200 or 1-200",
        )


def _scale_warnings(measurements: pd.DataFrame) -> Iterator[Fault]:
    """Find single fractions among percentages, and a column of logarithms."""
    values = measurements["ce_pct"]
    given = values[values > 0]
    if len(given) >= MIN_LOGARITHMS and given.max() <= MAX_LOGARITHM:
        yield Fault(
            "column ce_pct",
            f"all values between {given.min():g} and {given.max():g}",
            "looks like LCE or another logarithm",
            "give CE in %; CE = 100 (1 - 10^-LCE), or e^-LCE where it is a natural logarithm",
        )
        return
    for number in values.index[(values >= MIN_FRACTION) & (values <= MAX_FRACTION)]:
        yield Fault(
            _CELL.format(number=number + 2, column="ce_pct"),
            f"{values[number]:g}",
            "a fraction among percentages?",
            "multiply it by 100 if it is",
        )


def _holds_metal(electrolyte: Electrolyte, metal: str) -> bool:
    if electrolyte.has_unknown_salt:
        return True
    pattern = re.compile(rf"\[{metal}[+\]@\d]|\[{metal}-?\]")
    return any(pattern.search(compound.smiles) for compound in electrolyte.compounds)


def resolves(source: str, doi: str = "") -> bool:
    """Whether a reader can find a source: by DOI, address, citation, or a shipped key."""
    if doi or "://" in source or _DOI.search(source) or _YEAR.search(source):
        return True
    return source in cited_sources() or source.startswith("github:")


def _repeated_ids(measurements: pd.DataFrame) -> Iterator[Fault]:
    ids = measurements["measurement_id"]
    for number in ids.index[(ids != "") & ids.duplicated()]:
        yield Fault(
            _CELL.format(number=number + 2, column="measurement_id"),
            str(ids[number]),
            "occurs twice",
            "give each row its own",
        )


def _replicates(measurements: pd.DataFrame) -> Iterator[Fault]:
    identity = measurements[list(IDENTITY)]
    first = identity.groupby(list(IDENTITY), dropna=False, sort=False).ngroup()
    seen: dict[int, int] = {}
    for number, group in enumerate(first, start=2):
        earlier = seen.setdefault(int(group), number)
        if earlier != number:
            yield Fault(
                f"row {number}",
                str(measurements["electrolyte"].iloc[number - 2]),
                f"reads like row {earlier}; kept as a replicate",
                "name the cells in the column cell, or delete one if both are the same cell",
            )


def conflicts(measurements: pd.DataFrame) -> pd.DataFrame:
    """Return electrolytes whose exact plating/stripping efficiencies lie far apart.

    Returns
    -------
    pandas.DataFrame
        Columns metal, electrolyte, lowest, highest (CE in %), reports; one row for each
        electrolyte with known amounts whose LCE spans more than `CONFLICT_LCE`.
    """
    rows = efficiencies(measurements)
    rows = rows[rows["ce_qualifier"].isin(["=", "~"]) & ~rows["electrolyte"].str.contains(r"\?")]
    rows = rows.assign(lce=log_coulombic_efficiency(rows["ce_pct"]))
    groups = rows.groupby(["metal", "electrolyte"], sort=False)
    table = groups.agg(
        lowest=("ce_pct", "min"), highest=("ce_pct", "max"), reports=("ce_pct", "size")
    )
    span = groups["lce"].max() - groups["lce"].min()
    return table[span > CONFLICT_LCE].reset_index()


def _conflicts(measurements: pd.DataFrame) -> Iterator[Fault]:
    for row in conflicts(measurements).to_dict("records"):
        yield Fault(
            f"electrolyte {row['electrolyte']}",
            f"CE from {row['lowest']:g} to {row['highest']:g} %",
            f"{row['reports']} reports contradict each other",
            "check the conditions, the method and the units",
        )
