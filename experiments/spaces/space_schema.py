"""What a space file may hold: its sections as pydantic models, which are also its JSON schema.

Says of each field what fits; what the sections add up to is `space_file`'s business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from anolyte.datasets.compounds.metals import Metal
from anolyte.datasets.compounds.registry import KINDS, Compound, shipped_compounds
from anolyte.datasets.electrolytes.electrolyte import MAX_AMOUNT, RatioKind
from anolyte.datasets.errors import Fault, InputError
from anolyte.features.families import FAMILIES
from anolyte.features.molecules.groups import GROUPS
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError
from typing_extensions import TypeAliasType

from ..constraints.constraint import (
    EXCLUDE,
    FAMILY,
    NAMES,
    NO_CONSTRAINTS,
    POLICIES,
    SWITCHES,
    Constraints,
    read_constraints,
)
from ..constraints.rules import RULES
from ..constraints.selectors import Selector, named, read_selector
from .amounts import MEASURES

REFUSED = "refused"
MOLAR = "mol"
MAX_LIST = 2_000
MAX_SOLVENTS = 5
MAX_ADDITIVES = 3
# What an editor offers beside the names of compounds.
_CLASSES = ["pfas", *(f"kind:{kind}" for kind in KINDS), *(f"group:{group}" for group in GROUPS)]
_SELECTOR = {
    "anyOf": [{"enum": _CLASSES}, {"type": "string"}],
    "description": "A compound or a class: element:F, 'donor_number < 20', ...",
}


def _refusal(*faults: Fault) -> PydanticCustomError:
    """Return the error of a validator; a fault's place is seen from the field."""
    return PydanticCustomError(REFUSED, "refused", {"faults": faults})


def _selector(value: object) -> Selector:
    try:
        return read_selector(str(value))
    except InputError as error:
        raise _refusal(*(replace(fault, place="") for fault in error.faults)) from None


def _named_only(
    fits: Callable[[Compound], bool], reason: str, remedy: str
) -> Callable[[list[Selector]], list[Selector]]:
    """Return a check of the compounds that are named; a class selects what fits anyhow."""

    def check(selectors: list[Selector]) -> list[Selector]:
        wrong = [each.text for each in selectors if each.is_name and not fits(named(each.text))]
        if wrong:
            raise _refusal(Fault("", ", ".join(wrong), reason, remedy))
        return selectors

    return check


def _whole(counts: list[float]) -> list[float]:
    if any(count % 1 or count > MAX_ADDITIVES for count in counts):
        remedy = f"write whole numbers up to {MAX_ADDITIVES}"
        raise _refusal(Fault("", str(counts), "no such count", remedy))
    return counts


_is_salt = _named_only(lambda c: c.is_salt, "no salt", "list it among solvents or additives")
_is_liquid = _named_only(lambda c: c.kind != "salt", "a salt", "list it among salts or additives")

Text = Annotated[str, AfterValidator(lambda text: " ".join(text.split()))]
Positive = Annotated[float, Field(gt=0, le=MAX_AMOUNT)]
NotNegative = Annotated[float, Field(ge=0, le=MAX_AMOUNT)]
# An alias of its own, so that the JSON schema tells it once.
Selected = TypeAliasType(
    "Selected", Annotated[Selector, PlainValidator(_selector), WithJsonSchema(_SELECTOR)]
)
Many = Field(min_length=1, max_length=MAX_LIST)
Selectors = Annotated[list[Selected], Many]
Ratio = Annotated[list[Positive], Field(min_length=1, max_length=MAX_SOLVENTS)]
Pair = Annotated[list[Positive], Field(min_length=2, max_length=2)]


class Section(BaseModel):
    """A mapping of the file: no other keys or types; a key without a value is not given."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _given(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return {str(key): item for key, item in value.items() if item is not None}


class Compounds(Section):
    """What is chosen, and what is left out of it."""

    compounds: Selectors
    exclude: Selectors = Field([], description="Left out of what compounds selects")

    def chosen(self, kind: str, drop_unknown: bool) -> list[Compound]:
        """Return what ``compounds`` selects and ``exclude`` does not, each once.

        A class selects among the shipped compounds of a kind, and only what it is known to
        hold for; a name selects its compound whatever its kind.
        """
        found: dict[Compound, None] = {}
        pool = [compound for compound in shipped_compounds() if compound.kind == kind]
        for each in self.compounds:
            met = [named(each.text)] if each.is_name else filter(each.test, pool)
            found.update(dict.fromkeys(met))
        banning = {True, None} if drop_unknown else {True}
        return [
            compound
            for compound in found
            if not any(each.test(compound) in banning for each in self.exclude)
        ]


class Salts(Compounds):
    """Salts: one in each of the amounts, or two in each of the pairs."""

    compounds: Annotated[Selectors, AfterValidator(_is_salt)]
    pairs: Annotated[list[Pair], Many] = Field([], description="Amounts of two salts together")
    amounts: Annotated[list[Positive], Field(max_length=MAX_LIST)] = Field(
        [], validate_default=True, description="Amounts of one salt alone"
    )
    unit: Literal["M", "mM", "m", "mol"] = Field(
        "M", description="M: per litre, m: per kilogram of the solvents; mol: all parts by mole"
    )

    @field_validator("amounts")
    @classmethod
    def _some(cls, amounts: list[float], info: ValidationInfo) -> list[float]:
        if not amounts and info.data.get("pairs") == []:
            raise _refusal(Fault("", "nothing", "no amounts", "write a list, e.g. [0.5, 1, 2]"))
        return amounts


class Solvents(Compounds):
    """Solvents, mixed in each of the ratios."""

    compounds: Annotated[Selectors, AfterValidator(_is_liquid)]
    at_least_one_of: Selectors = Field([], description="Keep the mixtures that hold one of these")
    ratios: Annotated[list[Ratio], Many] = Field(
        [[1.0]], description="[3, 7] mixes each two solvents 3:7; [1] is a solvent alone"
    )
    kind: RatioKind | None = Field(None, description="v/v by default; mol/mol with unit: mol")


class Diluents(Compounds):
    """Diluents, one in a candidate."""

    compounds: Annotated[Selectors, AfterValidator(_is_liquid)]
    parts: Annotated[list[NotNegative], Many] = Field(
        description="For one part of all solvents, 0 is none; by mole with unit: mol"
    )


class Additives(Compounds):
    """Additives that come in the same amounts."""

    unit: Literal["wt%", "vol%", "mol%", "ppm", "M", "mM", "m"] = "wt%"
    amounts: Annotated[list[Positive], Many]


class Part(Section):
    """A part of the space: each salt in each mixture with each set of additives."""

    about: Text = ""
    salts: Salts
    solvents: Solvents
    diluents: Diluents | None = None
    additives_per_candidate: Annotated[list[NotNegative], AfterValidator(_whole)] = Field(
        [0.0, 1.0], min_length=1, description=f"How many together, 0 to {MAX_ADDITIVES}"
    )
    additives: list[Additives] = Field([], max_length=MAX_LIST)

    @field_validator("diluents")
    @classmethod
    def _no_solvents(cls, diluents: Diluents, info: ValidationInfo) -> Diluents:
        solvents: Solvents | None = info.data.get("solvents")
        if solvents is not None:
            drop = bool(info.context and info.context.get("drop"))
            liquids = solvents.chosen("solvent", drop)
            twice = [str(c) for c in diluents.chosen("diluent", drop) if c in liquids]
            if twice:
                told = ", ".join(twice)
                raise _refusal(Fault(".compounds", told, "a solvent too", "list it once"))
        return diluents

    @field_validator("additives")
    @classmethod
    def _leave_room(cls, groups: list[Additives], info: ValidationInfo) -> list[Additives]:
        together = max(1.0, *info.data.get("additives_per_candidate", [1.0]))
        faults = [
            Fault(f"[{number}].amounts", f"{most:g}", "leaves no room for the rest", "lower it")
            for number, group in enumerate(groups, start=1)
            for most in [max(group.amounts)]
            if group.unit in MEASURES and most * MEASURES[group.unit][1] * together >= 1
        ]
        if faults:
            raise _refusal(*faults)
        return groups


def _constraints(value: object) -> Constraints:
    try:
        return read_constraints(value)
    except InputError as error:
        # Their places begin with that of this field.
        faults = (replace(f, place=f.place.removeprefix("constraints")) for f in error.faults)
        raise _refusal(*faults) from None


def _limit(name: str) -> dict[str, Any]:
    """Return what an editor is told of a constraint: ``limit``, or with a policy of its own."""
    if name == EXCLUDE:
        said = "without these compounds"
        kind: dict[str, Any] = {"anyOf": [_SELECTOR, {"type": "array", "items": _SELECTOR}]}
    elif name == FAMILY:
        said = "of one of these families"
        known = {"enum": list(FAMILIES)}
        kind = {"anyOf": [known, {"type": "array", "items": known}]}
    else:
        said = RULES[name].says.replace("{limit:g}", "...")
        kind = {"type": "boolean" if name in SWITCHES else "number"}
    own = {"type": "object", "properties": {"limit": kind, "unknown": _POLICY},
           "additionalProperties": False}  # fmt: skip
    return {"anyOf": [kind, own], "description": said}


_POLICY = {"enum": list(POLICIES), "description": "What becomes of whom a limit cannot judge"}
_CONSTRAINTS = {
    "type": "object",
    "description": "Limits that every candidate has to keep",
    "properties": {"unknown": _POLICY, **{name: _limit(name) for name in NAMES}},
    "additionalProperties": False,
}


def _text_keys(value: Any) -> Any:
    return {str(key): part for key, part in value.items()} if isinstance(value, Mapping) else value


class Space(Section):
    """A candidate space of anolyte: its parts, one after the other."""

    model_config = ConfigDict(title="Candidate space of anolyte")

    metal: Metal
    about: Text = ""
    constraints: Annotated[
        Constraints, PlainValidator(_constraints), WithJsonSchema(_CONSTRAINTS)
    ] = NO_CONSTRAINTS
    parts: Annotated[dict[str, Part], BeforeValidator(_text_keys)] = Field(min_length=1)

    @field_validator("constraints")
    @classmethod
    def _tell_parts(cls, constraints: Constraints, info: ValidationInfo) -> Constraints:
        if info.context is not None:
            info.context["drop"] = constraints.drop
        return constraints


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of a space file, which editors complete and check by."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Space.model_json_schema()}
