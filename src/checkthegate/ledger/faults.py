"""What the ledger's readers raise: bytes that are not what they must be."""

from __future__ import annotations


class Malformed(ValueError):
    """A leaf, event, note, key, proof or bundle that breaks its form. The text says how."""
