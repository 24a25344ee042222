"""DescriptorStore: what is known of molecules, kept in parquet files by structure and version.

Molecules lie in parts of a few thousand, in the order in which they came; beside the file of a
part's structures there is one for each function that described them. What is there is never
computed again, whatever library a molecule comes from; what an interruption left is complete.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from anolyte.datasets.files.atomic import staged
from anolyte.datasets.files.processes import OverdueError
from anolyte.features.arrays import Floats, Integers
from anolyte.features.mixtures import Describe
from anolyte.models.efficiency.crossfit import Progress
from filelock import FileLock

from .describing import code_version, described, in_parts, name_of

PART = 4096
# Parts whose arrays are kept in memory: some ten megabytes each.
KEPT = 8
_STRUCTURES = "structures.parquet"
Hashes = npt.NDArray[np.uint64]


def hashes(texts: Sequence[str]) -> Hashes:
    """Return a number (n,) for each text, the same on every machine."""
    each = b"".join(hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts)
    return np.frombuffer(each, dtype="<u8").astype(np.uint64)


class DescriptorStore:
    """Descriptors of molecules in a folder.

    Parameters
    ----------
    folder
        Where; it is made if need be. Each version of the code has a folder of its own in it.

    Examples
    --------
    >>> from anolyte.experiments.libraries.store import DescriptorStore
    >>> from anolyte.features.blocks.fluorination import element_counts
    >>> store = DescriptorStore("descriptors")
    >>> places = store.ensure(["COCCOC", "CCOCC"], [element_counts])
    >>> store.values(element_counts, places)[:, :3]  # F, H and C atoms
    array([[ 0., 10.,  4.],
           [ 0., 10.,  4.]])
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder) / code_version()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._arrays: OrderedDict[tuple[int, str], Floats] = OrderedDict()
        self._widths: dict[str, int] = {}
        self._sizes: list[int] = []
        self._known: Hashes = np.zeros(0, dtype=np.uint64)
        self._order: Integers = np.zeros(0, dtype=np.int64)
        self._read_structures()

    def _part(self, number: int) -> Path:
        return self.folder / f"part-{number:05}"

    def _read_structures(self) -> None:
        """Take up the parts that are there and not yet known."""
        found = [self._hashes_of(number) for number in range(len(self._sizes))]
        while (self._part(len(found)) / _STRUCTURES).is_file():
            found.append(self._hashes_of(len(found)))
        self._sizes = [len(each) for each in found]
        every = np.concatenate([*found, np.zeros(0, dtype=np.uint64)])
        self._order = np.argsort(every, kind="stable")
        self._known = every[self._order]

    def _hashes_of(self, part: int) -> Hashes:
        table = pq.read_table(self._part(part) / _STRUCTURES, columns=["hash"])
        return np.asarray(table["hash"].to_numpy(), dtype=np.uint64)

    def places(self, smiles: Sequence[str]) -> Integers:
        """Return the place (n,) of each molecule among all in the store, -1 where it is not."""
        wanted = hashes(smiles)
        if not len(self._known):
            return np.full(len(wanted), -1)
        at = np.minimum(np.searchsorted(self._known, wanted), len(self._known) - 1)
        return np.where(self._known[at] == wanted, self._order[at], -1)

    def ensure(
        self,
        smiles: Sequence[str],
        functions: Sequence[Describe],
        workers: int = 2,
        progress: Progress | None = None,
    ) -> Integers:
        """Describe molecules by functions where that is yet to be done; return their places (n,).

        Of a molecule that cannot be described in time all is nan.
        """
        with FileLock(self.folder / "lock"):
            self._read_structures()
            at = self.places(smiles)
            fresh = list(dict.fromkeys(s for s, place in zip(smiles, at, strict=True) if place < 0))
            for first in range(0, len(fresh), PART):
                self._add(fresh[first : first + PART])
            if fresh:
                self._read_structures()
                at = self.places(smiles)
            parts = np.unique(self._part_of(at))
            for done, part in enumerate(parts.tolist()):
                if progress is not None:
                    progress("describing molecules", done, len(parts))
                self._describe(part, functions, workers)
        return at

    def _add(self, smiles: list[str]) -> None:
        number = len(self._sizes)
        self._part(number).mkdir(exist_ok=True)
        table = pa.table({"smiles": smiles, "hash": hashes(smiles)})
        with staged(self._part(number) / _STRUCTURES) as staging:
            pq.write_table(table, staging, compression="zstd")
        self._sizes.append(len(smiles))

    def _describe(self, part: int, functions: Sequence[Describe], workers: int) -> None:
        missing = [each for each in functions if not self._file(part, each).is_file()]
        if not missing:
            return
        smiles = pq.read_table(self._part(part) / _STRUCTURES)["smiles"].to_pylist()
        found = list(in_parts(described, smiles, workers, missing))
        for place, function in enumerate(missing):
            width = next(r[place].shape[1] for _, r in found if not isinstance(r, OverdueError))
            values = np.vstack(
                [
                    np.full((len(s), width), np.nan) if isinstance(r, OverdueError) else r[place]
                    for s, r in found
                ]
            )
            column = pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), width)
            with staged(self._file(part, function)) as staging:
                pq.write_table(pa.table({"values": column}), staging, compression="zstd")

    def _file(self, part: int, function: Describe) -> Path:
        return self._part(part) / f"{name_of(function)}.parquet"

    @property
    def _starts(self) -> Integers:
        return np.concatenate([[0], np.cumsum(self._sizes)]).astype(np.int64)

    def _part_of(self, places: Integers) -> Integers:
        return np.searchsorted(self._starts, places, side="right") - 1

    def values(self, function: Describe, places: Integers) -> Floats:
        """Return what a function says (n, d) of molecules at places of the store."""
        part_of, starts = self._part_of(places), self._starts
        result: Floats | None = None
        for part in np.unique(part_of).tolist():
            rows = np.flatnonzero(part_of == part)
            array = self._array(part, function)
            if result is None:
                result = np.empty((len(places), array.shape[1]))
            result[rows] = array[places[rows] - starts[part]]
        return np.zeros((0, 0)) if result is None else result

    def _array(self, part: int, function: Describe) -> Floats:
        key = (part, name_of(function))
        if key not in self._arrays:
            column = pq.read_table(self._file(part, function))["values"].combine_chunks()
            flat = column.flatten().to_numpy(zero_copy_only=False)
            self._arrays[key] = flat.reshape(len(column), -1)
            while len({part for part, _ in self._arrays}) > KEPT:
                self._arrays.popitem(last=False)
        self._arrays.move_to_end(key)
        return self._arrays[key]
