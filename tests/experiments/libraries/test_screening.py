"""Screening a library: what stands in the list is what the model says of the text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from anolyte.datasets import parse, shipped_compounds
from anolyte.datasets.errors import InputError
from anolyte.experiments import (
    Expected,
    LibraryList,
    MoleculeLibrary,
    library_formulations,
    make_library,
    screen_library,
)
from anolyte.experiments.libraries import store as stores
from anolyte.experiments.libraries.filters import FILTERS, read_policies
from anolyte.experiments.libraries.formulations import Formulation
from anolyte.experiments.libraries.library_space import amounts_of
from anolyte.experiments.libraries.sdf import write_sdf
from anolyte.experiments.libraries.store import DescriptorStore
from anolyte.features.blocks.fluorination import element_counts
from anolyte.models import CoulombicEfficiencyModel, load_model

ZINC = ["O", "COCCOC", "CCOCCCOC", "CO", "CS(C)=O", "CC(=O)OO", "CCOCC(F)F", "CN(C)C=O", "C" * 30]


@pytest.fixture(scope="module")
def zinc(zinc_folder: Path) -> CoulombicEfficiencyModel:
    return load_model(zinc_folder)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def ways(role: str) -> tuple[Formulation, ...]:
    known = shipped_compounds()
    if role == "solvent":
        salts = [known["ZnSO4"], known["Zn(OTf)2"]]
        return library_formulations("Zn", role, salts, [0.5, 2.0])
    return library_formulations("Zn", role, bases=[parse("2 M Zn(OTf)2 in H2O/DMSO (3:1 v/v)")])


def screened(
    model: CoulombicEfficiencyModel, cache: Path, role: str, **asked: object
) -> LibraryList:
    library = MoleculeLibrary.of(ZINC)
    return screen_library(library, model, ways(role), cache=cache, workers=0, **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", ["solvent", "diluent", "additive"])
def test_the_list_agrees_with_predicting_its_texts(
    zinc: CoulombicEfficiencyModel, cache: Path, role: str
) -> None:
    ranked = screened(zinc, cache, role, include_gated=True, top=20)
    frame = ranked.to_frame()
    columns = ["ce_pct", "ce_low", "ce_high"]
    again = zinc.predict_interval(frame["electrolyte"].tolist())[columns].to_numpy()
    assert frame[columns].to_numpy() == pytest.approx(again, abs=1e-5)
    # Water among the molecules: of it, too, each amount is that of the text.
    assert frame["smiles"].is_unique
    assert "O" in frame["smiles"].tolist()


def test_filters_leave_out_and_say_why(zinc: CoulombicEfficiencyModel, cache: Path) -> None:
    ranked = screened(zinc, cache, "solvent", include_gated=True, top=20)
    frame = ranked.to_frame().set_index("smiles")
    assert not {"CC(=O)OO", "C" * 30, "CN(C)C=O"} & set(frame.index)
    said = " ".join(ranked.said)
    assert all(f"{name}: 1 dropped" in said for name in ("explosive", "size", "toxic"))
    assert "CO" in frame.index
    assert not frame.loc["CCOCC(F)F", "flags"].startswith("a PFAS")


def test_policies_and_what_can_be_bought(zinc: CoulombicEfficiencyModel, cache: Path) -> None:
    asked = {"include_gated": True, "top": 20, "purchasable": frozenset({"COCCOC", "CC(=O)OO"})}
    policies = read_policies("explosive=flag")
    frame = screened(zinc, cache, "solvent", policies=policies, **asked).to_frame()
    assert set(frame["smiles"]) == {"COCCOC", "CC(=O)OO"}
    assert "an explosive group" in frame.set_index("smiles").loc["CC(=O)OO", "flags"]
    with pytest.raises(InputError, match="no molecule passes"):
        screened(zinc, cache, "solvent", purchasable=frozenset())
    with pytest.raises(InputError, match="2 faults"):
        read_policies("pfa=drop,size=away")


def test_few_of_one_scaffold_and_the_far_by_their_lower_bound(
    zinc: CoulombicEfficiencyModel, cache: Path
) -> None:
    made = make_library([shipped_compounds()["DME"]], ["lengthen", "branch"])
    ranked = screen_library(
        made, zinc, ways("solvent"), criterion=Expected(), per_scaffold=2, cache=cache, workers=0
    )
    frame = ranked.to_frame()
    assert frame["scaffold"].value_counts().max() == 2
    assert set(frame["parent"]) == {"DME"}
    assert frame["edit"].str.contains("lengthen|branch").all()
    assert frame["nearest"].str.contains("%").all()
    by_bound = frame["ranked_by"].str.startswith("lower bound")
    assert (by_bound == (frame["domain_score"] < 0.25)).all()
    assert "New compounds" in ranked.caveat


def test_the_list_can_be_drawn_and_written(
    zinc: CoulombicEfficiencyModel, cache: Path, tmp_path: Path
) -> None:
    from rdkit.Chem import SDMolSupplier

    ranked = screened(zinc, cache, "solvent", include_gated=True, top=3)
    frame = ranked.to_frame()
    assert ranked._repr_html_().count("<svg") == 2 * len(frame)
    assert len(ranked.plot().axes) == len(frame)
    path = write_sdf(frame, tmp_path / "list.sdf")
    molecules = list(SDMolSupplier(str(path)))
    assert [each.GetProp("electrolyte") for each in molecules] == frame["electrolyte"].tolist()
    with pytest.raises(ValueError, match="needs --library"):
        write_sdf(frame.drop(columns="smiles"), tmp_path / "none.sdf")


def test_descriptors_are_kept_and_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "PART", 2)
    smiles = ["COCCOC", "CCOCC", "FC(F)COCC"]
    first = DescriptorStore(tmp_path)
    first.ensure(smiles[:1], [element_counts], workers=0)
    places = first.ensure(smiles, [element_counts], workers=0)
    expected = [element_counts(shipped_compounds().from_smiles(each)) for each in smiles]
    assert first.values(element_counts, places) == pytest.approx(np.array(expected))
    # An interruption leaves a part without one of its files.
    next(tmp_path.rglob("*element_counts.parquet")).unlink()
    again = DescriptorStore(tmp_path)
    assert (again.places(smiles) == places).all()
    again.ensure(smiles, [element_counts, amounts_of], workers=0)
    assert again.values(element_counts, places) == pytest.approx(np.array(expected))
    assert again.places(["CCCC"]).tolist() == [-1]


def test_impossible_formulations_are_told_all_at_once() -> None:
    lithium = [shipped_compounds()["LiFSI"]]
    with pytest.raises(InputError, match="holds no Zn") as caught:
        library_formulations("Zn", "solvent", lithium, [-1.0])
    assert len(caught.value.faults) == 2
    with pytest.raises(InputError, match="is added to one"):
        library_formulations("Zn", "diluent")
    with pytest.raises(InputError, match="its amounts are open"):
        library_formulations("Zn", "additive", bases=[parse("? M ZnSO4 in H2O")])
    with pytest.raises(InputError, match="did you mean diluent"):
        library_formulations("Zn", "dilutent")


def test_each_filter_has_its_basis() -> None:
    assert all(each.basis and each.says for each in FILTERS.values())


def test_a_run_keeps_the_molecules_drawn_in_its_table(
    zinc: CoulombicEfficiencyModel, zinc_folder: Path, cache: Path, tmp_path: Path
) -> None:
    import json

    from anolyte.experiments.tracking.lists import screening_fields
    from anolyte.models.bundles.bundle import read_manifest

    ranked = screened(zinc, cache, "solvent", include_gated=True, top=3)
    fields = screening_fields(ranked, read_manifest(zinc_folder), tmp_path, None)
    table = json.loads((tmp_path / "ranked_list.json").read_text("utf-8"))
    at = table["columns"].index("molecule")
    pictures = [tmp_path / row[at]["filepath"] for row in table["data"]]
    assert len(pictures) == 3
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in pictures)
    assert "<svg" in (tmp_path / "ranked_list.html").read_text("utf-8")
    assert {"molecules.png", "ranked_list.sdf", "library.txt"} <= {
        p.name for p in tmp_path.iterdir()
    }
    assert fields["params"]["role"] == "solvent"


def test_processes_of_this_machine_give_the_same_list(
    zinc: CoulombicEfficiencyModel,
    cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from anolyte.experiments.screening import engine

    alone = screened(zinc, cache, "solvent", top=4).to_frame()
    monkeypatch.setattr(engine, "CHUNKS_PER_PARTITION", 1)
    monkeypatch.setattr(engine, "CHUNK", 8)
    library = MoleculeLibrary.of(ZINC)
    asked = {"top": 4, "cache": cache, "resume": tmp_path}
    together = screen_library(library, zinc, ways("solvent"), workers=2, **asked)  # type: ignore[arg-type]
    assert together.to_frame().equals(alone)
    # What is finished is not screened again.
    monkeypatch.setattr(engine.Screening, "part", None)
    again = screen_library(library, zinc, ways("solvent"), workers=0, **asked)  # type: ignore[arg-type]
    assert again.to_frame().equals(alone)


def test_the_untried_alone(zinc: CoulombicEfficiencyModel, cache: Path) -> None:
    frame = screened(
        zinc, cache, "solvent", include_gated=True, policies=read_policies("measured=drop")
    ).to_frame()
    assert "O" not in set(frame["smiles"])
    assert len(frame)


def test_what_water_takes_apart_is_no_additive_of_it(
    zinc: CoulombicEfficiencyModel, cache: Path
) -> None:
    library = MoleculeLibrary.of(["CO[Si](C)(C)OC", "CS(C)=O", "CCCCCCOC"])
    ranked = screen_library(library, zinc, ways("diluent"), cache=cache, workers=0)
    frame = ranked.to_frame().set_index("smiles")
    assert "CO[Si](C)(C)OC" not in frame.index
    assert "perhaps does not mix with water" in frame.loc["CCCCCCOC", "flags"]
    assert "mix" not in frame.loc["CS(C)=O", "flags"]
    dry = screen_library(library, zinc, ways("solvent"), cache=cache, workers=0, include_gated=True)
    assert "CO[Si](C)(C)OC" in dry.to_frame()["smiles"].tolist()
