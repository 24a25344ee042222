"""Quantum descriptors of one molecule by tight binding; needs the extra `quantum`."""
