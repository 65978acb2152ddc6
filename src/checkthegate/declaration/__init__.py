"""Reads and writes declarations of a use: texts in, `DeclaredUse` out. Judges nothing."""

from checkthegate.declaration.build import build
from checkthegate.declaration.faults import Complaint, DeclarationError, Fault, Place, field_name
from checkthegate.declaration.form import Form, form_of_name, form_of_start
from checkthegate.declaration.lines import read_lines
from checkthegate.declaration.plain import plain
from checkthegate.declaration.read import read_declarations
from checkthegate.declaration.shape import FIELDS, MANDATORY, SCHEMA
from checkthegate.declaration.stated import MAX_BYTES
from checkthegate.declaration.write import write

__all__ = [
    "FIELDS",
    "MANDATORY",
    "MAX_BYTES",
    "SCHEMA",
    "Complaint",
    "DeclarationError",
    "Fault",
    "Form",
    "Place",
    "build",
    "field_name",
    "form_of_name",
    "form_of_start",
    "plain",
    "read_declarations",
    "read_lines",
    "write",
]
