"""Papers that prove something: kept in the home by digest, readable by its owner only.

The ledger holds a paper's digest; the paper itself lies in the home's `documents/` and can be
handed over or destroyed. An e-mail's headers are shown as they are: nobody has verified them.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path
from typing import Any, Final

from checkthegate.app.home import Home
from checkthegate.app.places import write_private
from checkthegate.app.registry.files import unreadable
from checkthegate.model import UsageError, digest_bytes

FOLDER: Final = "documents"
MAIL: Final = "message/rfc822"
_MOST_BYTES: Final = 64 * 1024 * 1024
_MOST_HEADERS: Final = 256 * 1024
_LONGEST: Final = 500
_START: Final = re.compile(rb"(?:From \S[^\r\n]*\r?\n)?(?:[A-Za-z][A-Za-z0-9-]{0,60}:)")
_HEADERS: Final = {"from": "From", "to": "To", "subject": "Subject", "date": "Date",
                   "message_id": "Message-ID"}  # fmt: skip
_TRICKS: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


def keep_document(home: Home, file: Path) -> dict[str, Any]:
    """Keep a copy of a paper; how an event names it: digest, name, media type, size.

    Raises `UsageError` for a folder, an empty file, or one of more than 64 MB. A copy that no
    event comes to name does no harm.
    """
    content = _content(file)
    digest = digest_bytes(content)
    folder = home.folder / FOLDER
    kept = folder / digest.removeprefix("sha256:")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if not kept.is_file() or digest_bytes(kept.read_bytes()) != digest:
            write_private(kept, content)
    except OSError as problem:
        raise UsageError(
            f"The copy of “{file}” cannot be kept in the home: {problem.strerror}. "
            "Nothing was recorded.",
            hint="Check the disk and the permissions of the home.",
            path=str(file),
        ) from None
    name = _TRICKS.sub(" ", file.name.encode("utf-8", "replace").decode()).strip() or "document"
    return {
        "digest": digest,
        "name": name[:200],
        "media_type": _media_type(content, file.name),
        "size": len(content),
    }


def document_state(home: Home, digest: str) -> str:
    """Whether the copy is still here and still what it was: `kept`, `missing` or `altered`."""
    kept = home.folder / FOLDER / digest.removeprefix("sha256:")
    try:
        return "kept" if digest_bytes(kept.read_bytes()) == digest else "altered"
    except OSError:
        return "missing"


def forget_documents(home: Home, digests: set[str]) -> None:
    """Destroy copies. One that is not there is no error."""
    for digest in digests:
        (home.folder / FOLDER / digest.removeprefix("sha256:")).unlink(missing_ok=True)


def mail_headers(home: Home, paper: dict[str, Any]) -> dict[str, Any] | None:
    """What an e-mail says of itself, or None for another kind of paper.

    `dkim` is whether it bears a signature of its sender's server, and of which domain. It is
    not verified: that needs a look-up in the network, and the key of that day.
    """
    if paper["media_type"] != MAIL:
        return None
    content = (home.folder / FOLDER / paper["digest"].removeprefix("sha256:")).read_bytes()
    message = BytesParser(policy=compat32).parsebytes(content[:_MOST_HEADERS], headersonly=True)
    headers: dict[str, Any] = {}
    for name, header in _HEADERS.items():
        text = _header(message, header)
        if text:
            headers[name] = text
    signed = _header(message, "DKIM-Signature")
    headers["dkim"] = {"present": bool(signed), "verified": False}
    domain = re.search(r"(?:^|;)\s*d=([A-Za-z0-9.-]{1,253})", signed)
    if domain:
        headers["dkim"]["domain"] = domain[1]
    return headers


def mail_time(headers: dict[str, Any] | None) -> datetime | None:
    """When an e-mail says it was written, in UTC; None for no date, or an impossible one."""
    try:
        written = parsedate_to_datetime(headers["date"]) if headers else None
        if written is None or written.tzinfo is None:
            return None
        return written.astimezone(UTC)
    except (KeyError, ValueError, TypeError, OverflowError, IndexError):
        return None


def mail_doubts(headers: dict[str, Any] | None, person: str) -> list[str]:
    """What of an e-mail does not go with what was said of it, in sentences."""
    if headers is None:
        return []
    name, address = parseaddr(headers.get("from", ""))
    words = {word for word in re.split(r"\W+", person.casefold()) if len(word) > 1}
    said = set(re.split(r"[\W_]+", f"{name} {address}".casefold()))
    doubts = []
    if words and not words & said:
        doubts.append(f"The e-mail is from “{headers.get('from', 'nobody')}”, not from {person}.")
    if not headers["dkim"]["present"]:
        doubts.append("The e-mail bears no DKIM signature: it may have been saved by hand.")
    return doubts


def _header(message: Message, name: str) -> str:
    try:
        raw = message.get(name)
        text = str(make_header(decode_header(str(raw)))) if raw is not None else ""
    except (MessageError, ValueError, LookupError, TypeError, AttributeError):
        text = str(message.get(name, ""))
    return _TRICKS.sub(" ", text.encode("utf-8", "replace").decode()).strip()[:_LONGEST]


def _content(file: Path) -> bytes:
    if file.is_dir():
        raise UsageError(
            f"“{file}” is a folder; a paper is one file.",
            hint="Name the e-mail (.eml), the PDF or the picture.",
            path=str(file),
        )
    try:
        with file.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError as problem:
        raise unreadable(file, problem) from None
    if not content:
        raise UsageError(
            f"“{file}” is empty, so it proves nothing.",
            hint="Save the e-mail or document again.",
            path=str(file),
        )
    if len(content) > _MOST_BYTES:
        raise UsageError(
            f"“{file}” is larger than 64 MB.",
            hint="Keep the page that matters as a PDF, or the e-mail without its attachments.",
            path=str(file),
        )
    return content


def _media_type(content: bytes, name: str) -> str:
    from io import BytesIO

    from checkthegate.delivery.identify import identify

    found = identify(BytesIO(content), name)[1]
    start = content[:_MOST_HEADERS].replace(b"\r", b"")
    mail = _START.match(start) and (b"\nFrom:" in start or start.startswith(b"From:"))
    return MAIL if mail and (b"\n\n" in start or name.lower().endswith(".eml")) else found


def document_signature(home: Home, paper: dict[str, Any]) -> str:
    """`untrusted` when the paper bears a signature, else `none`. None is verified here yet."""
    content = (home.folder / FOLDER / paper["digest"].removeprefix("sha256:")).read_bytes()
    if paper["media_type"] == MAIL:
        head = content[:_MOST_HEADERS].lower()
        signed = b"multipart/signed" in head or b"application/pkcs7-mime" in head
    else:
        signed = content.startswith(b"%PDF-") and b"/ByteRange" in content
    return "untrusted" if signed else "none"
