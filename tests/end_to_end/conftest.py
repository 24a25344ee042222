"""The command line in this process, which saves the seconds that a new one takes to begin."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from anolyte.experiments.cli.app import main

Anolyte = Callable[..., "Ended"]


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture(scope="session")
def anolyte() -> Anolyte:
    """Run a command in a folder, as a new process would, and see that it ends with a code."""

    def run(*arguments: str, cwd: Path, code: int = 0, given: str = "") -> Ended:
        out, err = StringIO(), StringIO()
        with pytest.MonkeyPatch.context() as patch:
            for key in [key for key in os.environ if "MLFLOW" in key]:
                patch.delenv(key)
            patch.setattr(sys, "argv", ["anolyte", *arguments])
            patch.setattr(sys, "stdin", StringIO(given))
            # The command replaces it.
            patch.setattr(warnings, "showwarning", warnings.showwarning)
            with chdir(cwd), redirect_stdout(out), redirect_stderr(err):
                try:
                    main()
                    ended = 0
                except SystemExit as end:
                    ended = end.code if isinstance(end.code, int) else int(end.code is not None)
        done = Ended(ended, out.getvalue(), err.getvalue())
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run
