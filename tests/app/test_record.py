"""Generated files on record: what they say of themselves, what contradicts it, what is new."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from checkthegate.app.record import RecordRequest, record_files
from checkthegate.app.record_view import record_shown, records_listed
from checkthegate.app.recording import event, new_id, now, record
from checkthegate.app.registry.desk import desk_of
from checkthegate.app.telling import Said, same_tool
from checkthegate.model import UsageError
from checkthegate.model.registry import Made, Promise
from checkthegate.registry.times import as_known_now

from .databases import Kept

GRAPH = {
    "1": {"class_type": "LoadImage", "inputs": {"image": "plate.png"}},
    "2": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sdxl.safetensors"}},
    "3": {"class_type": "LoraLoader", "inputs": {"lora_name": "ada_face.safetensors"}},
    "4": {"class_type": "CLIPTextEncode", "inputs": {"text": "Ada in the rain"}},
    "5": {"class_type": "KSampler", "inputs": {"seed": 77, "positive": ["4", 0]}},
}
INFOTEXT = "a cat\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 7, Size: 64x64, Model: v1-5"


def picture(file: Path, colour: int, **texts: str) -> Path:
    """A small PNG with text fields."""
    written = PngImagePlugin.PngInfo()
    for name, text in texts.items():
        written.add_text(name, text)
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (32, 32), (colour, 20, 20)).save(file, pnginfo=written)
    return file


def comfy(file: Path, colour: int = 1) -> Path:
    """A picture as ComfyUI saves it, made from a plate."""
    return picture(file, colour, prompt=json.dumps(GRAPH))


def quiet(done: int, files: int, path: str) -> None:
    """Nobody watches."""


def put(kept: Kept, *paths: Path, use: str = "Use 0", **more: Any) -> dict[str, Any]:
    """Record files as somebody would."""
    stated = {"tools": ("Tool 0",), "workers": 0, **more}
    with desk_of(kept.home.folder) as desk:
        return record_files(desk, RecordRequest(paths=paths, use=use, **stated), quiet)


def shown(kept: Kept, id_: str, **more: Any) -> dict[str, Any]:
    """A record as it is shown."""
    with desk_of(kept.home.folder) as desk, desk.store.reading() as reading:
        return record_shown(reading, id_, **more)


def add_tool(kept: Kept, name: str, **more: str) -> str:
    """Register a tool."""
    id_ = new_id("tool")
    with desk_of(kept.home.folder) as desk:
        record(desk.store, event("tool-added", id_, {"name": name, **more}))
    return id_


def test_a_file_tells_its_models_inputs_and_prompt(kept: Kept, tmp_path: Path) -> None:
    tool = add_tool(kept, "ComfyUI")
    plate = picture(tmp_path / "plate.png", 99)
    stated = put(
        kept, comfy(tmp_path / "a.png"), tools=("ComfyUI",), inputs=(str(plate),),
        promise=Promise.TEMP, talents=("Person 1",),
    )  # fmt: skip
    assert stated["files"] == 1
    assert not [each for each in stated["warnings"] if "--from-file" in each]
    found = shown(kept, stated["records"][0]["id"], private=True)
    assert found["made"] == "modified"
    assert found["promise"] == "temp"
    assert len(found["talents"]) == 1
    (step,) = found["steps"]
    assert (step["tool"], step["models"]) == (tool, ["sdxl.safetensors"])
    (file,) = found["files"]
    assert file["facts"]["tools"] == ["ComfyUI"]
    assert file["private"]["prompt"] == "Ada in the rain"
    assert file["private"]["loras"] == ["ada_face.safetensors"]
    assert file["private"]["inputs"] == ["plate.png"]
    public = json.dumps(file["facts"])
    assert "Ada" not in public
    assert "ada_face" not in public
    assert "77" not in json.dumps(file["facts"]["evidence"][0]["detail"].get("seed"))
    assert kept.verify()["ok"]


def test_an_input_the_file_names_and_nobody_gave_is_told(kept: Kept, tmp_path: Path) -> None:
    add_tool(kept, "ComfyUI")
    stated = put(kept, comfy(tmp_path / "a.png"), tools=("ComfyUI",))
    assert any("plate.png" in each for each in stated["warnings"])


def test_a_tool_the_file_names_and_nobody_said_counts_as_a_step(kept: Kept, tmp_path: Path) -> None:
    id_ = add_tool(kept, "Midjourney")
    file = picture(tmp_path / "m.png", 3, Software="Midjourney")
    stated = put(kept, file, tools=("Tool 0",))
    assert any("Midjourney" in each and "Tool 0" in each for each in stated["warnings"])
    steps = stated["records"][0]["steps"]
    assert [(each["name"], each.get("tool") == id_) for each in steps] == [
        ("Tool 0", False),
        ("Midjourney", True),
    ]
    assert stated["records"][0]["weakest"]["name"] == "Midjourney"


def test_the_weakest_of_several_tools_decides(kept: Kept, tmp_path: Path) -> None:
    add_tool(kept, "Upscaler nobody reviewed")
    file = picture(tmp_path / "m.png", 3)
    alone = put(kept, file, tools=("Tool 0",))["records"][0]["weakest"]
    other = picture(tmp_path / "n.png", 4)
    both = put(kept, other, tools=("Tool 0", "Upscaler nobody reviewed"))["records"][0]
    assert [step["name"] for step in both["steps"]] == ["Tool 0", "Upscaler nobody reviewed"]
    assert both["weakest"]["name"] == "Upscaler nobody reviewed"
    assert alone is None or alone["name"] != "Upscaler nobody reviewed"


def test_a_tool_nobody_registered_is_refused_with_the_next_step(kept: Kept, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as problem:
        put(kept, picture(tmp_path / "a.png", 1), tools=("Sora",))
    assert "gate tool add “Sora”" in problem.value.hint
    assert kept.verify()["entries"] == 18


def test_the_same_bytes_are_recorded_once_a_use(kept: Kept, tmp_path: Path) -> None:
    file = picture(tmp_path / "a.png", 1)
    first = put(kept, file)
    again = put(kept, file, promise=Promise.FINAL)
    assert (again["files"], again["records"]) == (0, [])
    assert again["already"][0]["record"] == first["records"][0]["id"]
    other = put(kept, file, use="Use 1")
    assert other["files"] == 1
    assert other["already"] == []


def test_a_file_named_twice_is_one(kept: Kept, tmp_path: Path) -> None:
    file = picture(tmp_path / "a.png", 1)
    copy = tmp_path / "b.png"
    copy.write_bytes(file.read_bytes())
    stated = put(kept, file, copy)
    assert stated["files"] == 1
    assert stated["already"] == [{"path": "b.png", "same_as": "a.png"}]


def test_what_was_recorded_is_linked_when_it_goes_into_something(
    kept: Kept, tmp_path: Path
) -> None:
    first = put(kept, picture(tmp_path / "a.png", 1))
    second = put(kept, picture(tmp_path / "b.png", 2), inputs=(str(tmp_path / "a.png"),))
    assert second["inputs"][0]["records"] == [first["records"][0]["id"]]
    by_id = put(
        kept, picture(tmp_path / "c.png", 3), inputs=(second["records"][0]["id"],)
    )  # fmt: skip
    assert by_id["inputs"][0]["records"] == [second["records"][0]["id"]]
    digest = by_id["inputs"][0]["digest"]
    by_digest = put(kept, picture(tmp_path / "d.png", 4), inputs=(digest,))
    assert by_digest["inputs"][0]["path"] == "b.png"


def test_hundreds_of_files_go_into_one_record(in_file: Kept, tmp_path: Path) -> None:
    for number in range(120):
        picture(tmp_path / "gen" / f"{number}.png", number)
    seen: list[int] = []
    with desk_of(in_file.home.folder) as desk:
        request = RecordRequest((tmp_path / "gen",), "Use 0", ("Tool 0",), workers=2)
        stated = record_files(desk, request, lambda done, files, path: seen.append(done))
    assert stated["files"] == 120
    assert len(stated["records"]) == 1
    # First they are read, then what they are known by is made.
    assert seen == [*range(1, 121), *range(1, 121)]
    with desk_of(in_file.home.folder) as desk, desk.store.reading() as reading:
        listed = records_listed(reading, "Use 0", as_known_now(now()))
    assert [each["files"] for each in listed] == [4, 120]


def test_made_is_as_said_and_doubts_are_told(kept: Kept, tmp_path: Path) -> None:
    file = picture(tmp_path / "a.png", 1, parameters=INFOTEXT)
    stated = put(kept, file, made=Made.MODIFIED)
    assert stated["records"][0]["made"] == "modified"
    assert any("generated" in each for each in stated["warnings"])


def test_steps_without_ai_are_listed_as_such(kept: Kept, tmp_path: Path) -> None:
    stated = put(kept, picture(tmp_path / "a.png", 1), steps=("grade",))
    assert stated["records"][0]["steps"][-1] == {"name": "grade", "generative": "no"}


@pytest.mark.parametrize(
    ("named", "name", "maker", "same"),
    [
        ("ComfyUI", "comfyui 0.3", None, True),
        ("Google Veo", "Veo", "Google", True),
        ("DALL·E", "OpenAI GPT Image", None, True),
        ("Midjourney", "Runway", "Runway AI", False),
        ("Adobe Firefly", "Photoshop", "Adobe", True),
        ("Sora", "Kling", None, False),
    ],
)
def test_names_of_one_tool(named: str, name: str, maker: str | None, same: bool) -> None:
    assert same_tool(named, Said("tool_0", name, None, maker)) is same
