"""Check that stored trees are trees: native code follows their indices without looking.

A child or descriptor number that points elsewhere would make XGBoost or scikit-learn read
memory that is not theirs, or walk in circles.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from anolyte.features.arrays import Flags

from .files import strict_json

# Arrays of an XGBoost tree with one item a node: whole numbers, and others.
_WHOLE = (
    *("left_children", "right_children", "parents", "split_indices"),
    *("split_type", "default_left"),
)
_REAL = ("split_conditions", "base_weights", "loss_changes", "sum_hessian")
_CATEGORIES = ("categories", "categories_nodes", "categories_segments", "categories_sizes")
# One output, one tree a round: what the native code counts on beside the trees.
_SINGLE = {"num_class": "0", "num_target": "1"}
OBJECTIVE = "reg:squarederror"


def check_boosted(data: bytes, columns: int) -> None:
    """Raise ValueError if a JSON file is not that of boosted trees on so many descriptors."""
    try:
        learner = strict_json(data)["learner"]
        booster, parameters = learner["gradient_booster"], learner["learner_model_param"]
        if booster["name"] != "gbtree" or learner["objective"]["name"] != OBJECTIVE:
            raise ValueError("no trees fitted by least squares")
        if int(parameters["num_feature"]) != columns:
            raise ValueError(f"trees on {parameters['num_feature']} descriptors, not {columns}")
        if any(parameters[name] != value for name, value in _SINGLE.items()):
            raise ValueError("trees of several outputs")
        _check_model(booster["model"], columns)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"no booster of trees: {error!r}") from error


def load_boosted(data: bytes, columns: int) -> Any:
    """Return the XGBoost regressor of a JSON file, see `check_boosted`."""
    from xgboost import XGBRegressor

    check_boosted(data, columns)
    estimator = XGBRegressor()
    estimator.load_model(bytearray(data))
    return estimator


def _check_model(model: dict[str, Any], columns: int) -> None:
    trees = model["trees"]
    given = model["gbtree_model_param"]
    rounds = _whole(model["iteration_indptr"])
    counts = {len(trees), len(model["tree_info"]), int(given["num_trees"]), len(rounds) - 1}
    if len(counts) > 1 or np.any(_whole(model["tree_info"])) or given["num_parallel_tree"] != "1":
        raise ValueError("the number of trees does not fit")
    if not np.array_equal(rounds, np.arange(len(rounds))):
        raise ValueError("the trees are not one a round")
    if any(len(part) for part in model.get("cats", {}).values()):
        raise ValueError("the trees know categories")
    for tree in trees:
        _check_tree(tree, columns)


def _check_tree(tree: dict[str, Any], columns: int) -> None:
    nodes = int(tree["tree_param"]["num_nodes"])
    arrays = {name: _whole(tree[name]) for name in _WHOLE}
    arrays |= {name: _array(tree[name], "iuf") for name in _REAL}
    if nodes < 1 or any(len(array) != nodes for array in arrays.values()):
        raise ValueError("the arrays of a tree differ in length")
    if np.any(arrays["split_type"]) or any(len(tree.get(name, ())) for name in _CATEGORIES):
        raise ValueError("a tree splits by categories")
    left, right, parents = (arrays[name] for name in _WHOLE[:3])
    split = left != -1
    _check_links(left, right, split, arrays["split_indices"], columns)
    inner = np.flatnonzero(split)
    # Where each node has one parent, none is its own ancestor below the root.
    if np.any(parents[left[inner]] != inner) or np.any(parents[right[inner]] != inner):
        raise ValueError("a node has another parent than its own")
    if np.any(left[inner] == 0) or np.any(right[inner] == 0):
        raise ValueError("the root of a tree is a child")


def _whole(values: Any) -> npt.NDArray[Any]:
    return _array(values, "iu")


def _array(values: Any, kinds: str) -> npt.NDArray[Any]:
    """Return a list of numbers of a kind as an array."""
    found = np.array(values)
    if found.ndim != 1 or (len(found) and found.dtype.kind not in kinds):
        raise ValueError("an array of a tree holds something else than such numbers")
    return found


def check_forest(estimator: Any, columns: int) -> None:
    """Raise ValueError if a tree of a scikit-learn forest points outside of itself."""
    for each in estimator.estimators_:
        tree = each.tree_
        left, right = tree.children_left, tree.children_right
        split = left != -1
        _check_links(left, right, split, tree.feature, columns)
        own = np.flatnonzero(split)
        # scikit-learn numbers children after their parent.
        if np.any(left[own] <= own) or np.any(right[own] <= own):
            raise ValueError("a node of a tree comes before its parent")


def _check_links(
    left: npt.NDArray[Any],
    right: npt.NDArray[Any],
    split: Flags,
    features: npt.NDArray[Any],
    columns: int,
) -> None:
    """Check that inner nodes have two children and a descriptor, and leaves none."""
    nodes = len(left)
    children = np.concatenate([left[split], right[split]])
    if np.any(right[~split] != -1) or np.any(children < 0) or np.any(children >= nodes):
        raise ValueError("a node of a tree has children outside of it")
    if np.any(features[split] < 0) or np.any(features[split] >= columns):
        raise ValueError("a tree splits by a descriptor that there is not")
