"""Measurements: the tables, their schema and checks, the project's own rows, splits."""
