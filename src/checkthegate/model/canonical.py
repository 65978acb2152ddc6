"""Canonical JSON (RFC 8785) and tagged digests: the identity of everything we store."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import rfc8785

Json: TypeAlias = bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"] | None


def canonical(document: Any) -> bytes:
    """RFC 8785 bytes of a JSON document. Raises `ValueError` for what JSON cannot hold."""
    return rfc8785.dumps(document)


def digest_bytes(content: bytes) -> str:
    """`sha256:<hex>` of bytes."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def digest_json(document: Any) -> str:
    """`sha256:<hex>` of the canonical form of a JSON document."""
    return digest_bytes(canonical(document))


def keyed_digest(key: bytes, text: str) -> str:
    """`hmac-sha256:<hex>`: proves equality to the key's holder, tells others nothing."""
    return "hmac-sha256:" + hmac.new(key, text.encode("utf-8", "replace"), "sha256").hexdigest()
