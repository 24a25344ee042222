"""Why a prediction is what it is, and what would change it."""
