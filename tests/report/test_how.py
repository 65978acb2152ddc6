"""Evidence in plain words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkthegate.model import Evidence, Grade
from checkthegate.report.how import how_we_know, made_with, span_words

from .conftest import COMFY, CREDENTIAL, LIPS, MARK, PROMPT


def made(observer, claim, **detail):
    return Evidence(observer, Grade.DECLARED, claim, detail)


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        (CREDENTIAL, "The file carries a Content Credential by OpenAI that says it was generated "
         "(trainedAlgorithmicMedia). It names gpt-image. The credential is intact, but its signer "
         "is not on a trust list here."),
        (LIPS, "The file carries a Content Credential by FaceShift Ltd that says it was changed "
         "with generative AI. It names FaceShift 4. The credential is intact, and its signer is "
         "on a trust list here."),
        (made("c2pa", "ai-modified", state="Invalid", codes=["assertion.dataHash.mismatch"],
              manifest="ingredient", relationship="componentOf", tool="Firefly",
              source_type="trainedAlgorithmicMedia"),
         "Something that was put into this file carries a Content Credential that says it was "
         "generated (trainedAlgorithmicMedia). It names Firefly. The credential does not verify "
         "(assertion.dataHash.mismatch): it is taken as somebody’s statement, not as proof."),
        (COMFY, "A ComfyUI workflow is stored in the file. It used the model "
         "sd_xl_base_1.0.safetensors."),
        (made("workflow", "ai-workflow", tool="ComfyUI", models=["a", "b"]),
         "This is a ComfyUI workflow: a recipe for generating, not its output. It used the models "
         "a and b."),
        (MARK, "The pixels carry the mark that Stable Diffusion XL puts into its pictures (47 of "
         "48 bits)."),
        (made("metadata", "ai-generated", carrier="mp4", key="AIGC", tool="Kling"),
         "The movie’s tags (AIGC) say that Kling generated it."),
        (made("metadata", "ai-possible", carrier="xmp", key="TC260:AIGC"),
         "The XMP metadata (TC260:AIGC) says that it may be AI."),
        (made("metadata", "camera-capture", carrier="exif", key="Make", make="Canon",
              model="Canon EOS R5"),
         "The EXIF metadata (Make) says that Canon EOS R5 captured it."),
        (made("hints", "ai-hint", key="file name", tool="ComfyUI"),
         "The file’s name hints at ComfyUI. A hint alone settles nothing."),
        (made("contradiction", "contradiction", between=["a", "b"], why="Two makers are named."),
         "Two makers are named."),
        (made("c2pa", "training-preference", uses={"ai_training": "notAllowed"}),
         "The owner says whether this may be used to train or mine (ai_training: notAllowed)."),
    ],
)  # fmt: skip
def test_sentences(evidence, words):
    assert how_we_know(evidence) == words


def test_private_values_are_never_told():
    assert PROMPT not in how_we_know(COMFY)


@given(st.sampled_from(["c2pa", "metadata", "watermark", "stranger"]),
       st.sampled_from(["ai-generated", "ai-watermark", "credential", "contradiction", "new-one",
                        "training-preference", "ai-workflow", "edited"]),
       st.dictionaries(st.sampled_from(["tool", "models", "model", "state", "codes", "bits", "key",
                                        "carrier", "between", "uses", "signer", "tool_version"]),
                       st.none() | st.booleans() | st.text() | st.integers() | st.lists(st.text())
                       | st.dictionaries(st.text(), st.text())))  # fmt: skip
def test_any_detail_gives_a_sentence(observer, claim, detail):
    assert how_we_know({"observer": observer, "claim": claim, "detail": detail})


def test_made_with_names_each_tool_once():
    def one(claim, **detail):
        return {"observer": "metadata", "claim": claim, "detail": detail}

    every = [
        one("ai-generated", tool="ComfyUI", model="a"),
        one("ai-generated", tool="ComfyUI"),
        one("ai-hint", tool="Suno"),
        one("camera-capture", tool="Canon"),
    ]
    assert made_with(every) == ["ComfyUI, model a"]
    assert made_with(every, brief=True) == ["ComfyUI"]


def test_spans():
    assert span_words({"span": {"start": 1.0, "end": 3723.5}}, "video") == (
        "00:00:01.000 – 01:02:03.500"
    )
    assert span_words({"span": {"start": 10, "end": 2000}}, "text") == "characters 10 – 2,000"
    assert span_words({}, "video") == ""


def test_a_match_with_a_record_reads_as_one():
    exact = {"made": "generated", "use": "use_4SGBBY9QBF", "exact": True}
    recorded = Evidence("record", Grade.PROVEN, "matches-recorded", exact)
    assert how_we_know(recorded) == (
        "These very bytes are on record as made by AI, under the use use_4SGBBY9QBF."
    )
    finished = Evidence("fingerprint", Grade.PROVEN, "matches-recorded", {"made": "modified"})
    assert how_we_know(finished) == (
        "It is material on record, changed by AI, regraded or not: proven by its content."
    )
    plate = Evidence("record", Grade.PROVEN, "matches-input", {"exact": True})
    assert how_we_know(plate).endswith("That does not make it AI.")
