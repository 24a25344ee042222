"""The command line: one short file a command, heavy imports inside the commands."""

# The exit code of a program that was interrupted.
INTERRUPTED = 130
