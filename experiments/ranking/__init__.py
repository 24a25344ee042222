"""Ranking: criteria, several objectives at once, and lists that are no row of near copies."""
