"""What a user reads when an input is at fault."""

from __future__ import annotations

import pickle

import pytest
from anolyte.datasets.errors import (
    AnolyteError,
    Fault,
    FormulationError,
    InputError,
    TableError,
    UnknownCompoundError,
)

FAULT = Fault("row 7, column ce_pct", "abc", "not a number", "write a number")


def test_fault_names_place_value_reason_and_remedy() -> None:
    assert str(FAULT) == "row 7, column ce_pct: 'abc': not a number; write a number"


def test_long_value_is_shortened_for_display_only() -> None:
    fault = Fault("row 2", "x" * 500, "too long", "shorten it")
    assert len(str(fault)) < 130
    assert len(fault.value) == 500


def test_one_fault_makes_one_line_and_several_make_a_list() -> None:
    assert str(TableError("table t.csv", [FAULT])) == f"table t.csv: {FAULT}"
    lines = str(TableError("table t.csv", [FAULT, FAULT])).splitlines()
    assert lines == ["table t.csv: 2 faults", f"  {FAULT}", f"  {FAULT}"]


@pytest.mark.parametrize("kind", [FormulationError, TableError, UnknownCompoundError])
def test_every_input_error_is_caught_as_one_family(kind: type[InputError]) -> None:
    with pytest.raises(AnolyteError) as caught:
        raise kind("heading", [FAULT])
    assert isinstance(caught.value, InputError)
    assert list(caught.value.faults) == [FAULT]


def test_error_survives_the_way_back_from_a_worker_process() -> None:
    error = pickle.loads(pickle.dumps(TableError("table t.csv", [FAULT])))
    assert str(error) == f"table t.csv: {FAULT}"
