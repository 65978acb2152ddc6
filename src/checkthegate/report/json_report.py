"""`report.json`: the document itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from checkthegate.seams import ReportInput


class JsonReport:
    """The `checkthegate.report/1` document as indented UTF-8 JSON."""

    filename = "report.json"

    def render(self, report: ReportInput) -> bytes:
        """The whole file, ending with a newline."""
        return json_bytes(report.document)


def json_bytes(document: Mapping[str, Any]) -> bytes:
    """Indented UTF-8 JSON with a final newline. Raises `ValueError` for NaN and infinity."""
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "backslashreplace") + b"\n"
