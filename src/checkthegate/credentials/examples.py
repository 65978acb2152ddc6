"""The observer's own example inputs, signed with a development identity made on the spot."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime

from checkthegate.credentials.development import (
    DevelopmentIdentity,
    created_manifest,
    development_signer,
    manifest_of,
    sign_bytes,
)
from checkthegate.seams import Example

_PNG = "image/png"
_AI = "trainedAlgorithmicMedia"


def examples() -> Sequence[Example]:
    """One of each outcome. Nobody is trusted, so nothing is `proven`."""
    identity = development_signer("Example Studio", datetime.now(UTC))
    plain = small_png()
    made = created_manifest("Acme Dream/1.2", _AI, "acme-image-1")
    signed = sign_bytes(plain, _PNG, identity, made).content
    apart = sign_bytes(plain, _PNG, identity, made, embed=False)
    remote = sign_bytes(
        plain, _PNG, identity, made, embed=False, remote_url="http://127.0.0.1:9/store.c2pa"
    )
    tampered = changed(signed)
    generated = ("ai-generated", "declared")
    return (
        Example("signed-ai.png", signed, [("credential", "declared"), generated]),
        Example("unsigned.png", plain),
        Example("tampered-ai.png", tampered, [generated], gap=True),
        Example("broken-store.png", tampered_store(signed), gap=True),
        Example("sidecar.png", apart.content, [generated], sidecars={".c2pa": apart.store}),
        Example("remote.png", remote.content, gap=True),
        Example("camera.png", _camera(plain, identity), [("camera-capture", "declared")]),
        Example("from-ai.png", _opened(plain, signed, identity), [generated]),
    )


def small_png() -> bytes:
    """A picture of 8 by 8 pixels."""
    row = b"".join(bytes((x * 30, 90, 120)) for x in range(8))
    rows = (b"\0" + row) * 8
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
        + _chunk(b"IDAT", zlib.compress(rows))
        + _chunk(b"IEND", b"")
    )


def changed(signed: bytes) -> bytes:
    """A signed PNG with a text chunk that was not there when it was signed."""
    end = signed.rindex(b"IEND") - 4
    return signed[:end] + _chunk(b"tEXt", b"Comment\0added later") + signed[end:]


def tampered_store(signed: bytes) -> bytes:
    """A signed PNG whose store's boxes claim a size that cannot be, with a correct checksum."""
    at = signed.index(b"caBX")
    length = int.from_bytes(signed[at - 4 : at], "big")
    body = bytearray(signed[at + 4 : at + 4 + length])
    body[8:12] = b"\x7f\xff\xff\xff"
    return signed[: at - 4] + _chunk(b"caBX", bytes(body)) + signed[at + 8 + length :]


def _camera(plain: bytes, identity: DevelopmentIdentity) -> bytes:
    shot = created_manifest("Acme Camera/3", "digitalCapture", "")
    return sign_bytes(plain, _PNG, identity, shot).content


def _opened(plain: bytes, parent: bytes, identity: DevelopmentIdentity) -> bytes:
    """An AI picture that an ordinary editor opened and cropped afterwards."""
    opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": ["parent"]}}
    edits = manifest_of([opened, {"action": "c2pa.cropped"}], generator="Acme Paint/7")
    definition = {"title": "parent", "relationship": "parentOf", "label": "parent"}
    ingredients = [(definition, _PNG, parent)]
    return sign_bytes(plain, _PNG, identity, edits, ingredients=ingredients).content


def _chunk(kind: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)
