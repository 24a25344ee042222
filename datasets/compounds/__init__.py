"""Compounds: the registry, their structures, properties and densities, and the working metals."""
