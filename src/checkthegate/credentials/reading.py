"""The C2PA library behind one door: read a stream, touch no network, trust whom we are told.

Network: `remote_manifest_fetch` and `ocsp_fetch` alone are not enough. Resolving a CAWG
identity asks a host that the file names; only an empty `allowed_network_hosts` closes that.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from checkthegate.model import Unreadable

QUIET: dict[str, Any] = {
    "core": {
        "allowed_network_hosts": [],
        "allow_redirects": False,
        "max_decompressed_manifest_size_in_mb": 64,
    },
    "verify": {"verify_trust": True, "remote_manifest_fetch": False, "ocsp_fetch": False},
}
"""Settings of the library that forbid every look-up; trust is checked."""

_USAGES = (
    "1.3.6.1.5.5.7.3.4",  # e-mail protection
    "1.3.6.1.5.5.7.3.36",  # document signing
    "1.3.6.1.5.5.7.3.8",  # time stamping
    "1.3.6.1.5.5.7.3.9",  # OCSP signing
    "1.3.6.1.4.1.311.76.59.1.9",  # Microsoft's own
    "1.3.6.1.4.1.62558.2.1",  # C2PA claim signing
)
_JSON_LIMIT = 32 * 1024 * 1024
_REMOTE = re.compile(r"\bhttps?://[^\s\"'<>]+", re.I)
_PATHLIKE = re.compile(r"(?:[A-Za-z]:\\|(?<![\w.])/)[^\s\"']*[/\\][^\s\"']*")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")

MISSING = (
    "content credentials (C2PA) could not be looked for: that part is not installed; "
    "pip install 'checkthegate[credentials]'"
)


class RemoteOnly(Unreadable):
    """The credential lies on a server the file names, and is never fetched."""


def c2pa_library() -> Any:
    """The library; raises `Unreadable` naming the extra to install when it is not there."""
    try:
        import c2pa
    except (ImportError, OSError):
        raise Unreadable(MISSING) from None
    return c2pa


class Validator:
    """Reads and validates credentials with one set of trusted roots.

    `anchors` and `allowed` are PEM text (`allowed` may also be base64 SHA-256 lines); both
    may be empty. The library's context is made on first use, anew in each process.
    """

    def __init__(self, anchors: str, allowed: str) -> None:
        self._trust = {"trust_config": "\n".join(_USAGES)}
        if anchors.strip():
            self._trust["trust_anchors"] = anchors
        if allowed.strip():
            self._trust["allowed_list"] = allowed
        self._context: tuple[int, Any] | None = None

    def read(
        self, media_type: str, stream: BinaryIO, store: bytes | None = None
    ) -> Mapping[str, Any] | None:
        """The validated manifest store of a file as the library's JSON, None without one.

        `store` is a sidecar's content, checked against the stream. Raises `RemoteOnly` or
        `Unreadable`, both with a reason fit for a gap.
        """
        library = c2pa_library()
        try:
            reader = library.Reader.try_create(media_type, stream, store, self._made(library))
            if reader is None:
                return None
            with reader:
                return _parsed(reader.json())
        except library.C2paError as problem:
            raise _translated(str(problem)) from None

    def _made(self, library: Any) -> Any:
        # A context does not survive a fork, so each process makes its own.
        if self._context is None or self._context[0] != os.getpid():
            made = library.Context.from_dict({**QUIET, "trust": self._trust})
            self._context = (os.getpid(), made)
        return self._context[1]


class Unrecognised(Unreadable):
    """The library does not know such a file, so no credential can be embedded in it."""


def _parsed(text: str) -> Mapping[str, Any]:
    if len(text) > _JSON_LIMIT:
        raise Unreadable("its content credential is larger than 32 MB and was not read")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable(
            "its content credential is nested too deeply or malformed and was not read"
        ) from None
    return document if isinstance(document, dict) else {}


def _translated(message: str) -> Unreadable:
    """The library's error as a gap's reason."""
    if message.startswith("Remote"):
        found = _REMOTE.search(message)
        where = shown_address(found.group()) if found else "an address that could not be read"
        return RemoteOnly(
            f"its content credential is kept on a server ({where}) and was not fetched: "
            "what it says about AI is unknown"
        )
    if message.startswith("NotSupported"):
        return Unrecognised("files of this kind carry no content credential")
    return Unreadable(
        "a content credential may be there and could not be read "
        f"({shown(message, 120)}): what it says about AI is unknown"
    )


def shown_address(address: str) -> str:
    """An address without user, password, query and fragment, at most 200 characters."""
    try:
        parts = urlsplit(address.strip())
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that is not valid"
    return shown(f"{parts.scheme}://{host}{port}{parts.path}", 200, address=True)


def shown(text: object, limit: int = 120, *, address: bool = False) -> str:
    """Text from a file made fit to be shown: one line, bounded, no e-mail address, no path.

    An `address` keeps its path.
    """
    line = "".join(c if c.isprintable() else " " for c in str(text)[: limit * 4])
    line = " ".join(_MAIL.sub("(address)", line).split())
    if not address:
        line = _PATHLIKE.sub("(path)", line)
    return line if len(line) <= limit else line[: limit - 1] + "…"
