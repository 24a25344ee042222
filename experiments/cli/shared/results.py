"""How a command tells what came back of suggestions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .console import tell


def tell_results(metals: Sequence[str], store: Path, uri: str | None) -> None:
    """Log what was measured of suggestions, and tell how the campaigns fare.

    Where nothing was tracked there is nothing to tell; a store that cannot be used is no error.
    """
    from ...tracking import TrackingError, is_tracked, log_results

    if not is_tracked(uri):
        return
    for metal in metals:
        try:
            found = log_results(metal, store, uri)
        except TrackingError as error:
            tell(f"{error}; the results can be logged later: anolyte runs results --metal {metal}")
            continue
        if found.logged:
            last = found.progress.iloc[-1]
            names = ", ".join(run.name for run in found.logged)
            measured, hits = found.progress[["measured", "hits"]].sum()
            print(
                f"MLflow: results of {metal} in {names}: {measured} measured, {hits} hits, "
                f"{last['within_interval']:.0%} within the 90 % interval (anolyte runs show)"
            )
