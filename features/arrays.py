"""The kinds of arrays that the package passes around, by name."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]
# Of a judgement: no, yes, or unknown.
Verdicts = npt.NDArray[np.int8]
Objects = npt.NDArray[np.object_]
# What NumPy's sorting and searching return.
Positions = npt.NDArray[np.intp]
Words = npt.NDArray[np.str_]
