"""The solid electrolyte interphase (SEI): rules, what is learned from labels, validation."""
