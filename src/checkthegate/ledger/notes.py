"""Signed notes and Checkpoints as C2SP writes them (signed-note, tlog-checkpoint).

A note is text, an empty line, and lines naming who signed it. A checkpoint is a note whose text
is the log's name, the number of entries and the root: whoever holds one is a witness.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from checkthegate.ledger.faults import Malformed

_ED25519 = b"\x01"
_ID_BYTES = 4
_SIGNATURE_BYTES = 64
_NOTE_CHARACTERS = 1_000_000
_SIGNATURES = 100
_LINE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+={0,2})")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIZE = re.compile(r"0|[1-9][0-9]{0,14}")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 public key under a name. `raw` is its 32 bytes."""

    name: str
    raw: bytes

    @property
    def id(self) -> bytes:
        """The 4 bytes that stand for name and key in a signature."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.raw).digest()[:_ID_BYTES]

    @property
    def fingerprint(self) -> str:
        """`sha256:<hex>` of the 32 bytes: what reports name as the home's key."""
        return "sha256:" + sha256(self.raw).hexdigest()

    @property
    def text(self) -> str:
        """The key as one word: name, id, algorithm and key (a C2SP verifier key)."""
        return f"{self.name}+{self.id.hex()}+{_base64(_ED25519 + self.raw)}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line of a note, not verified."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def key(self) -> str:
        """The signer as `name+id`, for people."""
        return f"{self.name}+{self.key_id.hex()}"


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed note: the signed text, its final newline included, and the signatures."""

    text: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class NoteSigners:
    """Who signed a note: known keys that verify, known keys that do not, and unknown ones."""

    verified: tuple[PublicKey, ...]
    failed: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether a known key signed it and no known key's signature is wrong."""
        return bool(self.verified) and not self.failed


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The ledger at one moment: its name, how many entries it had, and their root."""

    origin: str
    size: int
    root: bytes
    note: Note


def origin_of(raw_public_key: bytes) -> str:
    """The name of the ledger that this key signs: `checkthegate/<16 hex>`."""
    return "checkthegate/" + sha256(raw_public_key).hexdigest()[:16]


def public_key(key: Ed25519PrivateKey | Ed25519PublicKey, name: str | None = None) -> PublicKey:
    """The public key, under its ledger's name unless another is given."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return PublicKey(_name(origin_of(raw) if name is None else name), raw)


def parse_key(text: str) -> PublicKey:
    """The inverse of `PublicKey.text`. Raises `Malformed`."""
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise Malformed("a key is written as name+id+key")
    coded = _decoded(parts[2])
    if len(coded) != 33 or coded[:1] != _ED25519:
        raise Malformed("the key is not an Ed25519 public key")
    key = PublicKey(_name(parts[0]), coded[1:])
    if key.text != text:
        raise Malformed("the key's id does not belong to its name and bytes")
    return key


def key_fingerprint(text: str) -> str:
    """The fingerprint of a key given as `name+id+key` or as its fingerprint. Raises `Malformed`."""
    if re.fullmatch(r"sha256:[0-9a-f]{64}", text):
        return text
    return parse_key(text).fingerprint


def sign_note(text: str, key: Ed25519PrivateKey, name: str | None = None) -> str:
    """The note that says `text`, signed. Raises `Malformed` when no note can say it."""
    if not text.endswith("\n") or _CONTROL.search(text) or len(text) > _NOTE_CHARACTERS // 2:
        raise Malformed("a note's text ends with a line break and holds no control characters")
    signer = public_key(key, name)
    return f"{text}\n— {signer.name} {_base64(signer.id + key.sign(text.encode()))}\n"


def parse_note(note: str) -> Note:
    """The note's parts, signatures not verified. Raises `Malformed` for anything but its form."""
    if len(note) > _NOTE_CHARACTERS or _CONTROL.search(note):
        raise Malformed("it is too long for a note, or holds control characters")
    text, found, signed = note.rpartition("\n\n")
    if not found or not signed.endswith("\n"):
        raise Malformed("it is not a signed note")
    lines = signed[:-1].split("\n")
    if len(lines) > _SIGNATURES:
        raise Malformed("it has too many signatures")
    return Note(text + "\n", tuple(_signature(line) for line in lines))


def note_signers(note: Note, known: Iterable[PublicKey]) -> NoteSigners:
    """Verify each signature by the known key it names. Unknown keys are named, not trusted."""
    keys = {(key.name, key.id): key for key in known}
    verified, failed, unknown = [], [], []
    for signed in note.signatures:
        key = keys.get((signed.name, signed.key_id))
        if key is None:
            unknown.append(signed.key)
        elif _verifies(key, signed, note.text):
            verified.append(key)
        else:
            failed.append(signed.key)
    return NoteSigners(tuple(verified), tuple(failed), tuple(unknown))


def sign_checkpoint(size: int, root: bytes, key: Ed25519PrivateKey) -> str:
    """The checkpoint of this key's ledger at `size` entries, as a signed note."""
    return sign_note(f"{public_key(key).name}\n{size}\n{_base64(root)}\n", key)


def parse_checkpoint(text: str) -> Checkpoint:
    """What the checkpoint says, its signatures not verified. Raises `Malformed`."""
    note = parse_note(text)
    lines = note.text.split("\n")[:-1]
    if len(lines) != 3 or not lines[0]:
        raise Malformed("it does not have a checkpoint's three lines")
    if not _SIZE.fullmatch(lines[1]):
        raise Malformed("its number of entries is not a number")
    root = _decoded(lines[2])
    if len(root) != sha256().digest_size:
        raise Malformed("its root is not a SHA-256 hash")
    return Checkpoint(lines[0], int(lines[1]), root, note)


def _signature(line: str) -> Signature:
    found = _LINE.fullmatch(line)
    if found is None:
        raise Malformed("a signature line is not in its form")
    coded = _decoded(found[2])
    if len(coded) <= _ID_BYTES:
        raise Malformed("a signature is too short")
    return Signature(_name(found[1]), coded[:_ID_BYTES], coded[_ID_BYTES:])


def _verifies(key: PublicKey, signed: Signature, text: str) -> bool:
    if len(signed.signature) != _SIGNATURE_BYTES:
        return False
    try:
        _loaded(key.raw).verify(signed.signature, text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=64)
def _loaded(raw: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw)


def _name(name: str) -> str:
    if not name or "+" in name or any(c.isspace() or c < " " for c in name):
        raise Malformed("a key's name holds no spaces and no plus sign")
    return name


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _decoded(text: str) -> bytes:
    """Strict base64: no other text means the same bytes."""
    try:
        content = base64.b64decode(text.encode(), validate=True)
    except (ValueError, binascii.Error):
        raise Malformed("it holds text that is not base64") from None
    if _base64(content) != text:
        raise Malformed("it holds text that is not base64 in its one form")
    return content
