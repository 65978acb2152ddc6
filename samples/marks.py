"""Writes pictures, sound and film the way a camera, an editor or a generator would mark them.

Every function returns the bytes of one file. What generators write is imitated from their
documented formats; nothing here was made by one.
"""

from __future__ import annotations

import io
import json
import math
import struct
import wave
import zipfile
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

CHECKPOINT = "sd_xl_base_1.0.safetensors"
_RATE = 16_000


def png(image: Image.Image, texts: Mapping[str, str] | None = None, xmp: str = "") -> bytes:
    """A PNG with text chunks, and an XMP packet where one is given."""
    chunks = PngInfo()
    for key, text in (texts or {}).items():
        chunks.add_text(key, text)
    if xmp:
        chunks.add_itxt("XML:com.adobe.xmp", xmp)
    stream = io.BytesIO()
    image.save(stream, "PNG", pnginfo=chunks, optimize=True)
    return stream.getvalue()


def jpeg(image: Image.Image, quality: int = 84, *, exif: bytes = b"", xmp: str = "") -> bytes:
    """A JPEG with EXIF and XMP where they are given."""
    extra: dict[str, Any] = {}
    if exif:
        extra["exif"] = exif
    if xmp:
        extra["xmp"] = xmp.encode()
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality, optimize=True, **extra)
    return stream.getvalue()


def camera_exif() -> bytes:
    """What an (invented) camera writes, the photographer's name included."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Meridian", "Meridian M5 Cine"
    exif[0x0131], exif[0x013B] = "Meridian M5 v2.31", "Ingrid Solheim"
    exif[0x0132] = "2026:03:11 18:42:07"
    photo = exif.get_ifd(0x8769)
    photo[0x829A], photo[0x829D] = (1, 60), (28, 10)
    photo[0x8827], photo[0x9003] = 800, "2026:03:11 18:42:07"
    photo[0x920A], photo[0xA434] = (35, 1), "Meridian Prime 35mm T1.5"
    return exif.tobytes()


def xmp(**properties: str) -> str:
    """An XMP packet; `Prefix__Name` keywords become `Prefix:Name` attributes."""
    spaces = {
        "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
        "photoshop": "http://ns.adobe.com/photoshop/1.0/",
        "xmp": "http://ns.adobe.com/xap/1.0/",
    }
    named = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in spaces.items())
    pairs = "".join(f' {key.replace("__", ":")}="{text}"' for key, text in properties.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about=""{named}{pairs}/>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )


def source_type(term: str) -> str:
    """The IPTC address of a digital source type."""
    return f"http://cv.iptc.org/newscodes/digitalsourcetype/{term}"


def parameters(prompt: str, seed: int, size: str) -> str:
    """The `parameters` text that A1111 and Forge write."""
    return (
        f"{prompt}\nNegative prompt: blurry, low quality\n"
        f"Steps: 28, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: {seed}, "
        f"Size: {size}, Model hash: 31e35c80fc, Model: sd_xl_base_1.0, Version: v1.10.1"
    )


def comfy_graph(prompt: str, seed: int, saver: str = "SaveImage") -> tuple[str, str]:
    """The `prompt` (API form) and `workflow` (editor form) texts that ComfyUI writes."""
    nodes: list[tuple[str, dict[str, Any]]] = [
        ("CheckpointLoaderSimple", {"ckpt_name": CHECKPOINT}),
        ("CLIPTextEncode", {"text": prompt, "clip": ["1", 1]}),
        ("CLIPTextEncode", {"text": "watermark, text, blurry", "clip": ["1", 1]}),
        ("EmptyLatentImage", {"width": 1024, "height": 576, "batch_size": 1}),
        (
            "KSampler",
            {
                "seed": seed, "steps": 28, "cfg": 6.5, "sampler_name": "dpmpp_2m",
                "scheduler": "karras", "denoise": 1.0, "model": ["1", 0], "positive": ["2", 0],
                "negative": ["3", 0], "latent_image": ["4", 0],
            },
        ),
        ("VAEDecode", {"samples": ["5", 0], "vae": ["1", 2]}),
        (saver, {"filename_prefix": "NH_101", "images": ["6", 0]}),
    ]  # fmt: skip
    api = {str(i): {"class_type": kind, "inputs": held} for i, (kind, held) in enumerate(nodes, 1)}
    return json.dumps(api), json.dumps(_editor_form(nodes))


def _editor_form(nodes: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    drawn = [
        {
            "id": i, "type": kind, "pos": [220 * i, 120], "size": [210, 90], "flags": {},
            "order": i - 1, "mode": 0,
            "widgets_values": [v for v in held.values() if not isinstance(v, list)],
        }
        for i, (kind, held) in enumerate(nodes, 1)
    ]  # fmt: skip
    links = [[1, 5, 0, 6, 0, "LATENT"], [2, 6, 0, 7, 0, "IMAGE"]]
    return {"last_node_id": len(nodes), "last_link_id": 2, "nodes": drawn, "links": links,
            "groups": [], "config": {}, "extra": {}, "version": 0.4}  # fmt: skip


def film(frames: Iterable[Image.Image], rate: int, tags: Mapping[str, str]) -> bytes:
    """An MP4 (H.264, yuv420p); `tags` go into the container by their own names."""
    import av

    stream = io.BytesIO()
    with av.open(stream, "w", format="mp4", options={"movflags": "use_metadata_tags"}) as box:
        box.metadata.update(tags)
        video: Any = None
        for number, image in enumerate(frames):
            if video is None:
                video = box.add_stream("libx264", rate=rate)
                video.width, video.height, video.pix_fmt = image.width, image.height, "yuv420p"
                video.options = {"crf": "29", "preset": "slow", "threads": "1"}
                video.codec_context.time_base = Fraction(1, rate)
            frame = av.VideoFrame.from_image(image)
            frame.pts = number
            box.mux(video.encode(frame))
        box.mux(video.encode())
    return stream.getvalue()


def tones(seconds: float, low: float, high: float) -> bytes:
    """Signed 16-bit mono samples (16 kHz) of a two-tone fog-horn that swells and dies away."""
    total = int(seconds * _RATE)
    samples = (
        int(
            9000
            * math.sin(math.pi * i / total) ** 2
            * (math.sin(math.tau * low * i / _RATE) + 0.6 * math.sin(math.tau * high * i / _RATE))
        )
        for i in range(total)
    )
    return b"".join(struct.pack("<h", sample) for sample in samples)


def wav(samples: bytes) -> bytes:
    """A WAV of 16-bit mono samples."""
    stream = io.BytesIO()
    with wave.open(stream, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(_RATE)
        out.writeframes(samples)
    return stream.getvalue()


def mp3(samples: bytes, title: str, comment: str) -> bytes:
    """An MP3 of 16-bit mono samples with an ID3v2.4 title and comment."""
    import av
    import numpy as np

    stream = io.BytesIO()
    with av.open(stream, "w", format="mp3", options={"id3v2_version": "0"}) as box:
        audio: Any = box.add_stream("libmp3lame", rate=_RATE)
        audio.layout, audio.bit_rate = "mono", 48_000
        pcm = np.frombuffer(samples, dtype="<i2")[None, :]
        frame = av.AudioFrame.from_ndarray(pcm, format="s16p", layout="mono")
        frame.sample_rate, frame.pts = _RATE, 0
        box.mux(audio.encode(frame))
        box.mux(audio.encode())
    frames = _id3(b"TIT2", title.encode()) + _id3(b"COMM", b"eng\0" + comment.encode())
    return b"ID3\4\0\0" + _synchsafe(len(frames)) + frames + stream.getvalue()


def _id3(name: bytes, text: bytes) -> bytes:
    """One frame in UTF-8."""
    return name + _synchsafe(len(text) + 1) + b"\0\0" + b"\3" + text


def _synchsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def exr(picture: Any, header: Mapping[str, Any]) -> bytes:
    """A ZIP-compressed half-float EXR of a float picture (height, width, 3), with attributes."""
    import numpy as np

    return render(np.clip(picture, 0, 1) ** 2.2, header, "ZIP")


def render(light: Any, header: Mapping[str, Any], compression: str = "DWAA") -> bytes:
    """A half-float EXR of linear light (height, width, 3), with attributes."""
    import tempfile
    from pathlib import Path

    import numpy as np
    import OpenEXR

    packed = getattr(OpenEXR, f"{compression}_COMPRESSION")
    plain = {"compression": packed, "type": OpenEXR.scanlineimage}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "frame.exr"
        channels = {"RGB": light.astype(np.float16)}
        OpenEXR.File({**plain, **header}, channels).write(str(file))
        return file.read_bytes()


def archive(members: Mapping[str, bytes]) -> bytes:
    """A zip whose members all carry the same date, so that it never differs."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as box:
        for name, content in members.items():
            box.writestr(zipfile.ZipInfo(name, (2026, 3, 20, 12, 0, 0)), content)
    return stream.getvalue()
