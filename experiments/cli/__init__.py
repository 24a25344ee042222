"""The command line: one short file a command, heavy imports inside the commands."""
