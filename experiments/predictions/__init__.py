"""Predictions of formulations given as text, and all that is to be said about one."""
