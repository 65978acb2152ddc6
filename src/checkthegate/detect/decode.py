"""Observer `decode`: proves that what a file holds can be looked at, and says where it cannot.

It only ever gives gaps. Stills are decoded whole; of video the first, middle and last frame, of
each sound stream a second at its start, middle and end (start and middle beside a picture).
Kinds of files that nobody here knows are gaps too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from checkthegate.detect.readers import reader_versions
from checkthegate.model import Asset, Gap, Json, Kind, Unreadable
from checkthegate.seams import Example, Media, OpenAsset, Stream

_EMPTY = "application/x-empty"
_VECTOR = frozenset({"image/svg+xml"})
_READ_ELSEWHERE = frozenset(
    {
        _EMPTY,
        "application/x-technical",
        "application/rdf+xml",
        "application/c2pa",
    }
)
_EXPECTED_TO_HOLD = frozenset(
    """
    jpg jpeg png webp gif tif tiff bmp psd exr dpx cin heic heif avif jxl jp2 dng svg
    mp4 mov m4v mkv webm mxf avi mpg mpeg ts m2ts wmv flv
    wav bwf aif aiff mp3 flac m4a ogg opus aac caf
    pdf docx doc txt rtf fountain fdx odt epub srt vtt json csv
    edl aaf otio xml fcpxml ale zip xmp c2pa
    """.split()  # noqa: SIM905
)
_SOUND_STREAMS = 32


class DecodeObserver:
    """Reports what could not be decoded; see the module."""

    id = "decode"
    version = "1"

    @property
    def settings(self) -> Mapping[str, Json]:
        """The libraries that decode: with others, other files can be read."""
        return reader_versions("pillow", "openimageio", "av")

    @property
    def reads_pixels(self) -> bool:
        """It decodes pictures."""
        return True

    @property
    def reads_path(self) -> bool:
        """Yes: whether an empty file is a loss shows in its name alone."""
        return True

    def wants(self, asset: Asset) -> bool:
        """Pictures, video, sound, empty files, and whatever no other observer reads."""
        if asset.media_type == _EMPTY:
            return _suffix(asset) in _EXPECTED_TO_HOLD
        if asset.kind in (Kind.IMAGE, Kind.VIDEO, Kind.AUDIO):
            return asset.media_type not in _VECTOR
        return asset.kind is Kind.OTHER and asset.media_type not in _READ_ELSEWHERE

    def observe(self, opened: OpenAsset) -> Iterable[Gap]:
        """A gap for each part that could not be decoded.

        Raises `Unreadable` where nothing could.
        """
        asset = opened.asset
        if asset.media_type == _EMPTY:
            raise Unreadable("the file is empty (0 bytes); ask for it again")
        if asset.kind is Kind.IMAGE:
            opened.picture()
            return ()
        if asset.kind in (Kind.VIDEO, Kind.AUDIO):
            reasons = dict.fromkeys(_undecodable(opened))
            return tuple(Gap(self.id, reason) for reason in reasons)
        raise Unreadable(
            "this is a kind of file that Check the Gate does not know, so nothing is known about "
            "what it holds; deliver it in a common format, or have a person look at it"
        )

    def examples(self) -> Sequence[Example]:
        """Files that decode, and files that do not."""
        from checkthegate.detect.decode_examples import examples

        return examples()


def _suffix(asset: Asset) -> str:
    return asset.name.rpartition(".")[2].lower()


def _undecodable(opened: OpenAsset) -> Iterator[str]:
    """Why parts of a media file could not be decoded."""
    media = opened.media()
    moving = [stream for stream in media.streams if stream.kind == "video"]
    sounds = [stream for stream in media.streams if stream.kind == "audio"]
    if not moving and not sounds:
        yield _neither(media)
    if moving:
        yield from _failures(lambda at: opened.frame(at), (0.0, 0.5, 1.0))
    yield from _undecodable_sound(opened, sounds, (0.0, 0.5) if moving else (0.0, 0.5, 1.0))
    if len(moving) > 1:
        yield (f"the file holds {len(moving)} moving pictures, and only the first was looked at")


def _neither(media: Media) -> str:
    if any(stream.kind == "subtitle" for stream in media.streams):
        return "the file holds subtitles in a container; their words are not read here"
    return "the file holds no moving picture and no sound that can be looked at"


def _undecodable_sound(
    opened: OpenAsset, sounds: Sequence[Stream], places: Sequence[float]
) -> Iterator[str]:
    for stream in sounds[:_SOUND_STREAMS]:
        yield from _failures(lambda at, index=stream.index: opened.sound(at, index), places)
    if len(sounds) > _SOUND_STREAMS:
        yield (
            f"the file holds {len(sounds)} sound tracks, and only the first {_SOUND_STREAMS} "
            "were decoded"
        )


def _failures(look: Any, places: Sequence[float]) -> Iterator[str]:
    for at in places:
        try:
            look(at)
        except Unreadable as problem:
            yield problem.reason


def observer(settings: Mapping[str, Any]) -> DecodeObserver:
    """The entry point; this observer has no settings."""
    return DecodeObserver()
