"""Fixtures of the tests of the app: homes with records on both databases."""

from .databases import in_file, kept, server

__all__ = ["in_file", "kept", "server"]
