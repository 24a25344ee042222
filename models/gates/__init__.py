"""Physical reasons why a mixture cannot work as an electrolyte, each with its sentence."""
