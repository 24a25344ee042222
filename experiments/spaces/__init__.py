"""Candidate spaces: grids of formulations, ready-made or from a YAML file."""
