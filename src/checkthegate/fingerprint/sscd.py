"""Copy descriptors: SSCD networks run by ONNX Runtime on one thread, where their weights are.

SSCD: "A Self-Supervised Descriptor for Image Copy Detection" (Pizzi and others, 2022). Two sets of
weights are used: a small network trained to answer as the big one does, and the big one in 8 bits.
Both normalise inside. The big one sees 288 x 288 pixels; the small one 224 x 224, which costs 60 %
of the time and, measured, no recall. Nothing is ever fetched here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

BULK_WEIGHTS: Final = "sscd_distilled.onnx"
FULL_WEIGHTS: Final = "sscd.onnx"
DIMENSIONS: Final = 512

_EDGES = {BULK_WEIGHTS: 224, FULL_WEIGHTS: 288}
_BATCH = 4


class Descriptors:
    """Pictures as unit vectors: the cosine of two says how alike two pictures are.

    `bulk` is the small, fast network, `full` the careful one. Both are loaded at first use.
    """

    def __init__(self, models: Path | None) -> None:
        """`models` is the folder the weights lie in; None where there is none."""
        self._models = models
        self._sessions: dict[str, Any] = {}
        self._ready: bool | None = None

    @property
    def ready(self) -> bool:
        """Whether both networks and what runs them are installed."""
        if self._ready is None:
            self._ready = self._installed()
        return self._ready

    def bulk(self, pictures: Sequence[Array]) -> Array:
        """float32[n,512], a unit vector a picture (uint8 rgb of any size)."""
        return self._described(BULK_WEIGHTS, pictures)

    def full(self, pictures: Sequence[Array]) -> Array:
        """float32[n,512], likewise, by the careful network: about four times as slow."""
        return self._described(FULL_WEIGHTS, pictures)

    def _installed(self) -> bool:
        from importlib.util import find_spec

        if self._models is None or find_spec("onnxruntime") is None:
            return False
        return all((self._models / name).is_file() for name in (BULK_WEIGHTS, FULL_WEIGHTS))

    def _described(self, weights: str, pictures: Sequence[Array]) -> Array:
        import numpy

        found = numpy.zeros((len(pictures), DIMENSIONS), numpy.float32)
        for start in range(0, len(pictures), _BATCH):
            some = pictures[start : start + _BATCH]
            batch = numpy.stack([_square(each, _EDGES[weights]) for each in some])
            (vectors,) = self._session(weights).run(None, {"image": batch})
            found[start : start + len(batch)] = vectors
        return found

    def _session(self, weights: str) -> Any:
        if weights not in self._sessions:
            import onnxruntime

            if self._models is None:
                raise FileNotFoundError(weights)
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1
            options.inter_op_num_threads = 1
            options.log_severity_level = 3
            self._sessions[weights] = onnxruntime.InferenceSession(
                str(self._models / weights), options, providers=["CPUExecutionProvider"]
            )
        return self._sessions[weights]


def _square(picture: Array, edge: int) -> Array:
    """uint8[edge,edge,3]: aspect given up, as the networks were trained."""
    import cv2
    import numpy

    if picture.shape[:2] == (edge, edge):
        return numpy.ascontiguousarray(picture)
    smaller = min(picture.shape[:2]) >= edge
    way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return numpy.asarray(cv2.resize(picture, (edge, edge), interpolation=way))
