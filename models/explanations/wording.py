"""Descriptors in chemists' words: which say nearly the same, and what a value means.

Knows names and phrases only. A descriptor without a wording of its own is called by its
definition in the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

SPLIT = 3


@dataclass(frozen=True)
class Group:
    """Descriptors that say nearly the same.

    Attributes
    ----------
    name
        What they describe.
    states
        What values among the lowest, the middle and the highest third of the training rows
        mean; a group with one state is there or is not.
    labels
        Descriptor to its name in a sentence; the first one stands for the group.
    inverse
        Descriptors that are low where the others are high.
    absent
        What a value of 0 means; empty if it means nothing in particular.
    """

    name: str
    states: tuple[str, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    inverse: frozenset[str] = frozenset()
    absent: str = ""

    @property
    def head(self) -> str:
        """The descriptor that stands for the group."""
        return next(iter(self.labels))

    def state(self, value: float, lower: float, upper: float) -> str:
        """Return what a value of `head` means, given the thirds of the training rows."""
        if value == 0 and self.absent:
            return self.absent
        if len(self.states) < SPLIT:
            return self.states[0]
        # Ties with a bound count as the middle unless all training rows are alike.
        return self.states[0 if value < lower else 2 if value > upper else 1]


def _thirds(what: str, low: str, high: str) -> tuple[str, str, str]:
    return low, f"medium {what}", high


_GROUPS = (
    Group(
        "solvent coordination",
        tuple(f"{how} coordinating solvent" for how in ("weakly", "moderately", "strongly")),
        {
            "donor_number_mean": "donor number",
            "donor_number_volume_mean": "donor number by volume",
            "donor_number_strongest": "donor number of the strongest solvent",
            "donor_number_weakest": "donor number of the weakest solvent",
            "donor_number_per_site": "donor number per site",
        },
    ),
    Group(
        "salt concentration",
        _thirds("salt concentration", "low salt concentration", "high salt concentration"),
        {
            "cation_concentration": "metal cations",
            "cation_fraction": "cation fraction",
            "cation_per_site": "cations per coordinating site",
            "working_ion_concentration": "working ions",
            "working_ion_fraction": "fraction of working ions",
            "anions_per_solvent": "anions per solvent molecule",
            "sites_per_cation": "coordinating sites per cation",
            "solvents_per_cation": "solvent molecules per cation",
            "free_solvent": "share of free solvent",
        },
        frozenset(("sites_per_cation", "solvents_per_cation", "free_solvent")),
    ),
    Group(
        "anions at the cation",
        tuple(f"{how} anions in the first shell" for how in ("few", "some", "many")),
        {
            "anion_share": "anions' share of the shell",
            "AGG": "share of aggregates",
            "CIP": "share of contact ion pairs",
            "SSIP": "share of cations without an anion",
        },
        frozenset(("SSIP",)),
    ),
    Group(
        "solvent fluorination",
        _thirds(
            "fluorination of the solvent",
            "weakly fluorinated solvent",
            "highly fluorinated solvent",
        ),
        {
            "F_wt_pct_solvent": "fluorine of the solvent",
            "F_fraction_solvent": "F atoms of the solvent",
            "F_to_H_solvent": "F/H of the solvent",
            "F_to_C_solvent": "F/C of the solvent",
            "solvent_CF3": "CF3 groups per solvent molecule",
            "solvent_CF2": "CF2 groups per solvent molecule",
            "solvent_CF2H": "CF2H groups per solvent molecule",
            "solvent_CFH": "CFH groups per solvent molecule",
            "solvent_alpha_F": "ether positions with F beside O",
            "solvent_beta_F": "ether positions with F one carbon further",
            "shell_CF3": "CF3 groups in the first shell",
            "shell_CF2": "CF2 groups in the first shell",
            "shell_CF": "CF groups in the first shell",
            "shell_F": "F atoms in the first shell",
            "shell_alpha_fluoro_ether": "alpha-fluoro ethers in the first shell",
            "shell_beta_fluoro_ether": "beta-fluoro ethers in the first shell",
            "PFAS_wt_pct": "PFAS",
        },
        absent="solvent without fluorine",
    ),
    Group(
        "fluorine of the whole",
        _thirds("fluorine content", "poor in fluorine", "rich in fluorine"),
        {
            "F_to_O": "F/O",
            "F_to_C": "F/C",
            "F_fraction": "F atoms of the whole",
            "F_wt_pct": "fluorine of the whole",
        },
        absent="no fluorine at all",
    ),
    Group(
        "fluorine of the anions",
        _thirds(
            "fluorine of the anions", "little fluorine from anions", "much fluorine from anions"
        ),
        {"F_fraction_anion": "F atoms of anions", "F_to_C_salt": "F/C of the salt"},
        absent="anions without fluorine",
    ),
    Group(
        "oxygen",
        _thirds("oxygen content", "poor in oxygen", "rich in oxygen"),
        {
            "O_to_C": "O/C",
            "O_fraction": "O atoms of the whole",
            "O_fraction_solvent": "O atoms of the solvent",
            "O_fraction_anion": "O atoms of the anions",
        },
    ),
    Group(
        "carbon",
        _thirds("carbon content", "poor in carbon", "rich in carbon"),
        {
            "C_fraction": "C atoms of the whole",
            "C_fraction_solvent": "C atoms of the solvent",
            "C_fraction_anion": "C atoms of the anions",
            "inorganic_to_organic": "inorganic over organic elements",
        },
        frozenset(("inorganic_to_organic",)),
    ),
    Group(
        "solvent size",
        _thirds(
            "size of the solvent molecules", "small solvent molecules", "large solvent molecules"
        ),
        {
            "solvent_molar_mass": "mean molar mass",
            "solvent_heavy_atoms": "heavy atoms",
            "solvent_refractivity": "molar refractivity",
            "solvent_rotatable_bonds": "rotatable bonds",
        },
    ),
    Group(
        "solvent polarity",
        ("hardly polar solvent", "moderately polar solvent", "polar solvent"),
        {
            "permittivity": "permittivity",
            "solvent_tpsa": "polar surface",
            "solvent_acceptors": "hydrogen-bond acceptors",
            "acceptor_number_mean": "acceptor number",
            "solvent_logp": "logP",
        },
        frozenset(("solvent_logp",)),
    ),
    Group(
        "salt size",
        _thirds("size of the salt", "small salt", "bulky salt"),
        {"salt_molar_mass": "molar mass of the salt", "salt_tpsa": "polar surface of the salt"},
    ),
    Group(
        "diluent",
        _thirds("share of diluent", "little diluent", "much diluent"),
        {"diluent_fraction": "share of the solvent molecules"},
        absent="no diluent",
    ),
    Group(
        "kinds of anion",
        _thirds("mixing of anions", "a single anion", "several anions"),
        {"anion_kinds": "effective number"},
    ),
)

_PRESENT = {
    "protic solvent": ("solvent_donors", "solvent_hydroxyl", "shell_hydroxyl"),
    "cyclic solvent": ("solvent_rings",),
    "nitrate": ("nitrate_per_solvent", "anion_NO3", "shell_NO3"),
    "ionic-liquid cation": ("organic_cation_fraction",),
    "S-F bonds": ("labile_S_F",),
    "P-F bonds": ("labile_P_F",),
    "B-F bonds": ("labile_B_F",),
}
_CHEMISTRY = (
    "ether|acetal|carbonate|ester|nitrile|sulfone|sulfonamide|sulfonate|sulfoxide|sulfite"
    "|phosphate|amide|ketone|amine|pyridine|silyl|borate|thioether|aromatic|chlorine"
)
_SOLVENT = re.compile(rf"(solvent|shell)_({_CHEMISTRY})")
_ANION = re.compile(r"(anion|shell)_(FSI|TFSI|PF6|BF4|ClO4|DFOB|BOB|DFP|OTf|chloride|other)")
_PLACES = {
    "solvent": "groups per solvent molecule",
    "shell": "count in the first shell",
    "anion": "share of the anions",
}


def _present(thing: str, descriptor: str, label: str) -> Group:
    return Group(thing, (thing,), {descriptor: label}, absent=f"no {thing}")


@lru_cache(maxsize=2048)
def group_of(descriptor: str, definition: str = "") -> Group:
    """Return the group of a descriptor, one of its own where it resembles no other.

    Examples
    --------
    >>> from anolyte.models.explanations.wording import group_of
    >>> group_of("donor_number_strongest").name
    'solvent coordination'
    >>> group_of("shell_carbonate").state(0.0, 0.0, 1.0)
    'no carbonate solvent'
    """
    for group in _GROUPS:
        if descriptor in group.labels:
            return group
    for thing, members in _PRESENT.items():
        if descriptor in members:
            place = "share" if descriptor.startswith("shell") else "amount"
            return _present(thing, descriptor, place)
    if found := _SOLVENT.fullmatch(descriptor):
        place, kind = found.groups()
        return _present(f"{kind} solvent", descriptor, _PLACES[place])
    if found := _ANION.fullmatch(descriptor):
        place, kind = found.groups()
        label = "share of the first shell" if place == "shell" else _PLACES[place]
        return _present(f"{'uncommon' if kind == 'other' else kind} anion", descriptor, label)
    label = definition or descriptor.replace("_", " ")
    return Group(label, (label,), {descriptor: ""})


def phrase(group: Group, descriptor: str, value: float, unit: str, state: str) -> str:
    """Return a state with the figure behind it, as in ``high salt concentration (...)``."""
    figure = f"{value:.3g}" if unit in ("", "1") else f"{value:.3g} {unit}"
    return f"{state} ({group.labels[descriptor]} {figure})".replace("( ", "(")
