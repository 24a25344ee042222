"""Screening: the ranked list and its guarantees."""

from __future__ import annotations

import numpy as np
import pytest
from anolyte.datasets import parse, shipped_compounds
from anolyte.experiments.screening import engine as partitions
from anolyte.experiments.screening.screen import screen
from anolyte.experiments.spaces.candidate_space import CandidateSpace
from anolyte.experiments.training.train import TrainingResult


def test_list_is_sorted_and_numbered(space: CandidateSpace, trained: TrainingResult) -> None:
    ranked = screen(space, trained.model, top=20, diversity=0)
    frame = ranked.to_frame()
    assert {"rank", "electrolyte", "ce_pct", "flags"} <= set(frame.columns)
    assert frame["rank"].tolist() == list(range(1, 21))
    assert frame["lce_low"].is_monotonic_decreasing
    assert ranked.screened == len(space)


def test_list_agrees_with_predicting_every_text(
    space: CandidateSpace, trained: TrainingResult
) -> None:
    texts = [str(space.electrolyte(index)) for index in range(len(space))]
    best = trained.model.predict_interval(texts)["lce_low"].nlargest(10)
    ranked = screen(space, trained.model, top=10, all_amounts=True).to_frame()
    assert ranked["lce_low"].to_numpy() == pytest.approx(best.to_numpy())
    assert ranked["electrolyte"].tolist() == [texts[index] for index in best.index]


def test_chunk_size_does_not_matter(
    space: CandidateSpace, trained: TrainingResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = screen(space, trained.model, top=15).to_frame()
    monkeypatch.setattr(partitions, "CHUNK", 37)
    pieces = screen(space, trained.model, top=15).to_frame()
    assert whole["candidate"].tolist() == pieces["candidate"].tolist()
    assert np.allclose(whole["lce_low"], pieces["lce_low"])


def test_no_near_copies_unless_asked(space: CandidateSpace, trained: TrainingResult) -> None:
    def families(all_amounts: bool) -> list[frozenset[str]]:
        frame = screen(space, trained.model, top=20, all_amounts=all_amounts).to_frame()
        electrolytes = [parse(text) for text in frame["electrolyte"]]
        return [
            frozenset(
                str(compound)
                for compound in (
                    *(share.compound for share in electrolyte.base),
                    *(dose.compound for dose in electrolyte.salts),
                )
            )
            for electrolyte in electrolytes
        ]

    once = families(all_amounts=False)
    assert len(set(once)) == len(once) == 20
    copies = families(all_amounts=True)
    assert len(set(copies)) < len(copies)


def test_by_expectation(space: CandidateSpace, trained: TrainingResult) -> None:
    frame = screen(space, trained.model, top=20, criterion="expected", diversity=0).to_frame()
    assert frame["lce"].is_monotonic_decreasing


def test_wrong_metal_and_criterion_are_refused(
    space: CandidateSpace, trained: TrainingResult
) -> None:
    sodium = CandidateSpace.default("Na")
    with pytest.raises(ValueError, match="the model is for Li, the candidates are for Na"):
        screen(sodium, trained.model)
    with pytest.raises(ValueError, match="lower-bound, expected"):
        screen(space, trained.model, criterion="luck")
    with pytest.raises(ValueError, match="at least one row"):
        screen(space, trained.model, top=0)


def test_what_cannot_work_is_left_out_unless_asked_for(trained: TrainingResult) -> None:
    found = [shipped_compounds()[name] for name in ("LiFSI", "DME", "TTE", "MeOH")]
    space = CandidateSpace.of("Li", found[:1], found[1:], [], (1.0, 4.0))
    everything = screen(space, trained.model, all_amounts=True, include_gated=True)
    assert everything.screened == len(space)
    offered = screen(space, trained.model, all_amounts=True)
    assert 0 < offered.screened < len(space)
    texts = offered.to_frame()["electrolyte"]
    assert not texts.str.contains("MeOH").any()
    assert "1 M LiFSI in TTE" not in set(texts)


def test_a_space_of_what_cannot_work_says_so(trained: TrainingResult) -> None:
    salt, alcohol = (shipped_compounds()[name] for name in ("LiFSI", "MeOH"))
    space = CandidateSpace.of("Li", [salt], [alcohol], [], (1.0,))
    with pytest.raises(ValueError, match="cannot work for a physical reason"):
        screen(space, trained.model)
