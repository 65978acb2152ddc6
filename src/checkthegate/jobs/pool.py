"""A pool of processes whose members may crash or hang: the task goes on without the culprit.

Each worker is told of one task at a time and says which observer it begins. When a worker
dies or an observer overruns its time, the worker is replaced, that observer's word becomes
"failed", and the task is given out again without it.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from checkthegate.jobs.wire import pack_result, pack_task, unpack_result, unpack_task
from checkthegate.jobs.work import HASHING, OPENING, Work
from checkthegate.model import Gap
from checkthegate.seams import Observed, Task, TaskResult

WORKER_BYTES = 12 * 1024**3
_PROGRESS = b"!"
_GRACE_SECONDS = 20.0
_MOST_RESULT_BYTES = 1024**3
_AGAIN = "Check it again; if it happens again, ask for the file in another form."


@dataclass(slots=True)
class _Member:
    """One worker process, what it works on and since when."""

    process: BaseProcess
    pipe: Connection
    task: Task | None = None
    observer: str = OPENING
    deadline: float = 0.0
    failed: tuple[Observed, ...] = field(default=())


class ProcessPool:
    """The default `Executor`: `workers` processes, `seconds` for each observer of each task.

    `build` is called once in each worker and must be picklable. Hashing has no deadline of
    its own but must make progress: the worker reports `open` again as it reads on.
    """

    def __init__(self, build: Callable[[], Work], workers: int, seconds: float) -> None:
        self._build = build
        self._seconds = seconds
        self._context = multiprocessing.get_context("spawn")
        self._members = [self._spawn() for _ in range(max(1, workers))]

    def run(self, tasks: Iterable[Task]) -> Iterator[TaskResult]:
        """One result for each task, in the order they finish."""
        waiting = iter(tasks)
        more = True
        while True:
            more = more and self._give_out(waiting)
            busy = [member for member in self._members if member.task is not None]
            if not busy:
                return
            for member in self._ready(busy):
                result = self._hear(member)
                if result is not None:
                    yield result
            for member in busy:
                if member.task is not None and time.monotonic() > member.deadline:
                    result = self._lose(member, f"took longer than {self._seconds:.0f} seconds")
                    if result is not None:
                        yield result

    def close(self) -> None:
        """Stop the workers, whatever they are doing."""
        for member in self._members:
            member.pipe.close()
            member.process.kill()
        for member in self._members:
            member.process.join(5)

    def _give_out(self, waiting: Iterator[Task]) -> bool:
        """Give each idle worker a task; False once there are no more."""
        for member in self._members:
            if member.task is None:
                task = next(waiting, None)
                if task is None:
                    return False
                self._start(member, task, ())
        return True

    def _start(self, member: _Member, task: Task, failed: tuple[Observed, ...]) -> None:
        member.task, member.failed = task, failed
        member.observer, member.deadline = OPENING, time.monotonic() + self._seconds
        try:
            member.pipe.send_bytes(pack_task(task))
        except OSError:
            # It died between two tasks, so this task is not to blame.
            self._replace(member)
            member.pipe.send_bytes(pack_task(task))

    def _ready(self, busy: list[_Member]) -> list[_Member]:
        nearest = min(member.deadline for member in busy)
        ready = wait([m.pipe for m in busy], max(0.0, min(nearest - time.monotonic(), 0.5)))
        return [member for member in busy if member.pipe in ready]

    def _hear(self, member: _Member) -> TaskResult | None:
        """Take in what a worker says; a result ends its task."""
        try:
            said = member.pipe.recv_bytes(_MOST_RESULT_BYTES)
        except (EOFError, OSError):
            return self._lose(member, "crashed")
        if said.startswith(_PROGRESS):
            member.observer = said[1:].decode("utf-8", "replace")
            member.deadline = time.monotonic() + self._seconds
            return None
        result = unpack_result(said)
        member.task = None
        return replace(result, observed=result.observed + member.failed)

    def _lose(self, member: _Member, how: str) -> TaskResult | None:
        """Replace a worker; go on without the observer at fault, or end the task with a gap."""
        task, observer, failed = member.task, member.observer, member.failed
        self._replace(member)
        member.task = None
        if task is None:
            return None
        if observer == OPENING:
            reason = f"Reading this file {how}, so nothing is known about it. {_AGAIN}"
            return TaskResult(task.number, observed=failed, problem=reason)
        gap = Observed(observer, (Gap(observer, _reason(observer, how)),), sound=False)
        rest = tuple(name for name in task.observers if name != observer)
        hashers = tuple(name for name in task.hashers if HASHING + name != observer)
        self._start(member, replace(task, observers=rest, hashers=hashers), (*failed, gap))
        return None

    def _replace(self, member: _Member) -> None:
        member.pipe.close()
        member.process.kill()
        member.process.join(5)
        fresh = self._spawn()
        member.process, member.pipe = fresh.process, fresh.pipe

    def _spawn(self) -> _Member:
        ours, theirs = self._context.Pipe()
        work = (theirs, self._build, self._seconds)
        process = self._context.Process(target=_serve, args=work, daemon=True)
        with _interrupts_held_back():
            process.start()
        theirs.close()
        return _Member(process, ours)


def _reason(observer: str, how: str) -> str:
    """What is not known because of what befell a worker."""
    if observer.startswith(HASHING):
        return f"Making a fingerprint of it {how}. {_AGAIN}"
    return (
        f"The observer “{observer}” {how} on this file, so what it would have seen is not known. "
        f"{_AGAIN}"
    )


@contextlib.contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """A Ctrl-C waits until the block ends, and a process begun inside never gets one.

    It would else end a worker half-way through its start, with a trace of Python's own.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(pipe: Connection, build: Callable[[], Work], seconds: float) -> None:
    """The worker's life: a task in, progress and a result out, until the pipe closes.

    A worker that hangs is ended from outside; should there be nobody left to do so, an alarm
    ends it a little later.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _bound_memory()
    work = build()

    def progress(observer: str) -> None:
        _set_alarm(seconds + _GRACE_SECONDS)
        pipe.send_bytes(_PROGRESS + observer.encode("utf-8", "replace"))

    while True:
        try:
            task = unpack_task(pipe.recv_bytes())
            result = work(task, progress)
            _set_alarm(0)
            pipe.send_bytes(pack_result(result))
        except (EOFError, OSError):
            return


def _set_alarm(seconds: float) -> None:
    """End this process after so many seconds, whatever it does; 0 calls it off."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _bound_memory() -> None:
    """A file that makes a decoder ask for everything ends its worker, not the machine."""
    try:
        import resource
    except ImportError:
        return
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (WORKER_BYTES, hard))
