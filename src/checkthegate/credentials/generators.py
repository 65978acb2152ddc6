"""Known generators by the names they give themselves, for credentials without a source type.

Absent on purpose, since they also sign what no model touched: Adobe Photoshop, Lightroom,
Express and Content Authenticity, Microsoft, Google, YouTube's processing services, CapCut,
Volcengine and BytePlus as companies, c2patool.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Generator:
    """A generator's name, and the claim its name alone supports."""

    name: str
    claim: str


@dataclass(frozen=True, slots=True)
class _Row:
    pattern: re.Pattern[str]
    generator: Generator


def _row(pattern: str, name: str, claim: str = "ai-generated") -> _Row:
    whole = rf"(?<![A-Za-z0-9])(?:{pattern})(?![A-Za-z])"
    return _Row(re.compile(whole, re.I), Generator(name, claim))


_AGENTS = (
    _row(r"gpt[-_ ]?image|gpt-?4o|chat ?gpt", "OpenAI"),
    _row(r"dall[-·• ]?e", "DALL·E"),
    _row(r"sora", "Sora"),
    _row(r"openai", "OpenAI"),
    _row(r"imagen", "Google Imagen"),
    _row(r"veo", "Google Veo"),
    _row(r"lyria|music ai sandbox", "Google Lyria"),
    _row(r"nano ?banana|google gemini|gemini[- ][\d.]+[\w.-]*image\w*|gemini", "Google Gemini"),
    _row(r"google generative ai|made with google ai|google ai|google flow", "Google AI"),
    _row(r"pixel studio|project genie|pomelli", "Google AI"),
    _row(r"adobe[_ ]firefly|firefly", "Adobe Firefly"),
    _row(r"generative (?:fill|expand)", "Adobe Firefly"),
    _row(
        r"azure openai|bing image creator|microsoft designer|image creator|copilot",
        "Microsoft Designer",
    ),
    _row(r"amazon (?:titan|nova|bedrock)|titan image", "Amazon Bedrock"),
    _row(r"runway(?: ?ml| ai)?|gen-[34]\w*", "Runway"),
    _row(r"stability ?ai|stable (?:diffusion|image|video)|dreamstudio", "Stability AI"),
    _row(r"black forest labs|flux[.-]?\d[\w. -]*", "Black Forest Labs"),
    _row(r"bria(?:[ .]ai)?", "Bria"),
    _row(r"fal[-. ]ai", "fal"),
    _row(r"grok(?: imagine)?|xai", "xAI Grok"),
    _row(r"ideogram", "Ideogram"),
    _row(r"eleven ?labs", "ElevenLabs"),
    _row(r"suno", "Suno"),
    _row(r"udio", "Udio"),
    _row(r"producer\.ai|riffusion", "Producer.ai"),
    _row(r"dreamina|jimeng|seedream|seedance", "Dreamina"),
    _row(r"kling|kolors", "Kling"),
    _row(r"hailuo|minimax", "Hailuo"),
    _row(r"luma (?:ai|dream machine|labs)|lumalabs", "Luma"),
    _row(r"pika(?: ?labs|\.art)?", "Pika"),
    _row(r"midjourney", "Midjourney"),
    _row(r"higgsfield", "Higgsfield"),
    _row(r"recraft", "Recraft"),
    _row(r"leonardo\.?ai", "Leonardo.Ai"),
    _row(r"(?:canva )?magic (?:media|edit|expand|grab|studio)|canva magic", "Canva Magic"),
    _row(r"meta ai|imagine with meta|muse image", "Meta AI"),
    _row(r"comfyui|invokeai|automatic1111", "Stable Diffusion"),
    _row(r"(?:getty images|istock) ai-generated", "Getty Images AI"),
    _row(r"(?:getty images|istock) ai-modified", "Getty Images AI", "ai-modified"),
    _row(r"reface(?:ai)?", "Reface", "ai-modified"),
    _row(r"canva", "Canva", "ai-tool"),
    _row(r"topaz", "Topaz Labs", "ai-tool"),
    _row(r"google photos", "Google Photos", "ai-possible"),
)
_SIGNERS = (
    _row(r"openai(?: opco)?", "OpenAI"),
    _row(r"runway ai", "Runway"),
    _row(r"stability ai", "Stability AI"),
    _row(r"black forest labs", "Black Forest Labs"),
    _row(r"bria(?: ai| artificial)?", "Bria"),
    _row(r"fal[-. ]ai", "fal"),
    _row(r"xai", "xAI Grok"),
    _row(r"ideogram", "Ideogram"),
    _row(r"eleven ?labs", "ElevenLabs"),
    _row(r"suno", "Suno"),
    _row(r"producer\.ai", "Producer.ai"),
    _row(r"dreamina", "Dreamina"),
    _row(r"kling|kuaishou", "Kling"),
    _row(r"luma ai", "Luma"),
    _row(r"pika(?: labs)?", "Pika"),
    _row(r"midjourney", "Midjourney"),
    _row(r"higgsfield", "Higgsfield"),
    _row(r"recraft", "Recraft"),
    _row(r"adobe firefly", "Adobe Firefly"),
    _row(r"pixel studio|google music ai sandbox|google flow", "Google AI"),
    _row(r"(?:getty images|istock) ai-generated", "Getty Images AI"),
    _row(r"(?:getty images|istock) ai-modified", "Getty Images AI", "ai-modified"),
    _row(r"refaceai|neocortext", "Reface", "ai-modified"),
    _row(r"topaz labs", "Topaz Labs", "ai-tool"),
    _row(r"google photos", "Google Photos", "ai-possible"),
)


def by_agent(names: Iterable[str]) -> Generator | None:
    """The first known generator among software agents' and claim generators' names."""
    return _first(_AGENTS, names)


def by_signer(names: Iterable[str]) -> Generator | None:
    """The first known generator among a signer's organisation and certificate name."""
    return _first(_SIGNERS, names)


def _first(rows: tuple[_Row, ...], names: Iterable[str]) -> Generator | None:
    for name in names:
        for row in rows:
            if row.pattern.search(name[:500]):
                return row.generator
    return None
