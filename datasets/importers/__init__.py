"""Importers: published tables, one module a layout, to the columns of this project."""
