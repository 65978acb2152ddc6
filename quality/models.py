"""Whether what matching needs is here."""

from __future__ import annotations

import importlib.util

from checkthegate.app.places import account_models

_LIBRARIES = ("faiss", "onnxruntime", "cv2", "av")
_WEIGHTS = ("sscd.onnx", "sscd_distilled.onnx")


def missing() -> str | None:
    """None, or a sentence: what is not here that measuring needs."""
    absent = [name for name in _LIBRARIES if importlib.util.find_spec(name) is None]
    if absent:
        return f"matching cannot be measured: {', '.join(absent)} is not installed"
    folder = account_models()
    if any(not (folder / weight).is_file() for weight in _WEIGHTS):
        return "matching cannot be measured: the SSCD weights are not here (make models)"
    return None
