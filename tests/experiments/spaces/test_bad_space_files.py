"""Space files that would harm or mislead: refused with a place, quickly and unexecuted."""

from __future__ import annotations

from pathlib import Path

import pytest
from anolyte.datasets.errors import InputError
from anolyte.experiments.spaces.space_file import read_space

GOOD = """metal: Li
parts:
  a:
    salts: {compounds: [LiFSI], amounts: [1]}
    solvents: {compounds: [DME]}
"""
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 10}]\n" for n in range(1, 12))

# Text of the file, and words of the refusal.
BAD: dict[str, tuple[str, tuple[str, ...]]] = {
    "alias bomb": (BOMB, ("line 2", "an alias", "write the values out")),
    "alias of itself": ("metal: Li\nparts: &a [*a]\n", ("line 2", "an alias", "write the values")),
    "anchors merged": (GOOD + "x: &x {a: 1}\n<<: *x\n", ("an alias", "write the values out")),
    "call": (
        GOOD + "about: !!python/object/apply:os.mkdir [executed]\n",
        ("line 6", "python/object/apply", "mend the YAML"),
    ),
    "name of a class": (GOOD + "about: !!python/name:os.system\n", ("line 6", "mend the YAML")),
    "own tag": (GOOD + "about: !secret x\n", ("line 6", "mend the YAML")),
    "key twice": (GOOD + "metal: Na\n", ("line 6", "key given twice", "keep one")),
    "list for a key": (GOOD + "? [a, b]\n: 1\n", ("line 6", "mend the YAML")),
    "two documents": (GOOD + "---\n" + GOOD, ("line 6", "mend the YAML")),
    "deep lists": ("[" * 900 + "]" * 900, ("no YAML", "write it in YAML")),
    "integer without end": (
        GOOD.replace("[1]", "[" + "9" * 5000 + "]"),
        ("line 4", "over 18 digits", "a number that is meant"),
    ),
    "integer beyond a float": (GOOD.replace("[1]", "[" + "9" * 400 + "]"), ("over 18 digits",)),
    "hexadecimal without end": (GOOD.replace("[1]", "[0x" + "f" * 5000 + "]"), ("over 18 digits",)),
    "infinity": (GOOD.replace("[1]", "[.inf]"), ("amounts[1]", "out of range", "above 0")),
    "not a number": (GOOD.replace("[1]", "[.nan]"), ("amounts[1]", "out of range", "above 0")),
    "truth for a number": (GOOD.replace("[1]", "[yes]"), ("amounts[1]", "no number")),
    "impossible date": (GOOD + "about: 2001-99-99\n", ("no YAML", "write it in YAML")),
    "control characters": (GOOD + "about: \x07\n", ("no YAML", "write it in YAML")),
    "mapping in half": ("metal: {Li", ("line 1", "mend the YAML")),
    "text alone": ("Li", ("no mapping", "write the keys")),
    "nothing": ("", ("no mapping", "write the keys")),
}


@pytest.mark.parametrize("defect", BAD)
def test_bad_space_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, defect: str) -> None:
    monkeypatch.chdir(tmp_path)
    text, words = BAD[defect]
    (tmp_path / "space.yaml").write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        read_space(tmp_path / "space.yaml")
    message = str(caught.value)
    assert [word for word in words if word not in message] == []
    assert all(fault.place and fault.reason and fault.remedy for fault in caught.value.faults)
    assert len(message) < 3000
    assert [path.name for path in tmp_path.iterdir()] == ["space.yaml"]


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"metal: \x80", b"\x00" * 9, b"PK\x03\x04"])
def test_file_that_is_no_text_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "space.yaml").write_bytes(data)
    with pytest.raises(InputError, match="space"):
        read_space(tmp_path / "space.yaml")


def test_huge_file_is_refused_unread(tmp_path: Path) -> None:
    (tmp_path / "space.yaml").write_text("#" * 1_000_001)
    with pytest.raises(InputError, match="too large; split the file"):
        read_space(tmp_path / "space.yaml")


def test_good_file_reads(tmp_path: Path) -> None:
    (tmp_path / "space.yaml").write_text(GOOD, "utf-8")
    assert [part.name for part in read_space(tmp_path / "space.yaml").parts] == ["a"]
