"""Electrolytes: the value, the grammar that reads it from text, and what amounts it holds."""
