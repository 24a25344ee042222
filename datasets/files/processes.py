"""Processes that this program starts: out of reach of Ctrl-C, and gone when it goes on or ends.

Ctrl-C reaches every process of a terminal's foreground group. What is started here has a
group of its own: this program alone is interrupted, by an ordinary `KeyboardInterrupt`, and
ends each group as a whole on its way out.
"""

from __future__ import annotations

import atexit
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import IO, Any, cast

from ..errors import AnolyteError

Process = subprocess.Popen[bytes]
# Workers compute on one core each; read when a numerical library is loaded.
_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
# Loading what they compute with takes a second or two: workers wait so long for more to do.
_IDLE_SECONDS = 300.0
_GONE = "a computing process was killed (memory?)"
_TICK = 0.02
_running: set[Process] = set()
_idle: list[Process] = []


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let nothing interrupt the block; what would have is raised at its end.

    Only the main thread is ever interrupted.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {
        number: signal.signal(number, lambda each, _: came.append(each))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])


@contextmanager
def terminable() -> Iterator[None]:
    """Let a request to terminate, or a terminal that is closed, unwind the program."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    # A program under nohup is meant to go on.
    heeded = [each for each in numbers if signal.getsignal(each) is not signal.SIG_IGN]
    before = {each: signal.signal(each, stop) for each in heeded}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def running(command: Sequence[str], patience: float = 0.0, **how: Any) -> Iterator[Process]:
    """Run a program in a group of its own; the whole group is gone when the block ends.

    Parameters
    ----------
    command
        The program and its arguments.
    patience
        Seconds to tidy up for the processes of the group once they are asked to end, before
        they are killed; 0 kills them at once.
    how
        Further arguments of `subprocess.Popen`.
    """
    process = None
    try:
        with uninterrupted():
            process = _started(command, **how)
        yield process
    finally:
        if process is not None:
            _end(process, patience)


def _started(command: Sequence[str], **how: Any) -> Process:
    process = subprocess.Popen(command, **_own_group(), **how)
    _running.add(process)
    return process


def _own_group() -> dict[str, Any]:
    if os.name == "posix":
        return {"start_new_session": True}
    return {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}


def _end(process: Process, patience: float = 0.0) -> None:
    with uninterrupted():
        end = time.monotonic() + patience
        if patience and _sent(process, signal.SIGTERM):
            while _sent(process, 0) and time.monotonic() < end:
                time.sleep(_TICK)
        if _sent(process, 0):
            _sent(process, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        _running.discard(process)


def _sent(process: Process, number: int) -> bool:
    """Send a signal to all processes of a group, and return whether there are any."""
    process.poll()
    if os.name == "posix":
        try:
            os.killpg(process.pid, number)
        except (ProcessLookupError, PermissionError):
            return False
        return True
    if number and process.returncode is None:
        process.kill()
    return process.returncode is None


@atexit.register
def _end_all() -> None:
    """End the idle, and what an interrupt between two lines has left."""
    for process in list(_running):
        _end(process)


class OverdueError(AnolyteError):
    """A call that took longer than it may, or that ended the process it ran in."""


def in_processes(
    function: Callable[..., Any],
    calls: Iterable[tuple[Any, ...]],
    workers: int,
    seconds: float = 0.0,
) -> Iterator[tuple[int, Any]]:
    """Call a function many times, in several processes at once.

    Parameters
    ----------
    function
        One that can be imported from its module.
    calls
        The arguments of each call.
    workers
        The number of processes, each on one core; 1 means this process.
    seconds
        How long a call may take; 0 is as long as it likes. Where it is limited no call is made
        in this process, and one that takes longer or ends its process has `OverdueError` as its
        result.

    Yields
    ------
    tuple
        The number of a call and its result, in the order in which they get ready.

    Raises
    ------
    AnolyteError
        If one of the processes was killed.
    """
    todo: SimpleQueue[tuple[int, tuple[Any, ...]]] = SimpleQueue()
    for call in enumerate(calls):
        todo.put(call)
    count = todo.qsize()
    if min(workers, count) < 2 and not seconds:
        while not todo.empty():
            number, arguments = todo.get()
            yield number, function(*arguments)
        return
    done: SimpleQueue[tuple[int, Any, BaseException | None]] = SimpleQueue()
    with _workers(min(workers, count)) as processes:
        for place in range(len(processes)):
            given = (processes, place, function, todo, done, seconds)
            threading.Thread(target=_hand_out, args=given, daemon=True).start()
        for _ in range(count):
            number, result, error = done.get()
            if error is not None:
                raise error
            yield number, result


@contextmanager
def _workers(count: int) -> Iterator[list[Process]]:
    """Give processes that answer calls; unless all goes well they are killed at the end."""
    taken: list[Process] = []
    try:
        for _ in range(count):
            with uninterrupted():
                taken.append(_idle.pop() if _idle else _worker())
        yield taken
        with uninterrupted():
            while taken:
                _idle.append(taken.pop())
        retirement = threading.Timer(_IDLE_SECONDS, retire)
        retirement.daemon = True
        retirement.start()
    finally:
        for process in taken:
            _end(process)


def _worker() -> Process:
    command = [sys.executable, "-P", "-c", f"from {__name__} import _serve; _serve()"]
    how = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "env": os.environ | _ONE_THREAD}
    return _started(command, **how)


def retire() -> None:
    """End the processes that wait for more to do."""
    while _idle:
        _end(_idle.pop())


def _hand_out(
    workers: list[Process],
    place: int,
    function: Callable[..., Any],
    todo: SimpleQueue[tuple[int, tuple[Any, ...]]],
    done: SimpleQueue[tuple[int, Any, BaseException | None]],
    seconds: float,
) -> None:
    """Give calls to a process, one after the other, as long as there are any."""
    while True:
        try:
            number, arguments = todo.get_nowait()
        except Empty:
            return
        result, error = _answer(workers[place], (function, arguments), seconds)
        if seconds and isinstance(error, OverdueError):
            _end(workers[place])
            workers[place] = _worker()
            result, error = error, None
        done.put((number, result, error))


def _answer(worker: Process, call: tuple[Any, ...], seconds: float) -> tuple[Any, Any]:
    """Return the result of a call and its error; one of them is None."""
    calls, answers = cast(IO[bytes], worker.stdin), cast(IO[bytes], worker.stdout)
    limit = threading.Timer(seconds, _sent, (worker, signal.SIGKILL)) if seconds else None
    try:
        if limit is not None:
            limit.daemon = True
            limit.start()
        pickle.dump(call, calls)
        calls.flush()
        answer: tuple[Any, Any] = pickle.load(answers)
    except (EOFError, OSError, ValueError, pickle.UnpicklingError):
        return None, OverdueError(_GONE)
    except BaseException as raised:
        return None, raised
    finally:
        if limit is not None:
            limit.cancel()
    return answer


def _serve() -> None:
    """Answer the calls that come on standard input, until it ends."""
    calls, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # What a library prints is no answer.
    os.dup2(2, 1)
    while True:
        try:
            function, arguments = pickle.load(calls)
        except EOFError:
            return
        try:
            answer = pickle.dumps((function(*arguments), None))
        except Exception as error:
            error.add_note(traceback.format_exc())
            answer = pickle.dumps((None, error))
        answers.write(answer)
        answers.flush()
