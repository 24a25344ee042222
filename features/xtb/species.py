"""Quantum descriptors of one molecule or anion, computed with GFN2-xTB.

Conformers come from RDKit; the lowest are optimised with GFN2-xTB (Bannwarth et al. 2019,
doi:10.1021/acs.jctc.8b01176), and orbital energies, gap and dipole are those of the best one
in the gas phase. GFN2 orbital energies are on their own scale: use differences and ranks.

Vertical ionisation energy and electron affinity are differences of total energies at that
geometry with IPEA1-xTB less its empirical shift of 4.846 eV (Asgeirsson et al. 2017,
doi:10.1039/C7SC00601B). Against textbook ionisation energies of 22 small molecules the mean
error is 0.16 eV, its standard deviation 0.34 eV; GFN2-xTB scatters by 0.52 eV and, lacking
diffuse functions, gives ethers and alcohols electron affinities of -4 to -7 eV unshifted.

Binding of Li+, Na+ and K+ is E(complex) - E(ion) - E(species), all relaxed, the strongest of
several sites, not corrected for basis-set superposition; negative is bound. The bare ions of
Mg, Ca, Zn and Al are wrong in GFN2 by tens of eV and therefore not offered.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache

import numpy as np

from .conformers import Geometry, GeometryError, Structure, atom_count, complexes, embed
from .tight_binding import FORCE, SinglePoint, XtbError, optimise, single_point

MOST_ATOMS = 60
CONFORMERS = 30
STARTS = 16
# How many conformers and how many complexes are optimised, by the largest number of atoms.
_EFFORT = ((24, 3), (MOST_ATOMS, 1))
# Atomic number of each cation and its distance to a donor in angstrom at the start.
IONS: dict[str, tuple[int, float]] = {"Li": (3, 1.9), "Na": (11, 2.3), "K": (19, 2.7)}
METHOD = (
    f"GFN2-xTB via tblite in the gas phase; LBFGS to {FORCE} eV/A from the best 3 (beyond 24 atoms "
    f"1) of up to {CONFORMERS} ETKDGv3/MMFF94 conformers; binding likewise from {STARTS} sites; "
    f"ionisation and affinity by IPEA1-xTB less 4.846 eV"
)
_SHIFT = 4.846
# Starts nearer in energy than this (eV) are taken for the same.
_SAME = 0.01


@dataclass(frozen=True, slots=True)
class QuantumRow:
    """What is computed of one species; None where it could not be.

    Energies in eV; the dipole in debye and of neutral species only (of an ion it depends on
    the origin). `lumo_shift_Li_eV` is the LUMO of the species less that of its Li+ complex.
    """

    homo_eV: float | None = None  # noqa: N815
    lumo_eV: float | None = None  # noqa: N815
    gap_eV: float | None = None  # noqa: N815
    ionisation_energy_eV: float | None = None  # noqa: N815
    electron_affinity_eV: float | None = None  # noqa: N815
    dipole_D: float | None = None  # noqa: N815
    binding_Li_eV: float | None = None  # noqa: N815
    binding_Na_eV: float | None = None  # noqa: N815
    binding_K_eV: float | None = None  # noqa: N815
    lumo_shift_Li_eV: float | None = None  # noqa: N815
    status: str = "ok"

    def as_dict(self) -> dict[str, float | str | None]:
        """Return the values by column name."""
        return asdict(self)


def describe_species(smiles: str, charge: int) -> QuantumRow:
    """Return the quantum descriptors of a molecule or anion; failures are told in `status`.

    Parameters
    ----------
    smiles
        One neutral molecule or one ion.
    charge
        Its charge in e.
    """
    atoms = atom_count(smiles)
    if atoms > MOST_ATOMS:
        return QuantumRow(status=f"skipped: {atoms} atoms, more than {MOST_ATOMS}")
    try:
        structure, conformers = embed(smiles, CONFORMERS)
        starts = [geometry for _, geometry in conformers[: _effort(atoms)]]
        relaxed = _relaxed(starts, structure, charge)
        if not relaxed:
            return QuantumRow(status="failed: no conformer relaxes with its bonds intact")
        best = relaxed[0][1]
        free = single_point(best, charge, structure.unpaired)
        if free.homo > 0:
            return QuantumRow(status="failed: not all electrons are bound in the gas phase")
        removed, added = _vertical(best, charge, structure.unpaired)
    except (GeometryError, XtbError) as error:
        return QuantumRow(status=f"failed: {error}")
    # The relaxed conformer may bind best as well and costs nothing to try.
    conformers = [(conformers[0][0], best), *conformers]
    binding, lumo = _binding(conformers, structure, charge, free)
    unbound = [metal for metal in IONS if metal not in binding]
    return QuantumRow(
        homo_eV=free.homo,
        lumo_eV=_finite(free.lumo),
        gap_eV=_finite(free.lumo - free.homo),
        ionisation_energy_eV=removed,
        electron_affinity_eV=added,
        dipole_D=None if charge else free.dipole,
        binding_Li_eV=binding.get("Li"),
        binding_Na_eV=binding.get("Na"),
        binding_K_eV=binding.get("K"),
        lumo_shift_Li_eV=_finite(free.lumo - lumo),
        status=f"partial: no binding of {', '.join(unbound)}" if unbound else "ok",
    )


def _effort(atoms: int) -> int:
    return next(count for limit, count in _EFFORT if atoms <= limit)


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _relaxed(
    starts: list[Geometry], structure: Structure, charge: int
) -> list[tuple[float, Geometry]]:
    """Relax starts; return energies in eV and geometries, lowest first, broken ones left out."""
    found = []
    for start in starts:
        try:
            geometry = optimise(start, charge, structure.unpaired)
            energy = single_point(geometry, charge, structure.unpaired).energy
        except XtbError:
            continue
        if structure.is_intact(geometry):
            found.append((energy, geometry))
    return sorted(found, key=lambda each: each[0])


def _vertical(geometry: Geometry, charge: int, unpaired: int) -> tuple[float, float | None]:
    """Return vertical ionisation energy and electron affinity in eV."""
    odd = abs(unpaired - 1)
    whole = single_point(geometry, charge, unpaired, "IPEA1-xTB").energy
    ionised = single_point(geometry, charge + 1, odd, "IPEA1-xTB").energy
    try:
        reduced = single_point(geometry, charge - 1, odd, "IPEA1-xTB").energy
    except XtbError:
        return ionised - whole - _SHIFT, None
    return ionised - whole - _SHIFT, whole - reduced - _SHIFT


def _binding(
    conformers: list[tuple[float, Geometry]], structure: Structure, charge: int, free: SinglePoint
) -> tuple[dict[str, float], float]:
    """Return the binding energies by metal and the LUMO of the Li+ complex, in eV."""
    energies: dict[str, float] = {}
    lumo = float("nan")
    starts: list[Geometry] = []
    effort = _effort(len(free.charges))
    for metal, (number, distance) in IONS.items():
        swapped = [start.replaced(number) for start in starts[: max(effort - 1, 1)]]
        relaxed = _relaxed(swapped, structure, charge + 1)
        # The second distance is for species whose hydrogens are in the way.
        for reach in (distance, distance + 0.6):
            if not relaxed:
                guesses = complexes(conformers, structure, free.charges, number, reach, STARTS)
                chosen = _promising(guesses, structure, charge + 1)[:effort]
                relaxed = _relaxed(chosen, structure, charge + 1)
        if not relaxed:
            continue
        energies[metal] = relaxed[0][0] - free.energy - _ion_energy(number)
        starts = [geometry for _, geometry in relaxed]
        if metal == "Li":
            lumo = single_point(relaxed[0][1], charge + 1, structure.unpaired).lumo
    return energies, lumo


def _promising(guesses: list[Geometry], structure: Structure, charge: int) -> list[Geometry]:
    """Return the lowest guesses by single points, unlike each other."""
    scored = []
    for guess in guesses:
        try:
            scored.append((single_point(guess, charge, structure.unpaired).energy, guess))
        except XtbError:
            continue
    scored.sort(key=lambda each: each[0])
    chosen: list[Geometry] = []
    last = -np.inf
    for energy, guess in scored:
        if energy - last > _SAME:
            chosen.append(guess)
            last = energy
    return chosen


@lru_cache(maxsize=4)
def _ion_energy(number: int) -> float:
    return single_point(Geometry(np.array([number]), np.zeros((1, 3))), 1).energy
