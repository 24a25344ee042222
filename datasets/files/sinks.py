"""Write a table chunk by chunk: to standard output as it comes, or to a file as a whole.

The counterpart of `exports` for what does not fit into memory, with the same safety from
cells that start a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import pandas as pd

from .atomic import staged
from .exports import checked_table_path, guarded, quoting

Write = Callable[[pd.DataFrame], None]


def csv_writer(stream: TextIO) -> Write:
    """Return what writes chunks to a text stream as one CSV, flushed after each."""
    begun = False

    def write(frame: pd.DataFrame) -> None:
        nonlocal begun
        safe = guarded(frame)
        safe.to_csv(
            stream,
            index=False,
            header=not begun,
            lineterminator="\n",
            float_format="%.6g",
            quoting=quoting(safe),
        )
        stream.flush()
        begun = True

    return write


@contextmanager
def table_writer(path: str | Path) -> Iterator[Write]:
    """Give what writes chunks to a ``.csv`` or ``.parquet`` file.

    The file appears when the block ends without an error, complete or not at all.

    Raises
    ------
    ValueError
        If the name ends otherwise or its folder does not exist.
    """
    path = checked_table_path(path)
    chosen = _csv_file if path.suffix == ".csv" else _parquet_file
    with staged(path) as staging, chosen(staging) as write:
        yield write


@contextmanager
def _csv_file(path: Path) -> Iterator[Write]:
    with path.open("w", encoding="utf-8", newline="") as stream:
        yield csv_writer(stream)


@contextmanager
def _parquet_file(path: Path) -> Iterator[Write]:
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    writer: ParquetWriter | None = None

    def write(frame: pd.DataFrame) -> None:
        nonlocal writer
        schema = None if writer is None else writer.schema
        table = pa.Table.from_pandas(frame, schema=schema, preserve_index=False)
        if writer is None:
            writer = ParquetWriter(path, table.schema)
        writer.write_table(table)

    try:
        yield write
    finally:
        if writer is not None:
            writer.close()
