"""The block `quantum`: frontier orbitals, ionisation, dipole and cation binding from tables.

Two energy scales, never in one feature. Properties of molecules and anions and their binding of
Li+, Na+, K+ are GFN2-xTB values (table `quantum`). For Mg, Ca, Zn and Al the binding of a ligand
relative to that of water is a density-functional value (table `quantum_multivalent`).
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import ClassVar

import numpy as np
from anolyte.datasets.compounds.registry import Compound, fragment_charge
from anolyte.datasets.files.shipped import shipped_table

from ..arrays import Flags, Floats
from ..mixtures import Mixtures, divide
from .base import Descriptor, DescriptorBlock

MONOVALENT = ("Li", "Na", "K")
MULTIVALENT = ("Mg", "Ca", "Zn", "Al")
_GFN2 = "GFN2-xTB, Bannwarth et al. 2019, doi:10.1021/acs.jctc.8b01176"
_IPEA = "IPEA1-xTB, Asgeirsson et al. 2017, doi:10.1039/C7SC00601B"
_DFT = "B3LYP, table quantum_multivalent"
_BINDING = tuple(f"binding_{metal}_eV" for metal in MONOVALENT)
_PROPERTIES = (
    "homo_eV",
    "lumo_eV",
    "gap_eV",
    "ionisation_energy_eV",
    "electron_affinity_eV",
    "dipole_D",
    "lumo_shift_Li_eV",
    *_BINDING,
)
_LUMO = _PROPERTIES.index("lumo_eV")
_FIRST_BINDING = _PROPERTIES.index(_BINDING[0])
_OF_ANIONS = ("homo_eV", "lumo_eV", *_BINDING)


@lru_cache(maxsize=1)
def quantum_rows() -> dict[str, dict[str, float]]:
    """Return the known GFN2-xTB values of molecules and anions, by SMILES and column."""
    table = shipped_table("quantum")
    return {
        str(row["smiles"]): {name: float(row[name]) for name in _PROPERTIES if row[name]}
        for row in table.to_dict("records")
    }


@lru_cache(maxsize=1)
def exchange_energies() -> dict[tuple[str, str], float]:
    """Return the energy in kcal/mol of a ligand taking water's place, by SMILES and metal.

    E(M-ligand) + E(water) - E(M-water) - E(ligand); negative binds more strongly than water.
    """
    table = shipped_table("quantum_multivalent")
    return {
        (str(row["smiles"]), str(row["metal"])): float(row["exchange_kcal_mol"])
        for row in table.to_dict("records")
        if row["exchange_kcal_mol"]
    }


def molecule_values(compound: Compound) -> tuple[float, ...]:
    """Return the values of `_PROPERTIES` (0 where unknown), then whether each is known."""
    known = quantum_rows().get(compound.smiles, {})
    return (
        *(known.get(name, 0.0) for name in _PROPERTIES),
        *(float(name in known) for name in _PROPERTIES),
    )


def exchange_values(compound: Compound) -> tuple[float, ...]:
    """Return the exchange energies with each of `MULTIVALENT`, then whether each is known."""
    known = [exchange_energies().get((compound.smiles, metal)) for metal in MULTIVALENT]
    return (*(value or 0.0 for value in known), *(float(v is not None) for v in known))


def anion_values(compound: Compound) -> tuple[float, ...]:
    """Return sums over the anions of a formula unit: values, counts of known ones, count of all.

    Values and counts are of `_OF_ANIONS` and then of the exchange with `MULTIVALENT`.
    """
    width = len(_OF_ANIONS) + len(MULTIVALENT)
    sums, counts, total = np.zeros(width), np.zeros(width), 0.0
    for part, count in compound.ions.items():
        if fragment_charge(part) >= 0:
            continue
        row = quantum_rows().get(part, {})
        values = [row.get(name) for name in _OF_ANIONS]
        values += [exchange_energies().get((part, metal)) for metal in MULTIVALENT]
        sums += [count * (value or 0.0) for value in values]
        counts += [count * (value is not None) for value in values]
        total += count
    return (*sums, *counts, total)


def lowest_anion_lumo(compound: Compound) -> tuple[float, float]:
    """Return the lowest LUMO of the anions in eV, and whether any is known."""
    rows = (quantum_rows().get(p, {}) for p in compound.ions if fragment_charge(p) < 0)
    known = [row["lumo_eV"] for row in rows if "lumo_eV" in row]
    return (min(known, default=0.0), float(bool(known)))


class QuantumBlock(DescriptorBlock):
    """Quantum descriptors of solvents and anions, and how they bind the metal's cation.

    Means are over the molecules that the tables know, weighted by mole fraction, and 0 where
    they know none; `quantum_missing` and `quantum_exchange_known` tell. Binding features are
    those of the row's own metal: of GFN2-xTB for Li, Na, K and else 0, of the exchange table for
    Mg, Ca, Zn, Al and else 0. Covalent halides (drawn without ions) count nowhere.
    """

    name: ClassVar[str] = "quantum"
    descriptors: ClassVar[tuple[Descriptor, ...]] = (
        Descriptor("quantum_homo", "eV", "mean HOMO of solvents", _GFN2),
        Descriptor("quantum_lumo", "eV", "mean LUMO of solvents", _GFN2),
        Descriptor("quantum_gap", "eV", "mean orbital gap of solvents", _GFN2),
        Descriptor("quantum_ionisation", "eV", "mean vertical ionisation of solvents", _IPEA),
        Descriptor("quantum_affinity", "eV", "mean vertical electron affinity of solvents", _IPEA),
        Descriptor("quantum_dipole", "D", "mean dipole of solvents", _GFN2),
        Descriptor("quantum_lumo_shift", "eV", "mean lowering of LUMO by Li+, solvents", _GFN2),
        Descriptor("quantum_lumo_lowest", "eV", "lowest LUMO among solvents", _GFN2),
        Descriptor("quantum_binding", "eV", "mean binding of Li+, Na+ or K+, solvents", _GFN2),
        Descriptor("quantum_binding_strongest", "eV", "strongest of these bindings", _GFN2),
        Descriptor("quantum_anion_homo", "eV", "mean HOMO of anions", _GFN2),
        Descriptor("quantum_anion_lumo", "eV", "mean LUMO of anions", _GFN2),
        Descriptor("quantum_anion_lumo_lowest", "eV", "lowest LUMO among anions", _GFN2),
        Descriptor("quantum_anion_binding", "eV", "mean binding of Li+, Na+ or K+, anions", _GFN2),
        Descriptor("quantum_exchange", "kcal/mol", "mean exchange with M-OH2, solvents", _DFT),
        Descriptor("quantum_exchange_strongest", "kcal/mol", "strongest of these", _DFT),
        Descriptor("quantum_exchange_known", "1", "share of solvent with a known exchange", _DFT),
        Descriptor("quantum_anion_exchange", "kcal/mol", "mean exchange, anions", _DFT),
        Descriptor("quantum_missing", "1", "share of solvents and anions without a value", _GFN2),
    )

    def columns(self, mixtures: Mixtures) -> list[Floats]:
        """Return the 19 descriptors."""
        solvents = mixtures.solvents
        values = mixtures.total(molecule_values, solvents)
        sums, known = values[:, : len(_PROPERTIES)], values[:, len(_PROPERTIES) :]
        table = mixtures.table(molecule_values)
        has_lumo = solvents & (table[:, len(_PROPERTIES) + _LUMO] > 0)
        has_binding = solvents & (table[:, len(_PROPERTIES) + _FIRST_BINDING :] > 0).all(axis=1)
        anions = mixtures.total(anion_values, mixtures.salts)
        width = len(_OF_ANIONS) + len(MULTIVALENT)
        anion_sums, anion_known = anions[:, :width], anions[:, width:-1]
        has_anion = mixtures.salts & (mixtures.table(lowest_anion_lumo)[:, 1] > 0)
        amount = mixtures.amount(solvents)
        total = amount + anions[:, -1]
        missing = total - known[:, _LUMO] - anions[:, width + 1]
        of_binding, of_exchange = slice(2, len(_OF_ANIONS)), slice(len(_OF_ANIONS), None)
        return [
            divide(sums[:, :_FIRST_BINDING], known[:, :_FIRST_BINDING]),
            mixtures.extreme(_lumo, has_lumo, largest=False),
            _own_mean(mixtures, MONOVALENT, sums[:, _FIRST_BINDING:], known[:, _FIRST_BINDING:]),
            _strongest_binding(mixtures, has_binding),
            divide(anion_sums[:, :2], anion_known[:, :2]),
            mixtures.extreme(lowest_anion_lumo, has_anion, largest=False)[:, 0],
            _own_mean(mixtures, MONOVALENT, anion_sums[:, of_binding], anion_known[:, of_binding]),
            *_exchange(mixtures, amount),
            _own_mean(
                mixtures, MULTIVALENT, anion_sums[:, of_exchange], anion_known[:, of_exchange]
            ),
            np.clip(divide(missing, total), 0.0, 1.0),
        ]


def _own_mean(mixtures: Mixtures, metals: tuple[str, ...], sums: Floats, known: Floats) -> Floats:
    """Return the mean (n,) with each row's own metal, of the columns of `metals`; else 0."""
    own = np.zeros(len(mixtures))
    for metal, rows in mixtures.rows_by_metal.items():
        if metal in metals:
            column = metals.index(metal)
            own[rows] = divide(sums[rows, column], known[rows, column])
    return own


def _strongest_binding(mixtures: Mixtures, mask: Flags) -> Floats:
    """Return the strongest binding (n,) of each row's own metal, 0 for the multivalent."""
    strongest = np.zeros(len(mixtures))
    for metal, rows in mixtures.rows_by_metal.items():
        if metal in MONOVALENT:
            energy = _BINDING_WITH[MONOVALENT.index(metal)]
            strongest[rows] = mixtures.extreme(energy, mask, largest=False)[rows, 0]
    return strongest


def _exchange(mixtures: Mixtures, amount: Floats) -> list[Floats]:
    """Return mean and strongest exchange of the solvents and the known share, each (n,)."""
    mean, strongest, share = np.zeros((3, len(mixtures)))
    for metal, rows in mixtures.rows_by_metal.items():
        if metal not in MULTIVALENT:
            continue
        index = MULTIVALENT.index(metal)
        sums, known = np.hsplit(mixtures.total(exchange_values, mixtures.solvents)[rows], 2)
        mean[rows] = divide(sums[:, index], known[:, index])
        share[rows] = divide(known[:, index], amount[rows])
        # The table knows other molecules for each metal, so each has a mask of its own.
        is_known = mixtures.table(exchange_values)[:, len(MULTIVALENT) + index] > 0
        mask = mixtures.solvents & is_known
        strongest[rows] = mixtures.extreme(_EXCHANGE_WITH[index], mask, largest=False)[rows, 0]
    return [mean, strongest, share]


def _lumo(compound: Compound) -> tuple[float]:
    return (molecule_values(compound)[_LUMO],)


def _binding_with(compound: Compound, index: int) -> tuple[float]:
    return (molecule_values(compound)[_FIRST_BINDING + index],)


def _exchange_with(compound: Compound, index: int) -> tuple[float]:
    return (exchange_values(compound)[index],)


# One function a metal, so that each has its own cached descriptor table.
_BINDING_WITH = tuple(partial(_binding_with, index=index) for index in range(len(MONOVALENT)))
_EXCHANGE_WITH = tuple(partial(_exchange_with, index=index) for index in range(len(MULTIVALENT)))
