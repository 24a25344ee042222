"""Stored models that were tampered with: refused with file and remedy, nothing executed."""

from __future__ import annotations

import functools
import hashlib
import io
import json
import os
import pickle
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from anolyte.datasets.errors import ModelFileError
from anolyte.models import CoulombicEfficiencyModel, load_model, save_model
from anolyte.models.bundles import files as bundle_files
from sklearn.linear_model import Ridge
from sklearn.preprocessing import FunctionTransformer

TREES = "own-extra_trees.skops"
BOOSTED = "own-xgboost.json"
POINTS = "measured-points.skops"
TABLE = "measured.csv"
SEI = "sei.json"
# Each payload makes this folder when it is executed.
TRACE = "executed"

Tamper = Callable[[Path], object]


@pytest.fixture(scope="module")
def saved(
    boosted_model: CoulombicEfficiencyModel, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    return save_model(boosted_model, tmp_path_factory.mktemp("saved") / "Zn")


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "Zn"))


# --- payloads


class Payload:
    """Unpickling this makes a folder."""

    def __init__(self, trace: Path) -> None:
        self.trace = str(trace)

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return os.mkdir, (self.trace,)


def trace_of(folder: Path) -> Path:
    return folder.parent / TRACE


def pickled(folder: Path) -> bytes:
    return pickle.dumps(Payload(trace_of(folder)))


def object_array(folder: Path) -> bytes:
    """An array file that holds a pickle."""
    stream = io.BytesIO()
    np.save(stream, np.array([Payload(trace_of(folder))], dtype=object), allow_pickle=True)
    return stream.getvalue()


def calling(folder: Path) -> bytes:
    """A skops file whose loading calls a function."""

    def text(value: str, number: int) -> dict[str, object]:
        node = {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode"}
        return {**node, "content": json.dumps(value), "is_json": True, "__id__": number}

    arguments = {"__class__": "tuple", "__module__": "builtins", "__loader__": "TupleNode"}
    schema = {
        "__class__": "mkdir",
        "__module__": "os",
        "__loader__": "ConstructorFromReduceNode",
        "content": {**arguments, "content": [text(str(trace_of(folder)), 3)], "__id__": 2},
        "__id__": 1,
        "protocol": 2,
        "_skops_version": "0.16.0",
    }
    return zipped({"schema.json": json.dumps(schema).encode()})


def zipped(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# --- ways to tamper


def manifest_of(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "manifest.json").read_text("utf-8")))


def changed(**changes: object) -> Tamper:
    """Change entries of the manifest."""

    def tamper(folder: Path) -> None:
        (folder / "manifest.json").write_text(json.dumps(manifest_of(folder) | changes))

    return tamper


def written(text: str | bytes) -> Tamper:
    """Write another manifest."""
    data = text.encode() if isinstance(text, str) else text
    return lambda folder: (folder / "manifest.json").write_bytes(data)


def edited(old: str, new: str) -> Tamper:
    """Edit the text of the manifest."""

    def tamper(folder: Path) -> None:
        path = folder / "manifest.json"
        text = path.read_text("utf-8")
        assert text.count(old) >= 1
        path.write_text(text.replace(old, new, 1), "utf-8")

    return tamper


def put(name: str, data: bytes | Callable[[Path], bytes]) -> Tamper:
    """Replace a file and write its new hash into the manifest, as an attacker would."""

    def tamper(folder: Path) -> None:
        content = data if isinstance(data, bytes) else data(folder)
        (folder / name).write_bytes(content)
        manifest = manifest_of(folder)
        manifest["files"][name] = {"sha256": hashlib.sha256(content).hexdigest()}
        (folder / "manifest.json").write_text(json.dumps(manifest))

    return tamper


def flipped(name: str) -> Tamper:
    def tamper(folder: Path) -> None:
        data = bytearray((folder / name).read_bytes())
        data[len(data) // 2] ^= 1
        (folder / name).write_bytes(data)

    return tamper


def cut(name: str) -> Callable[[Path], bytes]:
    return lambda folder: (folder / name).read_bytes()[:-500]


def pickle_inside(folder: Path) -> bytes:
    parts = parts_of(folder / POINTS)
    first = next(name for name in parts if name.endswith(".npy"))
    return zipped(parts | {first: object_array(folder)})


def endless_array(folder: Path) -> bytes:
    parts = parts_of(folder / POINTS)
    first = next(name for name in parts if name.endswith(".npy"))
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000000,), }"
    header = header.ljust(117) + b"\n"
    return zipped(parts | {first: b"\x93NUMPY\x01\x00" + bytes([len(header), 0]) + header})


def linked(name: str, hard: bool = False) -> Tamper:
    """Replace a file by a link to another content outside of the bundle."""

    def tamper(folder: Path) -> None:
        outside = folder.parent / "outside"
        outside.write_bytes(pickled(folder))
        (folder / name).unlink()
        if hard:
            (folder / name).hardlink_to(outside)
        else:
            (folder / name).symlink_to(outside)

    return tamper


def link_to_the_same(folder: Path) -> None:
    """Replace a file by a link to its own content elsewhere."""
    (folder / BOOSTED).rename(folder.parent / "elsewhere")
    (folder / BOOSTED).symlink_to(folder.parent / "elsewhere")


def pipe(name: str) -> Tamper:
    def tamper(folder: Path) -> None:
        (folder / name).unlink()
        os.mkfifo(folder / name)

    return tamper


def subfolder(name: str) -> Tamper:
    def tamper(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return tamper


def emptied(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def file_instead(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_bytes(b"model")


def members(*names: list[str]) -> dict[str, object]:
    numbers = {"mean": 1.0, "share": 0.0, "transfer_mean": 0.0}
    return {"members": list(names), "transfer": [], **numbers}


def unlisted(folder: Path) -> None:
    manifest = manifest_of(folder)
    del manifest["files"][TREES]
    (folder / "manifest.json").write_text(json.dumps(manifest))


def newer_packages_and_broken(folder: Path) -> None:
    put(BOOSTED, b"a format of tomorrow")(folder)
    changed(packages=manifest_of(folder)["packages"] | {"xgboost": "99.0"})(folder)


def json_text(name: str, old: str, new: str) -> Callable[[Path], bytes]:
    """Replace the first of a text in a JSON file."""

    def build(folder: Path) -> bytes:
        text = (folder / name).read_text("utf-8")
        assert old in text
        return text.replace(old, new, 1).encode()

    return build


def learner(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], bytes]:
    """Change what the file of boosted trees holds."""

    def build(folder: Path) -> bytes:
        stored = json.loads((folder / BOOSTED).read_text("utf-8"))
        change(stored["learner"])
        return json.dumps(stored).encode()

    return build


def trees(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], bytes]:
    """Change the model of the boosted trees."""
    return learner(lambda stored: change(stored["gradient_booster"]["model"]))


def first_tree(name: str, place: int, value: object) -> Callable[[Path], bytes]:
    """Change one item of an array of the first boosted tree."""

    def change(model: dict[str, Any]) -> None:
        model["trees"][0][name][place] = value

    return trees(change)


def wild_forest(folder: Path) -> bytes:
    """A forest of which the first tree has a child far outside of it."""
    parts = parts_of(folder / TREES)
    for name, content in parts.items():
        array = np.load(io.BytesIO(content)) if name.endswith(".npy") else np.zeros(0)
        if array.dtype.names and "left_child" in array.dtype.names:
            array["left_child"][0] = 1 << 40
            stream = io.BytesIO()
            np.save(stream, array)
            return zipped(parts | {name: stream.getvalue()})
    raise AssertionError("no tree in it")


def smaller_model(folder: Path) -> bytes:
    from sklearn.ensemble import ExtraTreesRegressor

    return bytes(skops.io.dumps(ExtraTreesRegressor(2).fit(np.eye(3), np.arange(3.0))))


RETRAIN = "train the model again"

# How the bundle is tampered with, and words of the refusal: what, where, and the remedy.
TAMPERED: dict[str, tuple[Tamper, tuple[str, ...]]] = {
    # files that are not those that were saved
    "flipped bit in skops": (flipped(TREES), (TREES, "SHA-256", RETRAIN)),
    "flipped bit in boosted trees": (flipped(BOOSTED), (BOOSTED, "SHA-256", RETRAIN)),
    "flipped bit in the process": (
        flipped("own-gaussian_process.skops"),
        ("own-gaussian_process.skops", "SHA-256", RETRAIN),
    ),
    "flipped bit in the points": (flipped(POINTS), (POINTS, "SHA-256", RETRAIN)),
    "flipped bit in the table": (flipped(TABLE), (TABLE, "SHA-256", RETRAIN)),
    "changed hash": (edited('"sha256": "', '"sha256": "0'), ("SHA-256", RETRAIN)),
    "missing file": (lambda f: (f / BOOSTED).unlink(), (BOOSTED, "missing", RETRAIN)),
    "missing table": (lambda f: (f / TABLE).unlink(), (TABLE, "missing", RETRAIN)),
    "file not listed": (unlisted, (TREES, "not in the manifest", RETRAIN)),
    "link to the outside": (linked(TREES), (TREES, "no plain file", RETRAIN)),
    "link to the same content": (link_to_the_same, (BOOSTED, "no plain file", RETRAIN)),
    "linked manifest": (linked("manifest.json"), ("manifest.json", "no plain file", RETRAIN)),
    "hard link to the outside": (linked(TREES, hard=True), (TREES, "SHA-256", RETRAIN)),
    "pipe for a file": (pipe(BOOSTED), (BOOSTED, "no plain file", RETRAIN)),
    "pipe for the manifest": (pipe("manifest.json"), ("manifest.json", "no plain file", RETRAIN)),
    "folder for a file": (subfolder(TABLE), (TABLE, "no plain file", RETRAIN)),
    "folder for the manifest": (subfolder("manifest.json"), ("manifest.json", "no plain file")),
    "empty folder": (emptied, ("no model in", "anolyte train")),
    "no folder": (shutil.rmtree, ("no model in", "anolyte train")),
    "file instead of the folder": (file_instead, ("Zn", "cannot be read", RETRAIN)),
    # code in the files, with a hash that fits
    "pickle as skops": (put(TREES, pickled), (TREES, "cannot be loaded safely", RETRAIN)),
    "pickle as boosted trees": (
        put(BOOSTED, pickled),
        (BOOSTED, "cannot be loaded safely", RETRAIN),
    ),
    "pickle as points": (put(POINTS, pickled), (POINTS, "cannot be loaded safely", RETRAIN)),
    "pickle as table": (put(TABLE, pickled), (TABLE, "no table of measurements", RETRAIN)),
    "pickle as manifest": (lambda f: written(pickled(f))(f), ("manifest.json", "cannot read")),
    "pickle inside skops": (put(POINTS, pickle_inside), (POINTS, "cannot be loaded", RETRAIN)),
    "function call inside skops": (put(TREES, calling), (TREES, "os.mkdir", RETRAIN)),
    "function inside an estimator": (
        put(TREES, lambda f: skops.io.dumps(FunctionTransformer(os.mkdir))),
        (TREES, "mkdir", RETRAIN),
    ),
    "partial function": (
        put(TREES, lambda f: skops.io.dumps(functools.partial(os.mkdir, str(trace_of(f))))),
        (TREES, "mkdir", RETRAIN),
    ),
    # content of another kind
    "plain list in skops": (
        put(TREES, lambda _: skops.io.dumps([1, 2])),
        (TREES, "another kind of estimator", RETRAIN),
    ),
    "other estimator": (
        put(TREES, lambda _: skops.io.dumps(Ridge().fit(np.eye(2), [1, 2]))),
        (TREES, "another kind of estimator", RETRAIN),
    ),
    "estimators swapped": (
        put(TREES, lambda f: (f / "own-support_vector.skops").read_bytes()),
        (TREES, "another kind of estimator", RETRAIN),
    ),
    "fitted to other descriptors": (
        put(TREES, smaller_model),
        (TREES, "3 descriptors, not", RETRAIN),
    ),
    "cut skops": (put(TREES, cut(TREES)), (TREES, "cannot be loaded safely", RETRAIN)),
    "cut boosted trees": (
        put(BOOSTED, cut(BOOSTED)),
        (BOOSTED, "cannot be loaded safely", RETRAIN),
    ),
    "trailing bytes in boosted trees": (
        put(BOOSTED, lambda f: (f / BOOSTED).read_bytes() + b"}"),
        (BOOSTED, "cannot be loaded safely", "Extra data", RETRAIN),
    ),
    "more nodes than there are": (
        put(BOOSTED, json_text(BOOSTED, '"num_nodes":"', '"num_nodes":"9')),
        (BOOSTED, "differ in length", RETRAIN),
    ),
    "nodes without end": (
        put(BOOSTED, json_text(BOOSTED, '"num_nodes":"', '"num_nodes":"9999999999')),
        (BOOSTED, "differ in length", RETRAIN),
    ),
    "child outside of a boosted tree": (
        put(BOOSTED, first_tree("left_children", 0, 1 << 30)),
        (BOOSTED, "children outside of it", RETRAIN),
    ),
    "circle in a boosted tree": (
        put(BOOSTED, first_tree("left_children", 0, 0)),
        (BOOSTED, "another parent", RETRAIN),
    ),
    "split by a descriptor that there is not": (
        put(BOOSTED, first_tree("split_indices", 0, 9999)),
        (BOOSTED, "a descriptor that there is not", RETRAIN),
    ),
    "words in a boosted tree": (
        put(BOOSTED, first_tree("left_children", 0, "one")),
        (BOOSTED, "something else than such numbers", RETRAIN),
    ),
    "fractions for children": (
        put(BOOSTED, first_tree("left_children", 0, 1.5)),
        (BOOSTED, "something else than such numbers", RETRAIN),
    ),
    "lists for conditions": (
        put(BOOSTED, first_tree("split_conditions", 0, [1.0])),
        (BOOSTED, "cannot be loaded safely", RETRAIN),
    ),
    "NaN in a boosted tree": (
        put(BOOSTED, first_tree("split_conditions", 0, float("nan"))),
        (BOOSTED, "NaN is no finite number", RETRAIN),
    ),
    "categories in a boosted tree": (
        put(BOOSTED, trees(lambda model: model["trees"][0].update(categories=[1]))),
        (BOOSTED, "splits by categories", RETRAIN),
    ),
    "a boosted tree left out": (
        put(BOOSTED, trees(lambda model: model["trees"].pop())),
        (BOOSTED, "number of trees", RETRAIN),
    ),
    "rounds beyond the trees": (
        put(BOOSTED, trees(lambda model: model.update(iteration_indptr=list(range(0, 26, 2))))),
        (BOOSTED, "one a round", RETRAIN),
    ),
    "boosted trees of several outputs": (
        put(BOOSTED, json_text(BOOSTED, '"num_target":"1"', '"num_target":"7"')),
        (BOOSTED, "several outputs", RETRAIN),
    ),
    "another objective": (
        put(BOOSTED, json_text(BOOSTED, "reg:squarederror", "reg:gamma")),
        (BOOSTED, "least squares", RETRAIN),
    ),
    "list for boosted trees": (put(BOOSTED, b"[]"), (BOOSTED, "no booster of trees", RETRAIN)),
    "boosted trees on other descriptors": (
        put(BOOSTED, learner(lambda it: it["learner_model_param"].update(num_feature="999"))),
        (BOOSTED, "descriptors", RETRAIN),
    ),
    "child outside of a forest": (
        put(TREES, wild_forest),
        (TREES, "children outside of it", RETRAIN),
    ),
    "empty skops": (put(TREES, b""), (TREES, "cannot be loaded safely", RETRAIN)),
    "empty boosted trees": (put(BOOSTED, b""), (BOOSTED, "cannot be loaded safely", RETRAIN)),
    # the SEI model
    "flipped bit in the SEI model": (flipped(SEI), (SEI, "SHA-256", RETRAIN)),
    "missing SEI model": (lambda f: (f / SEI).unlink(), (SEI, "missing", RETRAIN)),
    "pickle as SEI model": (put(SEI, pickled), (SEI, "no SEI model", RETRAIN)),
    "list for an SEI model": (put(SEI, b"[1]"), (SEI, "no SEI model", RETRAIN)),
    "SEI model of another schema": (
        put(SEI, json_text(SEI, '"schema_version": ', '"schema_version": 9')),
        (SEI, "no SEI model", RETRAIN),
    ),
    "SEI model of other features": (
        put(SEI, json_text(SEI, '"weak F"', '"strong F"')),
        (SEI, "other features", RETRAIN),
    ),
    "infinity in the SEI model": (
        put(SEI, json_text(SEI, '"repeats": ', '"repeats": 1e999, "x": ')),
        (SEI, "1e999 is no finite number", RETRAIN),
    ),
    "array beyond memory": (put(POINTS, endless_array), (POINTS, "cannot be loaded", RETRAIN)),
    "cut table": (put(TABLE, cut(TABLE)), ("manifest.json", TABLE, "rows", RETRAIN)),
    "table without columns": (put(TABLE, b"a,b\n1,2\n"), (TABLE, "no table", RETRAIN)),
    "words in the table": (
        put(TABLE, b"electrolyte,ce_pct,ce_qualifier,source\n1 M ZnSO4 in H2O,high,=,x\n"),
        (TABLE, "no table of measurements", RETRAIN),
    ),
    "other packages, unreadable": (
        newer_packages_and_broken,
        (BOOSTED, "saved with xgboost 99.0 (here", RETRAIN),
    ),
    # manifests
    "cut manifest": (
        lambda f: written((f / "manifest.json").read_bytes()[:-300])(f),
        ("manifest.json", "cannot read", RETRAIN),
    ),
    "empty manifest": (written(""), ("manifest.json", "cannot read", RETRAIN)),
    "no JSON": (written("metal: Zn"), ("manifest.json", "cannot read", RETRAIN)),
    "no UTF-8": (written(b"\xff\xfe{}"), ("manifest.json", "cannot read", RETRAIN)),
    "deep JSON": (written("[" * 200_000), ("manifest.json", "cannot read", RETRAIN)),
    "list for a manifest": (written("[2]"), ("manifest.json", "no model manifest", RETRAIN)),
    "older schema": (changed(schema_version=1), ("schema 1", "older", RETRAIN)),
    "newer schema": (changed(schema_version=4), ("schema 4", "a newer anolyte: update")),
    "schema in words": (changed(schema_version="2"), ("no model manifest", RETRAIN)),
    "key twice": (
        edited('"metal": "Zn"', '"metal": "Zn", "metal": "Li"'),
        ("'metal' stands twice", RETRAIN),
    ),
    "NaN": (edited('"slope": ', '"slope": NaN, "x": '), ("NaN is no finite number", RETRAIN)),
    "infinity": (
        edited('"slope": ', '"slope": -Infinity, "x": '),
        ("-Infinity is no finite number", RETRAIN),
    ),
    "number beyond a float": (
        edited('"slope": ', '"slope": 1e999, "x": '),
        ("1e999 is no finite number", RETRAIN),
    ),
    "integer without end": (
        edited('"seed": ', f'"seed": {"9" * 5000}, "x": '),
        ("an integer of 5000 digits", RETRAIN),
    ),
    "other kind": (changed(kind="conductivity"), ("kind 'conductivity'",)),
    "unknown metal": (changed(metal="Xx"), ("manifest.json", "unknown metal", RETRAIN)),
    "words for numbers": (changed(folds="many"), ("manifest.json", "incomplete", RETRAIN)),
    "nothing for a list": (changed(blocks=None), ("manifest.json", "incomplete", RETRAIN)),
    "number for files": (changed(files=5), ("manifest.json", "incomplete", RETRAIN)),
    "no files": (changed(files={}), ("not in the manifest", RETRAIN)),
    "files without hashes": (
        lambda f: changed(files={name: {} for name in manifest_of(f)["files"]})(f),
        ("manifest.json", "incomplete", RETRAIN),
    ),
    "other descriptors": (changed(features=["F_to_C"]), ("other descriptors", "train again")),
    "unknown block": (changed(blocks=["astrology"]), ("does not have",)),
    "unknown recipe": (changed(recipe="own: oracle"), ("does not have",)),
    "unknown evidence": (changed(evidence="certain"), ("does not have",)),
    "no quantiles": (changed(interval_quantiles=None), ("incomplete", RETRAIN)),
    "negative quantiles": (
        changed(interval_quantiles={"0.5": -1, "0.8": 1, "0.9": 2}),
        ("interval_quantiles", RETRAIN),
    ),
    "quantile left out": (
        changed(interval_quantiles={"0.5": 1}),
        ("interval_quantiles", RETRAIN),
    ),
    "no domain": (changed(domain={}), ("incomplete", RETRAIN)),
    "domain of other rows": (
        changed(domain={"distances": [1.0], "largest": [1.0]}),
        ("not of the", TABLE, RETRAIN),
    ),
    "path upwards": (changed(ensemble=members(["own", "../../evil"])), ("does not have",)),
    "path in the scope": (changed(ensemble=members(["../own", "xgboost"])), ("does not have",)),
    "absolute path": (changed(ensemble=members(["own", "/etc/passwd"])), ("does not have",)),
    "path in the transfer": (
        changed(ensemble=members() | {"transfer": ["../../evil"]}),
        ("does not have",),
    ),
}


@pytest.mark.parametrize("way", TAMPERED)
def test_tampered_bundle_is_refused(folder: Path, way: str) -> None:
    tamper, words = TAMPERED[way]
    tamper(folder)
    with pytest.raises(ModelFileError) as caught:
        load_model(folder)
    message = str(caught.value)
    assert [word for word in words if word not in message] == []
    assert str(folder) in message
    assert len(message) < 1500
    assert not trace_of(folder).exists()


def test_payloads_fire_where_they_are_trusted(folder: Path) -> None:
    """Without this, their silence in the other tests would prove nothing."""
    trace = trace_of(folder)
    pickle.loads(pickled(folder))
    trace.rmdir()
    np.load(io.BytesIO(object_array(folder)), allow_pickle=True)
    trace.rmdir()
    data = calling(folder)
    skops.io.loads(data, trusted=skops.io.get_untrusted_types(data=data))
    trace.rmdir()


# --- limits


def test_zip_bomb_is_refused_unpacked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_files, "MAX_UNPACKED_BYTES", 20 << 20)
    put(POINTS, zipped(parts_of(folder / POINTS) | {"zeros.npy": bytes(21 << 20)}))(folder)
    assert (folder / POINTS).stat().st_size < 1 << 20
    with pytest.raises(ModelFileError, match=rf"{POINTS} cannot .* more than 20 MiB.*{RETRAIN}"):
        load_model(folder)


def test_huge_manifest_is_refused_unread(folder: Path) -> None:
    with (folder / "manifest.json").open("ab") as stream:
        stream.truncate(bundle_files.MAX_MANIFEST_BYTES + 1)
    with pytest.raises(ModelFileError, match=rf"manifest\.json is larger than 20 MiB.*{RETRAIN}"):
        load_model(folder)


def test_huge_file_is_refused_unread(folder: Path) -> None:
    with (folder / TREES).open("ab") as stream:
        stream.truncate(bundle_files.MAX_FILE_BYTES + 1)
    with pytest.raises(ModelFileError, match=rf"{TREES} is larger than 500 MiB.*{RETRAIN}"):
        load_model(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="an administrator may read every file")
@pytest.mark.parametrize("name", ["manifest.json", BOOSTED])
def test_unreadable_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).chmod(0)
    with pytest.raises(ModelFileError, match=rf"{name} cannot be read: Permission denied"):
        load_model(folder)


# --- what is allowed


def test_further_files_are_not_looked_at(
    folder: Path, boosted_model: CoulombicEfficiencyModel
) -> None:
    (folder / "model.pkl").write_bytes(pickled(folder))
    (folder / "own-ridge.skops").write_bytes(calling(folder))
    os.mkfifo(folder / "pipe")
    texts = ["1 M ZnSO4 in H2O"]
    expected = boosted_model.predict_interval(texts)
    assert load_model(folder).predict_interval(texts).equals(expected)
    assert not trace_of(folder).exists()


def test_other_versions_of_the_packages_are_allowed(folder: Path) -> None:
    changed(packages={"numpy": "1.0", "anolyte": "0.0.1", "brand-new": "7"})(folder)
    assert load_model(folder).metal == "Zn"


def test_versions_that_may_matter_are_told_once(folder: Path) -> None:
    changed(packages={"scikit-learn": "1.0", "rdkit": "2024.3.1"})(folder)
    with pytest.warns(UserWarning, match=r"rdkit 2024.3.1 \(here .*train it again") as told:
        load_model(folder)
    assert len(told) == 1


def test_folder_may_be_a_link(folder: Path) -> None:
    (folder.parent / "latest").symlink_to(folder)
    assert load_model(folder.parent / "latest").metal == "Zn"
