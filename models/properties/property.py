"""Property: what is to be known of one more property of electrolytes, so that it is predicted.

A further property is one declaration like those of `conductivity` and `zinc_window`, and a table
with the columns electrolyte, source and that of the value (and temperature_K, if it was not 25
degrees C throughout).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from anolyte.datasets.measurements.property_tables import property_rows
from anolyte.features.arrays import Floats


@dataclass(frozen=True)
class Property:
    """A property of electrolytes.

    Attributes
    ----------
    name
        Its short name, by which it is asked for.
    unit
        In words.
    column
        Of the table, and of predictions.
    tables
        The shipped table by metal, see `property_rows`.
    meaning
        What it is, in a few words.
    per_concentration
        Whether what is learned is log10 of the value per mole of cations in a litre: 0 without
        salt, and with a maximum where each further cation conducts less than the others lose.
    rises_with_temperature
        Whether predictions may not fall with the temperature; without it the temperature has no
        say, and none may be given but that of the table.
    least_salts
        By metal: with fewer salts an electrolyte is outside the domain; 1 elsewhere.

    Examples
    --------
    >>> from anolyte.models.properties import get
    >>> get("conductivity").column, sorted(get("conductivity").tables)
    ('conductivity_mS_cm', ['Li', 'Zn'])
    """

    name: str
    unit: str
    column: str
    tables: Mapping[str, str]
    meaning: str
    per_concentration: bool = False
    rises_with_temperature: bool = False
    least_salts: Mapping[str, int] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, str, str]:
        """The columns of predictions: the value, and the ends of its interval."""
        return (self.column, f"{self.column}_low", f"{self.column}_high")

    @property
    def reason(self) -> str:
        """The column that says why there is no value; empty where there is one."""
        return f"{self.name}_not_predicted"

    def rows(self, metal: str) -> pd.DataFrame:
        """Return what was measured with a metal's electrolytes, see `property_rows`.

        Raises
        ------
        ValueError
            If there is no table of the metal.
        """
        if metal not in self.tables:
            raise ValueError(f"no table of the {self.name} of {metal}: {', '.join(self.tables)}")
        return property_rows(self.tables[metal], self.column)

    def learned(self, values: Floats, concentrations: Floats) -> Floats:
        """Return the scale that is learned (n,) of values (n,)."""
        if not self.per_concentration:
            return np.asarray(values, dtype=float)
        return np.asarray(np.log10(values / concentrations))

    def value(self, learned: Floats, concentrations: Floats) -> Floats:
        """Return values (n,) from the scale that is learned."""
        if not self.per_concentration:
            return learned
        return np.asarray(concentrations * np.power(10.0, learned))
