"""Screening: a candidate space ranked part by part into a list."""
