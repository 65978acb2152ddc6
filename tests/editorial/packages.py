"""Writes IMF packages for tests: lists by code, essence as plain bytes."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from checkthegate.editorial.package import Examined, PackageFile, examine

_AM = "http://www.smpte-ra.org/schemas/429-9/2007/AM"
_PKL = "http://www.smpte-ra.org/schemas/2067-2/2016/PKL"
_CPL = "http://www.smpte-ra.org/schemas/2067-3/2016"


def uuid(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, name))


def composition(
    title: str, resources: Sequence[tuple[str, str, int, int, int]], rate: str = "24 1"
) -> bytes:
    """Resources as (kind, file, entry, duration, repeats); one segment."""
    by_kind: dict[str, list[str]] = {}
    for kind, file, entry, duration, repeats in resources:
        by_kind.setdefault(kind, []).append(
            f"<Resource><Id>urn:uuid:{uuid(file + kind)}</Id><EditRate>{rate}</EditRate>"
            f"<IntrinsicDuration>{entry + duration}</IntrinsicDuration>"
            f"<EntryPoint>{entry}</EntryPoint><SourceDuration>{duration}</SourceDuration>"
            f"<RepeatCount>{repeats}</RepeatCount>"
            f"<TrackFileId>urn:uuid:{uuid(file)}</TrackFileId></Resource>"
        )
    tracks = "".join(
        f"<{kind}Sequence><TrackId>urn:uuid:{uuid(kind)}</TrackId>"
        f"<ResourceList>{''.join(each)}</ResourceList></{kind}Sequence>"
        for kind, each in by_kind.items()
    )
    return (
        f'<CompositionPlaylist xmlns="{_CPL}"><Id>urn:uuid:{uuid(title)}</Id>'
        f"<ContentTitle>{title}</ContentTitle><EditRate>{rate}</EditRate>"
        "<CompositionTimecode><TimecodeDropFrame>0</TimecodeDropFrame><TimecodeRate>24"
        "</TimecodeRate><TimecodeStartAddress>01:00:00:00</TimecodeStartAddress>"
        f"</CompositionTimecode><SegmentList><Segment><SequenceList>{tracks}</SequenceList>"
        "</Segment></SegmentList></CompositionPlaylist>"
    ).encode()


def packing_list(
    files: Mapping[str, bytes], ids: Mapping[str, str], algorithm: str = "sha1"
) -> bytes:
    assets = "".join(
        f"<Asset><Id>urn:uuid:{ids[name]}</Id>"
        f"<Hash>{base64.b64encode(hashlib.new(algorithm, body).digest()).decode()}</Hash>"
        f"<Size>{len(body)}</Size><Type>application/mxf</Type>"
        f"<OriginalFileName>{name}</OriginalFileName>"
        f'<HashAlgorithm Algorithm="http://www.w3.org/2000/09/xmldsig#{algorithm}"/></Asset>'
        for name, body in files.items()
    )
    return (
        f'<PackingList xmlns="{_PKL}"><Id>urn:uuid:{uuid("pkl")}</Id>'
        f"<AssetList>{assets}</AssetList></PackingList>"
    ).encode()


def asset_map(ids: Mapping[str, str], lists: Sequence[str]) -> bytes:
    assets = "".join(
        f"<Asset><Id>urn:uuid:{id_}</Id>"
        f"{'<PackingList>true</PackingList>' if name in lists else ''}"
        f"<ChunkList><Chunk><Path>{name}</Path></Chunk></ChunkList></Asset>"
        for name, id_ in ids.items()
    )
    return (
        f'<AssetMap xmlns="{_AM}"><Id>urn:uuid:{uuid("map")}</Id>'
        f"<AssetList>{assets}</AssetList></AssetMap>"
    ).encode()


def package(
    essence: Mapping[str, bytes], playlists: Mapping[str, bytes], algorithm: str = "sha1"
) -> dict[str, bytes]:
    """A whole package's files by name. Playlists' ids are those of their titles."""
    titles = {
        name: body.split(b"<ContentTitle>")[1].split(b"<")[0].decode()
        for name, body in playlists.items()
    }
    ids = {name: uuid(titles.get(name, name)) for name in (*essence, *playlists)}
    files = {**essence, **playlists}
    files["PKL.xml"] = packing_list(files, ids, algorithm)
    ids["PKL.xml"] = uuid("pkl")
    files["ASSETMAP.xml"] = asset_map(ids, ["PKL.xml"])
    return files


def examined(files: Mapping[str, bytes]) -> Examined:
    """The package of these files, examined."""
    return examine(
        {
            name: PackageFile(len(body), hashlib.sha256(body).hexdigest())
            for name, body in files.items()
        },
        lambda name: files[name],
        lambda name, algorithm: hashlib.new(algorithm, files[name]).hexdigest(),
    )


def written(files: Mapping[str, bytes], folder: Path) -> Path:
    """The package in a folder."""
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    return folder
