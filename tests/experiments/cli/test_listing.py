"""The command's reading of criteria and its printing of a list."""

from __future__ import annotations

import pytest
from anolyte.experiments.cli.shared.listing import criterion_of, print_ranked
from anolyte.experiments.ranking.criteria import Expected, LowerBound, Probability
from anolyte.experiments.ranking.multi_objective import Pareto, Weighted
from anolyte.experiments.screening.screen import screen
from anolyte.experiments.spaces.candidate_space import CandidateSpace
from anolyte.experiments.training.train import TrainingResult


def test_options_say_which_criterion_is_meant() -> None:
    assert criterion_of("", None, "") == LowerBound()
    assert criterion_of("expected", None, "") == Expected()
    assert criterion_of("", 99.5, "") == criterion_of("probability", 99.5, "") == Probability(99.5)
    assert criterion_of("", None, "ce=1,sei=2") == Weighted((("ce", 1.0), ("sei", 2.0)))
    assert criterion_of("pareto", None, "ce=1,critical=-1") == Pareto(("ce", "critical"))


@pytest.mark.parametrize(
    "options", [("expected", 99.0, ""), ("expected", None, "ce=1"), ("", 99.0, "ce=1"), ("x",)]
)
def test_contradictions_are_refused(options: tuple[str, float | None, str]) -> None:
    by, target, weights = (*options, None, "")[:3]
    with pytest.raises(ValueError, match=r"--target|--weights|unknown criterion"):
        criterion_of(by, target, weights)


def test_lines_fit_and_details_follow(
    space: CandidateSpace, trained: TrainingResult, capsys: pytest.CaptureFixture[str]
) -> None:
    ranked = screen(space, trained.model, top=10)
    print_ranked(ranked, 4, details=False)
    short = capsys.readouterr().out
    assert "the best 4 of" in short
    assert max(map(len, short.splitlines())) <= 200
    for word in ("interval", "SEI", "evidence", ranked.to_frame()["electrolyte"].iloc[3]):
        assert word in short
    print_ranked(ranked, 4, details=True)
    long = capsys.readouterr().out
    assert long.startswith(short)
    assert long.count("nearest measured: ") == long.count("why: ") == 4
