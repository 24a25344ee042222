"""Figures, made without a display."""
