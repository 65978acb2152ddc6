"""Measures how well material is known again: labelled corpora by seeded scripts, and scores.

    python -m quality            everything, compared with quality/baseline.json

See quality/README.md.
"""
