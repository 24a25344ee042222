"""What a tracking store gives back: runs and versions of models, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# Aliases of registered models.
CHAMPION, CANDIDATE = "champion", "candidate"


@dataclass(frozen=True)
class StoredRun:
    """A run as the store has it; times in ms, `artifacts` is the place of its files."""

    run_id: str
    name: str
    experiment: str
    status: str
    started_ms: int
    ended_ms: int | None
    tags: Mapping[str, str]
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    artifacts: str


@dataclass(frozen=True)
class Version:
    """A version of a registered model."""

    name: str
    number: int
    run_id: str
    tags: Mapping[str, str]
    created_ms: int

    def __str__(self) -> str:
        return f"{self.name} version {self.number}"
