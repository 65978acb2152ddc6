"""Whatever a file holds: no exception, no hang, nothing that JSON cannot hold, nothing leaking."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces import recipes, recognise
from checkthegate.detect.traces.statement import basename, number, parsed, word
from checkthegate.model import Evidence, canonical, observation_to_json

KEYS = [
    ("png", "parameters"), ("png", "prompt"), ("png", "workflow"), ("exif", "UserComment"),
    ("png", "Comment"), ("png", "invokeai_metadata"), ("png", "sd-metadata"), ("png", "Dream"),
    ("png", "AIGC"), ("xmp", "Iptc4xmpExt:DigitalSourceType"), ("exif", "Make"),
    ("exif", "Model"), ("exif", "ImageDescription"), ("png", "Software"), ("id3", "WOAS"),
    ("mp4", "©cmt"), ("jpeg", "trailer/PhotoEditor_Re_Edit_Data"), ("iptc", "2:110 Credit"),
    ("png", "use_stable_diffusion_model"), ("xmp", "Iptc4xmpExt:AISystemUsed"),
]  # fmt: skip
NAMES = st.sampled_from(
    ["prompt", "class_type", "inputs", "nodes", "type", "model", "seed", "steps", "loras", "name",
     "sui_image_params", "uc", "Label", "AIGC", "image", "widgets_values", "c", "sampler",
     "metadata_scheme", "base_model", "Comment", "text", "positive", "1", "2", "last_node_id"]
)  # fmt: skip
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["KSampler", "m.safetensors", "fooocus", "../../home/somebody/m.ckpt"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=30,
)  # fmt: skip


def sound(found: list[Evidence]) -> None:
    for each in found:
        canonical(observation_to_json(each))
        assert "somebody" not in repr(dict(each.detail))
        assert max((len(str(key)) for key in each.detail), default=0) < 20


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(KEYS), DOCUMENTS, st.text(max_size=10))
def test_any_document_in_any_field(key: tuple[str, str], document: object, tail: str) -> None:
    text = json.dumps(document)
    sound(recognise([Tag(*key, text), Tag(*key, text[: len(text) // 2] + tail)]))
    list(recipes.from_document(recipes.document(text), text))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(KEYS), st.text(max_size=300)), max_size=6))
def test_any_text_in_any_field(fields: list[tuple[tuple[str, str], str]]) -> None:
    sound(recognise([Tag(*key, text) for key, text in fields]))


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "value",
    ["Steps: 1, Sampler: ", "Steps: 1 ", "[", '{"a":', "Job ID: ", " --v --ar", "made with ",
     "made with suno; ", "<lora:", "a@", '"Label":', 'genAIType"', "a_", " -s", "\\\"", " "],
)  # fmt: skip
def test_two_megabytes_of_anything_take_little_time(value: str) -> None:
    text = value * (2_000_000 // len(value))
    for key in KEYS:
        recognise([Tag(*key, text)])
    list(recipes.from_text(text))


@pytest.mark.timeout(60)
def test_thousands_of_fields_come_to_an_end() -> None:
    recognise([Tag("xmp", "TC260:AIGC/Label", f"{n}") for n in range(5_000)])
    recognise([Tag("xmp", "xmp:CreatorTool", "Adobe " + "a" * 4000) for _ in range(5_000)])
    recognise([Tag("png", "Comment", f'{{"prompt": "{n}"') for n in range(5_000)])


def test_what_cannot_be_stored_is_made_storable() -> None:
    value = '{"positive_prompt": "\\ud800 barn", "seed": 1e999, "steps": NaN, "model": "\\udfff"}'
    [said] = recognise([Tag("png", "invokeai_metadata", value)])
    canonical(observation_to_json(said))
    assert said.private["prompt"] == "? barn"


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"a":' * 100_000, "nonsense", "\0"])
def test_what_is_no_json_is_none(text: str) -> None:
    assert parsed(text) is None


def test_small_pieces() -> None:
    assert basename("C:\\Users\\somebody\\m.ckpt") == "m.ckpt"
    assert basename("/home/somebody/m.safetensors") == "m.safetensors"
    assert basename(None) == ""
    assert number("7.5") == 7.5
    assert number(True) is None
    assert number("seven") is None
    assert "@" not in word("made for somebody@example.com today")
    assert len(word("x" * 9999)) == 160
