"""Detectors: one file each, an open asset in, evidence or gaps out. They never judge."""
