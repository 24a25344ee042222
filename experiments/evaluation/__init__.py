"""Evaluation: every split beside every baseline, as tables, sentences and a report."""
