"""Files of a delivery at hand as files on disk, wherever they lie: loose, or inside an archive."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from checkthegate.delivery.archive import Extractor
from checkthegate.model import Unreadable


class LocatedFiles:
    """Opens locations as `Found.location` has them; what is unpacked goes into `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._archives = Extractor()

    @contextmanager
    def at(self, location: tuple[str, ...]) -> Iterator[Path]:
        """A file with these bytes, for as long as needed. Raises `Unreadable`."""
        if len(location) == 1:
            yield Path(location[0])
            return
        with tempfile.TemporaryDirectory(prefix="member-", dir=self._folder) as place:
            target = Path(place) / "member"
            self._archives.extract(location, target)
            yield target

    def read(self, location: tuple[str, ...], most: int) -> bytes:
        """The bytes, if there are no more than `most`. Raises `Unreadable`."""
        with self.at(location) as file:
            try:
                with file.open("rb") as stream:
                    content = stream.read(most + 1)
            except OSError as problem:
                raise Unreadable(f"it could not be read ({problem.strerror})") from None
        if len(content) > most:
            raise Unreadable("it is larger than any list of its kind and was not read")
        return content

    def close(self) -> None:
        """Close every archive."""
        self._archives.close()
