"""The pool goes on when a worker crashes or hangs, and says who was at fault."""

import os
import signal
import time
from collections.abc import Callable

from checkthegate.jobs.inline import InlineExecutor
from checkthegate.jobs.pool import ProcessPool
from checkthegate.jobs.wire import pack_result, pack_task, unpack_result, unpack_task
from checkthegate.jobs.work import HASHING, Progress, Work
from checkthegate.model import Asset, Evidence, Gap, Grade, Kind, Source, Span
from checkthegate.seams import Observed, Task, TaskResult


def build() -> Work:
    """A worker whose observers do what they are called."""
    return work


def work(task: Task, progress: Progress) -> TaskResult:
    doings: dict[str, Callable[[], object]] = {
        "crash": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "hang": lambda: time.sleep(600),
        "crash-opening": lambda: os.kill(os.getpid(), signal.SIGKILL),
    }
    if task.location == ("crash-opening",):
        doings["crash-opening"]()
    seen = []
    for name in task.observers:
        progress(name)
        doings.get(name, lambda: None)()
        seen.append(Observed(name, (Evidence(name, Grade.DECLARED, "credential"),)))
    prints = {}
    for name in task.hashers:
        progress(HASHING + name)
        doings.get(name, lambda: None)()
        prints[name] = f"of {name}".encode()
    asset = Asset("p", Kind.TEXT, "text/plain", 1, "sha256:00")
    return TaskResult(task.number, asset, tuple(seen), fingerprints=prints)


def run(tasks: list[Task], workers: int = 2, seconds: float = 60) -> dict[int, TaskResult]:
    pool = ProcessPool(build, workers, seconds)
    try:
        return {result.number: result for result in pool.run(tasks)}
    finally:
        pool.close()


def test_every_task_gets_one_result() -> None:
    tasks = [Task(number, ("f",), ("a", "b")) for number in range(40)]
    results = run(tasks)
    assert sorted(results) == list(range(40))
    assert all([o.observer for o in r.observed] == ["a", "b"] for r in results.values())


def test_a_crash_costs_only_the_observer_at_fault() -> None:
    results = run([Task(0, ("f",), ("a", "crash", "b")), Task(1, ("f",), ("a",))])
    said = {observed.observer: observed for observed in results[0].observed}
    assert set(said) == {"a", "b", "crash"}
    assert not said["crash"].sound
    gap = said["crash"].observations[0]
    assert isinstance(gap, Gap)
    assert "crashed" in gap.reason
    assert [o.observer for o in results[1].observed] == ["a"]


def test_a_hang_is_ended_and_named() -> None:
    results = run([Task(0, ("f",), ("hang", "a"))], workers=1, seconds=4)
    said = {observed.observer: observed for observed in results[0].observed}
    assert "took longer than 4 seconds" in said["hang"].observations[0].reason  # type: ignore[union-attr]
    assert said["a"].sound


def test_a_crash_while_opening_is_a_problem_of_the_file() -> None:
    results = run([Task(0, ("crash-opening",), ("a",)), Task(1, ("f",), ("a",))])
    assert "crashed" in (results[0].problem or "")
    assert results[1].problem is None


def test_inline_gives_the_same_results() -> None:
    tasks = [Task(number, ("f",), ("a", "b")) for number in range(3)]
    assert {r.number: r for r in InlineExecutor(build).run(tasks)} == run(tasks)


def test_tasks_and_results_survive_the_wire() -> None:
    asset = Asset("a/b.png", Kind.IMAGE, "image/png", 5, "sha256:aa", final=False)
    task = Task(3, ("/x.zip", "7"), ("a",), asset, {".xmp": ("/y.xmp",)}, ("picture",))
    assert unpack_task(pack_task(task)) == task
    frames = Task(5, (), ("a",), asset, parts=((("/f.1001.exr",), asset), (("/z.zip", "2"), asset)))
    assert unpack_task(pack_task(frames)) == frames
    evidence = Evidence(
        "m",
        Grade.PROVEN,
        "ai-generated",
        {"tool": "T"},
        {"prompt": "p"},
        Span(0.0, 1.5),
        Source("rec_1", "in.mov", Span(2.0, 3.5), 0.25),
    )
    result = TaskResult(
        3, asset, (Observed("m", (evidence, Gap("m", "why")), False, "s"),), None, b"\xff\0", 2
    )
    assert unpack_result(pack_result(result)) == result
    prints = {"picture": b"\n\0!\n", "sound": b"", "words": bytes(range(256))}
    printed = TaskResult(4, asset, fingerprints=prints)
    assert unpack_result(pack_result(printed)) == printed


def test_a_hasher_that_crashes_costs_its_fingerprint_alone() -> None:
    task = Task(0, ("f",), ("a",), hashers=("crash", "b"))
    (result,) = run([task], workers=1).values()
    assert result.fingerprints == {"b": b"of b"}
    said = {observed.observer: observed for observed in result.observed}
    assert said["a"].sound
    gap = said["fingerprint:crash"].observations[0]
    assert isinstance(gap, Gap)
    assert gap.reason.startswith("Making a fingerprint of it crashed.")
