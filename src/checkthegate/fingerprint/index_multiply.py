"""Products of small integers at full speed: uint8 (n, k) less `MIDDLE`, times int8 (k, m).

ONNX Runtime has the fast kernel, so the one-step model it needs is spelled out here, as bytes.
Exact on every processor as long as the uint8 side stays below 128: older ones add pairs of products
in 16 bits, and 127 · 128 · 2 still fits.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

MIDDLE = 64
"""What stands for zero on the uint8 side."""
_UINT8, _INT8, _INT32 = 2, 3, 6
_IR_VERSION, _OPERATORS_VERSION = 7, 13


@lru_cache(maxsize=1)
def multiplier() -> Callable[[Array, Array], Array] | None:
    """A function that multiplies on one thread, or None where ONNX Runtime is not installed."""
    try:
        import onnxruntime
    except ImportError:
        return None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(_model(), options, providers=["CPUExecutionProvider"])

    def multiply(left: Array, right: Array) -> Array:
        product: Array = session.run(None, {"left": left, "right": right})[0]
        return product

    return multiply


def _model() -> bytes:
    """An ONNX model (protocol buffers) with one node: MatMulInteger."""
    inputs = b"".join(_part(1, name) for name in (b"left", b"right", b"middle"))
    middle = _number(2, _UINT8) + _part(8, b"middle") + _part(9, bytes([MIDDLE]))
    graph = (
        _part(1, inputs + _part(2, b"product") + _part(4, b"MatMulInteger"))
        + _part(2, b"multiply")
        + _part(5, middle)
        + _part(11, _tensor(b"left", _UINT8, b"n", b"k"))
        + _part(11, _tensor(b"right", _INT8, b"k", b"m"))
        + _part(12, _tensor(b"product", _INT32, b"n", b"m"))
    )
    return _number(1, _IR_VERSION) + _part(7, graph) + _part(8, _number(2, _OPERATORS_VERSION))


def _tensor(name: bytes, element: int, *dimensions: bytes) -> bytes:
    shape = b"".join(_part(1, _part(2, dimension)) for dimension in dimensions)
    return _part(1, name) + _part(2, _part(1, _number(1, element) + _part(2, shape)))


def _part(field: int, body: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(body)) + body


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(encoded) + bytes([value])
