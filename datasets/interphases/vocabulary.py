"""The closed vocabulary of the solid electrolyte interphase (SEI): its character and species.

The character is two answers: its composition, what it consists of, and its function, whether it
conducts the metal's ions or passivates.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ..files.shipped import shipped_table

SEI_COMPOSITIONS = ("inorganic-rich", "mixed", "organic-rich")
SEI_FUNCTIONS = ("conducts", "passivates")
# Tables of before have one word for both: a film that lets no ion through is called by that.
PASSIVATING = "passivating"
SEI_CHARACTERS = (*SEI_COMPOSITIONS, PASSIVATING)
SEPARATOR = ";"


@dataclass(frozen=True, slots=True)
class SeiSpecies:
    """One word of the vocabulary.

    Attributes
    ----------
    name
        Formula, or the field's name of a class of substances.
    family
        What it is chemically: fluoride, oxide, alkyl carbonate, polymer, ...
    nature
        ``inorganic``, ``organic``, or ``either`` where the source does not tell.
    elements
        What an electrolyte or the metal must hold for it to form, H and O apart.
    aliases
        Other words for it in the literature.
    """

    name: str
    family: str
    nature: str
    elements: frozenset[str]
    aliases: tuple[str, ...]


def split_character(word: str) -> tuple[str, str]:
    """Return the composition and the function that a word of `SEI_CHARACTERS` says."""
    return ("", "passivates") if word == PASSIVATING else (word, "")


@lru_cache(maxsize=1)
def sei_vocabulary() -> dict[str, SeiSpecies]:
    """Return the species by name."""
    rows = shipped_table("sei_species").itertuples()
    return {
        str(row.species): SeiSpecies(
            str(row.species),
            str(row.family),
            str(row.nature),
            frozenset(filter(None, str(row.elements).split(SEPARATOR))),
            tuple(filter(None, str(row.aliases).split(SEPARATOR))),
        )
        for row in rows
    }


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    words: dict[str, str] = {}
    for name, species in sei_vocabulary().items():
        for word in (name, *species.aliases):
            words[word.casefold()] = name
    return words


def normalise_species(text: str) -> tuple[list[str], list[str]]:
    """Return the vocabulary's words for a list of species, and what is not in it.

    Parameters
    ----------
    text
        Species as a source writes them, separated by ``;``.

    Returns
    -------
    known
        Names of the vocabulary in written order, each once.
    unknown
        Words that the vocabulary does not hold.
    """
    written = [word.strip() for word in text.split(SEPARATOR) if word.strip()]
    words = _words()
    known = [words[word.casefold()] for word in written if word.casefold() in words]
    unknown = [word for word in written if word.casefold() not in words]
    return list(dict.fromkeys(known)), unknown


def nearest_species(word: str, count: int = 3) -> list[str]:
    """Return the vocabulary's names most like a word."""
    from rapidfuzz import fuzz, process

    hits = process.extract(word.casefold(), _words().keys(), scorer=fuzz.WRatio, limit=3 * count)
    return list(dict.fromkeys(_words()[key] for key, _, _ in hits))[:count]
