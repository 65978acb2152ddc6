"""Generators by name: how each is written, what its name alone claims, which family it is of.

A name counts as a claim only in a field that names tools. `ai-tool` marks those that also do
ordinary work (design, grading, office writing), so that their name alone does not convict.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Tool:
    """One generator. `pattern` is a regular expression for its name, used with word bounds.

    `telling` says that the name means nothing else, so that it may count within prose.
    `hosts` says that it also runs other makers' models, so a second name beside it is no
    contradiction.
    """

    name: str
    family: str
    pattern: str
    claim: str = "ai-generated"
    telling: bool = True
    hosts: bool = False


TOOLS: tuple[Tool, ...] = (
    Tool("ComfyUI", "open", r"comfy[ _-]?ui", hosts=True),
    Tool("AUTOMATIC1111", "open", r"automatic1111|stable[ _-]diffusion[ _-]web[ _-]?ui|a1111"),
    Tool("Forge", "open", r"(?:sd|webui)[ _-]forge"),
    Tool("SD.Next", "open", r"sd\.?next"),
    Tool("InvokeAI", "open", r"invoke[ _-]?ai"),
    Tool("SwarmUI", "open", r"(?:stable)?swarm[ _-]?ui"),
    Tool("Fooocus", "open", r"(?:ruined)?fooocus"),
    Tool("Easy Diffusion", "open", r"easy diffusion"),
    Tool("Draw Things", "open", r"draw things"),
    Tool("Civitai", "open", r"civitai", hosts=True),
    Tool("Stable Diffusion", "open", r"stable[ _-]?diffusion|sdxl|dream ?studio"),
    Tool("Stability AI", "open", r"stability[ .]ai|stable (?:audio|image|video)", hosts=True),
    Tool("FLUX", "open", r"black forest labs|flux\.[12]|flux[ -](?:pro|dev|schnell|kontext)"),
    Tool("fal", "open", r"fal[.-]ai", hosts=True),
    Tool("Replicate", "open", r"replicate\.com", hosts=True),
    Tool("NovelAI", "novelai", r"novel ?ai"),
    Tool("Midjourney", "midjourney", r"mid ?journey"),
    Tool("Sora", "openai", r"(?:openai|truepic lens cli in) sora|sora[ -]?[12]", telling=False),
    Tool("Sora", "openai", r"^sora$", telling=False),
    Tool("DALL·E", "openai", r"dall[ ·∙•.⋅-]?e(?:[ -]?[23])?"),
    Tool("GPT Image", "openai", r"gpt[ -]?image(?:[ -]?[\d.]+)?|gpt-4o image"),
    Tool("ChatGPT", "openai", r"chat ?gpt"),
    Tool("OpenAI", "openai", r"open ?ai"),
    Tool(
        "Bing Image Creator",
        "openai",
        r"bing image creator|image creator from (?:microsoft)? ?"
        r"designer",
    ),
    Tool("Microsoft Designer", "openai", r"microsoft designer", "ai-tool", hosts=True),
    Tool("Microsoft Copilot", "openai", r"(?:microsoft|ms|365) (?:365 )?copilot", "ai-tool"),
    Tool("Google Imagen", "google", r"(?:google )?imagen[ -]?[1-9]\S{0,4}|google imagen"),
    Tool("Google Veo", "google", r"(?:google )?veo[ -]?[1-9]\S{0,4}|google veo", telling=False),
    Tool(
        "Google Gemini",
        "google",
        r"(?:google )?gemini[ -]?[1-9]\S{0,9}(?: (?:pro|flash))?|"
        r"google gemini|nano banana",
    ),
    Tool("Google Lyria", "google", r"(?:google )?lyria(?:[ -]?\d)?", telling=False),
    Tool("Google AI", "google", r"google (?:ai|c2pa core generator library|media processing)"),
    Tool("Adobe Firefly", "adobe", r"(?:adobe[ _-])?firefly", telling=False, hosts=True),
    Tool(
        "Runway",
        "runway",
        r"runway[ -]?ml|runway (?:ai|gen-?\d\S{0,8})|runway "
        r"(?:image|video) generation|runwayml\.com",
        hosts=True,
    ),
    Tool("Kling", "kling", r"kling(?: ?ai)?(?:[ -]?(?:v?\d\S{0,6}))?", telling=False),
    Tool("Pika", "pika", r"pika(?: ?labs| ?art|\.art|[ -]\d\S{0,4})", telling=False),
    Tool("Luma", "luma", r"luma ?(?:ai|labs)|(?:luma )?dream machine|luma ray ?\d?", telling=False),
    Tool("Leonardo.Ai", "leonardo", r"leonardo[. ]?ai", hosts=True),
    Tool("Krea", "krea", r"krea(?:[. ]ai)?", telling=False, hosts=True),
    Tool("Ideogram", "ideogram", r"ideogram(?:[ .,]*(?:ai|inc))?", telling=False),
    Tool("Recraft", "recraft", r"recraft(?:\.ai| v\d| ai)?", telling=False),
    Tool("Bria", "bria", r"bria(?:[. ]?ai| \d\S{0,4})", telling=False),
    Tool("Canva", "canva", r"canva (?:magic|ai)\b[^,;]{0,20}|magic media"),
    Tool("Canva", "canva", r"canva", "ai-tool", telling=False, hosts=True),
    Tool(
        "Topaz",
        "topaz",
        r"topaz (?:photo|video|gigapixel|labs|denoise|sharpen|bloom)[^,;]{0,30}",
        "ai-tool",
        hosts=True,
    ),
    Tool("Higgsfield", "higgsfield", r"higgsfield(?: ?ai)?", hosts=True),
    Tool(
        "Grok", "xai", r"(?:xai )?grok(?:[ -](?:imagine|image|\d)\S{0,8})|xai grok", telling=False
    ),
    Tool("Meta AI", "meta", r"(?:imagine with )?meta ai|meta imagine"),
    Tool("Hailuo", "minimax", r"hailuo(?: ?ai)?|minimax"),
    Tool("Jimeng", "bytedance", r"jimeng|dreamina|seedance|seedream|即梦", hosts=True),
    Tool("Doubao", "bytedance", r"doubao|豆包", hosts=True),
    Tool("CapCut", "bytedance", r"capcut(?:/\S{0,12})?", "ai-tool", telling=False, hosts=True),
    Tool("Qwen", "alibaba", r"qwen(?:-?image)?|tongyi|通义|wanx"),
    Tool("Hunyuan", "tencent", r"hunyuan\S{0,8}|混元"),
    Tool("Vidu", "vidu", r"vidu(?: ?(?:ai|q?\d)\S{0,4})", telling=False),
    Tool("PixVerse", "pixverse", r"pixverse"),
    Tool("Freepik AI", "freepik", r"freepik (?:ai|mystic|pikaso)\S{0,8}", hosts=True),
    Tool("Playground AI", "playground", r"playground ?ai", hosts=True),
    Tool("NightCafe", "nightcafe", r"night ?cafe (?:studio|creator)", hosts=True),
    Tool("HeyGen", "heygen", r"heygen"),
    Tool("Synthesia", "synthesia", r"synthesia(?:\.io)?"),
    Tool("D-ID", "d-id", r"d-id(?:\.com| creative reality\S{0,8})", telling=False),
    Tool("Suno", "suno", r"suno(?: ?ai| studio|\.com|\.ai| v\d\S{0,4})", telling=False),
    Tool("Suno", "suno", r"^suno$", telling=False),
    Tool("Udio", "udio", r"udio(?:\.com)?", telling=False),
    Tool("ElevenLabs", "elevenlabs", r"eleven ?labs(?:\.io)?"),
    Tool("Producer.ai", "producer", r"producer\.ai|riffusion"),
    Tool("Stable Audio", "open", r"stable audio"),
    Tool("MusicGen", "meta", r"musicgen|audiocraft"),
    Tool("Mubert", "mubert", r"mubert"),
    Tool("AIVA", "aiva", r"aiva(?:\.ai| technologies)"),
    Tool("Murf", "murf", r"murf(?:[. ]ai)"),
    Tool("Resemble AI", "resemble", r"resemble[. ]ai"),
    Tool(
        "Claude",
        "anthropic",
        r"claude(?:[. ]ai| code| \d\S{0,6}| (?:opus|sonnet|haiku)"
        r"[^,;]{0,12})|anthropic(?: claude)?",
    ),
    Tool("Perplexity", "perplexity", r"perplexity(?:[. ]ai)", "ai-tool"),
    Tool("Jasper", "jasper", r"jasper[. ]ai"),
)
"""Ordered: of two names in one value, the one listed first is told."""

_BARE = {
    "runway": "Runway", "pika": "Pika", "luma": "Luma", "imagen": "Google Imagen",
    "veo": "Google Veo", "gemini": "Google Gemini", "google gemini": "Google Gemini",
    "grok": "Grok", "flux": "FLUX", "claude": "Claude", "copilot": "Microsoft Copilot",
    "bria": "Bria", "vidu": "Vidu", "forge": "Forge", "aiva": "AIVA", "leonardo": "Leonardo.Ai",
    "wan": "Qwen", "topaz": "Topaz", "murf": "Murf",
}  # fmt: skip
"""Words with another everyday meaning: a tool's name only as the whole of a tool field."""

_BY_NAME = {tool.name: tool for tool in reversed(TOOLS)}
_EDGES = (r"(?<![\w·])", r"(?![\w])")


def _bounded(pattern: str) -> str:
    return f"{_EDGES[0]}(?:{pattern}){_EDGES[1]}"


_ANY = re.compile(
    "|".join(f"(?P<t{at}>{_bounded(t.pattern)})" for at, t in enumerate(TOOLS)), re.IGNORECASE
)
TELLING = "|".join(tool.pattern for tool in TOOLS if tool.telling)
_VALUE_LIMIT = 256


def tool_in(value: str) -> Tool | None:
    """The generator that a tool-naming field names in its first 256 characters, or None.

    The earliest in the table wins.
    """
    return _tool_in(value[:_VALUE_LIMIT])


@lru_cache(maxsize=4096)
def _tool_in(value: str) -> Tool | None:
    text = value.replace("_", " ").strip().strip("\0").strip()
    bare = _BARE.get(text.lower())
    if bare is not None:
        return _BY_NAME[bare]
    places = [int(found.lastgroup[1:]) for found in _ANY.finditer(text) if found.lastgroup]
    return TOOLS[min(places)] if places else None


def called(name: str) -> Tool | None:
    """The tool of that canonical name, or else whatever `tool_in` finds in it."""
    return _BY_NAME.get(name) or tool_in(name)
