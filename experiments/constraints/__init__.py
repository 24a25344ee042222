"""Constraints: what candidates are held to, on what basis, and which compounds are meant."""
