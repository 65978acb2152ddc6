"""IPTC source types and AI properties, and what cameras write."""

import pytest

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces import recognise
from checkthegate.detect.traces.source_type import meaning

DST = "Iptc4xmpExt:DigitalSourceType"
PLACE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
TERMS = {
    "trainedAlgorithmicMedia": ("ai-generated", "declared"),
    "trainedAlgorithmicData": ("ai-generated", "declared"),
    "compositeWithTrainedAlgorithmicMedia": ("ai-modified", "declared"),
    "compositeSynthetic": ("ai-modified", "declared"),
    "virtualRecording": ("ai-possible", "suspected"),
    "composite": ("ai-possible", "suspected"),
    **dict.fromkeys(
        ["digitalCapture", "computationalCapture", "negativeFilm", "positiveFilm", "print",
         "screenCapture", "compositeCapture"],
        ("camera-capture", "declared"),
    ),
    **dict.fromkeys(
        ["humanEdits", "digitalArt", "digitalCreation", "softwareImage", "minorHumanEdits",
         "algorithmicallyEnhanced", "algorithmicMedia", "dataDrivenMedia"],
        ("edited", "declared"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("term", "expected"), TERMS.items())
@pytest.mark.parametrize(
    "form",
    [PLACE + "{}", "https://cv.iptc.org/newscodes/digitalsourcetype/{}", "{}", "digsrctype:{}",
     "http://c2pa.org/digitalsourcetype/{}", " " + PLACE + "{}/ "],
)  # fmt: skip
def test_terms_in_all_their_forms(term: str, expected: tuple[str, str], form: str) -> None:
    for written in (term, term.lower()):
        [said] = recognise([Tag("xmp", DST, form.format(written))])
        assert (said.claim, said.grade.value) == expected
        assert said.detail["source_type"] == term


def test_the_misspelling_and_what_is_unknown() -> None:
    found = meaning(PLACE + "compositedWithTrainedAlgorithmicMedia")
    assert found is not None
    assert found[:2] == ("compositeWithTrainedAlgorithmicMedia", "ai-modified")
    assert meaning("http://c2pa.org/digitalsourcetype/empty") is None
    assert meaning(PLACE) is None
    assert meaning("") is None
    newer = meaning(PLACE + "trainedAlgorithmicVoice")
    assert newer is not None
    assert newer[1] == "ai-generated"


@pytest.mark.parametrize(
    ("source_type", "claim"),
    [
        (None, "ai-generated"),
        ("trainedAlgorithmicMedia", "ai-generated"),
        ("compositeSynthetic", "ai-modified"),
        ("humanEdits", "ai-tool"),
        ("digitalCapture", "ai-tool"),
    ],
)
def test_the_system_used_yields_to_the_source_type(source_type: str | None, claim: str) -> None:
    tags = [
        Tag("xmp", "Iptc4xmpExt:AISystemUsed", "Adobe Firefly"),
        Tag("xmp", "Iptc4xmpExt:AISystemVersionUsed", "4"),
        Tag("xmp", "Iptc4xmpExt:AIPromptInformation", "a barn"),
        Tag("xmp", "Iptc4xmpExt:AIPromptWriterName", "Somebody"),
    ]
    if source_type:
        tags.append(Tag("xmp", DST, PLACE + source_type))
    said = next(e for e in recognise(tags) if e.detail.get("tool") == "Adobe Firefly")
    assert said.claim == claim
    assert said.detail["tool_version"] == "4"
    assert said.private == {"prompt": "a barn", "author": "Somebody"}


def test_a_prompt_alone_says_that_there_was_a_system() -> None:
    [said] = recognise([Tag("xmp", "Iptc4xmpExt:AIPromptInformation", "a barn")])
    assert said.claim == "ai-generated"


CAMERA = [Tag("exif", "Make", "Canon"), Tag("exif", "Model", "Canon EOS R5")]


def test_a_camera_is_told_by_kind_and_never_by_number() -> None:
    tags = [*CAMERA, Tag("exif", "FNumber", "2.8"), Tag("exif", "BodySerialNumber", "123456")]
    [said] = recognise(tags)
    assert (said.claim, said.grade.value) == ("camera-capture", "declared")
    assert said.detail["make"] == "Canon"
    assert said.detail["model"] == "Canon EOS R5"
    assert "123456" not in repr(said)


@pytest.mark.parametrize(
    "tags",
    [
        CAMERA,
        [CAMERA[0], Tag("exif", "ExposureTime", "1/60")],
        [*CAMERA, Tag("exif", "ExposureTime", "0")],
        [Tag("exif", "Make", "Ideogram AI"), CAMERA[1], Tag("exif", "FNumber", "2")],
    ],
)
def test_less_is_no_camera(tags: list[Tag]) -> None:
    assert "camera-capture" not in {each.claim for each in recognise(tags)}


def test_a_phone_film_is_a_capture() -> None:
    tags = [
        Tag("mp4", "com.apple.quicktime.make", "Apple"),
        Tag("mp4", "com.apple.quicktime.model", "iPhone 17"),
    ]
    assert [each.claim for each in recognise(tags)] == ["camera-capture"]
