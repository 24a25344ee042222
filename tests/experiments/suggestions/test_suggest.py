"""Suggestions: acquisition, batches, pending experiments, and the loop back to measurements."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from anolyte.datasets import parse, shipped_compounds
from anolyte.datasets.errors import TableError
from anolyte.datasets.files.exports import write_csv
from anolyte.datasets.measurements.own import add_measurements
from anolyte.experiments.cli.app import app
from anolyte.experiments.constraints.constraint import Constraint, Constraints
from anolyte.experiments.spaces.candidate_space import CandidateSpace
from anolyte.experiments.suggestions import acquisition
from anolyte.experiments.suggestions import suggest as module
from anolyte.experiments.suggestions.acquisition import (
    CRITERIA,
    THOMPSON,
    Beliefs,
    choose_batch,
    expected_improvement,
    place,
    scores,
    space_filling,
)
from anolyte.experiments.suggestions.lab_sheet import lab_sheet
from anolyte.experiments.suggestions.pending import (
    TABLE,
    Taken,
    add_pending,
    measured_electrolytes,
    pending,
    read_pending,
    release,
)
from anolyte.experiments.suggestions.suggest import COLUMNS, SPACE_FILLING, suggest
from anolyte.experiments.training.train import TrainingResult, gather, train
from anolyte.features.mixtures import Mixtures
from scipy.integrate import quad
from scipy.stats import norm
from typer.testing import CliRunner


def on_a_line(mean: list[float], deviation: list[float], at: list[float]) -> Beliefs:
    points = np.array(at, dtype=float)[:, None]
    return Beliefs(np.array(mean), np.array(deviation), points, best=1.0)


def test_expected_improvement_is_the_integral() -> None:
    for mean, deviation, best in ((1.0, 0.5, 1.2), (2.0, 0.1, 1.0), (0.5, 1.0, 2.0)):
        whole, _ = quad(
            lambda y, m=mean, s=deviation, b=best: (y - b) * norm.pdf(y, m, s), best, best + 12
        )
        found = expected_improvement(np.array([mean]), np.array([deviation]), best)
        assert found[0] == pytest.approx(whole, abs=1e-7)


@pytest.mark.parametrize("by", CRITERIA)
def test_near_copies_do_not_fill_a_batch(by: str) -> None:
    copies = [0.0, 0.001, 0.002, 0.003]
    beliefs = on_a_line([1.2] * 4 + [1.15], [0.6] * 5, [*copies, 9.0])
    batches = [choose_batch(beliefs, 2, by, seed) for seed in range(20)]
    assert np.mean([4 in batch for batch in batches]) > 0.4
    assert all(len(set(batch.tolist())) == 2 for batch in batches)


@pytest.mark.parametrize("by", CRITERIA)
def test_what_is_under_way_is_believed_and_not_chosen(by: str) -> None:
    beliefs = on_a_line([1.2, 1.2, 1.15], [0.6] * 3, [0.0, 0.001, 9.0])
    batches = [choose_batch(beliefs, 1, by, seed, under_way=[0])[0] for seed in range(40)]
    assert 0 not in batches
    # Its copy has become as certain as a measurement; the third is left to the draws.
    assert np.mean([batch == 2 for batch in batches]) > (0.3 if by == THOMPSON else 0.99)
    assert choose_batch(beliefs, 5, by, under_way=[0, 1]).tolist() == [2]


def test_the_uncertain_are_explored() -> None:
    beliefs = on_a_line([1.0, 0.9], [0.01, 1.0], [0.0, 9.0])
    assert choose_batch(beliefs, 1, "expected-improvement").tolist() == [1]
    assert choose_batch(beliefs, 1, "ucb").tolist() == [1]
    with pytest.raises(ValueError, match="expected-improvement, ucb, thompson"):
        scores("luck", beliefs.mean, beliefs.deviation, 1.0)


def test_space_filling_takes_one_of_each_crowd() -> None:
    generator = np.random.default_rng(0)
    crowds = np.repeat([[0.0, 0.0], [5.0, 0.0], [0.0, 5.0]], 20, axis=0)
    points = crowds + generator.normal(0, 0.1, crowds.shape)
    chosen = space_filling(points, 3)
    assert sorted(chosen // 20) == [0, 1, 2]
    # What is known already needs no other.
    assert sorted(space_filling(points, 2, known=points[:1]) // 20) == [1, 2]


def test_place_knows_its_reference_alone() -> None:
    generator = np.random.default_rng(0)
    features, reference = generator.normal(size=(8, 3)), generator.normal(size=(50, 3))
    assert np.allclose(place(features, reference)[:3], place(features[:3], reference))


def test_an_electrolyte_is_recognised_however_it_is_written() -> None:
    texts = ["1 M LiFSI in DME/TTE (1:3 v/v)", "2 M LiFSI in DME", "1 M LiPF6 in EC/DMC (1:1 v/v)"]
    mixtures = Mixtures.from_electrolytes(texts, "Li")
    same = ["1000 mM LiFSI in TTE/DME (6:2 v/v)", "? M LiFSI in DME", "1 M LiTFSI in DME"]
    assert Taken(map(parse, same), mixtures.compounds).mask(mixtures).tolist() == [True, 0, 0]
    near = ["1.02 M LiFSI in DME/TTE (1:3 v/v)", "2.005 M LiFSI in DME"]
    assert Taken(map(parse, near), mixtures.compounds).mask(mixtures).tolist() == [False, 1, 0]


@pytest.mark.parametrize("by", CRITERIA)
def test_batch_leaves_out_what_is_known(
    space: CandidateSpace, trained: TrainingResult, by: str
) -> None:
    first = suggest(space, trained.model, ["1 M LiFSI in DME"], batch=6, by=by)
    assert tuple(first.frame.columns)[: len(COLUMNS)] == COLUMNS
    assert first.frame["rank"].tolist() == list(range(1, 7))
    texts = first.frame["electrolyte"].tolist()
    assert len(set(texts)) == 6
    assert first.left_out == 1
    assert first.looked_at == len(space) - 1
    assert first.frame["why"].str.match("exploit|explore").all()
    low, middle, high = (first.frame[f"predicted_ce_{end}"] for end in ("low", "pct", "high"))
    assert ((low <= middle) & (middle <= high)).all()
    second = suggest(space, trained.model, ["1 M LiFSI in DME", *texts[:3]], texts[3:], 6, by)
    assert not set(second.frame["electrolyte"]) & set(texts)
    again = suggest(space, trained.model, ["1 M LiFSI in DME"], batch=6, by=by)
    assert again.frame.equals(first.frame)


def test_chunk_size_does_not_matter(
    space: CandidateSpace, trained: TrainingResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = measured_electrolytes("Li")
    whole = suggest(space, trained.model, measured, batch=5)
    monkeypatch.setattr(module, "CHUNK", 37)
    assert suggest(space, trained.model, measured, batch=5).frame.equals(whole.frame)


def test_first_choice_has_the_highest_expected_improvement(
    space: CandidateSpace, trained: TrainingResult
) -> None:
    model = trained.model
    measured = measured_electrolytes("Li")
    best = model.predict_lce(measured)[0].max()
    texts = [str(space.electrolyte(index)) for index in range(len(space))]
    mean, spread = model.predict_lce(texts)
    deviation = model.half_width(0.8, spread) / 1.2816
    value = expected_improvement(mean, deviation, best)
    value[[text in set(measured) for text in texts]] = -1
    found = suggest(space, model, measured, batch=1)
    assert found.frame["electrolyte"].iloc[0] == texts[int(np.argmax(value))]


def test_constraints_hold(space: CandidateSpace, trained: TrainingResult) -> None:
    limit = Constraints((Constraint("max_fluorine_wt_pct", 15.0),))
    found = suggest(space.constrained(limit), trained.model, [], batch=4)
    mixtures = Mixtures.from_electrolytes(found.frame["electrolyte"], "Li")
    assert limit.mask(mixtures).all()
    assert found.looked_at < len(space)


def test_what_cannot_work_is_never_suggested(trained: TrainingResult) -> None:
    salt, *solvents = (shipped_compounds()[name] for name in ("LiFSI", "MeOH", "Ace", "DME"))
    space = CandidateSpace.of("Li", [salt], solvents, [], (1.0, 2.0))
    found = suggest(space, trained.model, [], batch=1)
    assert found.looked_at < len(space)
    alone = CandidateSpace.of("Li", [salt], solvents[:2], [], (1.0, 2.0))
    with pytest.raises(ValueError, match="nothing to suggest"):
        suggest(alone, trained.model, [])


def test_prior_only_spreads_the_batch_over_the_space() -> None:
    model = train(gather("K"), "K", quick=True).model
    space = CandidateSpace.read("K")
    found = suggest(space, model, measured_electrolytes("K"), batch=4)
    assert found.by == SPACE_FILLING
    assert set(found.frame["evidence"]) == {"prior only"}
    assert len(set(found.frame["predicted_ce_pct"])) == 1
    assert found.frame["why"].str.startswith("space-filling").all()
    compounds = [frozenset(parse(text).compounds) for text in found.frame["electrolyte"]]
    assert len(set(compounds)) == 4


def test_wrong_requests_are_refused(space: CandidateSpace, trained: TrainingResult) -> None:
    model = trained.model
    with pytest.raises(ValueError, match="the model is for Li, the candidates are for Na"):
        suggest(CandidateSpace.default("Na"), model, [])
    with pytest.raises(ValueError, match="at least one experiment"):
        suggest(space, model, [], batch=0)
    with pytest.raises(ValueError, match="unknown criterion 'luck'"):
        suggest(space, model, [], by="luck")
    part = space.parts[0]
    one = replace(
        space,
        parts=(replace(part, bases=part.bases[:1], salts=part.salts[:1], additives=((),)),),
    )
    with pytest.raises(ValueError, match="nothing to suggest"):
        suggest(one, model, [str(one.electrolyte(0))])


def test_pending_ends_with_a_measurement(tmp_path: Path) -> None:
    assert pending("Na", tmp_path).empty
    add_pending(["1 M NaPF6 in G2", "1 M NaFSI in DME/TTE (1:2 v/v)"], "Na", "ucb", tmp_path)
    add_pending(["1 M KFSI in G2"], "K", "ucb", tmp_path)
    add_pending(["1 M NaPF6 in G2"], "Na", "ucb", tmp_path)
    assert len(pd.read_csv(tmp_path / TABLE)) == 3
    assert pending("K", tmp_path)["electrolyte"].tolist() == ["1 M KFSI in G2"]
    rows = "electrolyte,ce_pct,source\n1 M NaFSI in TTE/DME (4:2 v/v),99.1,notebook 3\n"
    (tmp_path / "results.csv").write_text(rows)
    add_measurements(tmp_path / "results.csv", tmp_path, "Na")
    left = pending("Na", tmp_path)["electrolyte"].tolist()
    # What the shipped table holds is measured already.
    assert set(left) == {"1 M NaPF6 in G2"} - set(measured_electrolytes("Na", tmp_path))
    add_pending([], "Na", "ucb", tmp_path)
    assert len(pd.read_csv(tmp_path / TABLE)) == 1 + len(left)


def test_faults_of_a_pending_table_are_all_told(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("metal,electrolyte\nLi,1 M LiFSI in DNE\nXx,1 M LiFSI in DME\n")
    with pytest.raises(TableError) as caught:
        read_pending(path, "Li")
    assert len(caught.value.faults) == 2
    path.write_text("electrolyte\n1 M LiFSI in DME\n")
    assert read_pending(path, "Li")["metal"].tolist() == ["Li"]


def test_from_suggestion_to_measurement_and_back(
    space: CandidateSpace, trained: TrainingResult, tmp_path: Path
) -> None:
    known = measured_electrolytes("Li", tmp_path)
    first = suggest(space, trained.model, known, batch=4)
    path = write_csv(lab_sheet(first.frame, 5), tmp_path / "sheet.csv")
    sheet = pd.read_csv(path, dtype=str, keep_default_na=False)
    with pytest.raises(TableError, match="column source"):
        add_measurements(path, tmp_path)
    sheet["ce_pct"], sheet["source"] = ["99.1", "98", ">99.5", "97,2"], "notebook 7"
    sheet.to_csv(path, index=False)
    assert add_measurements(path, tmp_path).added == {"Li": 4}
    then = measured_electrolytes("Li", tmp_path)
    assert set(then) - set(known) == set(first.frame["electrolyte"])
    second = suggest(space, trained.model, then, batch=4)
    assert not set(second.frame["electrolyte"]) & set(first.frame["electrolyte"])


SPACE = """
metal: Li
parts:
  small:
    salts: {compounds: [LiFSI, LiPF6], amounts: [1, 2]}
    solvents: {compounds: [EC, DMC, DME, F5DEE], ratios: [[1], [1, 1]]}
"""


def test_command(model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("space.yaml").write_text(SPACE)
    command = ["suggest", "--space", "space.yaml", "--model", str(model_folder), "--batch", "3"]
    Path("stocks.csv").write_text("formulation\nDME\nF5DEE\n4 M LiFSI in DME\n4 M LiFSI in F5DEE\n")
    mixing = ["--stocks", "stocks.csv", "--transfers", "steps.csv"]
    first = CliRunner().invoke(app, [*command, "--out", "sheet.csv", "--pend", *mixing])
    assert first.exit_code == 0, first.output
    assert "Transfers: steps.csv" in first.stdout
    assert set(pd.read_csv("steps.csv")["target"]) <= set(pd.read_csv("sheet.csv")["electrolyte"])
    assert "For 5 mL of the solvent mixture" in first.stdout
    sheet = pd.read_csv("sheet.csv")
    assert len(sheet) == 3
    assert len(pending("Li")) == 3
    Path("more.csv").write_text("electrolyte\n2 M LiFSI in F5DEE\n")
    second = CliRunner().invoke(app, [*command, "--exclude-pending", "more.csv", "--json"])
    assert second.exit_code == 0, second.output
    texts = {each["electrolyte"] for each in json.loads(second.stdout)["suggested"]}
    assert not texts & {*sheet["electrolyte"], "2 M LiFSI in F5DEE"}
    sheet["ce_pct"], sheet["source"] = 99.0, "notebook 1"
    sheet.to_csv("filled.csv", index=False)
    added = CliRunner().invoke(app, ["data", "add", "filled.csv"])
    assert added.exit_code == 0, added.output
    assert pending("Li").empty
    third = CliRunner().invoke(app, command)
    assert "not learned from 3 of your own electrolytes" in third.stderr
    assert not any(f". {text}\n" in third.stdout for text in sheet["electrolyte"])
    assert acquisition.DEFAULT in third.stdout


def test_pending_experiments_are_released_however_they_are_written(tmp_path: Path) -> None:
    add_pending(["1 M LiFSI in DME/DEE (1:1 v/v)", "2.3 M LiFSI in DEE"], "Li", "ucb", tmp_path)
    add_pending(["1.7 M NaPF6 in G2"], "Na", "ucb", tmp_path)
    released = release(["1 M LiFSI in DEE/DME (2:2 v/v)"], "Li", tmp_path)
    assert released["electrolyte"].tolist() == ["1 M LiFSI in DME/DEE (1:1 v/v)"]
    assert pending("Li", tmp_path)["electrolyte"].tolist() == ["2.3 M LiFSI in DEE"]
    with pytest.raises(ValueError, match="not pending on Li: 1 M LiFSI in DME"):
        release(["1 M LiFSI in DME", "2.3 M LiFSI in DEE"], "Li", tmp_path)
    assert len(release(None, "Li", tmp_path)) == 1
    assert len(pending("Li", tmp_path)) == 0
    assert len(pending("Na", tmp_path)) == 1
    with pytest.raises(ValueError, match="no experiment is pending"):
        release(None, "Li", tmp_path / "elsewhere")


def test_the_commands_correct_and_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".anolyte").touch()
    Path("new.csv").write_text("electrolyte,ce_pct,source\n1.1 M LiFSI in DEE,98.8,notebook\n")

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(app, list(arguments))
        assert done.exit_code == 0, done.output
        return done.output

    run("data", "add", "new.csv", "--metal", "Li")
    told = run("data", "edit", "own-00001", "ce_pct=98.9", "notes=again")
    assert "was: own-00001 Li, 1.1 M LiFSI in DEE, CE =98.8 %" in told
    assert "is: own-00001 Li, 1.1 M LiFSI in DEE, CE =98.9 %" in told
    assert "removed: own-00001" in run("data", "remove", "own-00001")
    add_pending(["2.3 M LiFSI in DEE"], "Li", "ucb")
    assert "2.3 M LiFSI in DEE" in run("pending", "list")
    assert "released: 2.3 M LiFSI in DEE" in run("pending", "release", "2.3 M LiFSI in DEE")
    assert "No experiment is pending" in run("pending", "list")
