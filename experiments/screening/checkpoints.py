"""Checkpoints: finished partitions of a screening as files, so that it can be resumed."""

from __future__ import annotations

import hashlib
from functools import cached_property
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from anolyte.datasets.files.atomic import staged
from anolyte.models.efficiency.intervals import COVERAGES

from .engine import CHUNK, SCORE_DIGITS, Part, Range, Screening

PACKAGES = ("anolyte.datasets", "anolyte.features", "anolyte.models", "anolyte.experiments")
DEPENDENCIES = ("numpy", "scipy", "scikit-learn", "pandas", "rdkit")
_SCREENED, _PREDICTED = b"anolyte.screened", b"anolyte.predicted"
# So many candidates tell one model from another.
_PROBES = 256


class Checkpoints:
    """The finished partitions of one screening in a folder.

    The names of the files begin with a key of model, space, ranking and code, so that the
    folder may serve several screenings and none takes the results of another.

    Parameters
    ----------
    folder
        Where; it is made if need be.
    screening
        What is screened.
    """

    def __init__(self, folder: str | Path, screening: Screening) -> None:
        self.folder, self.screening = Path(folder), screening
        self.folder.mkdir(parents=True, exist_ok=True)

    @cached_property
    def key(self) -> str:
        """Digest of all that the result of a partition depends on."""
        screening = self.screening
        space = screening.space
        digest = hashlib.sha256()
        asked = (screening.ranking, screening.celsius, CHUNK)
        described = (space.metal, space.parts, space.constraints, *asked)
        digest.update(repr(described).encode())
        digest.update(repr(sorted(space.prices.items())).encode())
        if screening.student is not None:
            digest.update(screening.student.digest)
        digest.update(_model_digest(screening))
        digest.update(_code_digest())
        return digest.hexdigest()[:16]

    def path(self, partition: Range) -> Path:
        """Return the file of a partition."""
        return self.folder / f"{self.key}-{partition[0]}-{partition[1]}.parquet"

    def load(self, partition: Range) -> Part | None:
        """Return a finished partition, or None if it has yet to be screened."""
        try:
            table = pq.read_table(self.path(partition))
            screened, predicted = (int(table.schema.metadata[k]) for k in (_SCREENED, _PREDICTED))
            return Part(table.to_pandas(), screened, predicted)
        except (OSError, ValueError, KeyError, TypeError):  # missing, or no such file
            return None

    def save(self, partition: Range, part: Part) -> None:
        """Write a finished partition; its file appears complete or not at all."""
        table = pa.Table.from_pandas(part.best, preserve_index=False)
        counts = {_SCREENED: part.screened, _PREDICTED: part.predicted}
        told = {key: str(count).encode() for key, count in counts.items()}
        metadata = (table.schema.metadata or {}) | told
        with staged(self.path(partition)) as staging:
            pq.write_table(table.replace_schema_metadata(metadata), staging)


def _model_digest(screening: Screening) -> bytes:
    """Return a digest of what the model says of a sample of the candidates."""
    space, model = screening.space, screening.model
    # With all descriptor tables at hand, as for every later chunk.
    model.descriptors(space.mixtures(0, 1))
    probes = model.descriptors(space.take(space.sample(_PROBES)))
    lce, spread = model.predict_descriptors(probes)
    widths = [model.half_width(coverage) for coverage in COVERAGES]
    digest = hashlib.sha256(np.round([lce, spread], SCORE_DIGITS).tobytes())
    digest.update(repr((model.recipe, widths, model.feature_names)).encode())
    return digest.digest()


def _code_digest() -> bytes:
    """Return a digest of the code and the tables of this version, and of what they rest on."""
    digest = hashlib.sha256(repr([version(name) for name in DEPENDENCIES]).encode())
    for package in PACKAGES:
        folder = Path(str(files(package)))
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".py", ".csv"}:
                digest.update(path.relative_to(folder).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.digest()
