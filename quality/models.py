"""Whether what matching needs is here."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

_LIBRARIES = ("faiss", "onnxruntime", "cv2", "av")
_WEIGHTS = ("sscd.onnx", "sscd_distilled.onnx")


def missing() -> str | None:
    """None, or a sentence: what is not here that measuring needs."""
    absent = [name for name in _LIBRARIES if importlib.util.find_spec(name) is None]
    if absent:
        return f"matching cannot be measured: {', '.join(absent)} is not installed"
    named = os.environ.get("GATE_MODELS", "")
    if not named or any(not (Path(named) / weight).is_file() for weight in _WEIGHTS):
        return "matching cannot be measured: $GATE_MODELS names no folder with the SSCD weights"
    return None
