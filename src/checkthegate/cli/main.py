"""The command `gate`: finds the command, turns every failure into words and an exit status."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper

from checkthegate.model import GateError, InternalError, UsageError

_COMMANDS = {
    "approval": "checkthegate.cli.approval",
    "ask": "checkthegate.cli.ask",
    "check": "checkthegate.cli.check",
    "consent": "checkthegate.cli.consent",
    "escalation": "checkthegate.cli.escalation",
    "gap": "checkthegate.cli.gap",
    "home": "checkthegate.cli.home",
    "init": "checkthegate.cli.init",
    "ledger": "checkthegate.cli.ledger",
    "match": "checkthegate.cli.match",
    "prominence": "checkthegate.cli.prominence",
    "record": "checkthegate.cli.record",
    "rules": "checkthegate.cli.rules",
    "talent": "checkthegate.cli.talent",
    "tool": "checkthegate.cli.tool",
    "trace": "checkthegate.cli.trace",
    "trust": "checkthegate.cli.trust",
    "use": "checkthegate.cli.use",
    "verify-bundle": "checkthegate.cli.verify_bundle",
    "work": "checkthegate.cli.work",
}
_INTERRUPTED = 130


def main() -> None:
    """The entry point: runs `sys.argv` and leaves with the right exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A name that this terminal cannot show must not end the program.
            stream.reconfigure(errors="backslashreplace")
    status = run(sys.argv[1:])
    sys.stdout.flush()
    sys.exit(status)


def run(words: Sequence[str]) -> int:
    """Run a command line; the exit status. Never raises but for a broken pipe."""
    try:
        return _run(words)
    except GateError as problem:
        return _say(problem, words)
    except KeyboardInterrupt:
        print("\nInterrupted. What was finished is kept; run it again to go on.", file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as problem:
        if os.environ.get("GATE_DEBUG"):
            traceback.print_exc()
        return _say(_bug(problem), words)


def _run(words: Sequence[str]) -> int:
    from cyclopts import App, CycloptsError

    from checkthegate import __version__

    app = App(
        name="gate",
        help="Check the Gate: know, declare and prove the use of generative AI.",
        version=__version__,
        help_on_error=False,
    )
    named = next((word for word in words if not word.startswith("-")), None)
    # Only the command that was called is imported, so that every command starts quickly.
    for name in [named] if named in _COMMANDS else _COMMANDS:
        import_module(_COMMANDS[str(name)]).add_to(app)
    try:
        status = app(
            list(words), exit_on_error=False, print_error=False, result_action="return_value"
        )
    except CycloptsError as problem:
        raise UsageError(
            _sentence(str(problem)), hint=f"See: gate {named or ''} --help".replace("  ", " ")
        ) from None
    return int(status or 0)


def _sentence(text: str) -> str:
    return " ".join(text.split())


def _bug(problem: Exception) -> InternalError:
    return InternalError(
        f"Something went wrong inside Check the Gate ({type(problem).__name__}: {problem}).",
        hint="This is our bug. Run it again with GATE_DEBUG=1 and report what it prints.",
    )


def _say(problem: GateError, words: Sequence[str]) -> int:
    if "--json" in words:
        print(json.dumps(problem.as_json(), ensure_ascii=False))
    from checkthegate.report.text import visible

    print(f"gate: {visible(problem.message)}\n      {visible(problem.hint)}", file=sys.stderr)
    return problem.exit_status


if __name__ == "__main__":
    main()
