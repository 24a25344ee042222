"""What a user runs: training, screening, tracking, the command line.

The names are loaded on first use, so that one of them, or one command, loads no other's modules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .constraints.constraint import Constraint, Constraints
    from .evaluation.evaluate import Evaluation, evaluate
    from .evaluation.evaluate_sei import evaluate_sei
    from .evaluation.report import write_report
    from .libraries.formulations import library_formulations
    from .libraries.library import MoleculeLibrary, read_library
    from .libraries.neighbours import make_library
    from .libraries.screening import LibraryList, screen_library
    from .predictions.explanation import Explanation, explain
    from .predictions.predict import predict
    from .ranking.criteria import Expected, LowerBound, Precedent, Probability
    from .ranking.multi_objective import Pareto, Weighted
    from .ranking.ranking import Ranking
    from .screening.ranked_list import RankedList
    from .screening.screen import screen
    from .spaces.candidate_space import CandidateSpace
    from .suggestions.lab_sheet import lab_sheet
    from .suggestions.pending import measured_electrolytes
    from .suggestions.suggest import Suggestions, suggest
    from .tracking.api import (
        log_property,
        log_screening,
        log_sei,
        log_suggestions,
        log_training,
        training_run,
    )
    from .tracking.finding import find_model
    from .tracking.sending import RunReference, sync
    from .training.train import TrainingResult, gather, gather_others, save_training, train

__all__ = [
    "CandidateSpace",
    "Constraint",
    "Constraints",
    "Evaluation",
    "Expected",
    "Explanation",
    "LibraryList",
    "LowerBound",
    "MoleculeLibrary",
    "Pareto",
    "Precedent",
    "Probability",
    "RankedList",
    "Ranking",
    "RunReference",
    "Suggestions",
    "TrainingResult",
    "Weighted",
    "evaluate",
    "evaluate_sei",
    "explain",
    "find_model",
    "gather",
    "gather_others",
    "lab_sheet",
    "library_formulations",
    "log_property",
    "log_screening",
    "log_sei",
    "log_suggestions",
    "log_training",
    "make_library",
    "measured_electrolytes",
    "predict",
    "read_library",
    "save_training",
    "screen",
    "screen_library",
    "suggest",
    "sync",
    "train",
    "training_run",
    "write_report",
]

# In which module each stands; the same as above, for the interpreter.
_HOMES = {
    "constraints.constraint": ("Constraint", "Constraints"),
    "evaluation.evaluate": ("Evaluation", "evaluate"),
    "evaluation.evaluate_sei": ("evaluate_sei",),
    "evaluation.report": ("write_report",),
    "libraries.formulations": ("library_formulations",),
    "libraries.library": ("MoleculeLibrary", "read_library"),
    "libraries.neighbours": ("make_library",),
    "libraries.screening": ("LibraryList", "screen_library"),
    "predictions.explanation": ("Explanation", "explain"),
    "predictions.predict": ("predict",),
    "ranking.criteria": ("Expected", "LowerBound", "Precedent", "Probability"),
    "ranking.multi_objective": ("Pareto", "Weighted"),
    "ranking.ranking": ("Ranking",),
    "screening.ranked_list": ("RankedList",),
    "screening.screen": ("screen",),
    "spaces.candidate_space": ("CandidateSpace",),
    "suggestions.lab_sheet": ("lab_sheet",),
    "suggestions.pending": ("measured_electrolytes",),
    "suggestions.suggest": ("Suggestions", "suggest"),
    "tracking.api": (
        "log_property",
        "log_screening",
        "log_sei",
        "log_suggestions",
        "log_training",
        "training_run",
    ),
    "tracking.finding": ("find_model",),
    "tracking.sending": ("RunReference", "sync"),
    "training.train": ("TrainingResult", "gather", "gather_others", "save_training", "train"),
}

# Hidden from type checkers, which would take any name for one that is there.
if not TYPE_CHECKING:
    import lazy_loader

    __getattr__, __dir__, _ = lazy_loader.attach(__name__, submod_attrs=_HOMES)
