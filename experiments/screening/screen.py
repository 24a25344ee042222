"""Screen a candidate space: predict chunk by chunk, keep the best, return a ranked list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from anolyte.models.efficiency.crossfit import Progress
from anolyte.models.efficiency.model import CoulombicEfficiencyModel
from anolyte.models.property_columns import ROOM_CELSIUS, Properties

from ..constraints.constraint import WITHOUT_GATED
from ..ranking.diversity import DIVERSITY
from ..ranking.ranking import CRITERIA, Criterion, Ranking, as_criterion
from ..spaces.candidates import Candidates
from .engine import CHUNK, DIGITS, NOTHING, Part, Range, Screening, rounded
from .ranked_list import RankedList, assemble


def screen(  # noqa: PLR0913
    space: Candidates,
    model: CoulombicEfficiencyModel,
    top: int = 100,
    criterion: str | Criterion = "lower-bound",
    coverage: float = 0.9,
    all_amounts: bool = False,
    diversity: float = DIVERSITY,
    progress: Progress | None = None,
    *,
    workers: int = 1,
    cluster: str | None = None,
    resume: str | Path | None = None,
    include_gated: bool = False,
    exact: bool = False,
    celsius: float = ROOM_CELSIUS,
) -> RankedList:
    """Rank the candidates of a space.

    The list is the same, byte for byte, whatever the number of workers and interruptions.

    Parameters
    ----------
    space
        The candidates; they are predicted in chunks, so memory does not grow with it.
    model
        A fitted model of the same metal.
    top, criterion, coverage, all_amounts, diversity
        What is asked, see `criteria.Ranking`.
    workers
        The number of processes on this machine; more than one needs ``anolyte[cluster]``.
        In a script, call it under ``if __name__ == "__main__":``.
    cluster
        Address of a Dask scheduler whose workers do the work, see `cluster`.
    resume
        Folder for finished partitions; those of the same screening that it holds already
        are not screened again.
    include_gated
        Whether to rank mixtures too that cannot work, see `anolyte.models.gates`.
    exact
        Whether to predict every candidate in full, and none by a student alone, see
        `anolyte.experiments.screening.student`.
    celsius
        Temperature of what else is predicted, such as the conductivity, in degrees C.

    Raises
    ------
    ValueError
        If the model is of another metal, the criterion is unknown, no candidate satisfies
        the constraints of the space, or the cluster cannot be reached.

    Examples
    --------
    >>> from anolyte.datasets import shipped_compounds
    >>> from anolyte.experiments import CandidateSpace, screen
    >>> from anolyte.models import load_model
    >>> known = shipped_compounds()
    >>> salts, solvents = [known["ZnSO4"], known["Zn(OTf)2"]], [known["H2O"], known["DME"]]
    >>> space = CandidateSpace.of("Zn", salts, solvents)

    >>> ranked = screen(space, load_model("anolyte-models/Zn"), top=2)
    >>> ranked.to_frame()["electrolyte"].tolist()
    ['3 M Zn(OTf)2 in H2O', '3 M Zn(OTf)2 in H2O/DME (3:1 v/v)']
    """
    if model.metal != space.metal:
        raise ValueError(f"the model is for {model.metal}, the candidates are for {space.metal}")
    if workers < 1:
        raise ValueError("a screening needs at least one worker")
    if not include_gated:
        space = space.constrained(WITHOUT_GATED)
    space.constraints.check(Properties(model.properties_), model.metal)
    ranking = Ranking(top, as_criterion(criterion), coverage, all_amounts, diversity).fitting(model)
    screening = Screening(space, model, ranking, exact, celsius).prepared()
    found = survivors(screening, workers, cluster, resume, progress)
    # Descriptor tables are multiplied by all at once: from a space that has none yet, so that
    # the last bits do not depend on what was computed before.
    ranked = assemble(space.renewed(), model, found, ranking, celsius)
    return replace(ranked, frame=ranked.frame.round(DIGITS), student=screening.student)


# Workers, address of a cluster, processes.
Means = tuple[int, str | None, int]


def survivors(
    screening: Screening,
    workers: int = 1,
    cluster: str | None = None,
    resume: str | Path | None = None,
    progress: Progress | None = None,
    processes: int = 1,
) -> Part:
    """Return the best candidates of a space, best first, with rounded predictions.

    What the constraints of the space rule out is not counted. Without workers of a cluster,
    partitions may be screened by several processes of this machine.
    """
    space, ranking = screening.space, screening.ranking
    screening = screening.prepared()
    whole, done = NOTHING, 0
    for (start, stop), part in _parts(screening, (workers, cluster, processes), resume):
        whole, done = whole.joined(part, ranking), done + stop - start
        if progress is not None:
            progress("screening candidates", done, len(space))
    if not len(whole.best):
        raise ValueError(f"no candidate satisfies: {'; '.join(space.constraints.describe())}")
    return replace(whole, best=rounded(whole.best))


def _parts(
    screening: Screening, means: Means, resume: str | Path | None
) -> Iterator[tuple[Range, Part]]:
    """Yield every partition, those of the folder first; keep the others there."""
    partitions = screening.partitions()
    if resume is None:
        yield from _computed(screening, partitions, *means)
        return
    from .checkpoints import Checkpoints

    checkpoints = Checkpoints(resume, screening)
    missing = []
    for partition in partitions:
        part = checkpoints.load(partition)
        if part is None:
            missing.append(partition)
        else:
            yield partition, part
    for partition, part in _computed(screening, missing, *means):
        checkpoints.save(partition, part)
        yield partition, part


def _computed(
    screening: Screening,
    partitions: Sequence[Range],
    workers: int,
    cluster: str | None,
    processes: int,
) -> Iterator[tuple[Range, Part]]:
    if cluster is None and processes > 1:
        from .local import screened as screened_here

        yield from screened_here(screening, partitions, processes)
        return
    if cluster is None and (workers == 1 or len(partitions) < 2):
        for partition in partitions:
            yield partition, screening.part(*partition)
        return
    from .cluster import connected, screened

    with connected(cluster, min(workers, len(partitions))) as client:
        yield from screened(client, screening, partitions)


__all__ = ["CHUNK", "CRITERIA", "RankedList", "screen", "survivors"]
