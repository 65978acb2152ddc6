"""The observer `workflow`: recipes of generators lying about as files of their own.

ComfyUI graphs and API prompts, InvokeAI workflows, SwarmUI, Fooocus and Easy Diffusion
settings as JSON; the settings A1111 writes beside its pictures as text. A recipe is not an
output, so the claim is `ai-workflow` and nothing more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from checkthegate.model import Asset, Gap, Json, Observation
from checkthegate.seams import Example, OpenAsset

_JSON = "text/x-json"
_MEDIA_TYPES = frozenset({_JSON, "application/x-otio+json", "text/plain"})
_MARKS = (
    '"class_type"', '"last_node_id"', '"last_link_id"', "Node name for S&R",
    '"sui_image_params"', "Sampler:", '"invocation"', "invokeai", "stable_diffusion_model",
    "sd_model_checkpoint", '"metadata_scheme"', '"default_sampler"', "rompt",
)  # fmt: skip
_HEAD_MARKS = ('"class_type"', '"last_node_id"', '"last_link_id"', '"sui_image_params"')
_HEAD = 65_536


class WorkflowObserver:
    """Finds recipes by what is in them, whatever the file is called."""

    id = "workflow"
    version = "1"

    @property
    def settings(self) -> Mapping[str, Json]:
        """Nothing to set."""
        return {}

    @property
    def reads_path(self) -> bool:
        """No: its result is that of the bytes alone."""
        return False

    def wants(self, asset: Asset) -> bool:
        """JSON and plain text."""
        return asset.media_type in _MEDIA_TYPES

    def observe(self, opened: OpenAsset) -> Iterable[Observation]:
        """At most one statement; a gap for every document that cannot be read whole."""
        content = opened.read_at(0, opened.limits.document_bytes)
        text = content.decode(_encoding(content), "replace")
        if opened.asset.size > opened.limits.document_bytes:
            yield Gap(
                self.id,
                f"only the first {opened.limits.document_bytes // 2**20} MB of this file were "
                "searched for AI workflows and generation settings",
            )
        elif opened.asset.media_type == _JSON and not _is_json(content):
            yield Gap(self.id, _damaged(text))
            return
        if any(mark in text for mark in _MARKS):
            yield from self._found(text, opened.asset.media_type)

    def _found(self, text: str, media_type: str) -> Iterator[Observation]:
        from checkthegate.detect.traces import recipes

        if text.lstrip()[:1] in ("{", "["):
            document = recipes.document(text)
            if document is None and _begins_as_workflow(text):
                yield Gap(self.id, _damaged(text))
            yield from recipes.from_document(document, text)
        else:
            yield from recipes.from_text(text)

    def examples(self) -> Sequence[Example]:
        """A graph, an API prompt, settings as text, and JSON that is none of these."""
        claims = (("ai-workflow", "declared"),)
        graph = b'{"last_node_id": 1, "nodes": [{"id": 1, "type": "KSampler", "mode": 0}]}'
        prompt = b'{"3": {"class_type": "KSampler", "inputs": {"seed": 7, "steps": NaN}}}'
        text = b"a lighthouse\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 7, Size: 512x512\n"
        return [
            Example("graph.json", graph, claims),
            Example("prompt.json", prompt, claims),
            Example("picture.txt", text, claims),
            Example("cut.json", graph[:60], gap=True),
            Example("list.json", b'{"shots": [1, 2', gap=True),
            Example("deep.json", b'{"class_type": ' + b"[" * 200_000, gap=True),
            Example("plain.json", b'{"nodes": [{"type": "clip", "name": "sh010"}]}'),
            Example("notes.txt", b"Steps: wash, dry, fold. Sampler plate on table 3.\n"),
        ]


def _begins_as_workflow(text: str) -> bool:
    return any(mark in text[:_HEAD] for mark in _HEAD_MARKS)


def _damaged(text: str) -> str:
    """Why a document that is not JSON is a gap, in words that fit how it begins."""
    if _begins_as_workflow(text):
        return (
            "this looks like an AI workflow, but it is damaged or nested too deeply to be read, "
            "so the models and steps in it are not known"
        )
    return (
        "this JSON is damaged, cut off or nested too deeply, so what it holds is not known; "
        "ask for it again"
    )


def _is_json(content: bytes) -> bool:
    """Whether bytes are one JSON document, or one on each line."""
    try:
        text = content.decode(_encoding(content))
        json.loads(text)
    except (UnicodeDecodeError, RecursionError):
        return False
    except ValueError:
        return _is_json_lines(text)
    return True


def _is_json_lines(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        for line in lines:
            json.loads(line)
    except (ValueError, RecursionError):
        return False
    return len(lines) > 1


def _encoding(content: bytes) -> str:
    return "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def observer(settings: Mapping[str, Any]) -> WorkflowObserver:
    """The entry point. There is nothing to set."""
    return WorkflowObserver()
