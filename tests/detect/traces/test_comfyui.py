"""ComfyUI in all its carriers, and what is read out of its graphs."""

import json

import pytest

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces import recognise
from checkthegate.model import Evidence

API = {
    "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd\\m.safetensors"}},
    "2": {
        "class_type": "LoraLoader",
        "inputs": {"lora_name": "people/someone.safetensors", "model": ["1", 0]},
    },
    "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "a barn", "clip": ["2", 1]}},
    "4": {"class_type": "CLIPTextEncode", "inputs": {"text": "fog", "clip": ["2", 1]}},
    "5": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 2**63, "steps": 20, "cfg": 7.5, "sampler_name": "euler",
            "positive": ["3", 0], "negative": ["4", 0], "latent_image": ["6", 0],
        },
    },
    "6": {"class_type": "EmptyLatentImage", "inputs": {"width": 512}},
    "7": {"class_type": "NobodyKnowsThisNode+++", "inputs": {"anything": None, "list": [1, 2, 3]}},
}  # fmt: skip
GRAPH = {
    "last_node_id": 3,
    "nodes": [
        {"type": "CheckpointLoaderSimple", "widgets_values": ["sd/m.safetensors"], "mode": 0},
        {"type": "CLIPTextEncode", "widgets_values": ["a barn"]},
        {"type": "KSampler", "widgets_values": [42, "randomize", 20]},
        {"type": "LoadImage", "widgets_values": ["plate.png"], "mode": 4},
    ],
}
PROMPT, WORKFLOW = json.dumps(API), json.dumps(GRAPH)


def only(*tags: Tag) -> Evidence:
    [said] = recognise(tags)
    assert said.detail["tool"] == "ComfyUI"
    assert said.grade.value == "declared"
    return said


def with_node(name: str, kind: str, **inputs: object) -> str:
    return json.dumps({**API, name: {"class_type": kind, "inputs": inputs}})


@pytest.mark.parametrize(
    "tag",
    [
        Tag("png", "prompt", PROMPT),
        Tag("mp4", "prompt", PROMPT),
        Tag("matroska", "PROMPT", PROMPT),
        Tag("exif", "Model", "prompt:" + PROMPT),
        Tag("exif", "Make", "Prompt: " + PROMPT),
        Tag("exif", "ImageDescription", "Prompt: " + PROMPT),
        Tag("mp4", "comment", json.dumps({"prompt": PROMPT, "workflow": WORKFLOW})),
        Tag("mp4", "©cmt", json.dumps({"prompt": API, "workflow": GRAPH})),
        Tag("matroska", "COMMENT", json.dumps({"prompt": API})),
        Tag("exif", "UserComment", json.dumps({"prompt": API})),
        Tag("png", "prompt", json.dumps(PROMPT)),
    ],
)
def test_the_prompt_in_every_carrier(tag: Tag) -> None:
    said = only(tag)
    assert said.claim == "ai-generated"
    assert said.detail["model"] == "m.safetensors"
    assert said.detail["steps"] == 20
    assert said.detail["sampler"] == "euler"
    assert said.detail["node_types"] == sorted({node["class_type"] for node in API.values()})
    assert said.private["prompt"] == "a barn"
    assert said.private["negative_prompt"] == "fog"
    assert said.private["seed"] == str(2**63)
    assert said.private["loras"] == ["someone.safetensors"]
    assert "someone" not in repr(said.detail)


@pytest.mark.parametrize(
    "tag",
    [
        Tag("png", "workflow", WORKFLOW),
        Tag("mp4", "workflow", WORKFLOW),
        Tag("exif", "Make", "workflow:" + WORKFLOW),
        Tag("exif", "ImageDescription", "Workflow: " + WORKFLOW),
        Tag("matroska", "attachment/json", WORKFLOW),
    ],
)
def test_the_graph_alone(tag: Tag) -> None:
    said = only(tag)
    assert said.claim == "ai-generated", "a bypassed LoadImage does not count"
    assert said.detail["model"] == "m.safetensors"
    assert said.private["prompt"] == "a barn"
    assert said.private["seed"] == "42"
    assert said.private["workflow"] == WORKFLOW


def test_both_are_one_statement_and_the_graph_is_kept() -> None:
    said = only(Tag("png", "workflow", WORKFLOW), Tag("png", "prompt", PROMPT))
    assert said.detail["key"] == "prompt"
    assert said.private["workflow"] == WORKFLOW


@pytest.mark.parametrize(
    ("prompt", "claim"),
    [
        (with_node("9", "LoadImage", image="plate.png"), "ai-modified"),
        (with_node("9", "VHS_LoadVideo", video="plate.mov"), "ai-modified"),
        (with_node("9", "VAEEncodeForInpaint", pixels=["8", 0]), "ai-modified"),
        (with_node("9", "VAEEncode", pixels=["7", 0]), "ai-modified"),
        (with_node("8", "VAEEncode", pixels=["9", 0])[:-1]
         + ', "9": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0]}}}',
         "ai-generated"),
        (json.dumps({"1": {"class_type": "LoadImage", "inputs": {}},
                     "2": {"class_type": "SaveImage", "inputs": {}}}), "ai-tool"),
    ],
)  # fmt: skip
def test_starting_from_a_picture_is_changing_it(prompt: str, claim: str) -> None:
    assert only(Tag("png", "prompt", prompt)).claim == claim


def test_nan_and_infinity_as_comfyui_writes_them() -> None:
    odd = PROMPT.replace("7.5", "NaN").replace('"width": 512', '"width": Infinity')
    said = only(Tag("png", "prompt", odd))
    assert "cfg" not in said.detail
    assert said.detail["model"] == "m.safetensors"


def test_a_broken_prompt_still_says_where_it_is_from() -> None:
    assert only(Tag("png", "prompt", PROMPT[:200])).claim == "ai-generated"
    assert only(Tag("png", "workflow", WORKFLOW[:60])).claim == "ai-generated"


def test_loops_in_a_graph_end() -> None:
    nodes = {
        str(n): {"class_type": "CLIPTextEncode", "inputs": {"positive": [str((n + 1) % 500), 0]}}
        for n in range(500)
    }
    assert only(Tag("png", "prompt", json.dumps(nodes)))


def test_at_most_200_kinds_of_nodes_are_shown() -> None:
    nodes = {str(n): {"class_type": f"Node{n}", "inputs": {}} for n in range(900)}
    assert len(only(Tag("png", "prompt", json.dumps(nodes))).detail["node_types"]) == 200


@pytest.mark.parametrize(
    "value",
    ["{}", "[]", "null", '{"1": {}}', '{"1": {"class_type": 3}}', '{"nodes": [], "links": []}',
     '{"nodes": [{"type": "n8n-nodes-base.set"}], "connections": {}}'],
)  # fmt: skip
def test_other_json_is_not_comfyui(value: str) -> None:
    found = recognise([Tag("png", "workflow", value), Tag("png", "Comment", value)])
    assert "ComfyUI" not in {each.detail.get("tool") for each in found if each.claim != "ai-hint"}
