"""What an electrolyte looks like to a model: descriptors of mixtures."""

from __future__ import annotations

from .featurizer import BLOCKS, DEFAULT_BLOCKS, ElectrolyteFeaturizer
from .mixtures import Mixtures

__all__ = ["BLOCKS", "DEFAULT_BLOCKS", "ElectrolyteFeaturizer", "Mixtures"]
