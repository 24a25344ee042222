"""What a user runs: training, screening, tracking, the command line."""
