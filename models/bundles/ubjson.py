"""Read Universal Binary JSON strictly: every length is checked before it is believed.

XGBoost's own reader ends the whole process on a damaged file, so that what it is to read is
read here first. See https://ubjson.org.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

MAX_DEPTH = 50
# Sizes are whole numbers of these kinds, big-endian.
_INTEGERS = {"i": ">b", "U": ">B", "I": ">h", "l": ">i", "L": ">q"}
_NUMBERS = {**_INTEGERS, "d": ">f", "D": ">d"}
_CONSTANTS = {"T": True, "F": False, "Z": None}


def read_ubjson(data: bytes) -> Any:
    """Return the value of a UBJSON text; arrays of one number type become NumPy arrays.

    Raises
    ------
    ValueError
        If it is cut, holds more than one value, or is no UBJSON.
    """
    reader = _Reader(data)
    value = reader.value(reader.mark(), 0)
    if reader.place != len(data):
        raise ValueError(f"{len(data) - reader.place} bytes behind the end")
    return value


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0

    def take(self, count: int) -> bytes:
        """Return the next bytes."""
        end = self.place + count
        if count < 0 or end > len(self.data):
            raise ValueError(f"cut or damaged at byte {self.place}")
        part = self.data[self.place : end]
        self.place = end
        return part

    def mark(self) -> str:
        """Return the next type marker."""
        return self.take(1).decode("latin-1")

    def number(self, mark: str) -> Any:
        """Return a number of a type."""
        form = _NUMBERS[mark]
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def size(self) -> int:
        """Return a length."""
        mark = self.mark()
        if mark not in _INTEGERS:
            raise ValueError(f"no length at byte {self.place - 1}")
        return int(self.number(mark))

    def text(self) -> str:
        """Return a text without its marker."""
        return self.take(self.size()).decode("utf-8")

    def value(self, mark: str, depth: int) -> Any:
        """Return the value that a marker announces."""
        if depth > MAX_DEPTH:
            raise ValueError("nested too deeply")
        if mark in _NUMBERS:
            return self.number(mark)
        if mark in _CONSTANTS:
            return _CONSTANTS[mark]
        if mark == "S":
            return self.text()
        if mark == "[":
            return self.array(depth)
        if mark == "{":
            return self.mapping(depth)
        raise ValueError(f"unknown type at byte {self.place - 1}")

    def array(self, depth: int) -> Any:
        """Return an array, plain or of a stated type or length."""
        if self.data[self.place : self.place + 1] == b"$":
            self.take(1)
            form = _NUMBERS.get(self.mark())
            if form is None or self.mark() != "#":
                raise ValueError(f"an array of no number type at byte {self.place}")
            return np.frombuffer(self.take(self.size() * struct.calcsize(form)), dtype=form)
        if self.data[self.place : self.place + 1] == b"#":
            self.take(1)
            # Each item takes a byte at least, so that no length outgrows the file.
            return [self.value(self.mark(), depth + 1) for _ in range(self.size())]
        items = []
        while (mark := self.mark()) != "]":
            items.append(self.value(mark, depth + 1))
        return items

    def mapping(self, depth: int) -> dict[str, Any]:
        """Return a mapping."""
        found: dict[str, Any] = {}
        while self.data[self.place : self.place + 1] != b"}":
            key = self.text()
            if key in found:
                raise ValueError(f"the key {key!r} stands twice")
            found[key] = self.value(self.mark(), depth + 1)
        self.take(1)
        return found
