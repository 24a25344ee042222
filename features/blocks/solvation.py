"""The block `solvation`: how strongly and with how many sites the solvents bind the cation."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from anolyte.datasets.compounds.densities import density
from anolyte.datasets.compounds.ions import metal_cations
from anolyte.datasets.compounds.properties import property_value
from anolyte.datasets.compounds.registry import Compound

from ..arrays import Floats
from ..mixtures import Mixtures, divide
from ..molecules.donor import coordinating_sites, donor_number
from ..molecules.pairing import coordination_numbers, shell
from .base import Descriptor, DescriptorBlock

_PAIRING = "competition model of features.pairing"
_CRC = "CRC Handbook in the package chemicals, else properties.csv"
_GUTMANN = "Gutmann, Coord. Chem. Rev. 18 (1976) 225, doi:10.1016/S0010-8545(00)82045-7"
# Beyond this a further solvent molecule is free: no ion of this field binds so many.
SITES_LIMIT = 60.0
# Medians of the shipped compounds that have a value. Nothing here may tell whether *we* know a
# property: a model learns from it which papers were read more closely.
TYPICAL_ACCEPTOR_NUMBER = 11.0
TYPICAL_PERMITTIVITY = 9.0
# In mol/L, also where there is no neutral liquid, as in an ionic liquid.
CONCENTRATION_LIMIT = 20.0


def describe(compound: Compound) -> tuple[float, ...]:
    """Return sites, donor number, and sites times donor number."""
    if compound.is_salt:
        return (0.0, 0.0, 0.0)
    sites, number = coordinating_sites(compound), donor_number(compound)
    return (sites, number, sites * number)


def _donor(compound: Compound) -> tuple[float]:
    return (describe(compound)[1],)


def _bulk_properties(compound: Compound) -> tuple[float, ...]:
    """Return molar volume (cm3), the same times donor number, and the known bulk properties.

    Acceptor number and the flag that it is known; volume times permittivity and volume
    where that is known.
    """
    if compound.is_salt:
        return (0.0,) * 6
    volume = compound.molar_mass / density(compound).value
    acceptor = property_value(compound, "acceptor_number")
    permittivity = property_value(compound, "relative_permittivity")
    return (
        volume,
        volume * donor_number(compound),
        acceptor.value if acceptor else 0.0,
        float(acceptor is not None),
        volume * permittivity.value if permittivity else 0.0,
        volume * float(permittivity is not None),
    )


def cation_count(compound: Compound) -> tuple[float]:
    """Return the metal cations per formula unit (a covalently drawn salt's metal included)."""
    return (float(sum(metal_cations(compound).values())),)


class SolvationBlock(DescriptorBlock):
    """Donor strength and coordinating sites of the solvents, and the salt's share of them."""

    name: ClassVar[str] = "solvation"
    descriptors: ClassVar[tuple[Descriptor, ...]] = (
        Descriptor("donor_number_mean", "kcal/mol", "mole-fraction mean of solvents", _GUTMANN),
        Descriptor("donor_number_strongest", "kcal/mol", "largest among solvents", _GUTMANN),
        Descriptor("donor_number_weakest", "kcal/mol", "smallest among solvents", _GUTMANN),
        Descriptor("donor_number_per_site", "kcal/mol", "mean over coordinating sites", _GUTMANN),
        Descriptor("sites_per_cation", "1", "coordinating sites of solvents per metal cation"),
        Descriptor("solvents_per_cation", "1", "solvent molecules per metal cation"),
        Descriptor("diluent_fraction", "1", "share of solvent molecules without a site"),
        Descriptor("cation_concentration", "mol/L", "metal cations per litre of neutral liquid"),
        Descriptor("cation_fraction", "1", "metal cations per mole of mixture"),
        Descriptor("cation_per_site", "1", "metal cations per coordinating site, at most 4"),
        Descriptor("donor_number_volume_mean", "kcal/mol", "volume mean of solvents", _GUTMANN),
        Descriptor(
            "acceptor_number_mean", "1", "mean of the solvents that have one, else 11", _GUTMANN
        ),
        Descriptor("permittivity", "1", "volume mean of the solvents that have one, else 9", _CRC),
        Descriptor("free_solvent", "1", "solvent molecules beyond the first shell, share"),
        Descriptor("anion_share", "1", "anions' share of the first shell", _PAIRING),
        Descriptor("SSIP", "1", "cations without an anion beside them", _PAIRING),
        Descriptor("CIP", "1", "cations with one anion beside them", _PAIRING),
        Descriptor("AGG", "1", "cations with several anions beside them", _PAIRING),
    )

    @staticmethod
    def _bulk(mixtures: Mixtures) -> list[Floats]:
        volume, by_volume, acceptors, acceptor_known, permittivity, known = mixtures.total(
            _bulk_properties, mixtures.solvents
        ).T
        return [
            divide(by_volume, volume),
            divide(acceptors, acceptor_known, empty=TYPICAL_ACCEPTOR_NUMBER),
            divide(permittivity, known, empty=TYPICAL_PERMITTIVITY),
        ]

    @staticmethod
    def _shell(mixtures: Mixtures, cations: Floats, sites: Floats) -> list[Floats]:
        share, separated, contact, aggregated = shell(mixtures, cations).T
        taken = np.minimum(divide((1 - share) * coordination_numbers(mixtures) * cations, sites), 1)
        return [1 - taken, share, separated, contact, aggregated]

    def columns(self, mixtures: Mixtures) -> list[Floats]:
        """Return the 18 descriptors."""
        solvents = mixtures.solvents
        sites, number, strength = mixtures.total(describe, solvents).T
        amount = mixtures.amount(solvents)
        cations = mixtures.total(cation_count, mixtures.salts)[:, 0]
        binding = mixtures.amount(solvents & (mixtures.table(describe)[:, 0] > 0))
        litres = mixtures.solvent_litres
        return [
            divide(number, amount),
            mixtures.extreme(_donor, solvents, largest=True),
            mixtures.extreme(_donor, solvents, largest=False),
            divide(strength, sites),
            np.minimum(divide(sites, cations, SITES_LIMIT), SITES_LIMIT),
            np.minimum(divide(amount, cations, SITES_LIMIT), SITES_LIMIT),
            divide(amount - binding, amount),
            np.minimum(divide(cations, litres, CONCENTRATION_LIMIT), CONCENTRATION_LIMIT),
            cations,
            np.minimum(divide(cations, sites, 4.0), 4.0),
            *self._bulk(mixtures),
            *self._shell(mixtures, cations, sites),
        ]
