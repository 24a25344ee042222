"""Partitions: the same list however the space is cut, and whatever is left out on the way."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets import shipped_compounds
from anolyte.experiments.constraints.constraint import Constraint, Constraints
from anolyte.experiments.ranking.criteria import Criterion, Expected, LowerBound
from anolyte.experiments.ranking.ranking import Ranking
from anolyte.experiments.screening import checkpoints
from anolyte.experiments.screening import engine as partitions
from anolyte.experiments.screening.checkpoints import Checkpoints
from anolyte.experiments.screening.engine import Screening
from anolyte.experiments.screening.screen import screen, survivors
from anolyte.experiments.spaces.candidate_space import CandidateSpace
from anolyte.experiments.training.train import TrainingResult


@pytest.fixture(scope="module")
def wide() -> CandidateSpace:
    """Some twelve thousand candidates in hundreds of families: fewer are all predicted."""
    registry = shipped_compounds()
    liquids = [c for c in registry if c.kind == "solvent"][:22]
    diluents = [c for c in registry if c.kind == "diluent"][:4]
    salts = [registry[name] for name in ("LiFSI", "LiPF6")]
    additives = [registry["FEC"], registry["LiNO3"]]
    return CandidateSpace.of("Li", salts, [*liquids, *diluents], additives, [1.0, 2.0])


@pytest.fixture
def small_cuts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several partitions, and a student for few candidates."""
    monkeypatch.setattr(partitions, "CHUNK", 600)
    monkeypatch.setattr(partitions, "CHUNKS_PER_PARTITION", 3)
    monkeypatch.setattr(partitions, "SAMPLED", 10)
    monkeypatch.setattr(partitions, "LEAST_LEADERS", 300)
    monkeypatch.setattr(partitions, "TREES", 50)


@pytest.mark.parametrize("criterion", [LowerBound(), Expected()])
@pytest.mark.parametrize("all_amounts", [False, True])
@pytest.mark.usefixtures("small_cuts")
def test_leaving_out_changes_nothing(
    wide: CandidateSpace, trained: TrainingResult, all_amounts: bool, criterion: Criterion
) -> None:
    ranking = Ranking(50, criterion, all_amounts=all_amounts, diversity=0)
    exact = survivors(Screening(wide, trained.model, ranking, exact=True))
    found = survivors(Screening(wide, trained.model, ranking))
    assert len(exact.best) == 50
    assert found.screened == exact.screened == exact.predicted == len(wide)
    assert found.predicted < len(wide) / 2
    pd.testing.assert_frame_equal(found.best, exact.best, check_exact=True)


@pytest.mark.usefixtures("small_cuts")
def test_the_list_says_what_was_left_out(wide: CandidateSpace, trained: TrainingResult) -> None:
    ranked = screen(wide, trained.model, top=50)
    exact = screen(wide, trained.model, top=50, exact=True)
    pd.testing.assert_frame_equal(ranked.to_frame(), exact.to_frame(), check_exact=True)
    assert ranked.predicted is not None
    assert ranked.predicted < ranked.screened == exact.predicted
    assert ranked.student is not None
    assert f"{ranked.predicted:,} predicted in full" in ranked.effort
    assert f"a margin of {ranked.student.margin:.3f}" in ranked.effort
    assert exact.effort == ""


@pytest.mark.usefixtures("small_cuts")
def test_the_margin_is_kept(wide: CandidateSpace, trained: TrainingResult) -> None:
    screening = Screening(wide, trained.model, Ranking(50, diversity=0)).prepared()
    assert screening.student is not None
    numbers = np.arange(0, len(wide), 7)
    kept = screening.student.promising(trained.model.featurizer.transform(wide.take(numbers)))
    reached = trained.model.predict_interval(wide.take(numbers))["lce_low"].to_numpy()
    assert kept[reached >= screening.student.floor].all()
    assert kept.mean() < 0.5


def test_few_candidates_are_all_predicted(space: CandidateSpace, trained: TrainingResult) -> None:
    screening = Screening(space, trained.model, Ranking(20)).prepared()
    assert screening.exact
    assert screening.student is None
    assert survivors(screening).predicted == len(space)


@pytest.mark.usefixtures("small_cuts")
def test_partitions_do_not_matter(
    wide: CandidateSpace, trained: TrainingResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists = []
    for size in (1, 4, 1000):
        monkeypatch.setattr(partitions, "CHUNKS_PER_PARTITION", size)
        lists.append(screen(wide, trained.model, top=20).to_frame().to_csv())
    assert lists[0] == lists[1] == lists[2]


@pytest.mark.usefixtures("small_cuts")
def test_what_was_screened_before_does_not_matter(
    wide: CandidateSpace, trained: TrainingResult
) -> None:
    limits = Constraints((Constraint("max_fluorine_wt_pct", 40.0),))
    screening = Screening(wide.constrained(limits), trained.model, Ranking(50, diversity=0))
    screening = screening.prepared()
    assert screening.student is not None
    last = screening.partitions()[-1]
    fresh = screening.portable().part(*last)
    for partition in screening.partitions()[:2]:
        screening.part(*partition)
    pd.testing.assert_frame_equal(screening.part(*last).best, fresh.best, check_exact=True)


@pytest.mark.usefixtures("small_cuts")
def test_resuming_skips_what_is_finished(
    wide: CandidateSpace,
    trained: TrainingResult,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = screen(wide, trained.model, top=20).to_frame().to_csv()
    usual, screened = Screening.part, []

    def counted(self: Screening, start: int, stop: int) -> partitions.Part:
        if len(screened) == 2:
            raise KeyboardInterrupt
        screened.append(start)
        return usual(self, start, stop)

    monkeypatch.setattr(Screening, "part", counted)
    with pytest.raises(KeyboardInterrupt):
        screen(wide, trained.model, top=20, resume=tmp_path)
    finished = sorted(tmp_path.iterdir())
    assert len(finished) == 2
    assert all(path.suffix == ".parquet" for path in finished)
    # A file that was cut short counts as unfinished.
    finished[0].write_bytes(finished[0].read_bytes()[:100])
    monkeypatch.setattr(Screening, "part", usual)
    again = screen(wide, trained.model, top=20, resume=tmp_path).to_frame().to_csv()
    assert again == expected
    monkeypatch.setattr(Screening, "part", counted)
    assert screen(wide, trained.model, top=20, resume=tmp_path).to_frame().to_csv() == expected


@pytest.mark.usefixtures("small_cuts")
def test_no_screening_takes_the_results_of_another(
    wide: CandidateSpace,
    space: CandidateSpace,
    trained: TrainingResult,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def key(screening: Screening) -> str:
        return Checkpoints(tmp_path, screening).key

    one = Screening(wide, trained.model, Ranking(50, diversity=0))
    assert key(one) == key(one.portable())
    taught = one.prepared()
    assert taught.student is not None
    assert key(taught) == key(one.prepared()) == key(pickle.loads(pickle.dumps(taught.portable())))
    keys = {key(one), key(taught), key(Screening(space, trained.model, Ranking(50)))}
    keys.add(key(Screening(wide, trained.model, Ranking(50, coverage=0.5))))
    limits = Constraints((Constraint("max_fluorine_wt_pct", 40.0),))
    keys.add(key(Screening(wide.constrained(limits), trained.model, Ranking(50))))
    monkeypatch.setattr(checkpoints, "version", lambda name: "0")
    keys.add(key(one))
    assert len(keys) == 6


def test_impossible_numbers_of_workers(space: CandidateSpace, trained: TrainingResult) -> None:
    with pytest.raises(ValueError, match="at least one worker"):
        screen(space, trained.model, workers=0)
