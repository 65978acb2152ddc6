"""The excuse for a milder answer is narrow: these are the damages that have it, and that do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from .unprotected import why_unnoticeable

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "delivery"
COMP = "vfx/NH_101_0140_comp_v003.mp4"
MATTE = "vfx/NH_101_0160_matte_v001.jpg"
SHANTY = "sound/NH_101_shanty_cue.mp3"
SIGNED = "art/NH_101_regatta_poster_v04.jpg"
SKY = "vfx/NH_101_0150_sky_v002.png"
GRAPH = "vfx/NH_101_0150_sky_graph.json"


def _changed(name: str, find: bytes, put: bytes) -> tuple[str, bytes, bytes]:
    base = (SAMPLES / name).read_bytes()
    assert find in base
    return name, base, base.replace(find, put, 1)


@pytest.mark.parametrize(
    ("name", "find", "put"),
    [
        (COMP, b"KSampler", b"KSbmpler"),
        (COMP, b"mdtaprompt", b"mdtapromqt"),
        (MATTE, b"compositeWithTrained", b"compositeWithTrainee"),
        (SHANTY, b"made with suno", b"made with sunn"),
        (SHANTY, b"COMM", b"COML"),
        (GRAPH, b"KSampler", b"KSbmpler"),
    ],
)
def test_flips_in_the_text_or_name_of_a_tag_are_excused(name: str, find: bytes, put: bytes) -> None:
    assert why_unnoticeable(*_changed(name, find, put))


@pytest.mark.parametrize(
    ("name", "find", "put"),
    [
        (COMP, b"moov", b"moow"),
        (COMP, b'"class_type"', b'!class_type"'),
        (MATTE, b"<rdf:Description", b"<rdf;Description"),
        (MATTE, b"\xff\xe1", b"\xfe\xe1"),
        (SIGNED, b"trainedAlgorithmicMedia", b"trainedAlgorithmicMedib"),
        (SKY, b"KSampler", b"KSbmpler"),
        (GRAPH, b"{", b"}"),
        (SHANTY, b"made with suno", b"made with"),
        (MATTE, b"compositeWithTrained", b"composite"),
    ],
)
def test_what_something_could_have_noticed_is_not(name: str, find: bytes, put: bytes) -> None:
    assert not why_unnoticeable(*_changed(name, find, put))


def test_a_lie_in_a_length_field_is_not_excused() -> None:
    base = (SAMPLES / SHANTY).read_bytes()
    at = base.index(b"COMM") + 7
    lied = base[:at] + bytes([base[at] - 1]) + base[at + 1 :]
    assert not why_unnoticeable(SHANTY, base, lied)
