"""HEIC and HEIF stills through PyAV: the main picture, put together from its tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkthegate.delivery.container import cut_off, opened_container
from checkthegate.delivery.extent import share_present, top_boxes
from checkthegate.delivery.frames import to_pixels
from checkthegate.delivery.heif_items import Layout, layout
from checkthegate.delivery.pixels import ArrayPicture, check_size
from checkthegate.model import Unreadable

if TYPE_CHECKING:
    from checkthegate.delivery.pixels import Pixels
    from checkthegate.seams import OpenAsset

_UNKNOWN = (
    "the picture is damaged, or put together in a way that cannot be decoded here; nobody "
    "looked at its pixels"
)


def decode(opened: OpenAsset) -> ArrayPicture:
    """The main picture at full size; raises `Unreadable`."""
    present = share_present(opened, opened.asset.size)
    if present < 1:
        raise cut_off(present)
    plan = _plan(opened)
    with opened_container(opened) as container:
        streams = {stream.id: stream for stream in container.streams.video}
        if any(tile not in streams for tile in plan.tiles):
            raise Unreadable(_UNKNOWN)
        first = streams[plan.tiles[0]]
        check_size(plan.width or first.width, plan.height or first.height, opened.limits.pixels)
        rows = len(plan.tiles) // plan.columns
        check_size(first.width * plan.columns, first.height * rows, 2 * opened.limits.pixels)
        decoded = {tile: _tile(container, streams[tile]) for tile in dict.fromkeys(plan.tiles)}
    return ArrayPicture(_assembled(plan, decoded))


def _plan(opened: OpenAsset) -> Layout:
    size = opened.asset.size
    for name, start, end in top_boxes(opened, size):
        if name == b"meta":
            if end - start > opened.limits.metadata_bytes:
                break
            body = opened.read_at(start + 8, end - start - 8)
            try:
                return layout(body, opened.read_at)
            except (ValueError, KeyError, IndexError):
                break
    raise Unreadable(_UNKNOWN)


def _tile(container: Any, stream: Any) -> Pixels:
    stream.codec_context.thread_count = 1
    container.seek(0)
    for packet in container.demux(stream):
        for frame in packet.decode():
            return to_pixels(frame)
    raise Unreadable(_UNKNOWN)


def _assembled(plan: Layout, decoded: dict[int, Pixels]) -> Pixels:
    import numpy

    if len(plan.tiles) == 1:
        return decoded[plan.tiles[0]]
    height, width, _ = decoded[plan.tiles[0]].shape
    rows = len(plan.tiles) // plan.columns
    whole = numpy.zeros((rows * height, plan.columns * width, 3), numpy.uint8)
    for number, tile in enumerate(plan.tiles):
        pixels = decoded[tile]
        if pixels.shape[:2] != (height, width):
            raise Unreadable(_UNKNOWN)
        top, left = number // plan.columns * height, number % plan.columns * width
        whole[top : top + height, left : left + width] = pixels[:, :, :3]
    return whole[: plan.height, : plan.width]
