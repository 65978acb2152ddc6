"""Example inputs of the metadata observer: small PNGs made here, one a family at least."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping, Sequence

from checkthegate.seams import Example

_UUID = "11111111-2222-3333-4444-555555555555"
_INFOTEXT = (
    "a lighthouse at dusk\nNegative prompt: blur\nSteps: 20, Sampler: Euler a, CFG scale: 7, "
    "Seed: 7, Size: 512x512, Model hash: 0123456789, Model: example_v1"
)
_PROMPT = {
    "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "example.safetensors"}},
    "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a lighthouse", "clip": ["1", 1]}},
    "3": {"class_type": "KSampler", "inputs": {"seed": 7, "steps": 20, "positive": ["2", 0]}},
}
_GENERATED = (("ai-generated", "declared"),)
_MODIFIED = (("ai-modified", "declared"),)
_HINT = (("ai-hint", "suspected"),)


def png(texts: Mapping[str, str] | None = None, xmp: str = "", exif: bytes = b"") -> bytes:
    """A grey PNG of 8×8 pixels with the given `iTXt` fields, XMP packet and EXIF block."""
    fields = dict(texts or {})
    if xmp:
        fields["XML:com.adobe.xmp"] = xmp
    body = b"".join(
        _chunk(b"iTXt", key.encode("latin-1") + b"\0\0\0\0\0" + value.encode())
        for key, value in fields.items()
    )
    if exif:
        body += _chunk(b"eXIf", exif)
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0))
    pixels = _chunk(b"IDAT", zlib.compress((b"\0" + b"\x80" * 8) * 8))
    return b"\x89PNG\r\n\x1a\n" + header + body + pixels + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def xmp(**properties: str) -> str:
    """An XMP packet with simple properties, `Iptc4xmpExt__DigitalSourceType="…"`."""
    written = " ".join(f'{name.replace("__", ":")}="{v}"' for name, v in properties.items())
    return (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        'rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/" '
        'xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/" '
        'xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" '
        f'{written}/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )


def exif(*entries: tuple[int, str]) -> bytes:
    """A big-endian EXIF block (a TIFF without pixels) of ASCII entries, in order of number."""
    at = 8 + 2 + 12 * len(entries) + 4
    table, texts = b"", b""
    for number, text in sorted(entries):
        value = text.encode() + b"\0"
        value += b"\0" * (-len(value) % 2)
        if len(value) <= 4:
            table += struct.pack(">HHI", number, 2, len(value)) + value.ljust(4, b"\0")
            continue
        table += struct.pack(">HHII", number, 2, len(value), at + len(texts))
        texts += value
    head = b"MM\0*" + struct.pack(">IH", 8, len(entries))
    return head + table + b"\0\0\0\0" + texts


def examples() -> Sequence[Example]:
    """All of them: generators, labels, hints, and what must not be taken for any."""
    return [*_local(), *_services(), *_labels(), *_hints(), *_plain()]


def _local() -> list[Example]:
    told = json.dumps({"positive_prompt": "a lighthouse", "model": {"name": "m"}, "seed": 7})
    nai = {"prompt": "x", "uc": "y", "steps": 28, "signed_hash": "c2lnbmVk", "seed": 7}
    swarm = json.dumps({"sui_image_params": {"prompt": "a", "model": "m", "seed": 7}})
    fooocus = json.dumps({"metadata_scheme": "fooocus", "prompt": "a", "base_model": "m"})
    things = '{"c":"a","uc":"b","model":"m.ckpt","sampler":"s","seed":7}'.replace('"', "&quot;")
    fields: list[tuple[str, bytes]] = [
        ("a1111", png({"parameters": _INFOTEXT})),
        ("comfyui", png({"prompt": json.dumps(_PROMPT)})),
        ("comfyui-nan", png({"prompt": json.dumps(_PROMPT).replace("20", "NaN")})),
        ("comfyui-exif", png(exif=exif((0x010F, "Prompt: " + json.dumps(_PROMPT))))),
        ("invokeai", png({"invokeai_metadata": told})),
        ("invokeai-dream", png({"Dream": '"a lighthouse" -s 50 -S 7 -W 512 -H 512 -C 7 -A k_lms'})),
        ("novelai", png({"Software": "NovelAI", "Comment": json.dumps(nai)})),
        ("swarmui", png({"parameters": swarm})),
        ("fooocus", png({"parameters": fooocus, "fooocus_scheme": "fooocus"})),
        ("easy-diffusion", png({"use_stable_diffusion_model": "m", "prompt": "a"})),
        ("draw-things", png(xmp=xmp(exif__UserComment=things))),
    ]
    made = [Example(f"{name}.png", content, _GENERATED) for name, content in fields]
    upscaled = png({"postprocessing": "Postprocess upscale by: 4"})
    return [*made, Example("a1111-extras.png", upscaled, _MODIFIED)]


def _services() -> list[Example]:
    grok = exif((0x010E, "Signature: " + "A" * 88), (0x013B, _UUID))
    job = f"a lighthouse --ar 16:9 --v 6.1 Job ID: {_UUID}"
    fields: list[tuple[str, bytes]] = [
        ("midjourney", png({"Description": job, "Author": "somebody"})),
        ("google", png(xmp=xmp(photoshop__Credit="Made with Google AI"))),
        ("firefly", png(xmp=xmp(xmp__CreatorTool="Adobe Firefly"))),
        ("dall-e", png({"Software": "DALL·E 3"})),
        ("grok", png(exif=grok)),
        ("ideogram", png(exif=exif((0x010F, "Ideogram AI")))),
        ("luma", png({"Source": "Luma AI"})),
        ("suno", png({"Comment": f"made with suno; created=2026-01-01T00:00:00Z; id={_UUID}"})),
    ]
    return [Example(f"{name}.png", content, _GENERATED) for name, content in fields]


def _labels() -> list[Example]:
    place = "http://cv.iptc.org/newscodes/digitalsourcetype/"
    trained = xmp(Iptc4xmpExt__DigitalSourceType=place + "trainedAlgorithmicMedia")
    changed = xmp(Iptc4xmpExt__DigitalSourceType=place + "compositeWithTrainedAlgorithmicMedia")
    taken = xmp(Iptc4xmpExt__DigitalSourceType=place + "digitalCapture")
    system = xmp(Iptc4xmpExt__AISystemUsed="Example Model")
    mining = xmp(plus__DataMining="http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED")
    return [
        Example("iptc-trained.png", png(xmp=trained), _GENERATED),
        Example("iptc-composite.png", png(xmp=changed), _MODIFIED),
        Example("iptc-capture.png", png(xmp=taken), (("camera-capture", "declared"),)),
        Example("iptc-system.png", png(xmp=system), _GENERATED),
        Example("plus-mining.png", png(xmp=mining), (("training-preference", "declared"),)),
        Example("aigc-1.png", png({"AIGC": '{"Label": "1"}'}), _GENERATED),
        Example("aigc-2.png", png({"AIGC": '{"Label": "2"}'}), (("ai-possible", "declared"),)),
        Example("aigc-3.png", png({"AIGC": '{"Label": "3"}'}), (("ai-possible", "suspected"),)),
        Example("aigc-broken.png", png({"AIGC": "{"}), (("ai-possible", "declared"),)),
    ]


def _hints() -> list[Example]:
    return [
        Example("prose.png", png({"Comment": "Cover art, made with Midjourney"}), _HINT),
        Example("hf-job.png", png({"hf-job-id": "0123456789"}), _HINT),
    ]


def _plain() -> list[Example]:
    return [
        Example("plain.png", png()),
        Example("inspired.png", png({"Description": "Oil on canvas, inspired by Midjourney"})),
        Example("title.png", png({"Title": "Midjourney home", "Software": "GIMP 3.0.6"})),
        Example("photoshop.png", png(xmp=xmp(xmp__CreatorTool="Adobe Photoshop 26.1"))),
    ]
