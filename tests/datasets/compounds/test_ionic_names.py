"""Ionic liquids by the names of their ions, as collections of their properties spell them."""

from __future__ import annotations

import pytest
from anolyte.datasets import parse, shipped_compounds
from anolyte.datasets.compounds.structures import identity

REGISTRY = shipped_compounds()
CATIONS = {
    "1-ethyl-3-methylimidazolium": "CCn1cc[n+](C)c1",
    "1-methyl-3-octylimidazolium": "CCCCCCCCn1cc[n+](C)c1",
    "1,3-dimethylimidazolium": "Cn1cc[n+](C)c1",
    "1-butyl-2,3-dimethylimidazolium": "CCCCn1cc[n+](C)c1C",
    "1-allyl-3-methylimidazolium": "C=CCn1cc[n+](C)c1",
    "1-benzyl-3-methylimidazolium": "C[n+]1ccn(Cc2ccccc2)c1",
    "1-(2-hydroxyethyl)-3-methylimidazolium": "OCCn1cc[n+](C)c1",
    "1-(2-methoxyethyl)-1-methylpyrrolidinium": "COCC[N+]1(C)CCCC1",
    "1-methyl-1-propylpiperidinium": "CCC[N+]1(C)CCCCC1",
    "4-ethyl-4-methylmorpholinium": "CC[N+]1(C)CCOCC1",
    "1-butyl-3-methylpyridinium": "CCCC[n+]1cccc(C)c1",
    "1-butyl-4-methylpyridinium": "CCCC[n+]1ccc(C)cc1",
    "N-ethyl-N,N-dimethyl-N-(2-methoxyethyl)ammonium": "CC[N+](C)(C)CCOC",
    "ethylammonium": "CC[NH3+]",
    "triethylsulfonium": "CC[S+](CC)CC",
    "trihexyl(tetradecyl)phosphonium": "CCCCCCCCCCCCCC[P+](CCCCCC)(CCCCCC)CCCCCC",
    "choline": "C[N+](C)(C)CCO",
}
ANIONS = {
    "bis[(trifluoromethyl)sulfonyl]imide": "O=S(=O)([N-]S(=O)(=O)C(F)(F)F)C(F)(F)F",
    "tetrachloroaluminate": "Cl[Al-](Cl)(Cl)Cl",
    "diethyl phosphate": "CCOP(=O)([O-])OCC",
    "tosylate": "Cc1ccc(S(=O)(=O)[O-])cc1",
    "tris(pentafluoroethyl)trifluorophosphate": (
        "F[P-](F)(F)(C(F)(F)C(F)(F)F)(C(F)(F)C(F)(F)F)C(F)(F)C(F)(F)F"
    ),
}


@pytest.mark.parametrize("cation", CATIONS)
def test_any_cation_with_any_anion_gives_their_structures(cation: str) -> None:
    for anion, drawn in ANIONS.items():
        found = REGISTRY[f"{cation} {anion}"]
        assert identity(found.smiles) == identity(f"{CATIONS[cation]}.{drawn}"), anion
        written = str(parse(f"1 m LiTFSI in {cation} {anion}"))
        assert str(parse(written)) == written


@pytest.mark.parametrize("name", ["butylammonium", "1-butyl-2,3-dimethylimidazolium", "tosylate"])
def test_one_ion_alone_is_no_compound(name: str) -> None:
    assert name not in REGISTRY
