"""Knows material again by its content: one file a hasher, one an index."""
