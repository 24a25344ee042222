"""Electrolytes in the formats of others, and one recipe in every way of counting."""
