"""Times triage of declared uses against a policy engine with as many policies, in one process.

    python bench/ask.py [--uses 2000]

Four things: declarations a second on one core without and with `would_change`, cedarpy with as
many policies on the same declarations, 10,000 lines of `.jsonl` streamed (peak memory), and the
start of one whole `gate ask`. See bench/README.md.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from checkthegate.app.ask import SCOPE, ask, packs_for_uses
from checkthegate.declaration import FIELDS, build

PLAIN_TARGET, CHANGE_TARGET = 5_000, 200
START_TARGET, GROWTH_TARGET = 0.5, 16.0
_GATE = Path(sys.executable).with_name("gate")
_ROUNDS = 3


def main() -> int:
    parser = argparse.ArgumentParser(description="Triage of declared uses.")
    parser.add_argument("--uses", type=int, default=2_000, help="declarations (2000)")
    stated = [declaration(random.Random(n)) for n in range(parser.parse_args().uses)]
    uses = [use for each in stated if (use := build(each, [])) is not None]
    packs = packs_for_uses(("netflix",))
    rules = sum(len(pack.by_scope[SCOPE]) for pack in packs)
    print(f"{len(uses):,} declarations, {rules} rules, answers with reasons and rule ids")
    plain = _rate(lambda: list(ask(uses, packs, would_change=False)), len(uses))
    few = uses[: max(1, len(uses) // 10)]
    change = _rate(lambda: list(ask(few, packs)), len(few))
    print(f"  without would_change  {plain:10,.0f} a second  (target {PLAIN_TARGET:,})")
    print(f"  with would_change     {change:10,.0f} a second  (target {CHANGE_TARGET:,})")
    _peer(stated, rules, plain)
    growth = _stream(stated)
    start = _start(stated[0])
    met = plain >= PLAIN_TARGET and change >= CHANGE_TARGET
    return 0 if met and growth <= GROWTH_TARGET and start <= START_TARGET else 1


def declaration(chance: random.Random) -> dict[str, Any]:
    """A declaration with every field, its words picked at random; three in four say no."""

    def word(field: Any) -> str:
        words = list(field.words)
        if words == ["yes", "no", "unsure"]:
            return chance.choice(["no", "no", "no", "no", "no", "no", "yes", "unsure"])
        return chance.choice(words) if words else f"some {field.name}"

    def entry(field: Any) -> dict[str, str]:
        return {name: word(inner) for name, inner in field.fields.items() if name != "generative"}

    stated: dict[str, Any] = {}
    for name, field in FIELDS.items():
        if name == "training":
            stated[name] = None if chance.random() < 0.8 else entry(field)
        elif field.fields:
            least = 1 if name == "tools" else 0
            stated[name] = [entry(field) for _ in range(chance.randint(least, 2))]
        elif name == "outputs":
            stated[name] = chance.sample(list(field.words), 2)
        else:
            stated[name] = word(field)
    return stated


def _rate(work: Callable[[], object], number: int) -> float:
    """How many a second: the median of a few rounds, processor time of this process."""
    seconds = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        work()
        seconds.append(time.process_time() - began)
    return number / statistics.median(seconds)


def _peer(stated: Sequence[dict[str, Any]], rules: int, ours: float) -> None:
    """cedarpy with its policies read once; its context is made outside of what is timed."""
    try:
        import cedarpy
    except ImportError:
        print("  cedarpy               left out: it is not installed (requirements/dev.in)")
        return
    policies = cedarpy.PolicySet.from_str("\n".join(_policies(rules)))
    entities = cedarpy.Entities.from_json_str("[]")
    requests = [
        {"principal": 'U::"a"', "action": 'A::"use"', "resource": 'R::"x"', "context": _context(s)}
        for s in stated
    ]
    one = _rate(lambda: [cedarpy.is_authorized(r, policies, entities) for r in requests],
                len(requests))  # fmt: skip
    batch = _rate(lambda: cedarpy.is_authorized_batch(requests, policies, entities), len(requests))
    print(f"  cedarpy, {rules} policies  {one:10,.0f} a second, in a batch {batch:,.0f} "
          "(ids of the policies that fired; no reasons, unsure counts as no answer)")  # fmt: skip
    print(f"ratio ours / cedarpy    {ours / one:.2f}x one by one, {ours / batch:.2f}x in a batch")


def _context(stated: dict[str, Any]) -> dict[str, Any]:
    """The declaration as Cedar can ask about it: texts, and sets of `field.part:word`."""
    context: dict[str, Any] = {"said": []}
    for name, value in stated.items():
        if isinstance(value, str):
            context[name] = value
        entries = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
        for entry in entries:
            if isinstance(entry, dict):
                context["said"] += [f"{name}.{part}:{told}" for part, told in entry.items()]
    return context


def _policies(number: int) -> Iterator[str]:
    """As many policies as there are rules: each looks at an answer and at entries of a list."""
    answers = ("final", "imitates", "union_work", "mistakable_for_real", "union_agreement")
    entries = [
        f"{name}.{part}:{word}"
        for name in ("tools", "inputs", "references", "talent", "training")
        for part, field in FIELDS[name].fields.items()
        for word in field.words
        if word not in ("no", "none")
    ]
    random.Random(1).shuffle(entries)
    groups = itertools.cycle(zip(entries[::3], entries[1::3], entries[2::3], strict=False))
    for at, group in zip(range(number), groups, strict=False):
        said = ", ".join(json.dumps(each) for each in group)
        name = answers[at % len(answers)]
        yield (
            f'@id("rule-{at}") forbid(principal, action, resource) when '
            f'{{ context.{name} != "no" || context.said.containsAny([{said}]) }};'
        )


def _stream(stated: Sequence[dict[str, Any]]) -> float:
    """Peak memory of streaming 10,000 lines over that of streaming 100, in MB."""
    peaks = []
    for number in (100, 10_000):
        lines = itertools.islice(itertools.cycle(stated), number)
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
            file.writelines(json.dumps(each) + "\n" for each in lines)
            file.flush()
            began = time.monotonic()
            peaks.append(_peak(["ask", "--from", file.name, "--no-would-change"], number))
            seconds = time.monotonic() - began
    growth = peaks[1] - peaks[0]
    print(f"  10,000 lines streamed {seconds:10.2f} s, peak {peaks[1]:.0f} MB, {growth:+.1f} MB "
          f"over 100 lines (target at most {GROWTH_TARGET:.0f})")  # fmt: skip
    return growth


def _peak(words: list[str], number: int) -> float:
    """Peak resident megabytes of one `gate` run, which must answer every line."""
    code = (
        "import resource, sys; from checkthegate.cli.main import run; status = run(sys.argv[1:]);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr);"
        "sys.exit(status)"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True)
    answered = done.stdout.count("\n")
    if answered != number or done.returncode not in (0, 1):
        raise SystemExit(f"{answered} answers to {number} lines: {done.stderr[-500:]}")
    kilobytes = int(done.stderr.split()[-1])
    return kilobytes / (1024 if sys.platform != "darwin" else 1024**2)


def _start(stated: dict[str, Any]) -> float:
    """Seconds of one whole `gate ask`, start of Python included: the best of several."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "one.json"
        file.write_text(json.dumps(stated))
        seconds = []
        for _ in range(7):
            began = time.perf_counter()
            subprocess.run([_GATE, "ask", "--from", file], capture_output=True, cwd=place)
            seconds.append(time.perf_counter() - began)
    print(f"  one gate ask, cold    {min(seconds):10.2f} s, median {statistics.median(seconds):.2f}"
          f"  (target {START_TARGET})")  # fmt: skip
    return min(seconds)


if __name__ == "__main__":
    sys.exit(main())
