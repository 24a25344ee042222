"""How well the order of new compounds was predicted where it could be seen.

The split ``new-compound`` of `anolyte.datasets.measurements.splits` asks what a library asks: which
of the solvents and additives that were never seen are good. A list of a library is to be read
with its figure.
"""

from __future__ import annotations

import csv
from importlib.resources import files

from anolyte.datasets.compounds.metals import Metal

# Below it the order of a list says nothing.
LEAST = 0.3


def told_of_new_compounds(metal: Metal) -> str:
    """Return how well new compounds of a metal were ranked, in words.

    Examples
    --------
    >>> from anolyte.experiments.libraries.new_compounds import told_of_new_compounds
    >>> told_of_new_compounds("Al")
    'New compounds: how well their order is predicted could not be seen on Al...'
    """
    text = (files("anolyte.experiments.libraries") / "new_compounds.csv").read_text("utf-8")
    rows = {row["metal"]: row for row in csv.DictReader(text.splitlines())}
    found = rows.get(metal)
    if found is None:
        return (
            f"New compounds: how well their order is predicted could not be seen on {metal}, whose "
            "measurements are too few. The list is no more than an order of what to look at."
        )
    spearman, skill = float(found["spearman"]), float(found["skill"])
    told = (
        f"New compounds: on {found['rows']} measurements of {metal} with sets of solvents and "
        f"additives that the model had not seen, predicted and measured order agreed with a "
        f"Spearman of {spearman:.2f}, at an error {skill:.2f} of that of the mean."
    )
    if spearman < LEAST:
        return f"{told} That is no agreement: the list is no order to rely on."
    return f"{told} No list of a library is better than that, and farther molecules are worse."
