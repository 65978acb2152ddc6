"""Where declared uses come from: a file, or standard input."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from checkthegate.declaration import (
    MAX_BYTES,
    Form,
    form_of_name,
    form_of_start,
    read_declarations,
)
from checkthegate.model import UsageError
from checkthegate.model.use import DeclaredUse

_START: Final = 65_536
STANDARD_INPUT: Final = "standard input"


@dataclass(slots=True)
class Source:
    """Opened declarations. `form` is None when the content begins like none of the forms."""

    name: str
    form: Form | None
    stream: BinaryIO

    def uses(self) -> list[DeclaredUse]:
        """Every declaration. Raises `DeclarationError`, or `UsageError` when it is too large."""
        content = self.stream.read(MAX_BYTES + 1)
        return read_declarations(content, self.name, self.form)


def open_source(file: Path) -> Source:
    """A file of declarations. Raises `UsageError` when it cannot be opened."""
    name = str(file)
    try:
        stream = file.open("rb")
        start = stream.peek(_START)
    except OSError as problem:
        raise UsageError(
            f"“{name}” cannot be read: {problem.strerror}.",
            hint="Name a file of declared uses. A form to start from: gate ask --template yaml",
            path=name,
        ) from None
    return Source(name, form_of_name(file.name) or form_of_start(start), stream)


def source_from(stream: BinaryIO) -> Source:
    """Declarations that are piped in. Their form is told from how they begin.

    Waits for the first two lines that say something, no more, so that lines can be answered
    as they come.
    """
    start = b""
    told = 0
    while told < 2 and len(start) < _START and (line := stream.readline(_START)):
        start += line
        told += bool(line.strip())
    joined = cast(BinaryIO, io.BufferedReader(_Joined(start, stream)))
    return Source(STANDARD_INPUT, form_of_start(start), joined)


class _Joined(io.RawIOBase):
    """What was already read, then the rest of the stream."""

    def __init__(self, start: bytes, rest: BinaryIO) -> None:
        super().__init__()
        self._start = start
        self._rest = rest

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer as far as one read goes."""
        if self._start:
            chunk, self._start = self._start[: len(buffer)], self._start[len(buffer) :]
        else:
            read = getattr(self._rest, "read1", self._rest.read)
            chunk = read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)
