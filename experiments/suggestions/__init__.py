"""Suggestions: the next experiments, what still waits, and the sheet to mix them by."""
