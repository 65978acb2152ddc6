"""An asset whose bytes lie in a file, with its views read once and shared.

Handles are opened anew for each reader and compared with the file first seen, so a file
swapped under us is noticed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

from checkthegate.model import Asset, Unreadable
from checkthegate.seams import Film, Limits, Media, Picture, Sound, Text

_T = TypeVar("_T")
_SIDECAR_LIMIT = 32 * 1024 * 1024


class OpenedFile:
    """The `OpenAsset` of a file on disk."""

    def __init__(
        self,
        asset: Asset,
        file: Path,
        *,
        limits: Limits | None = None,
        sidecars: Mapping[str, Path] | None = None,
        working: Callable[[], None] | None = None,
    ) -> None:
        self._working = working or (lambda: None)
        self._asset = asset
        self._file = file
        self._limits = limits or Limits()
        self._sidecars = sidecars or {}
        self._handle = open(file, "rb")  # noqa: SIM115  closed by close()
        seen = os.fstat(self._handle.fileno())
        self._identity = (seen.st_dev, seen.st_ino)
        self._views: dict[object, object] = {}

    @property
    def asset(self) -> Asset:
        """What is open."""
        return self._asset

    @property
    def limits(self) -> Limits:
        """The bounds that hold while reading it."""
        return self._limits

    def open(self) -> BinaryIO:
        """A new read-only handle; raises `Unreadable` if the file was replaced."""
        try:
            stream = open(self._file, "rb")  # noqa: SIM115  the caller closes it
        except OSError as problem:
            raise Unreadable(f"the file could no longer be opened ({problem.strerror})") from None
        seen = os.fstat(stream.fileno())
        if (seen.st_dev, seen.st_ino) != self._identity:
            stream.close()
            raise Unreadable("the file was replaced by another while it was being read")
        return stream

    def read_at(self, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset`; none for an offset no file can have."""
        if not 0 <= offset < 1 << 62 or length <= 0:
            return b""
        try:
            return os.pread(self._handle.fileno(), length, offset)
        except OSError as problem:
            raise Unreadable(f"the file could not be read ({problem.strerror})") from None

    def sidecar(self, suffix: str) -> bytes | None:
        """Bytes of a sidecar lying beside the asset, or None."""
        file = self._sidecars.get(suffix)
        if file is None:
            return None
        try:
            if file.stat().st_size > _SIDECAR_LIMIT:
                raise Unreadable(f"its {suffix} sidecar is larger than 32 MB and was not read")
            return file.read_bytes()
        except OSError as problem:
            raise Unreadable(
                f"its {suffix} sidecar could not be read ({problem.strerror})"
            ) from None

    def picture(self) -> Picture:
        """The decoded still picture."""
        from checkthegate.delivery.picture import decode_picture

        return self._once("picture", lambda: decode_picture(self))

    def media(self) -> Media:
        """Container facts through the decoder."""
        from checkthegate.delivery.media import read_media

        return self._once("media", lambda: read_media(self))

    def frame(self, fraction: float) -> Picture:
        """The decoded video frame nearest `fraction` of the duration."""
        from checkthegate.delivery.media import decode_frame

        return self._once(("frame", fraction), lambda: decode_frame(self, fraction))

    def sound(self, fraction: float, stream: int) -> Sound:
        """About a second of sound of one stream at `fraction` of it."""
        from checkthegate.delivery.media import decode_sound

        return self._once(("sound", fraction, stream), lambda: decode_sound(self, fraction, stream))

    def film(self) -> AbstractContextManager[Film]:
        """The moving pictures, to be read frame by frame."""
        from checkthegate.delivery.film import open_film

        return open_film(self)

    def sounds(self, stream: int, rate: int) -> Iterator[Sound]:
        """All the sound of one stream, block after block."""
        from checkthegate.delivery.sounds import read_sounds

        return read_sounds(self, stream, rate)

    def text(self) -> Text:
        """The words of text, documents and subtitles."""
        from checkthegate.delivery.words import read_text

        return self._once("text", lambda: read_text(self))

    def working(self) -> None:
        """Say that work goes on."""
        self._working()

    def seen(self, key: object) -> object | None:
        """A view if somebody already asked for it; never reads."""
        view = self._views.get(key)
        return None if isinstance(view, Unreadable) else view

    def close(self) -> None:
        """Release the file and every view."""
        self._views.clear()
        self._handle.close()

    def _once(self, key: object, make: Callable[[], _T]) -> _T:
        if key not in self._views:
            try:
                self._views[key] = make()
            except Unreadable as problem:
                self._views[key] = problem
        view = self._views[key]
        if isinstance(view, Unreadable):
            raise view
        return cast("_T", view)
