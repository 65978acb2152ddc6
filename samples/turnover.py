"""The files of reel 1: its media, the cut in three forms, the flattened film, a small IMF package.

Beside the delivery lie the `workshop`, where generated files are before anybody finishes them, and
the `recut`, the next version of the cut with the one shot that is new in it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import conform
import cutlists
import films
import marks
import mastering
import reel
import score
import shots
import stills

Layout = dict[str, Callable[[], bytes]]
STORM = "NH_101_0080_storm_v007.mp4"
_RAW_QUALITY = 26


def clip(name: str) -> bytes:
    """A clip as the camera, or whoever made it, wrote it: with time-code and card."""
    media = reel.MEDIA[name]
    shot = media.shot or conform.storm_comp
    written = films.Film(timecode=reel.timecode(media.first), reel=media.reel)
    return written.write(shot(n) for n in range(media.frames))


def lamp(number: int) -> bytes:
    """One frame of the rendered lamp."""
    header = {
        "owner": "Tidewater Post",
        "comments": "NH_101_0110 lamp, plate and flame",
        "framesPerSecond": float(reel.RATE),
    }
    return marks.render(stills.lamp(number - reel.LAMP_FIRST), header)


def card() -> bytes:
    """The end card."""
    return marks.png(stills.end_card().quantize(96))


def title() -> bytes:
    """The main title with its alpha channel."""
    return marks.png(stills.main_title())


def music() -> bytes:
    """The cue of the reel, as the composer sent it: no mark, and no model."""
    return marks.mp3(score.lanterns(), "Night Harbour 101 m04 Lanterns", "")


def flattened() -> bytes:
    """The whole cut as one film, graded, matted, stamped and mixed."""
    starts = {event.media: at for track in reel.SOUND for at, event in track}
    sound = score.mix(
        (starts["foghorn"], marks.tones(1.6, 87.0, 131.0)),
        (starts["shanty"], marks.tones(2.4, 196.0, 294.0)),
    )
    written = films.Film("mp4", timecode=reel.timecode(reel.START))
    return written.write(conform.film(), sound)


def storm() -> bytes:
    """The storm as it came out of the graph, its recipe in the container."""
    prompt, workflow = marks.comfy_graph(
        "three-masted ship in a storm, heavy rain, lightning, night, cinematic", 90210, "SaveVideo"
    )
    written = films.Film("mp4", quality=_RAW_QUALITY, tags={"prompt": prompt, "workflow": workflow})
    return written.write(shots.storm(n) for n in range(conform.STORM_FRAMES))


def _media() -> Layout:
    """Everything that the cut uses and that is not delivered for other reasons too."""
    made: Layout = {
        media.file: partial(clip, name)
        for name, media in reel.MEDIA.items()
        if media.file.startswith("camera/") or name == "storm"
    }
    for number in range(reel.LAMP_FIRST, reel.LAMP_FIRST + reel.LAMP_FRAMES):
        made[reel.MEDIA["lamp"].file % number] = partial(lamp, number)
    plain: Layout = {"card": card, "title": title, "music": music}
    return made | {reel.MEDIA[name].file: content for name, content in plain.items()}


def _cut(name: str) -> Layout:
    return {
        f"{name}.otio": lambda: cutlists.otio(reel.PICTURE, reel.VERSION),
        f"{name}.edl": lambda: cutlists.edl(reel.PICTURE, reel.VERSION),
        f"{name}.srt": cutlists.subtitles,
    }


DELIVERY: Layout = {
    **_cut(f"editorial/{reel.TITLE}_{reel.VERSION}"),
    **_media(),
    f"master/{reel.TITLE}_{reel.VERSION}.mp4": flattened,
    **mastering.LAYOUT,
}
"""What reel 1 adds to the delivery, by name."""

WORKSHOP: Layout = {STORM: storm}
"""What is made and recorded, and never delivered as it is."""

RECUT: Layout = {
    f"{reel.TITLE}_v13.otio": lambda: cutlists.otio(reel.recut(), "v13", "../delivery/"),
    f"{reel.TITLE}_v13.edl": lambda: cutlists.edl(reel.recut(), "v13"),
    reel.MEDIA["sky"].name: partial(clip, "sky"),
}
"""Version 13 of the cut."""
