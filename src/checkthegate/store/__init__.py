"""Keeps what was computed and recorded."""
