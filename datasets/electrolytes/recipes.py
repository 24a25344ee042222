"""Electrolytes known by a name of their own: LP30, Gen2, reline; a table with sources.

A user's own recipes (house codes) come with the registry, see `CompoundRegistry.with_recipes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from ..compounds.names import NameIndex, fold
from ..compounds.registry import Compound, CompoundRegistry, shipped_compounds
from ..files.shipped import shipped_table
from .electrolyte import Mixture


@dataclass(frozen=True, slots=True)
class Recipe:
    """A named electrolyte or solvent mixture, as its table writes it."""

    name: str
    formulation: str
    source: str = ""
    registry: CompoundRegistry | None = None
    # Of a complex, the moles of its salts in one of it: `2 PhMgCl + 1 AlCl3`.
    complex: str = ""

    @property
    def salts(self) -> dict[str, float]:
        """The salts of a complex by name, each with its moles."""
        pairs = [term.split() for term in filter(None, self.complex.split("+"))]
        return {name: float(count) for count, name in pairs}


@dataclass(frozen=True, slots=True)
class NamedMixture:
    """A recipe that was read; of a complex, its salts with their moles in one of it."""

    name: str
    mixture: Mixture
    salts: tuple[tuple[Compound, float], ...] = ()


@lru_cache(maxsize=1)
def shipped_recipes() -> Mapping[str, Recipe]:
    """Return the recipes of the shipped table by each of their names."""
    found = {}
    for row in shipped_table("recipes").to_dict("records"):
        texts = [str(row[column] or "") for column in ("name", "formulation", "source", "complex")]
        recipe = Recipe(texts[0], texts[1], texts[2], complex=texts[3])
        aliases = [alias.strip() for alias in str(row["aliases"] or "").split(";")]
        for name in filter(None, (recipe.name, *aliases)):
            found[name] = recipe
    return found


@lru_cache(maxsize=64)
def _index(registry: CompoundRegistry) -> tuple[NameIndex, Mapping[str, Recipe]]:
    own = {
        # Without the other recipes of one's own: a code cannot lead to itself.
        name: Recipe(name, text, "your table", registry.without_recipes())
        for name, text in registry.recipes.items()
    }
    recipes = {**shipped_recipes(), **own}
    index = NameIndex({fold(name): name for name in recipes}, recipes)
    return index, {fold(name): recipe for name, recipe in recipes.items()}


def recipe_at(
    text: str, start: int, registry: CompoundRegistry | None = None
) -> tuple[int, Recipe] | None:
    """Return the end and the recipe of the longest recipe name that begins at an index."""
    index, recipes = _index(registry or shipped_compounds())
    end = index.longest(text, start)
    return None if end == start else (end, recipes[fold(text[start:end])])
