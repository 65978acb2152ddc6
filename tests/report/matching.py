"""Matches of every kind with exhibits made by code: frames, waveforms, sounds, passages."""

from __future__ import annotations

import io
from typing import Any

import numpy
from PIL import Image, ImageDraw, ImageEnhance

from checkthegate.model import (
    AiState,
    AssetDecision,
    Decision,
    Evidence,
    Exhibit,
    Grade,
    Kind,
    Source,
    Span,
    digest_bytes,
)
from checkthegate.model.match import match_id

from .conftest import decided, make_decision, p4

ANSWER = {"person": "Ida Reed", "on": "2026-11-20T10:00:00.000000Z"}


def frame(seed: int, graded: bool = False) -> bytes:
    """A small invented frame as JPEG; graded, it is darker and warmer."""
    dice = numpy.random.default_rng(seed)
    small = Image.fromarray(dice.integers(30, 200, (5, 9, 3), dtype=numpy.uint8))
    picture = small.resize((320, 180), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(picture)
    draw.polygon([(0, 140), (90, 70 + seed % 40), (170, 130), (260, 60), (320, 150), (320, 180),
                  (0, 180)], fill=(36, 40, 48))  # fmt: skip
    if graded:
        red, green, blue = ImageEnhance.Brightness(picture).enhance(0.7).split()
        picture = Image.merge("RGB", (red, green, blue.point(lambda v: int(v * 0.7))))
        picture.paste((0, 0, 0), (0, 0, 320, 20))
        picture.paste((0, 0, 0), (0, 160, 320, 180))
    stored = io.BytesIO()
    picture.save(stored, "JPEG", quality=75)
    return stored.getvalue()


def wave(seed: int) -> bytes:
    """A waveform as PNG."""
    dice = numpy.random.default_rng(seed)
    picture = Image.new("RGBA", (480, 96), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    loud = numpy.abs(numpy.sin(numpy.arange(480) / 30)) * dice.uniform(0.3, 1, 480) * 44
    for x, height in enumerate(loud):
        draw.line([(x, 48 - height), (x, 48 + height)], fill=(128, 128, 128, 255))
    stored = io.BytesIO()
    picture.save(stored, "PNG")
    return stored.getvalue()


def sound(hertz: float, seconds: float = 1.0) -> bytes:
    """A tone as WAV, 8 kHz, 16 bits."""
    import wave as container

    samples = numpy.sin(numpy.arange(int(8000 * seconds)) * hertz * 2 * numpy.pi / 8000)
    stored = io.BytesIO()
    with container.open(stored, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes((samples * 12000).astype("<i2").tobytes())
    return stored.getvalue()


def pictures(seed: int, pairs: int = 1) -> tuple[Exhibit, ...]:
    shown = []
    for n in range(pairs):
        at = f"at 00:{12 + n}.4"
        shown.append(Exhibit("found", "image/jpeg", frame(seed + n, graded=True), at))
        shown.append(Exhibit("source", "image/jpeg", frame(seed + n), f"at 00:0{1 + n}.0"))
    return tuple(shown)


SOUNDS = (
    Exhibit("found", "image/png", wave(1), "00:40.0–00:52.0"),
    Exhibit("source", "image/png", wave(1), "00:03.0–00:15.0"),
    Exhibit("found", "audio/wav", sound(220), ""),
    Exhibit("source", "audio/wav", sound(230), ""),
)
PASSAGES = (
    Exhibit(
        "found",
        "text/plain",
        b"MARA\nYou [[kept]] the light burning all these years.\nFor [[him]]?",
        "page 41, INT. LIGHTHOUSE – NIGHT",
    ),
    Exhibit(
        "source",
        "text/plain",
        b"MARA\nYou [[left]] the light burning all these years.\nFor [[whom]]?",
        "page 12",
    ),
)


def found(
    path: str,
    claim: str,
    source: str,
    span: tuple[float, float] | None = None,
    there: tuple[float, float] | None = None,
    grade: Grade = Grade.PROVEN,
    exhibits: tuple[Exhibit, ...] = (),
    distance: float = 0.021,
    **detail: Any,
) -> Evidence:
    """A match with a file recorded as `path`."""
    told = {"claim": detail.pop("was")} if "was" in detail else {}
    told |= {
        "match": match_id(digest_bytes(b"cut"), digest_bytes(path.encode())),
        "by": "picture",
        **detail,
    }
    return Evidence(
        "fingerprint", grade, claim, told, span=Span(*span) if span else None,
        source=Source(source, path, Span(*there) if there else None, distance),
        exhibits=exhibits,
    )  # fmt: skip


def _cut() -> tuple[Evidence, ...]:
    use = {"made": "generated", "use": "use_4SGBBY9QBF"}
    return (
        found("gen/shot_042.mov", "matches-recorded", "rec_4SGBBY9QB1", (12.4, 15.9), (1.0, 4.5),
              exhibits=pictures(1, 2), differs=0.02, **use),
        found("gen/shot_042.mov", "matches-recorded", "rec_4SGBBY9QB1", (62.0, 63.5), (1.0, 2.5),
              exhibits=pictures(1), differs=0.02, **use),
        found("gen/sky_replacement_v3.mov", "matches-recorded", "rec_4SGBBY9QB2", (70.1, 74.0),
              (0.0, 3.9), exhibits=pictures(9), differs=0.14, made="modified",
              use="use_4SGBBY9QBF"),
        found("gen/crowd_take_2.mov", "matches-recorded", "rec_4SGBBY9QB3", (80.0, 82.2),
              (0.4, 2.6), Grade.DECLARED, pictures(20), 0.31, differs=0.05,
              answer={"word": "confirmed", "why": "Same rain on the lens.", **ANSWER}, **use),
        *(found(f"gen/crowd_take_{n}.mov", "matches-recorded", "rec_4SGBBY9QB3",
                (90.0 + n, 92.0 + n), (0.4, 2.4), Grade.SUSPECTED, pictures(20 + n), 0.4, **use)
          for n in range(3, 13)),
        found("works/the_kiss.jpg", "matches-work", "work_4SGBBY9QB1", (13.0, 14.2), None,
              exhibits=pictures(40), kind="protected", title="The Kiss", owner="Belvedere",
              licensed=False),
        found("works/harbour_song.wav", "matches-work", "work_4SGBBY9QB2", (40.0, 52.0),
              (3.0, 15.0), exhibits=SOUNDS, by="sound", kind="protected", title="Harbour Song",
              licensed=True, licence="L-2231"),
        found("works/title_card.png", "matches-work", "work_4SGBBY9QB3", (0.0, 3.0), None,
              exhibits=pictures(50), kind="owned", title="Title card"),
        found("plates/shot_070.mov", "matches-input", "rec_4SGBBY9QB2", (74.0, 75.0), (4.0, 5.0),
              exhibits=pictures(60), use="use_4SGBBY9QBF"),
        found("gen/old_town.mov", "match-rejected", "rec_4SGBBY9QB4", (30.0, 31.0), (0.0, 1.0),
              Grade.SUSPECTED, pictures(70), 0.6, was="matches-recorded",
              answer={"word": "rejected", "why": "Shot on location, see slate 71A.", **ANSWER}),
    )  # fmt: skip


def matched_assets() -> list[AssetDecision]:
    """A cut, a sound mix, a script and a still with matches of every kind."""
    say = {"reason": "This video holds material that is on record as made by AI."}
    use = {"made": "generated", "use": "use_4SGBBY9QBF"}
    return [
        decided("cut/reel_1.mov", Kind.VIDEO, AiState.MODIFIED, _cut(),
                findings=(p4(**say), p4(rule="gate.g6")), media_type="video/quicktime"),
        decided("sound/mix_51.wav", Kind.AUDIO, AiState.MODIFIED,
                (found("gen/narration_v2.wav", "matches-recorded", "rec_4SGBBY9QB5",
                       (3723.0, 3735.0), (3.0, 15.0), exhibits=SOUNDS, by="sound", **use),),
                findings=(p4(),), media_type="audio/wav"),
        decided("script/ep101.fdx", Kind.TEXT, AiState.MODIFIED,
                (found("gen/scene_41.txt", "matches-recorded", "rec_4SGBBY9QB6", (120400, 120960),
                       (0, 540), exhibits=PASSAGES, by="words", differs=0.07, **use),),
                findings=(p4(),), media_type="application/xml"),
        decided("art/title_final.png",
                evidence=(found("works/title_card.png", "matches-work", "work_4SGBBY9QB3",
                                exhibits=pictures(50), kind="owned", title="Title card"),)),
        decided("plates/a.png"),
    ]  # fmt: skip


def matched_decision() -> Decision:
    """A decision about them."""
    return make_decision(matched_assets())
