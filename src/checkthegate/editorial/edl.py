"""CMX3600 edit decision lists, as they are found: comments, dissolves, speeds, any encoding.

An EDL does not say its frame rate: it is the smallest usual one that all frame numbers fit in,
29.97 when it counts drop-frame, until the media say better (`rerated`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

from checkthegate.editorial.assembly import Assembly, media_named, plain
from checkthegate.model import Unreadable
from checkthegate.model.timecode import frame_of, frames_at, nominal, timecode
from checkthegate.model.timeline import Clip, FrameRange, MediaRef, Timeline, TrackKind

_CODE: Final = r"\d{1,2}[:;.]\d{2}[:;.]\d{2}[:;.,]\d{2,3}"
_EVENT: Final = re.compile(
    rf"\s*(\d{{1,9}}[A-Za-z]?)\s+(\S.*?)\s+({_CODE})\s+({_CODE})\s+({_CODE})\s+({_CODE})(?:\s|$)"
)
_ALMOST: Final = re.compile(rf"\s*\d{{1,9}}[A-Za-z]?\s+\S.*{_CODE}")
_CHANNEL: Final = re.compile(r"(?:V\d*|A{1,2}\d*(?:/V\d*)?|V\d*/A{1,2}\d*|B|NONE|A\d+[-,]A?\d+)\Z")
_CUT: Final = re.compile(r"(?:C|D|W\d{1,4}|KB|KO|K)\Z")
_SPEED: Final = re.compile(rf"M2\s+(.*?)\s*([+-]?\d{{1,6}}(?:\.\d{{1,4}})?)\s+({_CODE})\s*\Z")
_LOCATOR: Final = re.compile(rf"({_CODE})\s+(\S+)\s*(.*)\Z")
_NOTE: Final = re.compile(r"\*?\s*([A-Z][A-Z0-9 _/]{1,40}?)\s*:\s*(.*)\Z", re.I)
_OURS: Final = re.compile(
    r"\*|>|M2\b|AUD\b|SPLIT\b|REEL\b|EFFECTS\b|BLEND\b|DISSOLVE\b|DLEDL|COMMENT|[A-Z][A-Z0-9 _/]+:"
)
_STRAY: Final = 10
_LONGEST_LINE: Final = 4000
_RATES: Final = tuple(map(Fraction, (24, 25, 30, 48, 50, 60, 120)))
_DROPPING: Final = Fraction(30_000, 1001)
_MADE_HERE: Final = {"BL": "black", "BLACK": "black", "BARS": "bars", "TONE": "tone"}
_NAMES: Final = ("TO CLIP NAME", "FROM CLIP NAME", "KEY CLIP NAME", "CLIP NAME")
_FILES: Final = (
    *("TO FILE", "FROM FILE", "SOURCE FILE PATH", "SOURCE FILE", "MEDIA FILE", "FILE NAME"),
)
_REELS: Final = (
    *("FINAL CUT PRO REEL", "TAPE NAME", "SOURCE TAPE", "SOURCE REEL", "REEL NAME", "REEL"),
)
_NO_REEL: Final = frozenset({"AX", "UNKNOWN", "NONE"})


@dataclass(slots=True)
class _Line:
    """One event line with what the lines below it say."""

    at: int
    label: str
    reel: str
    channel: str
    cut: str
    length: int
    codes: tuple[str, str, str, str]
    notes: list[tuple[str, str]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    speed: tuple[float, str] | None = None
    channels: list[str] = field(default_factory=list)


def read_edl(content: bytes) -> Timeline:
    """The timeline. Raises `Unreadable` when no line of it is an event."""
    text = text_of(content)
    reading = _Reading(text)
    if not reading.lines:
        raise Unreadable(
            "this looks like an edit decision list (EDL), but no line of it is an event, so what "
            "the cut holds is not known"
        )
    return reading.timeline()


def text_of(content: bytes) -> str:
    """Text in UTF-8, UTF-16 or, failing those, Windows-1252."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


class _Reading:
    def __init__(self, text: str) -> None:
        self.title = ""
        self.lines: list[_Line] = []
        self.problems: list[str] = []
        self.drop = False
        self._codes: list[str] = []
        self._strays = 0
        for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
            self._line(number, line[:_LONGEST_LINE].strip("\x00\x1a \t"))

    def _line(self, number: int, line: str) -> None:
        if not line:
            return
        if line[0].isdigit():
            self._event_line(number, line)
        elif line[:6].upper() == "TITLE:":
            self.title = self.title or plain(line[6:])
        elif line[:4].upper() == "FCM:":
            self.drop = self.drop or "NON" not in line.upper()
        else:
            self._strays += not _OURS.match(line)
            if self.lines:
                self._said_below(self.lines[-1], line)

    def _event_line(self, number: int, line: str) -> None:
        parts = _EVENT.match(line)
        head = _head(parts[2]) if parts else None
        if parts is None or head is None:
            if _ALMOST.match(line):
                self.problems.append(
                    f"line {number} looks like an event and could not be read, so what it puts "
                    "into the cut is not known"
                )
            return
        reel, channel, cut, length = head
        codes = (parts[3], parts[4], parts[5], parts[6])
        self.lines.append(_Line(number, parts[1], reel, channel, cut, length, codes))
        self._codes.extend(codes)

    def _said_below(self, event: _Line, line: str) -> None:
        if len(event.comments) + len(event.notes) > 200:
            return
        speed = _SPEED.match(line)
        if speed:
            event.speed = (float(speed[2]), speed[3])
            self._codes.append(speed[3])
        elif line.startswith("AUD"):
            event.channels.extend(f"A{each}" for each in re.findall(r"\d{1,2}", line)[:16])
        else:
            note = _NOTE.match(line)
            if note:
                event.notes.append((" ".join(note[1].upper().split()), note[2].strip()))
            event.comments.append(plain(line.lstrip("* ")))

    def timeline(self) -> Timeline:
        """All events, in order."""
        rate = self._rate()
        made = Assembly("edl", self.title, rate)
        made.drop_frame = self.drop or rate == _DROPPING
        made.rate_stated = False
        for sentence in self.problems:
            made.problem(sentence)
        if self._strays > max(_STRAY, 2 * len(self.lines)):
            made.problem(
                f"{self._strays} lines of it are no part of an edit decision list and were not "
                "read; send the cut and other texts apart"
            )
        _Placing(made, self.lines).place()
        if made.clips:
            made.start = min(clip.record.start for clip in made.clips)
        return made.timeline()

    def _rate(self) -> Fraction:
        if self.drop or any(";" in code for code in self._codes):
            return _DROPPING
        highest = max(int(code[-2:] if code[-3] in ":;.," else code[-3:]) for code in self._codes)
        return next((rate for rate in _RATES if highest < rate), _RATES[-1])


def _head(words: str) -> tuple[str, str, str, int] | None:
    """Reel, channel, kind of cut and its length, from what stands before the time-codes."""
    fields = words.split()
    length = 0
    if len(fields) > 2 and fields[-1].isdigit() and len(fields[-1]) <= 4:
        length = int(fields.pop())
    if len(fields) > 2 and fields[-2] == "K" and fields[-1] in ("B", "O"):
        fields[-2:] = ["K" + fields[-1]]
    if len(fields) < 2 or not _CUT.match(fields[-1]) or not _CHANNEL.match(fields[-2]):
        return None
    return plain(" ".join(fields[:-2]), 128), fields[-2], fields[-1], length


class _Placing:
    """Turns event lines into clips: a dissolve lengthens what it comes from."""

    def __init__(self, made: Assembly, lines: list[_Line]) -> None:
        self._made = made
        self._lines = lines
        self._last_on: dict[str, int] = {}
        self._tracks: dict[tuple[str, ...], str] = {}
        self._frame = frames_at(made.rate, drop=made.drop_frame or None)
        self._day = 24 * 3600 * nominal(made.rate)

    def place(self) -> None:
        """Every line in order."""
        for number, line in enumerate(self._lines):
            if self._made.full:
                return
            following = self._lines[number + 1] if number + 1 < len(self._lines) else None
            self._one(line, following)

    def _one(self, line: _Line, following: _Line | None) -> None:
        made = self._made
        try:
            frames = [
                frame_of(code, made.rate, drop=made.drop_frame or None) for code in line.codes
            ]
        except ValueError as problem:
            made.problem(f"event {line.label} (line {line.at}) has a wrong time-code: {problem}")
            frames = [0, 0, 0, 0]
        source_in, source_out, record_in, record_out = frames
        record_out = self._later(line, "record", record_in, record_out)
        source_out = self._later(line, "source", source_in, source_out)
        record = FrameRange(record_in, record_out, made.rate)
        source, speed = self._source(line, record.length, source_in, source_out)
        track = self._track(line)
        name, media = _media(line, dict(reversed(list(_notes_for(line, following)))))
        dissolving = line.length if line.cut[0] in "DW" else 0
        if dissolving:
            self._lengthen(track, record_in, dissolving)
        self._last_on[track] = len(made.clips)
        made.add(
            name,
            track,
            record,
            source,
            media,
            label=line.label,
            speed=speed,
            transition=_transition(line.cut),
            dissolve_in=min(dissolving, record.length),
            comments=tuple(line.comments[:50]),
        )
        self._markers(line, track)

    def _later(self, line: _Line, what: str, start: int, end: int) -> int:
        """The end, over midnight if need be. An end before its start is said and used as none."""
        if end >= start:
            return end
        if end + self._day - start < self._day // 2:
            return end + self._day
        self._made.problem(
            f"event {line.label} (line {line.at}) ends before it begins ({what} time-code)"
        )
        return start

    def _source(
        self, line: _Line, length: int, start: int, end: int
    ) -> tuple[FrameRange | None, Fraction]:
        """Which source frames are used, and how fast."""
        rate = self._made.rate
        if line.speed is None:
            if end == start and length:
                # No source at all for a picture that is there: a still, or a list without sources.
                return FrameRange(start, start + 1, rate), Fraction(0)
            pace = Fraction(end - start, length) if length else Fraction(1)
            return FrameRange(start, end, rate), pace
        pace = Fraction(line.speed[0]).limit_denominator(1000) / rate
        needed = -(-abs(pace) * length // 1)
        if pace == 0:
            return FrameRange(start, start + 1, rate), pace
        stated = end - start
        used = stated if stated and abs(stated - needed) <= max(2, needed / 20) else int(needed)
        if pace > 0:
            return FrameRange(start, start + used, rate), pace
        return self._reversed(line, start, used), pace

    def _reversed(self, line: _Line, start: int, used: int) -> FrameRange:
        """In reverse, lists disagree whether the source begins or ends at its in-point: both."""
        rate = self._made.rate
        try:
            entry = frame_of(line.speed[1], rate) if line.speed else start
        except ValueError:
            entry = start
        if entry > start:
            return FrameRange(min(start, entry - used), max(entry + 1, start + used), rate)
        return FrameRange(max(0, start - used + 1), start + used, rate)

    def _track(self, line: _Line) -> str:
        """`V1`, `A1`, or several joined by `+`, as one event can play on several."""
        key = (line.channel, *line.channels)
        known = self._tracks.get(key)
        if known is None:
            names = [*_channels(line.channel), *line.channels]
            kinds = {"V": TrackKind.VIDEO, "A": TrackKind.AUDIO}
            for name in names:
                self._made.track(kinds[name[0]], int(name[1:]))
            known = self._tracks[key] = "+".join(dict.fromkeys(names))
        return known

    def _lengthen(self, track: str, record_in: int, frames: int) -> None:
        """What a dissolve comes from goes on below it."""
        number = self._last_on.get(track)
        clips = self._made.clips
        if number is None or not -1 <= record_in - clips[number].record.end <= 1:
            return
        before = clips[number]
        record = replace(before.record, end=before.record.end + frames)
        source = before.source
        if source is not None and before.speed >= 0:
            more = -(-frames * before.speed // 1)
            source = replace(source, end=source.end + int(more))
        elif source is not None:
            more = -(-frames * -before.speed // 1)
            source = replace(source, start=max(0, source.start - int(more)))
        clips[number] = replace(before, record=record, source=source, dissolve_out=frames)

    def _markers(self, line: _Line, track: str) -> None:
        for name, said in line.notes:
            locator = _LOCATOR.match(said) if name == "LOC" else None
            if locator:
                try:
                    frame = frame_of(locator[1], self._made.rate)
                except ValueError:
                    continue
                self._made.mark(frame, locator[2], locator[3], track)


def _notes_for(line: _Line, following: _Line | None) -> Iterator[tuple[str, str]]:
    """What is said of an event: below it, or for the first line of a dissolve below the second."""
    if following is not None and following.label == line.label and following.cut[0] in "DWK":
        if not line.notes:
            yield from (note for note in following.notes if note[0].startswith("FROM "))
        else:
            yield from line.notes
        return
    dissolves = line.cut[0] in "DW"
    to = any(name == "TO CLIP NAME" for name, _ in line.notes)
    for name, said in line.notes:
        if not (dissolves and to and name.startswith("FROM ")):
            yield name, said


def _media(line: _Line, said: Mapping[str, str]) -> tuple[str, MediaRef]:
    """The clip's name, and all by which its media can be found."""
    name, path, reel = _first(said, _NAMES), _first(said, _FILES), _first(said, _REELS) or line.reel
    reel = reel.partition(" REPLACED BY")[0].strip()
    made_here = _MADE_HERE.get(reel.upper(), "")
    if made_here or reel.upper() in _NO_REEL:
        reel = ""
    umid = said.get("UMID", "").lower().removeprefix("0x")
    umid = re.sub(r"[^0-9a-f]", "", umid)[:64] if umid else ""
    return name or (path and media_named(path).file) or line.reel, media_named(
        path, name=plain(name), reel=plain(reel), umid=umid, made_here=made_here
    )


def _first(said: Mapping[str, str], keys: tuple[str, ...]) -> str:
    """What the first of these notes that is there says."""
    return next((said[key] for key in keys if said.get(key)), "") if said else ""


def _channels(channel: str) -> list[str]:
    """The tracks a channel stands for: `B` is picture and sound, `AA` two sounds."""
    if channel in ("B", "NONE"):
        return ["V1", "A1"] if channel == "B" else ["V1"]
    names: list[str] = []
    for part in re.split(r"[/,]", channel):
        if part.startswith("AA"):
            names.extend(("A1", "A2"))
        elif "-" in part:
            names.extend(f"A{number}" for number in re.findall(r"\d{1,2}", part)[:2])
        else:
            names.append(part[:3] if part[1:] else part + "1")
    return [name if name[1:].isdigit() else name + "1" for name in names]


def _transition(cut: str) -> str:
    return {"C": "", "D": "dissolve", "W": "wipe", "K": "key"}[cut[0]]


def rerated(timeline: Timeline, rate: Fraction) -> Timeline:
    """The same time-codes read at another rate, for a list whose rate was a guess."""
    if timeline.rate_stated or rate == timeline.rate:
        return timeline
    old, drop = timeline.rate, timeline.drop_frame

    def moved(frame: int) -> int:
        return frame_of(timecode(frame, old, drop=drop), rate)

    def ranged(frames: FrameRange) -> FrameRange:
        start = moved(frames.start)
        return FrameRange(start, start + moved_length(frames, start), rate)

    def moved_length(frames: FrameRange, start: int) -> int:
        end = moved(frames.end)
        return end - start if end >= start else end + 24 * 3600 * nominal(rate) - start

    def clip_at(clip: Clip) -> Clip:
        source = ranged(clip.source) if clip.source else None
        return replace(clip, record=ranged(clip.record), source=source)

    try:
        clips = tuple(map(clip_at, timeline.clips))
        markers = tuple(replace(each, frame=moved(each.frame)) for each in timeline.markers)
        start = moved(timeline.start)
    except ValueError:
        return timeline
    return replace(timeline, rate=rate, clips=clips, markers=markers, start=start)
