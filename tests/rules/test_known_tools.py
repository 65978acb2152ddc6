"""What names of tools and nodes tell, and what they must not be mistaken for."""

from __future__ import annotations

import pytest

from checkthegate.rules import known_tools


@pytest.mark.parametrize(
    "name",
    ["ReActorFaceSwap", "IPAdapterFaceID", "roop", "roop-unleashed", "DeepFaceLab 2.0",
     "LivePortraitProcess", "Wav2Lip", "InsightFaceLoader", "InstantID", "HeyGen"],
)  # fmt: skip
def test_faces(name: str) -> None:
    assert known_tools.makes_likeness(name)


@pytest.mark.parametrize(
    "name", ["ElevenLabs", "Eleven Labs", "RVC", "RVC v2", "so-vits-svc", "XTTS v2"]
)
def test_voices(name: str) -> None:
    assert known_tools.makes_voice(name)


@pytest.mark.parametrize(
    "name",
    ["Midjourney", "midjourney v7", "ChatGPT", "DALL-E 3", "OpenAI Media Service API", "gpt-image",
     "Sora 2", "Veo3", "Adobe Firefly", "Adobe_Firefly", "Suno", "suno studio", "Udio",
     "Made with Google AI", "Runway Gen-4", "Kling AI"],
)  # fmt: skip
def test_public_services(name: str) -> None:
    assert known_tools.is_public_service(name)


@pytest.mark.parametrize(
    "name",
    ["ComfyUI", "AUTOMATIC1111", "InvokeAI Canvas", "Stable Diffusion XL", "Audio Studio",
     "KSampler", "ModelSamplingRoPE", "SaveImage", "Adobe Photoshop 26.1", "Microservice",
     "Blender", "", "Canvas"],
)  # fmt: skip
def test_ordinary_names_tell_nothing(name: str) -> None:
    assert not known_tools.makes_likeness(name)
    assert not known_tools.makes_voice(name)
    assert not known_tools.is_public_service(name)


@pytest.mark.parametrize(
    "node", ["LoadImage", "IPAdapterApply", "ControlNetApply", "VHS_LoadVideo"]
)
def test_references_in_recipes(node: str) -> None:
    assert known_tools.takes_reference(node)
    assert not known_tools.takes_reference("EmptyLatentImage")
