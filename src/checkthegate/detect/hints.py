"""The observer `hints`: file and folder names that generators give to what they make.

A name proves nothing: every hint is `suspected`. Patterns are those of real downloads and of
default output folders; words with an everyday meaning (a singer called Sora, a runway at an
airport, a luma matte, Leonardo, the word "video") never match by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from checkthegate.model import Asset, Evidence, Grade, Json, Observation
from checkthegate.seams import Example, OpenAsset

_NAME_LIMIT = 1000
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

# Underscores part words in file names, so `\b` would not do; `_bounded` puts its own edges.
_WORDS: tuple[tuple[str, str], ...] = (
    ("ComfyUI", r"comfy[ _-]?ui"),
    ("Midjourney", r"mid[_-]?journey"),
    ("DALL·E", r"dall[·.∙•_ -]?e[ _-]?[23]|dall[·∙•-]e|dalle"),
    ("ChatGPT", r"chatgpt"),
    ("GPT Image", r"gpt[ _-]?image(?:[ _-]?\d)?"),
    ("OpenAI", r"openai"),
    ("Sora", r"openai[ _-]sora|sora2|sora[ _-](?:2[ _-])?(?:gen|video|ai|pro)|"
     r"sora[ _-][0-9a-z]{20,}"),
    ("Google Gemini", r"gemini[ _-]generated[ _-](?:image|video)|"
     r"gemini[ _-]\d\.\d[ _-](?:pro|flash|image)|nano[ _-]banana(?:[ _-]pro)?"),
    ("Google Imagen", r"imagen[ _-]?[34](?:\.0)?"),
    ("Google Veo", r"(?:google[ _-])?veo[ _-]?[23](?:[._-]\d)?|google[ _-]veo"),
    ("Google Lyria", r"google[ _-]lyria|lyria[ _-]?\d"),
    ("Adobe Firefly", r"adobe[ _-]?firefly|firefly[ _-]?(?:ai|generated)|"
     r"generative[ _-]?fill|genfill"),
    ("Runway", r"runway[ _-]?(?:ml|ai|gen[ _-]?\d\w{0,8})|gen-[34][ _-](?:alpha|turbo)"),
    ("Kling", r"kling[ _-]?ai|kling[ _-](?:\d{6,}|v?[1-9]\.\d|image|text|video|pro|master)"),
    ("Pika", r"pika[ _-]?(?:labs|art|ai|\d\.\d)"),
    ("Luma", r"luma[ _-]?(?:ai|labs)|luma[ _-]dream"),
    ("Leonardo.Ai", r"leonardo[ ._-]?ai|leonardo[_ ](?:phoenix|diffusion|kino|vision|lightning|"
     r"lucid|photoreal|anime)[ _]\w+"),
    ("Krea", r"krea[ ._-]?ai"),
    ("Ideogram", r"ideogram[ ._-]?ai|ideogram[ _-]?v?\d(?:\.\d)?"),
    ("Recraft", r"recraft[ ._-]?(?:ai|v\d)"),
    ("Grok", r"grok[ _-](?:image|video|imagine|\d)|xai[ _-]grok"),
    ("Stable Diffusion", r"stable[ _-]?diffusion|sdxl|"
     r"(?:txt2img|img2img)(?:-(?:images|grids))?"),
    ("FLUX", r"flux[ ._-]?[12]?[ ._-]?(?:dev|schnell|pro|kontext)"),
    ("InvokeAI", r"invoke[ _-]?ai"),
    ("NovelAI", r"novelai"),
    ("Fooocus", r"fooocus"),
    ("SwarmUI", r"swarmui"),
    ("Civitai", r"civitai"),
    ("Hailuo", r"hailuo(?:[ _-]?ai)?|minimax[ _-](?:video|hailuo)"),
    ("Jimeng", r"jimeng|dreamina|seedance|seedream"),
    ("Doubao", r"doubao"),
    ("Hunyuan", r"hunyuan(?:[ _-]?video)?"),
    ("Wan", r"wan[ _-]?2\.[1-9]"),
    ("LTX Video", r"ltxv|ltx[ _-]video"),
    ("Vidu", r"vidu[ _-]?(?:ai|q?\d)"),
    ("PixVerse", r"pixverse"),
    ("Higgsfield", r"higgsfield"),
    ("HeyGen", r"heygen"),
    ("Suno", r"suno"),
    ("Udio", r"udio"),
    ("ElevenLabs", r"eleven[ _-]?labs"),
    ("Stable Audio", r"stable[ _-]audio"),
    ("", r"ai[ _-]?gen|(?:ai[ _-]?generated|ai[ _-]?generation|aigc|gen[ _-]?ai|"
     r"generative[ _-]ai|text[ _-]?to[ _-]?(?:image|video))"),
)  # fmt: skip

_WHOLE: tuple[tuple[str, str], ...] = (
    ("ComfyUI", r"comfyui_(?:temp_[a-z]{5}_)?\d{5}_?\..*"),
    (
        "Midjourney",
        rf"[\w.-]{{2,40}}?(?:_[^\W_][^_]{{0,60}}){{3,40}}_{_UUID}"
        r"(?:(?:_\d)?\.(?:png|jpe?g|webp)|_\d\.(?:mp4|gif))",
    ),
    ("DALL·E", r"dall[·.∙•_ -]?e[ _]\d{4}-\d\d-\d\d.*"),
    ("ChatGPT", r"chatgpt[ _]image[ _].*"),
    ("Google Gemini", r"gemini_generated_image_\w+.*|generated image .{3,40}\.\w{3,4}"),
    ("Adobe Firefly", r"firefly[ _].{3,200}[ _]\d{4,7}\.(?:jpe?g|png|webp|mp4|mov)"),
    ("Sora", r"\d{8}_\d{4}_.{2,200}_(?:simple_compose|remix|storyboard)_[0-9a-z]{10,}.*"),
    ("Ideogram", r"ideogram(?: ?\(\d+\))?\.\w{3,4}"),
)
_SEED_NAME = re.compile(r"\d{5}-\d{5,10}(?:-.{0,200})?\.(?:png|jpe?g|webp)", re.I)
_SD_FOLDERS = frozenset(
    {"txt2img-images", "img2img-images", "txt2img-grids", "img2img-grids", "extras-images"}
)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str], bool], ...]:
    """(tool, pattern, whether it is for whole file names only), compiled on first use."""
    edges = (r"(?<![a-z0-9])", r"(?![a-z0-9])")
    words = ((t, re.compile(f"{edges[0]}(?:{p}){edges[1]}", re.I), False) for t, p in _WORDS)
    whole = ((t, re.compile(f"(?:{p})\\Z", re.I), True) for t, p in _WHOLE)
    return (*whole, *words)


def hints(path: str) -> Iterator[Evidence]:
    """A hint for each generator that the names in `path` suggest, the file's name first."""
    parts = [part[:_NAME_LIMIT] for part in path.replace("!/", "/").split("/") if part]
    told: set[str] = set()
    for place, part in enumerate(reversed(parts)):
        key = "folder name" if place else "file name"
        for tool in _tools(part, parts, is_file=not place):
            if tool not in told:
                told.add(tool)
                detail: dict[str, Json] = {"tool": tool, "key": key} if tool else {"key": key}
                yield Evidence("hints", Grade.SUSPECTED, "ai-hint", detail)


def _tools(part: str, parts: Sequence[str], *, is_file: bool) -> Iterator[str]:
    yield from _named_in(part, is_file=is_file)
    folders = {folder.lower() for folder in parts[:-1]}
    if is_file and _SEED_NAME.fullmatch(part) and folders & _SD_FOLDERS:
        yield "AUTOMATIC1111"


@lru_cache(maxsize=4096)
def _named_in(part: str, *, is_file: bool) -> tuple[str, ...]:
    """The tools that one name suggests. Folders' names are asked for again with every file."""
    return tuple(
        tool
        for tool, pattern, whole in _patterns()
        if ((is_file and pattern.match(part)) if whole else pattern.search(part))
    )


class HintsObserver:
    """Reads nothing but the path. Its answer belongs to the path, not to the bytes."""

    id = "hints"
    version = "1"

    @property
    def settings(self) -> Mapping[str, Json]:
        """Nothing to set."""
        return {}

    @property
    def reads_path(self) -> bool:
        """Yes: it reads nothing else."""
        return True

    def wants(self, asset: Asset) -> bool:
        """Whether the path holds a telling name; asking costs no I/O."""
        return next(hints(asset.path), None) is not None

    def observe(self, opened: OpenAsset) -> Iterable[Observation]:
        """The hints of the asset's path."""
        yield from hints(opened.asset.path)

    def examples(self) -> Sequence[Example]:
        """File names that hint, and file names that do not."""
        content = b"a picture, a sound or whatever else: only the name counts\n"
        hint = (("ai-hint", "suspected"),)
        telling = ("ComfyUI_00001_.png", "DALL·E 2024-03-01 09.00.00 - a cat.png",
                   "Gemini_Generated_Image_abcdef.png", "ChatGPT Image Mar 1, 2026.png",
                   "ElevenLabs_2026-01-01T10_00_00_Voice.mp3", "sh010_ai_gen_v002.png")  # fmt: skip
        plain = ("sora_interview_day3.mov", "video_final.mp4", "runway_03_landing.mov",
                 "luma_matte_v01.exr", "flux_pass.exr", "00001-1234567890.png")  # fmt: skip
        return [
            *(Example(name, content, hint) for name in telling),
            *(Example(name, content) for name in plain),
        ]


def observer(settings: Mapping[str, Any]) -> HintsObserver:
    """The entry point. There is nothing to set."""
    return HintsObserver()
