"""Check that stored trees are trees: native code follows their indices without looking.

A child or descriptor number that points elsewhere would make XGBoost or scikit-learn read
memory that is not theirs, or walk in circles.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from anolyte.features.arrays import Flags

from .ubjson import read_ubjson

# Arrays of an XGBoost tree with one item a node.
_PER_NODE = (
    *("left_children", "right_children", "parents", "split_indices", "split_conditions"),
    *("split_type", "default_left", "base_weights", "loss_changes", "sum_hessian"),
)
_CATEGORIES = ("categories", "categories_nodes", "categories_segments", "categories_sizes")


def check_boosted(data: bytes, columns: int) -> None:
    """Raise ValueError if a UBJ file is not that of boosted trees on so many descriptors."""
    try:
        learner = read_ubjson(data)["learner"]
        booster = learner["gradient_booster"]
        model, name = booster["model"], booster["name"]
        trees = model["trees"]
        if name != "gbtree" or int(learner["learner_model_param"]["num_feature"]) != columns:
            raise ValueError(f"no trees on {columns} descriptors")
        counts = {len(trees), len(model["tree_info"]), _count(model, "num_trees")}
        if len(counts) > 1 or np.any(model["tree_info"]):
            raise ValueError("the number of trees does not fit")
        for tree in trees:
            _check_tree(tree, columns)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"no booster of trees: {error!r}") from error


def _count(model: dict[str, Any], key: str) -> int:
    return int(model["gbtree_model_param"][key])


def _check_tree(tree: dict[str, Any], columns: int) -> None:
    nodes = int(tree["tree_param"]["num_nodes"])
    if nodes < 1 or any(len(tree[name]) != nodes for name in _PER_NODE):
        raise ValueError("the arrays of a tree differ in length")
    if np.any(tree["split_type"]) or any(len(tree.get(name, ())) for name in _CATEGORIES):
        raise ValueError("a tree splits by categories")
    left, right = np.asarray(tree["left_children"]), np.asarray(tree["right_children"])
    split = left != -1
    _check_links(left, right, split, np.asarray(tree["split_indices"]), columns)
    parents = np.asarray(tree["parents"])
    inner = np.flatnonzero(split)
    # Where each node has one parent, none is its own ancestor below the root.
    if np.any(parents[left[inner]] != inner) or np.any(parents[right[inner]] != inner):
        raise ValueError("a node has another parent than its own")
    if np.any(left[inner] == 0) or np.any(right[inner] == 0):
        raise ValueError("the root of a tree is a child")


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
