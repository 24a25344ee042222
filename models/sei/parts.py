"""The three parts of the SEI model, fitted to labelled rows: composition, function, species."""

from __future__ import annotations

from .chemistry import COMPOSITION, FUNCTION
from .labels import LabelledRows
from .species import SpeciesReports
from .within_metal import WithinMetal

# Of `SEI_COMPOSITIONS` and `SEI_FUNCTIONS`: which way the features move each class.
COMPOSITION_DIRECTIONS = (1.0, 0.0, -1.0)
FUNCTION_DIRECTIONS = (1.0, 0.0)
# On half the squared weights; the held-out log-loss is flat from a third to twice these.
COMPOSITION_PENALTY = 10.0
FUNCTION_PENALTY = 3.0


def fit_composition(rows: LabelledRows) -> WithinMetal:
    """Fit the composition to the rows that say one."""
    known = rows.with_composition()
    return WithinMetal.fit(
        COMPOSITION,
        COMPOSITION_DIRECTIONS,
        known.composition_features,
        known.metals,
        known.composition,
        known.groups,
        COMPOSITION_PENALTY,
    )


def fit_function(rows: LabelledRows) -> WithinMetal:
    """Fit the function to the rows that say one, or whose CE does."""
    known = rows.with_function()
    return WithinMetal.fit(
        FUNCTION,
        FUNCTION_DIRECTIONS,
        known.function_features,
        known.metals,
        known.function,
        known.groups,
        FUNCTION_PENALTY,
    )


def fit_species(rows: LabelledRows) -> SpeciesReports:
    """Keep the reports of the rows that name species."""
    known = rows.with_species()
    return SpeciesReports.fit(
        known.holds, known.aggregates, known.metals, known.species, known.feasible, known.groups
    )
