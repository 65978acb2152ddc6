"""Statements that cannot both be true, and pairs that can."""

import pytest

from checkthegate.detect.contradiction import contradictions
from checkthegate.model import Evidence, Grade


def said(
    claim: str, tool: str | None = None, observer: str = "metadata", **detail: str
) -> Evidence:
    shown = {**({"tool": tool} if tool else {}), **detail}
    return Evidence(observer, Grade.DECLARED, claim, shown)


CAMERA = said("camera-capture", make="Canon")


@pytest.mark.parametrize(
    "evidence",
    [
        [said("ai-generated", "Midjourney"), said("ai-generated", "AUTOMATIC1111")],
        [said("ai-generated", "OpenAI Media Service API", "c2pa"),
         said("ai-generated", "Google AI")],
        [CAMERA, said("ai-generated", "Midjourney")],
        [CAMERA, said("ai-generated", source_type="trainedAlgorithmicMedia")],
        [said("camera-capture", observer="c2pa"), said("ai-modified", "ComfyUI")],
    ],
)  # fmt: skip
def test_what_cannot_both_be_true(evidence: list[Evidence]) -> None:
    [found] = contradictions(evidence)
    assert (found.observer, found.claim) == ("contradiction", "contradiction")
    assert found.grade is Grade.SUSPECTED
    assert len(found.detail["between"]) >= 2  # type: ignore[arg-type]
    assert str(found.detail["why"]).endswith(".")
    assert contradictions(evidence[::-1])


@pytest.mark.parametrize(
    "evidence",
    [
        [],
        [CAMERA],
        [said("ai-generated", "AUTOMATIC1111"), said("ai-generated", "Civitai")],
        [said("ai-generated", "ComfyUI"), said("ai-watermark", "Stable Diffusion XL")],
        [said("ai-generated", "ComfyUI"), said("ai-generated", "Kling")],
        [said("ai-generated", "GPT Image", "c2pa"),
         said("ai-generated", source_type="trainedAlgorithmicMedia")],
        [said("ai-generated", "ChatGPT", "c2pa"), said("ai-generated", "Sora", "c2pa")],
        [said("ai-generated", "Adobe Firefly", "c2pa"), said("ai-generated", "Google Imagen")],
        [said("ai-generated", "Midjourney"), said("ai-tool", "Topaz")],
        [CAMERA, said("ai-modified", "Google AI")],
        [said("camera-capture", observer="c2pa", manifest="ingredient"),
         said("ai-generated", "Adobe Firefly", "c2pa")],
        [CAMERA, Evidence("hints", Grade.SUSPECTED, "ai-hint", {"tool": "Midjourney"})],
        [said("ai-generated", "nobody/1.0"), said("ai-generated", "somebody/2.0")],
    ],
)  # fmt: skip
def test_what_can_both_be_true(evidence: list[Evidence]) -> None:
    assert contradictions(evidence) == []


def test_three_makers_make_three_pairs() -> None:
    tools = ("Midjourney", "DALL·E", "NovelAI")
    found = contradictions([said("ai-generated", tool) for tool in tools for _ in range(3)])
    assert len(found) == 3
