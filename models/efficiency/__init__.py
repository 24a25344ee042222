"""The Coulombic efficiency: members, recipes, intervals, domain, evidence, validation."""
