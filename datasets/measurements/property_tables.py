"""Tables of further properties of electrolytes, such as their conductivity: rows with a source."""

from __future__ import annotations

import pandas as pd

from ..files.shipped import shipped_table

# Where a table gives none, in kelvin.
ROOM = 298.15
TEMPERATURE = "temperature_K"


def property_rows(table: str, column: str) -> pd.DataFrame:
    """Return the rows of a shipped table that give a property.

    Parameters
    ----------
    table
        Its name, see `shipped_table`.
    column
        Of the property.

    Returns
    -------
    pandas.DataFrame
        electrolyte, temperature_K (25 degrees C where the table gives none), the column and
        source; rows without a value are left out.

    Examples
    --------
    >>> from anolyte.datasets.measurements.property_tables import property_rows
    >>> rows = property_rows("conductivity_Li", "conductivity_mS_cm")
    >>> rows.columns.tolist()
    ['electrolyte', 'temperature_K', 'conductivity_mS_cm', 'source']
    """
    rows = shipped_table(table)
    if TEMPERATURE not in rows:
        rows[TEMPERATURE] = ""
    rows = rows.loc[rows[column] != "", ["electrolyte", TEMPERATURE, column, "source"]]
    rows[TEMPERATURE] = pd.to_numeric(rows[TEMPERATURE]).fillna(ROOM).astype(float)
    rows[column] = rows[column].astype(float)
    return rows.reset_index(drop=True)
