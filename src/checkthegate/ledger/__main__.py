"""Writes the JSON Schema of a bundle to standard output."""

from checkthegate.ledger.bundle_form import schema_text

print(schema_text(), end="")
