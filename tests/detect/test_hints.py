"""Names that hint and names that must not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkthegate.detect.hints import hints, observer
from checkthegate.model import Asset, Grade, Kind

UUID = "11111111-2222-3333-4444-555555555555"
TELLING = [
    ("art/ComfyUI_00001_.png", "ComfyUI", "file name"),
    ("ComfyUI_temp_abcde_00001_.png", "ComfyUI", "file name"),
    ("comfyui/output/shot.png", "ComfyUI", "folder name"),
    (f"someuser_a_red_barn_in_snow_{UUID}.png", "Midjourney", "file name"),
    (f"someuser_a_red_barn_in_snow_{UUID}_2.webp", "Midjourney", "file name"),
    ("poster_midjourney_v2.png", "Midjourney", "file name"),
    ("DALL·E 2024-03-01 09.00.00 - a barn.webp", "DALL·E", "file name"),
    ("txt2img-images/2024-01-01/00001-1234567890.png", "AUTOMATIC1111", "file name"),
    ("Gemini_Generated_Image_x1y2z3.png", "Google Gemini", "file name"),
    ("ChatGPT Image Mar 1, 2026, 10_00_00 AM.png", "ChatGPT", "file name"),
    ("sora_video_final.mp4", "Sora", "file name"),
    ("RunwayML_export.mp4", "Runway", "file name"),
    ("Gen-3 Alpha Turbo 123, a barn, M 5.mp4", "Runway", "file name"),
    ("kling_20250101_Image_to_Video.mp4", "Kling", "file name"),
    ("sh010_veo3_v001.mp4", "Google Veo", "file name"),
    ("theme_suno.mp3", "Suno", "file name"),
    ("ElevenLabs_2026-01-01T10_00_00_Voice.mp3", "ElevenLabs", "file name"),
    ("Firefly a red barn in the snow 12345.jpg", "Adobe Firefly", "file name"),
    ("grok-image-1.jpg", "Grok", "file name"),
    ("ideogram.jpeg", "Ideogram", "file name"),
    ("Leonardo_Phoenix_a_red_barn.jpg", "Leonardo.Ai", "file name"),
    ("stable_diffusion/plate.png", "Stable Diffusion", "folder name"),
    ("flux1-dev_barn.png", "FLUX", "file name"),
    ("barn_ai_gen_v001.png", None, "file name"),
    ("aigenerated/barn.png", None, "folder name"),
    ("box.zip!/inner/ComfyUI_00007_.png", "ComfyUI", "file name"),
]
PLAIN = [
    "sora_interview_day3.mov", "interview_sora_20250101.mov", "video_final.mp4", "veo.mov",
    "runway_landing_sh010.mov", "airport/runway_03.mov", "flux/sh010.exr", "influx.mov",
    "luma_matte_v01.exr", "leonardo_take_04.wav", "pika.mov", "maintain_gen.mov",
    "00001-1234567890.png", "firefly_night_0001.exr", "Firefly s01e01 1080p.mov",
    f"CPL_{UUID}.xml", f"SHOW_EP_101_PKL_{UUID}.xml", f"show_ep_scene_take_{UUID}.mp4",
    "email_generated.txt", "aide_generic.txt", "thai_general.srt", "gemini_cam_A001.mov",
    "claude_interview.mov", "kling_klang.wav", "dream machine title.png", "grokking.txt",
    "A001_C002_0101AB.mov", "sd_1_5.mov",
]  # fmt: skip


@pytest.mark.parametrize(("path", "tool", "key"), TELLING)
def test_names_of_real_downloads_hint(path: str, tool: str | None, key: str) -> None:
    said = [(each.detail.get("tool"), each.detail["key"]) for each in hints(path)]
    assert (tool, key) in said
    assert {(each.claim, each.grade) for each in hints(path)} == {("ai-hint", Grade.SUSPECTED)}


@pytest.mark.parametrize("path", PLAIN)
def test_everyday_names_do_not(path: str) -> None:
    assert list(hints(path)) == []


def test_it_wants_only_what_hints_and_says_so() -> None:
    asset = Asset("ComfyUI_00001_.png", Kind.IMAGE, "image/png", 1, "sha256:00")
    plain = Asset("plate.png", Kind.IMAGE, "image/png", 1, "sha256:00")
    assert observer({}).reads_path
    assert observer({}).wants(asset)
    assert not observer({}).wants(plain)


@given(st.text(max_size=400))
def test_any_name_is_read(path: str) -> None:
    for each in hints(path):
        assert each.grade is Grade.SUSPECTED


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", ["a_" * 5000, "_" * 9000, f"{'a_b' * 3000}{UUID}", "x" * 99999])
def test_long_names_take_no_time(name: str) -> None:
    list(hints(name + ".png"))
