"""Pictures and media made by code, for the tests of what decodes."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import av
import numpy
from PIL import Image

SIZE = (96, 64)


def gradient(size: tuple[int, int] = SIZE) -> Image.Image:
    """A soft RGB picture in which every quarter has another colour."""
    width, height = size
    y, x = numpy.mgrid[0:height, 0:width]
    channels = [255 * x / width, 255 * y / height, 255 - 127 * x / width - 127 * y / height]
    return Image.fromarray(numpy.stack(channels, axis=2).astype(numpy.uint8))


def encoded(image: Image.Image, name: str, **options: Any) -> bytes:
    """The picture's file in a format of Pillow's."""
    buffer = io.BytesIO()
    image.save(buffer, name, **options)
    return buffer.getvalue()


def movie(file: Path, frames: int = 50, *, sound: bool = True, **options: str) -> Path:
    """An H.264 film of 320×240 at 25 frames a second whose red grows by 4 a frame, with AAC."""
    with av.open(str(file), "w", options=options) as container:
        video = container.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 320, 240, "yuv420p"
        audio = container.add_stream("aac", rate=48000) if sound else None
        for number in range(frames):
            pixels = numpy.zeros((240, 320, 3), numpy.uint8)
            pixels[:, :, 0] = min(4 * number, 255)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts = number
            container.mux(video.encode(frame))
        container.mux(video.encode())
        if audio is not None:
            for number in range(2 * frames):
                container.mux(audio.encode(_tone(number)))
            container.mux(audio.encode())
    return file


def _tone(number: int) -> av.AudioFrame:
    wave = numpy.sin(numpy.arange(960) / 10 + number).astype(numpy.float32)[None] / 2
    frame = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
    frame.rate, frame.pts = 48000, 960 * number
    return frame


def box(name: bytes, *parts: bytes) -> bytes:
    """A box of an ISO base media file."""
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), name) + body


def heif_grid(folder: Path) -> bytes:
    """A HEIC picture of 192×100 pixels made of two tiles of 128×128: left black, right white."""
    tiles = [_hevc_tile(folder / f"tile{level}.mp4", level) for level in (0, 255)]
    config, samples = tiles[0][0], [sample for _, sample in tiles]
    grid = bytes([0, 0, 0, 1]) + struct.pack(">HH", 192, 100)
    head = box(b"ftyp", b"heic\0\0\0\0mif1heic")
    size = len(head) + len(_meta(config, grid, samples, 0)) + 8
    return head + _meta(config, grid, samples, size) + box(b"mdat", *samples)


def _meta(config: bytes, grid: bytes, samples: list[bytes], start: int) -> bytes:
    entries = [(1, b"grid"), (2, b"hvc1"), (3, b"hvc1")]
    infos = [box(b"infe", b"\2\0\0\0", struct.pack(">HH4sx", n, 0, kind)) for n, kind in entries]
    places = [(1, 1, 0, len(grid))]
    for number, sample in enumerate(samples):
        places.append((number + 2, 0, start + sum(map(len, samples[:number])), len(sample)))
    located = [struct.pack(">HHHHII", n, how, 0, 1, at, size) for n, how, at, size in places]
    shown, coded = struct.pack(">III", 0, 192, 100), struct.pack(">III", 0, 128, 128)
    properties = box(b"ipco", config, box(b"ispe", coded), box(b"ispe", shown))
    bound = [(1, [3]), (2, [0x81, 2]), (3, [0x81, 2])]
    linked = [struct.pack(">HB", n, len(to)) + bytes(to) for n, to in bound]
    return box(
        b"meta",
        bytes(4),
        box(b"hdlr", bytes(8), b"pict", bytes(13)),
        box(b"pitm", bytes(4), b"\0\1"),
        box(b"iloc", b"\1\0\0\0\x44\0", struct.pack(">H", len(places)), *located),
        box(b"iinf", bytes(4), struct.pack(">H", len(infos)), *infos),
        box(b"iref", bytes(4), box(b"dimg", struct.pack(">HHHH", 1, 2, 2, 3))),
        box(b"iprp", properties, box(b"ipma", bytes(4), struct.pack(">I", 3), *linked)),
        box(b"idat", grid),
    )


def _hevc_tile(file: Path, level: int) -> tuple[bytes, bytes]:
    """(`hvcC` box, coded sample) of a flat tile."""
    with av.open(str(file), "w") as container:
        quiet = {"x265-params": "log-level=none:info=0"}
        stream = container.add_stream("libx265", rate=1, options=quiet)
        stream.width = stream.height = 128
        stream.pix_fmt = "yuv420p"
        flat = numpy.full((128, 128, 3), level, numpy.uint8)
        frame = av.VideoFrame.from_ndarray(flat, format="rgb24")
        for packet in stream.encode(frame) + stream.encode():
            packet.pts = packet.dts = 0
            container.mux(packet)
    whole = file.read_bytes()
    at = whole.index(b"hvcC") - 4
    config = whole[at : at + int.from_bytes(whole[at : at + 4], "big")]
    data = whole.index(b"mdat")
    length = int.from_bytes(whole[data - 4 : data], "big")
    return config, whole[data + 4 : data - 4 + length]
