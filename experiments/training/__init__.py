"""Training: a model with its honest accuracy, and what each descriptor block is worth."""
