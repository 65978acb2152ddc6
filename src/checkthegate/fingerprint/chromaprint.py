"""Chromaprint's words for a sound, by fpcalc, or by the FFmpeg that comes with imageio-ffmpeg.

Either gets nothing but samples through a pipe: no file reaches it and no path. It may open nothing.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.spectra import RATE

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

WORD_SECONDS: Final = 1365 / RATE
"""How much later each word begins than the one before it."""
WORD_REACH: Final = 2.6
"""Seconds of sound that a word describes."""

_RAW = ("-f", "s16le", "-ar", str(RATE), "-ac", "1")
_QUIET = ("-hide_banner", "-loglevel", "error", "-nostdin", "-protocol_whitelist", "pipe")
_WAIT = 120.0
_LONGEST = 48 * 3600


@lru_cache
def tool() -> tuple[str, ...] | None:
    """The command that turns samples on its standard input into words, or None."""
    return _fpcalc() or _ffmpeg()


def _ffmpeg() -> tuple[str, ...] | None:
    try:
        import imageio_ffmpeg

        binary = imageio_ffmpeg.get_ffmpeg_exe()
    except (ImportError, RuntimeError):
        return None
    said = _said((binary, "-hide_banner", "-h", "muxer=chromaprint"))
    if b"fp_format" not in said:
        return None
    return (binary, *_QUIET, *_RAW, "-i", "pipe:0", "-f", "chromaprint", "-fp_format", "raw", "-")


def _fpcalc() -> tuple[str, ...] | None:
    binary = shutil.which("fpcalc")
    if binary is None or b"-format" not in _said((binary, "-help")):
        return None
    form = ("-format", "s16le", "-rate", str(RATE), "-channels", "1")
    return (binary, *form, "-raw", "-json", "-length", str(_LONGEST), "-")


def _said(command: tuple[str, ...]) -> bytes:
    try:
        run = subprocess.run(  # noqa: S603  a binary we depend on, with fixed words
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_WAIT, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return b""
    return run.stdout


class WordMaker:
    """Makes the words of one channel, fed block after block; none where no tool is installed."""

    def __init__(self) -> None:
        self._command = tool()
        self._running: subprocess.Popen[bytes] | None = None
        if self._command is not None:
            with contextlib.suppress(OSError):
                self._running = subprocess.Popen(  # noqa: S603  as above
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env={},
                )

    def feed(self, samples: Array) -> None:
        """The next samples: `float32` at `RATE`."""
        import numpy

        if self._running is None or self._running.stdin is None:
            return
        loud = samples * numpy.float32(32767)
        whole = numpy.clip(loud, -32768, 32767, out=loud).astype("<i2")
        try:
            self._running.stdin.write(whole.data)
        except OSError:
            self.close()

    def finish(self) -> Array:
        """All words, uint32; none where it failed. Nothing can be fed after that."""
        import numpy

        none = numpy.zeros(0, "<u4")
        if self._running is None:
            return none
        try:
            # Its exit code says nothing: fpcalc fails at the end of what it has read well.
            printed, _ = self._running.communicate(timeout=_WAIT)
        except (OSError, ValueError, subprocess.SubprocessError):
            return none
        finally:
            self.close()
        return _words(printed, as_json="-json" in (self._command or ()))

    def close(self) -> None:
        """Stop it, whatever it does."""
        if self._running is not None:
            self._running.kill()
            for pipe in (self._running.stdin, self._running.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            self._running.wait()
            self._running = None


def _words(printed: bytes, *, as_json: bool) -> Array:
    import numpy

    if not as_json:
        return numpy.frombuffer(printed[: len(printed) // 4 * 4], "<u4")
    try:
        words = json.loads(printed)["fingerprint"]
        return numpy.array(words, numpy.int64).astype("<u4")
    except (ValueError, KeyError, TypeError, OverflowError):
        return numpy.zeros(0, "<u4")
