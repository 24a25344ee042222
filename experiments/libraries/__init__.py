"""Libraries: molecules that no registry holds, read, made and screened by the hundred thousand."""
