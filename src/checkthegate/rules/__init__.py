"""Parses and evaluates rule packs, and explains findings. Pure."""
