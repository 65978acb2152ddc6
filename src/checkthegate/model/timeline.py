"""A cut as editors have it: which part of which media plays when, on which track.

Every reader (EDL, OTIO, FCPXML, FCP7 XML, AAF, ALE, SRT, VTT, IMF compositions) makes these
values. What a cut list calls an event is a `Clip` here. All positions are whole frames at an exact
rate; ends are exclusive. Nests are flattened: every clip lies on a track of the outermost timeline.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from checkthegate.model.asset import Kind
from checkthegate.model.evidence import Span
from checkthegate.model.timecode import timecode
from checkthegate.model.verdict import AiState, Grade, Verdict

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class FrameRange:
    """Frames from `start` up to, not including, `end`, at `rate` frames a second.

    Sound is counted in samples, with its sample rate; anything rational has some such rate.
    """

    start: int
    end: int
    rate: Fraction

    @property
    def length(self) -> int:
        """How many frames; never negative."""
        return max(0, self.end - self.start)

    @property
    def seconds(self) -> Span:
        """The same in seconds."""
        above, below = self.rate.numerator, self.rate.denominator
        return Span(self.start * below / above, self.end * below / above)

    def timecodes(self, *, drop: bool = False) -> tuple[str, str]:
        """In and out as time-code at this rate."""
        ends = (self.start, self.end)
        first, last = (timecode(frame, self.rate, drop=drop) for frame in ends)
        return first, last


@dataclass(frozen=True, slots=True)
class MediaRef:
    """Whatever a timeline says by which the media of a clip can be found; empty where silent.

    `name` is the clip's own name at its source. `file` is the last part of a file's name (for
    numbered pictures with `%04d` in place of the number). `path` is the path or URL as written; it
    never leaves the home. `reel` is a tape or reel name. `umid` is in lower-case hexadecimal.
    `available` is all the media there is, on the media's own clock (its first frame's time-code
    is `available.start`), None when the timeline does not say. `made_here` names what the editing
    system makes itself (black, bars, a title): it has no file.
    """

    name: str = ""
    file: str = ""
    path: str = ""
    reel: str = ""
    umid: str = ""
    available: FrameRange | None = None
    made_here: str = ""


@dataclass(frozen=True, slots=True)
class Clip:
    """One event of a timeline: a part of some media at a place on a track.

    `number` counts from 1 in the order of the timeline; `label` is the event's number or id as the
    file writes it. `record` is where it is seen or heard, dissolves included, at the timeline's
    rate and with its start; a clip that is only described (ALE) has a `record` of no length.
    `source` is the part of the media that is used, on the media's own clock (see
    `MediaRef.available`), dissolves included; None when the file does not say. `speed` is 1 for
    real time, negative in reverse, 0 for a still frame. `dissolve_in` and `dissolve_out` are how
    many frames of `record` it shares with a neighbour. `nest` names the timelines it lies in, the
    outermost first. `text` is a subtitle's words. `comments` and `metadata` are kept at home.
    """

    number: int
    name: str
    track: str
    record: FrameRange
    source: FrameRange | None
    media: MediaRef = MediaRef()
    label: str = ""
    speed: Fraction = Fraction(1)
    enabled: bool = True
    transition: str = ""
    dissolve_in: int = 0
    dissolve_out: int = 0
    nest: tuple[str, ...] = ()
    text: str = ""
    comments: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


class TrackKind(StrEnum):
    """What a track carries."""

    VIDEO = "video"
    AUDIO = "audio"
    TEXT = "text"

    @property
    def letter(self) -> str:
        """The first letter of such a track's name: V1, A2, T1."""
        return {"video": "V", "audio": "A", "text": "T"}[self.value]


@dataclass(frozen=True, slots=True)
class Track:
    """A track: `name` as clips use it (`V1`, `A2`), `label` as the file calls it."""

    name: str
    kind: TrackKind
    label: str = ""
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Marker:
    """A note at a frame of the timeline, absolute like `Clip.record`. Kept at home."""

    frame: int
    name: str
    comment: str = ""
    track: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """One cut. `format`: edl, otio, otioz, fcpxml, xml (Final Cut Pro 7), aaf, ale, srt, vtt, imf.

    `start` is the first frame's number, `rate` frames a second, `drop_frame` how its time-code
    counts. `rate_stated` is false where the file leaves the rate to be guessed (EDL). `problems`
    are sentences about what could not be read; each becomes a gap.
    """

    format: str
    name: str
    rate: Fraction
    clips: tuple[Clip, ...]
    tracks: tuple[Track, ...] = ()
    start: int = 0
    drop_frame: bool = False
    rate_stated: bool = True
    markers: tuple[Marker, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def end(self) -> int:
        """The frame after the last that any clip covers."""
        return max((clip.record.end for clip in self.clips), default=self.start)

    def at(self, clip: Clip) -> tuple[str, str]:
        """Record in and out of a clip as time-code."""
        return clip.record.timecodes(drop=self.drop_frame)


class LinkedBy(StrEnum):
    """By what the media of a clip was found, the surest first."""

    PACKAGE = "package"
    UMID = "umid"
    PATH = "path"
    FILE_NAME = "file name"
    REEL = "reel"
    TIMECODE = "source time-code"
    CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Linked:
    """A clip with its media: an asset's path, found by this; `path` is empty when not found.

    `used` is the part of the media that the clip uses, in seconds from the media's first frame;
    None means that the file does not tell which part, so that all of it counts. `why` is a
    sentence when something about it is uncertain or missing.
    """

    clip: Clip
    path: str = ""
    by: LinkedBy | None = None
    used: Span | None = None
    why: str = ""


class Changed(StrEnum):
    """What became of a clip from one cut to the next."""

    UNCHANGED = "unchanged"
    MOVED = "moved"
    TRIMMED = "trimmed"
    NEW = "new"
    OMITTED = "omitted"


@dataclass(frozen=True, slots=True)
class AiMapRow:
    """One line of the AI map: something that is or may be AI, at a place in a cut.

    `timeline` and `media` are assets' paths. Frames are absolute, at the timeline's rate;
    `record_*` and `source_*` are time-code. `seconds` is how long it is seen or heard, `share`
    which part of the frame (0..1) it is, None when no match tells. `prominence` is what a
    reviewer recorded. A clip that is not `enabled` is listed and does not count.
    """

    timeline: str
    number: int
    label: str
    name: str
    track: str
    kind: Kind
    record_in: str
    record_out: str
    record_in_frame: int
    record_out_frame: int
    source_in: str
    source_out: str
    media: str
    linked_by: str
    ai: AiState
    verdict: Verdict
    claim: str = ""
    grade: Grade | None = None
    tool: str = ""
    use: str = ""
    record: str = ""
    approval: str = ""
    seconds: float = 0.0
    share: float | None = None
    prominence: str = ""
    enabled: bool = True
    nest: tuple[str, ...] = ()
    changed: Changed | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class EventDecision:
    """One event of a judged cut, for the strip of a report: all of them, AI or not.

    Frames are absolute, at the timeline's rate; `record_*` and `source_*` are time-code. `media` is
    an asset's path, empty where there is none or it was not found; `note` says what is uncertain.
    `rules` are those that it does not meet, or of which it is open whether it does.
    """

    number: int
    label: str
    name: str
    track: str
    record_in: str
    record_out: str
    record_in_frame: int
    record_out_frame: int
    media: str
    linked_by: str
    ai: AiState
    verdict: Verdict
    enabled: bool = True
    nest: tuple[str, ...] = ()
    changed: Changed | None = None
    note: str = ""
    source_in: str = ""
    source_out: str = ""
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TimelineDecision:
    """A judged cut. `path` is its asset's; `film` that of the flattened film, empty without one.

    `since` names the earlier cut it was compared with, `changes` counts what became of its events.
    `omitted` are the earlier cut's events that are gone, in words.
    """

    path: str
    name: str
    format: str
    rate: Fraction
    drop_frame: bool
    start: int
    end: int
    tracks: tuple[Track, ...]
    events: tuple[EventDecision, ...]
    rows: tuple[AiMapRow, ...]
    named: bool = False
    film: str = ""
    since: str = ""
    changes: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    omitted: tuple[str, ...] = ()
