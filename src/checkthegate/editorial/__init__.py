"""Cuts as editors have them: timelines, packages and sequences, read into one model."""
