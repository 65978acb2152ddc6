"""What a tool's name tells: a face or a voice made, or a public service used.

Names come from files, so they are compared without case, blanks and punctuation. Long names
match anywhere in a tool's or node's name; short ones only as a word of their own.
"""

from __future__ import annotations

import re
from functools import lru_cache

_LIKENESS = (
    "deepfacelab", "deepfacelive", "facefusion", "faceswap", "swapface", "reactor", "insightface",
    "inswapper", "simswap", "ipadapterfaceid", "faceid", "instantid", "pulid", "photomaker",
    "liveportrait", "wav2lip", "sadtalker", "musetalk", "latentsync", "videoretalking",
    "facedancer", "heygen", "synthesia", "truesync", "deepfake", "lipsync",
)  # fmt: skip
_LIKENESS_WORDS = frozenset({"roop", "ghostface"})
_VOICE = (
    "elevenlabs", "sovitssvc", "retrievalbasedvoice", "resembleai", "respeecher", "playht",
    "murfai", "xtts", "coquitts", "tortoisetts", "openvoice", "cosyvoice", "fishspeech",
    "gptsovits", "f5tts", "voicecloning", "voiceclone", "voicechanger", "voiceai", "lyrebird",
    "chatterboxtts", "speechify", "voiceconversion",
)  # fmt: skip
_VOICE_WORDS = frozenset({"rvc", "svc", "valle"})
_SERVICES = (
    "midjourney", "chatgpt", "dalle", "openai", "gptimage", "gpt4o", "gemini", "madewithgoogleai",
    "bingimagecreator", "microsoftdesigner", "copilot", "ideogram", "leonardoai", "novelai",
    "runway", "lumaai", "lumadreammachine", "klingai", "hailuo", "dreamina", "jimeng",
    "doubao", "grok", "firefly", "elevenlabs", "heygen", "synthesia", "recraft",
    "higgsfield", "dreamstudio", "playgroundai", "nightcafe", "minimax", "capcut", "nanobanana",
)  # fmt: skip
_SERVICE_WORDS = frozenset(
    {"sora", "suno", "udio", "pika", "luma", "kling", "imagen", "veo", "lyria", "canva", "krea"}
)
_REFERENCE_NODES = ("loadimage", "loadvideo", "ipadapter", "controlnet", "styletransfer", "img2img")

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_ALNUM = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=4096)
def _squeezed(name: str) -> tuple[str, frozenset[str]]:
    """The name without anything but letters and digits, and its words."""
    words = _NOT_ALNUM.sub(" ", _CAMEL.sub(" ", name[:200]).casefold()).split()
    unnumbered = (word.rstrip("0123456789") for word in words)
    return "".join(words), frozenset([*words, *unnumbered])


def _matches(name: str, parts: tuple[str, ...], whole: frozenset[str]) -> bool:
    squeezed, words = _squeezed(name)
    return not whole.isdisjoint(words) or any(part in squeezed for part in parts)


@lru_cache(maxsize=4096)
def makes_likeness(name: str) -> bool:
    """Whether a tool or node of that name puts or drives a face."""
    return _matches(name, _LIKENESS, _LIKENESS_WORDS)


@lru_cache(maxsize=4096)
def makes_voice(name: str) -> bool:
    """Whether a tool or node of that name makes or changes a voice."""
    return _matches(name, _VOICE, _VOICE_WORDS)


@lru_cache(maxsize=4096)
def is_public_service(name: str) -> bool:
    """Whether it is a service anybody can open an account at, so that terms depend on it."""
    return _matches(name, _SERVICES, _SERVICE_WORDS)


@lru_cache(maxsize=4096)
def takes_reference(node_type: str) -> bool:
    """Whether a workflow node of that type brings somebody's picture or video in."""
    return _matches(node_type, _REFERENCE_NODES, frozenset())
