"""Where the `anolyte` program begins and ends: an interrupt ends it with one line.

Little is imported before an interrupt is expected.
"""

from __future__ import annotations

import sys

from . import INTERRUPTED


def main() -> None:
    """Run the command line, see `app.main`."""
    sys.unraisablehook = _raise_later
    try:
        from .app import main as run

        run()
    except (KeyboardInterrupt, SystemExit) as end:
        import signal

        # What is over cannot be interrupted.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if isinstance(end, SystemExit) and end.code != INTERRUPTED:
            raise
    _say_interrupted()
    raise SystemExit(INTERRUPTED)


def _raise_later(unraisable: sys.UnraisableHookArgs) -> None:
    """Raise an interrupt again that came where Python can only report an error, a finaliser."""
    import signal
    from threading import Timer, main_thread

    lost = issubclass(unraisable.exc_type, KeyboardInterrupt)
    if not lost or not hasattr(signal, "pthread_kill"):
        sys.__unraisablehook__(unraisable)
        return
    later = Timer(0.05, signal.pthread_kill, (main_thread().ident, signal.SIGINT))
    later.daemon = True
    later.start()


def _say_interrupted() -> None:
    import os

    for stream, said in ((sys.stdout, ""), (sys.stderr, "interrupted\n")):
        try:
            stream.write(said)
            stream.flush()
        except (OSError, ValueError):
            # Nobody is there to read any more, nor shall Python try again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    main()
