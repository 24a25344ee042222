"""Where the `anolyte` program begins: nothing is imported before an interrupt is expected."""

from __future__ import annotations


def main() -> None:
    """Run the command line, see `app.main`."""
    try:
        from .app import main as run
    except KeyboardInterrupt:
        import sys

        print("interrupted", file=sys.stderr)
        raise SystemExit(130) from None
    run()
