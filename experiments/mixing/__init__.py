"""Electrolytes mixed from stock solutions: what is at hand, the plan, and the robot's table."""
