"""A small IMF package: one second of JPEG 2000 in MXF, and the lists that name it.

The lists are written as SMPTE ST 429-8, 429-9 and ST 2067-3 have them; ids follow from names.
"""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from uuid import NAMESPACE_URL, uuid5

import reel
import shots

FOLDER = "imf/NH_101_BUMPER_IMP"
_TITLE = "Night Harbour 101 bumper"
_ESSENCE, _CPL, _PKL, _MAP = "NH_101_BUMPER_video.mxf", "CPL_bumper.xml", "PKL.xml", "ASSETMAP.xml"
_FRAMES = 24
_ISSUED = "2026-11-02T09:00:00+00:00"


def _id(name: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'night-harbour/101/{name}')}"


@lru_cache(maxsize=1)
def essence() -> bytes:
    """The picture: 24 frames of the dawn, JPEG 2000 at 10 bits, wrapped frame by frame."""
    import av

    stream = io.BytesIO()
    with av.open(stream, "w", format="mxf", options={"fflags": "+bitexact"}) as box:
        video = box.add_stream("jpeg2000", rate=reel.RATE)
        video.width, video.height, video.pix_fmt = *shots.SIZE, "yuv422p10le"
        video.options = {"format": "j2k", "layer_rates": "40", "threads": "1"}
        video.codec_context.time_base = Fraction(1, reel.RATE)
        for number in range(_FRAMES):
            frame = av.VideoFrame.from_image(shots.dawn(number))
            frame.pts = number
            box.mux(video.encode(frame))
        box.mux(video.encode())
    return stream.getvalue()


def playlist() -> bytes:
    """The composition: the second whole, then its second half once more."""
    resources = "".join(
        f"<Resource xsi:type='TrackFileResourceType'><Id>{_id(f'resource {entry}')}</Id>"
        f"<EditRate>{reel.RATE} 1</EditRate><IntrinsicDuration>{_FRAMES}</IntrinsicDuration>"
        f"<EntryPoint>{entry}</EntryPoint><SourceDuration>{_FRAMES - entry}</SourceDuration>"
        f"<RepeatCount>1</RepeatCount><TrackFileId>{_id(_ESSENCE)}</TrackFileId></Resource>\n"
        for entry in (0, _FRAMES // 2)
    ).replace("'", '"')
    return _xml(
        "CompositionPlaylist",
        "http://www.smpte-ra.org/schemas/2067-3/2016",
        f"<Id>{_id(_CPL)}</Id>\n<IssueDate>{_ISSUED}</IssueDate>\n"
        f"<ContentTitle>{_TITLE}</ContentTitle>\n<EditRate>{reel.RATE} 1</EditRate>\n"
        "<CompositionTimecode><TimecodeDropFrame>0</TimecodeDropFrame>"
        f"<TimecodeRate>{reel.RATE}</TimecodeRate>"
        "<TimecodeStartAddress>01:00:00:00</TimecodeStartAddress></CompositionTimecode>\n"
        f"<SegmentList><Segment><Id>{_id('segment')}</Id><SequenceList>\n"
        f"<MainImageSequence><Id>{_id('sequence')}</Id><TrackId>{_id('track')}</TrackId>\n"
        f"<ResourceList>\n{resources}</ResourceList></MainImageSequence>\n"
        "</SequenceList></Segment></SegmentList>\n",
    )


def packing_list() -> bytes:
    """Digest and size of each file."""
    assets = "".join(
        f"<Asset><Id>{_id(name)}</Id><Hash>{_sha1(content)}</Hash><Size>{len(content)}</Size>"
        f"<Type>{kind}</Type><OriginalFileName>{name}</OriginalFileName></Asset>\n"
        for name, content, kind in (
            (_ESSENCE, essence(), "application/mxf"),
            (_CPL, playlist(), "text/xml"),
        )
    )
    return _xml(
        "PackingList",
        "http://www.smpte-ra.org/schemas/429-8/2007/PKL",
        f"<Id>{_id(_PKL)}</Id>\n<IssueDate>{_ISSUED}</IssueDate>\n<Issuer>Tidewater Post</Issuer>\n"
        f"<Creator>Night Harbour samples</Creator>\n<AssetList>\n{assets}</AssetList>\n",
    )


def asset_map() -> bytes:
    """Where each id lies."""
    assets = "".join(
        f"<Asset><Id>{_id(name)}</Id>{'<PackingList>true</PackingList>' if name == _PKL else ''}"
        f"<ChunkList><Chunk><Path>{name}</Path></Chunk></ChunkList></Asset>\n"
        for name in (_PKL, _CPL, _ESSENCE)
    )
    return _xml(
        "AssetMap",
        "http://www.smpte-ra.org/schemas/429-9/2007/AM",
        f"<Id>{_id(_MAP)}</Id>\n<Creator>Night Harbour samples</Creator>\n"
        f"<VolumeCount>1</VolumeCount>\n<IssueDate>{_ISSUED}</IssueDate>\n"
        f"<Issuer>Tidewater Post</Issuer>\n<AssetList>\n{assets}</AssetList>\n",
    )


def _sha1(content: bytes) -> str:
    # The packing list of ST 429-8 knows no other digest.
    return base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()


def _xml(root: str, space: str, inside: str) -> bytes:
    also = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"' if "xsi:" in inside else ""
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{space}"{also}>\n'
    return f"{head}{inside}</{root}>\n".encode()


LAYOUT: dict[str, Callable[[], bytes]] = {
    f"{FOLDER}/{_ESSENCE}": essence,
    f"{FOLDER}/{_CPL}": playlist,
    f"{FOLDER}/{_PKL}": packing_list,
    f"{FOLDER}/{_MAP}": asset_map,
}
"""The package's files, by their names in the delivery."""
