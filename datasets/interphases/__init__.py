"""Interphases: the words for the SEI, and what each ingredient is known to turn into."""
