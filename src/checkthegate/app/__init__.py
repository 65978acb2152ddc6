"""One file a verb; wires implementations to seams."""
