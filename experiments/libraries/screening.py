"""Screen a library: read, describe, filter, predict, rank, and say how far that can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from anolyte.datasets.compounds.metals import as_metal
from anolyte.datasets.electrolytes.grammar import parse
from anolyte.datasets.errors import Fault, InputError
from anolyte.features.arrays import Integers
from anolyte.models.efficiency.crossfit import Progress
from anolyte.models.efficiency.evidence import REMOTE
from anolyte.models.efficiency.model import CoulombicEfficiencyModel
from anolyte.models.prediction import Column
from anolyte.models.property_columns import ROOM_CELSIUS, Properties

from ..constraints.constraint import NO_CONSTRAINTS, WITHOUT_GATED, Constraints
from ..project import Project
from ..ranking.ranking import Criterion, Ranking, as_criterion
from ..screening.engine import DIGITS, Part, Screening
from ..screening.ranked_list import RankedList, assemble
from ..screening.screen import survivors
from .cautious import cautious
from .facts import FACTS, facts_of
from .filters import Candidates, Filtered, Policy, filtered
from .formulations import Formulation
from .library import MoleculeLibrary
from .library_space import WATER, Asked, LibrarySpace, amounts_of
from .new_compounds import told_of_new_compounds
from .scaffolds import scaffold
from .store import DescriptorStore

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_MOLECULES = 1_000_000
# Rows of one scaffold in a list, and among so many times its length they are looked for.
PER_SCAFFOLD, LOOKED_THROUGH = 5, 30
_FACTS = ("boiling_C", "boiling_measured", "melting_C", "melting_measured", "synthesis", "sites")
LOWER, CRITERION = "lower bound: far from everything measured", "criterion"


@dataclass(frozen=True)
class LibraryList(RankedList):
    """The best molecules of a library, each in its best formulation.

    Beside the columns of `RankedList`: smiles, name, parent and edit (of a made library), scaffold,
    ranked_by, what filters flagged in ``flags``, and the estimates of boiling and melting.

    Attributes
    ----------
    said
        What was read, left out and kept, as sentences.

    Examples
    --------
    >>> from anolyte.datasets import shipped_compounds
    >>> from anolyte.experiments import MoleculeLibrary, library_formulations, screen_library
    >>> from anolyte.models import load_model
    >>> ways = library_formulations("Zn", "solvent", [shipped_compounds()["ZnSO4"]], [1.0])
    >>> library, model = MoleculeLibrary.of(["CS(C)=O"]), load_model("anolyte-models/Zn")
    >>> ranked = screen_library(library, model, ways, workers=0, include_gated=True)
    >>> ranked.title
    'Zn: the best 1 molecules of 1 by lower-bound, CE in % with the 90% interval'
    >>> figure = ranked.plot()
    """

    said: tuple[str, ...] = field(default=())

    @property
    def title(self) -> str:
        """One line that says what this is."""
        return (
            f"{self.metal}: the best {len(self)} molecules of {self.space['molecules']:,} by "
            f"{self.criterion}, CE in % with the {self.coverage:.0%} interval"
        )

    def plot(self, kind: str = "molecules", most: int = 24) -> Figure:
        """Draw the molecules in a grid, or the list as `RankedList.plot` does."""
        from ..plots.molecule_cards import molecule_cards

        return molecule_cards(self.frame, most) if kind == "molecules" else super().plot(kind, most)


def screen_library(  # noqa: PLR0913
    library: MoleculeLibrary,
    model: CoulombicEfficiencyModel,
    formulations: tuple[Formulation, ...],
    top: int = 100,
    criterion: str | Criterion = "lower-bound",
    coverage: float = 0.9,
    *,
    policies: Mapping[str, Policy] | None = None,
    purchasable: frozenset[str] | None = None,
    constraints: Constraints = NO_CONSTRAINTS,
    per_scaffold: int = PER_SCAFFOLD,
    cache: str | Path | None = None,
    workers: int = 2,
    cluster: str | None = None,
    resume: str | Path | None = None,
    include_gated: bool = False,
    celsius: float = ROOM_CELSIUS,
    progress: Progress | None = None,
) -> LibraryList:
    """Rank the molecules of a library in formulations.

    Parameters
    ----------
    library
        See `read_library`.
    model
        A fitted model.
    formulations
        What each molecule is put into, see `formulations.library_formulations`.
    top, criterion, coverage
        What is asked, see `Ranking`. A molecule far from everything measured is ranked by its
        lower bound in any case where the criterion is the expected CE, and the list says so.
    policies, purchasable
        See `filters.filtered`.
    constraints
        What every candidate has to satisfy.
    per_scaffold
        How many molecules of one scaffold the list has at most.
    cache
        Folder of descriptors; that of the project by default.
    workers
        Processes on this machine; 0 for this one alone.
    cluster, resume, include_gated, celsius
        As in `screen`.

    Raises
    ------
    InputError
        If nothing is left to rank.

    Examples
    --------
    >>> from anolyte.datasets import shipped_compounds
    >>> from anolyte.experiments import MoleculeLibrary, library_formulations, screen_library
    >>> from anolyte.models import load_model
    >>> library = MoleculeLibrary.of(["CCOCCC", "COCCOCC", "CC(=O)OO"])
    >>> salts = [shipped_compounds()["Zn(OTf)2"]]
    >>> ways = library_formulations("Zn", "solvent", salts, [1.0])
    >>> model = load_model("anolyte-models/Zn")
    >>> ranked = screen_library(library, model, ways, top=2, workers=0)
    >>> sorted(ranked.to_frame()["smiles"])  # the peracid is explosive
    ['CCCOCC', 'CCOCCOC']
    """
    if len(library) > MOST_MOLECULES:
        raise ValueError(f"more than {MOST_MOLECULES:,} molecules: split the library")
    if per_scaffold < 1:
        raise ValueError("a list has at least one molecule of a scaffold")
    constraints.check(Properties(model.properties_), model.metal)
    asked = cautious(as_criterion(criterion))
    pool = Ranking(LOOKED_THROUGH * top, asked, coverage, diversity=0.0).fitting(model)
    if not include_gated:
        constraints = WITHOUT_GATED.joined(constraints)
    known = Asked.of(model, formulations, constraints, pool.criterion)
    # Whole, for processes that work elsewhere.
    folder = (Project.here().libraries if cache is None else Path(cache)).resolve()
    store = DescriptorStore(folder)
    functions = (*known.functions, amounts_of, facts_of)
    places = store.ensure(library.smiles, functions, workers, progress)
    facts = store.values(facts_of, places)
    said = list(library.summary())
    metal = as_metal(model.metal)
    role, tried = formulations[0].role, _measured(model)
    aqueous = any(compound.smiles == WATER for each in formulations for compound in each.compounds)
    them = Candidates(library.smiles, facts, metal, role, purchasable, tried, aqueous)
    found = filtered(them, policies)
    readable = ~np.isnan(facts).any(axis=1)
    said += found.summary()
    if not readable.all():
        said.append(f"not described: {(~readable).sum():,} dropped (took too long)")
    kept = found.kept & readable
    if not kept.any():
        faults = [Fault("filters", each, "nothing is left", "set its policy") for each in said]
        raise InputError("no molecule passes the filters", faults)
    space = LibrarySpace(
        model, pool.criterion, library.take(kept), formulations, str(folder), places[kept]
    ).constrained(constraints)
    screening = Screening(space, model, pool, exact=True, celsius=celsius)
    best = survivors(screening, 1, cluster, resume, progress, workers)
    said.append(f"gates: {len(space) - best.screened:,} of {len(space):,} candidates left out")
    chosen = Part(_of_scaffolds(best.best, space, top, per_scaffold), best.screened, best.predicted)
    ranking = replace(pool, top=top)
    ranked = assemble(space.renewed(), model, chosen, ranking, celsius)
    frame = _with_molecules(ranked.to_frame().round(DIGITS), space, found.take(kept), facts[kept])
    caveat = " ".join(filter(None, (told_of_new_compounds(metal), ranked.caveat)))
    return LibraryList(
        frame, metal, str(criterion), coverage, best.screened, space.describe(), caveat,
        best.predicted, said=tuple(said),
    )  # fmt: skip


def _measured(model: CoulombicEfficiencyModel) -> frozenset[str]:
    """Return the structures in the electrolytes that a model learned from."""
    texts = set(model.domain_.measured["electrolyte"])
    return frozenset(each.smiles for text in texts for each in parse(text).compounds)


def _of_scaffolds(best: pd.DataFrame, space: LibrarySpace, top: int, most: int) -> pd.DataFrame:
    """Return the first rows of which no more than so many share a scaffold."""
    numbers = space.families(best["candidate"].to_numpy())
    seen: dict[str, int] = {}
    rows: list[int] = []
    for row, number in enumerate(numbers.tolist()):
        own = scaffold(space.library.smiles[number])
        seen[own] = seen.get(own, 0) + 1
        if seen[own] <= most:
            rows.append(row)
        if len(rows) == top:
            break
    return best.iloc[rows].reset_index(drop=True)


def _with_molecules(
    frame: pd.DataFrame, space: LibrarySpace, found: Filtered, facts: np.ndarray
) -> pd.DataFrame:
    """Return the list with what is known of each row's molecule."""
    numbers: Integers = space.families(frame["candidate"].to_numpy())
    library, at = space.library, numbers.tolist()
    chosen = np.zeros(len(library), dtype=bool)
    chosen[at] = True
    flags = dict(zip(np.flatnonzero(chosen).tolist(), found.take(chosen).flags(), strict=True))
    frame["smiles"] = [library.smiles[number] for number in at]
    frame["name"] = [library.names[number] for number in at]
    if library.edits:
        frame["parent"] = [library.parents[number] for number in at]
        frame["edit"] = [library.edits[number] for number in at]
    frame["scaffold"] = [scaffold(smiles) for smiles in frame["smiles"]]
    told = zip((flags[number] for number in at), frame["flags"], strict=True)
    frame["flags"] = ["; ".join(filter(None, each)) for each in told]
    far = frame[Column.DOMAIN_SCORE].to_numpy() < REMOTE
    frame["ranked_by"] = np.where(far, LOWER, CRITERION)
    for name in _FACTS:
        frame[name] = facts[at, FACTS.index(name)].round(1)
    return frame
