"""Makes the sample delivery: episode 101 of "Night Harbour", a show that does not exist.

    python samples/make_delivery.py [FOLDER]

Everything is painted, sounded and written here; no model made any of it. Some files carry the
marks that generators leave, so that a check has something to find; one was recorded, then finished
until no mark was left. Writes `delivery`, `workshop` and `recut` into FOLDER; without FOLDER, those
beside this script are made anew. All bytes repeat from run to run on one machine, except the signed
poster: a signature holds a random number, so its file is signed afresh each time.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import marks
import paint
import turnover
from PIL import Image

HERE = Path(__file__).resolve().parent
SIGNED = "art/NH_101_regatta_poster_v04.jpg"
BROKEN = "editorial/NH_101_storm_temp.jpg"
ANCHOR = "development_anchor.pem"
CHECKSUMS = "NH_101_checksums.sha256"
SDXL_MARK = 0xB3EC907BB19E
_VALID_DAYS = 30 * 365
_WIDE = (640, 360)


def dusk() -> bytes:
    """A frame grab as a camera writes it."""
    return marks.jpeg(paint.still(paint.harbour(*_WIDE, paint.DUSK, 3)), exif=marks.camera_exif())


def dawn() -> bytes:
    """A plain picture: nothing in it but pixels."""
    return marks.jpeg(paint.still(paint.harbour(*_WIDE, paint.DAWN, 12, None)))


def teaser() -> bytes:
    """Two seconds of the lighthouse, as an editor exports them."""
    return marks.film(_turning(paint.NIGHT, 8), 24, {"title": "Night Harbour 101 teaser"})


def comp() -> bytes:
    """A shot out of a ComfyUI graph that saved its recipe in the container."""
    prompt, workflow = marks.comfy_graph(
        "storm sky over a small harbour, heavy rain clouds, dusk, cinematic", 771134, "SaveVideo"
    )
    return marks.film(_turning(paint.DUSK, 30), 24, {"prompt": prompt, "workflow": workflow})


def _turning(palette: object, seed: int) -> Iterator[Image.Image]:
    still = paint.harbour(480, 270, palette, seed, None)
    for number in range(48):
        yield paint.still(still + paint.beam(480, 270, number / 48))


def plate() -> bytes:
    """One frame of a render, with the attributes that a compositing package leaves."""
    header = {
        "owner": "Tidewater Post",
        "comments": "NH_101_0140 plate, graded to show LUT",
        "nuke/version": "16.0v4",
        "nuke/node_hash": "5b1f0c2d9a",
        "framesPerSecond": 24.0,
    }
    return marks.exr(paint.harbour(192, 108, paint.NIGHT, 8), header)


def sky() -> bytes:
    """A sky extension straight out of ComfyUI."""
    prompt, workflow = marks.comfy_graph(
        "wide dramatic evening sky, lighthouse on the left, calm sea", 4402918
    )
    picture = paint.still(paint.harbour(*_WIDE, paint.DUSK, 47, None)).quantize(160)
    return marks.png(picture, {"prompt": prompt, "workflow": workflow})


def recipe() -> bytes:
    """The graph alone, as an artist saves it to use it again."""
    return marks.comfy_graph("wide dramatic evening sky, calm sea", 4402918)[1].encode()


def matte() -> bytes:
    """A photograph that a generative fill changed, and that says so."""
    packet = marks.xmp(
        Iptc4xmpExt__DigitalSourceType=marks.source_type("compositeWithTrainedAlgorithmicMedia"),
        photoshop__Credit="Tidewater Post",
        xmp__CreatorTool="Tidewater Paint 4.1",
    )
    return marks.jpeg(paint.still(paint.harbour(*_WIDE, paint.DAWN, 61)), xmp=packet)


def poster() -> bytes:
    """A prop poster, as it is before it is signed."""
    return marks.jpeg(paint.poster(400, 566), quality=86)


def newspaper() -> bytes:
    """A prop front page with the settings text that A1111 writes."""
    text = marks.parameters("1931 newspaper front page, aged paper, engraving", 20311, "768x960")
    return marks.png(paint.newspaper(400, 500).quantize(48), {"parameters": text})


def concept() -> bytes:
    """A concept picture without a word in it, but with the mark that SDXL's own code leaves."""
    from checkthegate.detect.dwt_dct import embed

    bits = [int(bit) for bit in f"{SDXL_MARK:048b}"]
    return marks.png(embed(paint.still(paint.harbour(320, 240, paint.NIGHT, 55, 0.15)), bits))


def references() -> bytes:
    """A zip of references: a photograph, and a picture from Midjourney's web site."""
    job = "0b6f6f0e-6f0a-4c63-9d55-1f5ee2f0a3d1"
    text = f"fishing village at night, lanterns, oil painting --ar 16:9 --v 7 Job ID: {job}"
    lanterns = paint.still(paint.harbour(384, 216, paint.NIGHT, 90)).quantize(128)
    tagged = marks.png(
        lanterns,
        {
            "Description": text,
            "Author": "harbourmaster",
            "Creation Time": "Wed, 04 Mar 2026 09:12:44 GMT",
        },
        marks.xmp(Iptc4xmpExt__DigitalSourceType=marks.source_type("trainedAlgorithmicMedia")),
    )
    scout = marks.jpeg(
        paint.still(paint.harbour(384, 216, paint.DAWN, 91)), exif=marks.camera_exif()
    )
    return marks.archive({"references/lanterns.png": tagged, "references/scout_pier.jpg": scout})


def foghorn() -> bytes:
    """Two tones, recorded by nobody."""
    return marks.wav(marks.tones(1.6, 87.0, 131.0))


def shanty() -> bytes:
    """A cue with the comment that Suno leaves."""
    note = "made with suno; created=2026-03-02T10:11:12Z; id=5b6a3f0e-2f64-4a0e-9d0b-7a6f6f7c2b11"
    return marks.mp3(marks.tones(2.4, 196.0, 294.0), "Lantern Shanty", note)


def storm() -> bytes:
    """A temp still whose transfer broke off."""
    whole = marks.jpeg(paint.still(paint.harbour(*_WIDE, paint.NIGHT, 70)))
    return whole[: len(whole) * 55 // 100]


def page() -> bytes:
    """A page of the script, in Fountain."""
    return (HERE / "scene_12.fountain").read_bytes()


def lut() -> bytes:
    """The show LUT: a gentle warm curve on a 5-point cube."""
    steps = [i / 4 for i in range(5)]
    lines = ['TITLE "Night Harbour show LUT"', "LUT_3D_SIZE 5"]
    lines += [
        f"{min(1, r**0.95 * 1.02):.6f} {g:.6f} {b**1.06 * 0.97:.6f}"
        for b in steps
        for g in steps
        for r in steps
    ]
    return ("\n".join(lines) + "\n").encode()


LAYOUT: dict[str, Callable[[], bytes]] = {
    "picture/NH_101_0010_harbour_dusk.jpg": dusk,
    "picture/NH_101_0220_harbour_dawn.jpg": dawn,
    "picture/NH_101_teaser.mp4": teaser,
    "picture/nightharbour_show.cube": lut,
    "vfx/NH_101_0140_comp_v003.mp4": comp,
    "vfx/NH_101_0140_plate.1001.exr": plate,
    "vfx/NH_101_0150_sky_v002.png": sky,
    "vfx/NH_101_0150_sky_graph.json": recipe,
    "vfx/NH_101_0160_matte_v001.jpg": matte,
    SIGNED: poster,
    "art/NH_101_newspaper_prop_v02.png": newspaper,
    "art/NH_101_lighthouse_concept.png": concept,
    "art/NH_101_references.zip": references,
    "sound/NH_101_foghorn.wav": foghorn,
    "sound/NH_101_shanty_cue.mp3": shanty,
    "script/NH_101_sc12.fountain": page,
    BROKEN: storm,
    **turnover.DELIVERY,
}


def sign(file: Path, anchor: Path) -> None:
    """Sign a picture as made by a model; the root that would make it trusted goes to `anchor`."""
    from checkthegate.credentials.development import development_signer, sign_file

    identity = development_signer("Night Harbour Development", datetime.now(UTC), days=_VALID_DAYS)
    sign_file(
        file,
        file,
        identity,
        generator="Lantern Image Studio/2.3",
        source_type="trainedAlgorithmicMedia",
        software_agent="Lantern Image",
    )
    anchor.write_text(identity.anchor_pem, encoding="ascii")


def make(folder: Path, layout: Mapping[str, Callable[[], bytes]] = LAYOUT) -> None:
    """Write a delivery into `folder`, replacing what a former run left there."""
    write(folder, layout)
    if SIGNED in layout:
        sign(folder / SIGNED, folder.with_name(ANCHOR))
    sums = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}" for name in layout
    ]
    (folder / CHECKSUMS).write_text("\n".join(sorted(sums)) + "\n", encoding="ascii")


def write(folder: Path, layout: Mapping[str, Callable[[], bytes]]) -> None:
    """Write files into `folder`, and leave nothing else in it."""
    if folder.exists():
        shutil.rmtree(folder)
    for name, content in layout.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content())


def main() -> None:
    """Everything, into the folder that is named."""
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    make(place / "delivery")
    write(place / "workshop", turnover.WORKSHOP)
    write(place / "recut", turnover.RECUT)


if __name__ == "__main__":
    main()
