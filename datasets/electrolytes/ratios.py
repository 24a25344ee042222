"""The ratio of a formulation's solvents: one, of a stated kind, with a part for each of them."""

from __future__ import annotations

from .electrolyte import RatioKind
from .parts import Notes, Parts, Ratio

RATIO_REMEDY = "write e.g. (1:1 v/v), or (? v/v) if not known"
KIND_REMEDY = "write v/v, w/w or mol/mol behind it"


class Ratios:
    """Checks the ratios among parts; faults go to `notes`."""

    def __init__(self, notes: Notes, parts: Parts) -> None:
        self.notes = notes
        self.parts = parts

    def of(self, count: int) -> tuple[Ratio | None, RatioKind | None]:
        """Return the one ratio of the solvents and its kind."""
        ratios = self.parts.ratios
        if not ratios and count > 1 and [kind for kind, _ in self.parts.kinds] == ["?/?"]:
            # `(?/?)`: neither the parts nor what they count are known.
            start = self.parts.kinds[0][1]
            return Ratio([None], start, start + len("?/?"), "?/?"), "?/?"
        if not ratios:
            return None, None
        chosen = ratios[-1]
        if len({tuple(ratio.parts) for ratio in ratios}) > 1:
            for ratio in ratios[1:]:
                self.notes.fault(ratio.start, ratio.end, "which ratio?", "give one ratio")
        kinds = {ratio.kind for ratio in ratios} | {kind for kind, _ in self.parts.kinds}
        kinds.discard(None)
        if len(kinds) > 1:
            shown = " and ".join(sorted(str(kind) for kind in kinds))
            self.notes.fault(
                chosen.start, chosen.end, f"two kinds of ratio, {shown}", "give one of them"
            )
        elif not kinds and count > 1:
            self.notes.fault(chosen.start, chosen.end, "ratio without its kind", KIND_REMEDY)
        return chosen, next(iter(kinds), None)

    def numbers(self, ratio: Ratio, count: int) -> list[float | None]:
        """Return the parts for a number of components; none where their numbers differ."""
        if not ratio.parts:
            return [1.0] * count
        if ratio.parts == [None]:
            return [None] * count
        if len(ratio.parts) != count:
            self.miscounted(ratio, count)
            return []
        if None in ratio.parts:
            self.notes.fault(
                ratio.start, ratio.end, "partly unknown", "give all parts, or one ? for the ratio"
            )
        return ratio.parts

    def miscounted(self, ratio: Ratio, count: int) -> None:
        """Note that a ratio has not one part for each component."""
        self.notes.fault(
            ratio.start,
            ratio.end,
            f"{len(ratio.parts)} parts for {count} component{'s' * (count != 1)}",
            "give one part for each component",
        )

    def check_single(self, ratio: Ratio | None) -> None:
        """Note a ratio of a single component."""
        if ratio is None:
            return
        if ratio.parts == [None]:
            self.notes.fault(ratio.start, ratio.end, "a ratio of one component", "leave it out")
        elif ratio.parts:
            self.miscounted(ratio, 1)
