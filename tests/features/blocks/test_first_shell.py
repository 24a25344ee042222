"""What the first shell is made of."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from anolyte.features import ElectrolyteFeaturizer


def shell(*texts: str, metal: str = "Li") -> pd.DataFrame:
    featurizer = ElectrolyteFeaturizer(["shell"], metal).set_output(transform="pandas")
    return featurizer.fit_transform(list(texts))


def test_a_diluent_stays_outside() -> None:
    """TTE hardly coordinates: the shell is that of the same salt and DME without it."""
    found = shell("LiFSI/DME (1:1.2 mol/mol)", "LiFSI/DME/TTE (1:1.2:3 mol/mol)")
    assert found["shell_F"].tolist() == [0.0, 0.0]
    assert np.allclose(found.iloc[0], found.iloc[1], atol=1e-6)


def test_concentration_draws_anions_in() -> None:
    found = shell("1 M LiFSI in DME", "4 M LiFSI in DME")
    assert found["shell_FSI"].is_monotonic_increasing
    assert found["shell_ether"].is_monotonic_decreasing


def test_the_stronger_donor_takes_the_shell() -> None:
    """DMSO (29.8 kcal/mol) keeps dimethyl carbonate (17.2) out of most places."""
    found = shell("1 M LiPF6 in DMSO/DMC (1:1 mol/mol)")
    assert found["shell_sulfoxide"].iloc[0] > 3 * found["shell_carbonate"].iloc[0] > 0


def test_shares_of_mixed_anions_follow_their_amounts() -> None:
    found = shell("1.5 M LiFSI + 0.5 M LiTFSI in DME")
    assert found["shell_FSI"].iloc[0] == pytest.approx(3 * found["shell_TFSI"].iloc[0])


def test_no_solvent_at_all() -> None:
    found = shell("AlCl3/[EMIm]Cl (1.5:1 mol/mol)", metal="Al")
    assert np.isfinite(found.to_numpy()).all()
