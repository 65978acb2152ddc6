"""What generators leave in metadata. One file a family; tags in, evidence out.

Each family is a pure function of all tags of a file. None of them raises, whatever the tags
hold, and each takes time linear in their size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces.ai_system import traces as _ai_system
from checkthegate.detect.traces.aigc import traces as _aigc
from checkthegate.detect.traces.automatic1111 import traces as _automatic1111
from checkthegate.detect.traces.camera import traces as _camera
from checkthegate.detect.traces.comfyui import traces as _comfyui
from checkthegate.detect.traces.draw_things import traces as _draw_things
from checkthegate.detect.traces.easy_diffusion import traces as _easy_diffusion
from checkthegate.detect.traces.fooocus import traces as _fooocus
from checkthegate.detect.traces.google import traces as _google
from checkthegate.detect.traces.grok import traces as _grok
from checkthegate.detect.traces.huggingface import traces as _huggingface
from checkthegate.detect.traces.invokeai import traces as _invokeai
from checkthegate.detect.traces.loose import traces as _loose
from checkthegate.detect.traces.luma import traces as _luma
from checkthegate.detect.traces.midjourney import traces as _midjourney
from checkthegate.detect.traces.music import traces as _music
from checkthegate.detect.traces.named_tools import traces as _named_tools
from checkthegate.detect.traces.novelai import traces as _novelai
from checkthegate.detect.traces.prose import traces as _prose
from checkthegate.detect.traces.samsung import traces as _samsung
from checkthegate.detect.traces.source_type import traces as _source_type
from checkthegate.detect.traces.swarmui import traces as _swarmui
from checkthegate.detect.traces.training import traces as _training
from checkthegate.model import Evidence, Grade

Family = Callable[[Sequence[Tag]], Iterator[Evidence]]

FAMILIES: tuple[Family, ...] = (
    _comfyui,
    _swarmui,
    _fooocus,
    _automatic1111,
    _invokeai,
    _novelai,
    _easy_diffusion,
    _draw_things,
    _midjourney,
    _google,
    _grok,
    _luma,
    _samsung,
    _music,
    _aigc,
    _source_type,
    _ai_system,
    _camera,
    _training,
    _huggingface,
)
GENERAL: tuple[Family, ...] = (_named_tools, _loose, _prose)


def recognise(tags: Sequence[Tag]) -> list[Evidence]:
    """All that the tags of one file say, each statement once.

    General recognisers only see tags that no family has spoken for. A hint is dropped when
    it names no tool or one that is declared.
    """
    found = [evidence for family in FAMILIES for evidence in family(tags)]
    spoken = {(said.detail.get("carrier"), said.detail.get("key")) for said in found}
    rest = [tag for tag in tags if (tag.carrier, tag.key) not in spoken]
    found += [evidence for family in GENERAL for evidence in family(rest)]
    return _once(found)


def _once(found: Sequence[Evidence]) -> list[Evidence]:
    sure = [said for said in found if said.grade is not Grade.SUSPECTED]
    told = {said.detail.get("tool") for said in sure if said.claim.startswith("ai-")}
    if told:
        told.add(None)
    kept: dict[tuple[object, ...], Evidence] = {}
    for said in found:
        tool = said.detail.get("tool")
        if said.claim == "ai-hint" and tool in told:
            continue
        key = (said.claim, said.grade, tool, said.detail.get("source_type"))
        kept.setdefault(key, said)
    return list(kept.values())
