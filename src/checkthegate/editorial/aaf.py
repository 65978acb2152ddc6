"""Avid's exchange format (AAF): top-level compositions, their nests, effects and time-codes."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, BinaryIO, Final

from checkthegate.editorial.aaf_media import Traced, rate_of, timecode_of, trace, value_of
from checkthegate.editorial.assembly import Assembly, Window, frame_at, plain, range_around
from checkthegate.model import Unreadable
from checkthegate.model.timeline import FrameRange, MediaRef, Timeline, TrackKind

_BROKEN: Final = (
    "this AAF is damaged or of a kind that cannot be read here, so what the cut holds is not "
    "known; export it again, or send an EDL or XML of the same cut"
)
_RETIMING: Final = ("speed", "motion control", "time warp", "timewarp", "freeze", "motion adapter")
_KINDS: Final = {"picture": TrackKind.VIDEO, "sound": TrackKind.AUDIO}


def read_aaf(stream: BinaryIO) -> tuple[Timeline, ...]:
    """The compositions of an AAF; its master clips, described, without one. May raise `Unreadable`.

    The library that reads it may fail in any way on a damaged file.
    """
    try:
        import aaf2
    except ImportError:
        raise Unreadable(
            "AAF timelines are not read here, since pyaaf2 is not installed; install "
            "checkthegate[timelines]"
        ) from None
    try:
        # By number, so that the very file that is open is read, not one of its name.
        with _quiet(), aaf2.open(os.dup(stream.fileno()), "r") as file:
            return tuple(_timelines(file))
    except (Unreadable, MemoryError):
        raise
    except Exception:
        raise Unreadable(_BROKEN) from None


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the library's own words about damage, which nobody asked for."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def _timelines(file: Any) -> Iterator[Timeline]:
    mobs = list(file.content.mobs)
    compositions = [each for each in mobs if type(each).__name__ == "CompositionMob"]
    top = [each for each in compositions if "TopLevel" in str(value_of(each, "UsageCode", ""))]
    if not top:
        used = {str(each) for each in _used(compositions)}
        top = [each for each in compositions if str(each.mob_id) not in used]
    for mob in top or compositions[:1]:
        yield _composition(mob)
    if not compositions:
        yield _described([each for each in mobs if type(each).__name__ == "MasterMob"])


def _used(compositions: list[Any]) -> Iterator[Any]:
    """The ids of the mobs that compositions show, as far as they lie on the surface."""
    for mob in compositions:
        for slot in mob.slots:
            for component in getattr(slot.segment, "components", ()):
                if type(component).__name__ == "SourceClip":
                    yield component.mob_id


def _composition(mob: Any) -> Timeline:
    slots = list(_shown_slots(mob))
    pictures = [rate_of(slot, Fraction(24)) for kind, slot in slots if kind is TrackKind.VIDEO]
    rate = next(iter(pictures), None) or next((rate_of(s, Fraction(24)) for _, s in slots), None)
    made = Assembly("aaf", plain(mob.name), rate or Fraction(24))
    code = timecode_of(mob, made.rate)
    if code is not None:
        start, fps, made.drop_frame = code
        made.start = start if fps == made.rate else frame_at(float(start / fps), made.rate)
    walk = _Walk(made)
    numbers = dict.fromkeys(TrackKind, 0)
    for kind, slot in slots:
        numbers[kind] += 1
        track = made.track(kind, numbers[kind], plain(slot.name))
        walk.segment(slot.segment, _Place(Window(high=1e9), track, rate_of(slot, made.rate)))
    walk.markers(mob)
    if not slots:
        made.problem("it has no track of picture or sound, so it is not known what it shows")
    return made.timeline()


def _described(masters: list[Any]) -> Timeline:
    """Clips of a bin, on no track."""
    made = Assembly("aaf", "", Fraction(24))
    for mob in masters:
        if not made.visit():
            break
        for _, slot in list(_shown_slots(mob))[:1]:
            found = slot.segment
            if type(found).__name__ == "SourceClip":
                traced = trace(found, rate_of(slot, made.rate), None)
                media = replace(traced.media, name=plain(mob.name))
                made.add(mob.name, "", FrameRange(0, 0, made.rate), media.available, media)
    if not made.clips:
        made.problem("it holds neither a composition nor a clip, so it is not known what it is for")
    return made.timeline()


def _shown_slots(mob: Any) -> Iterator[tuple[TrackKind, Any]]:
    """The slots of picture and sound."""
    for slot in mob.slots:
        kind = str(getattr(slot.segment, "media_kind", "") or "").lower()
        for name, shown in _KINDS.items():
            if name in kind and hasattr(slot, "edit_rate"):
                yield shown, slot


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a segment is shown: from frame `at` of its slot, whose edit rate is `rate`."""

    window: Window
    track: str
    rate: Fraction
    at: float = 0.0
    nest: tuple[str, ...] = ()
    on: bool = True
    effect: bool = False
    pace: float = 1.0
    head: int = 0
    tail: int = 0


class _Walk:
    def __init__(self, made: Assembly) -> None:
        self._made = made

    def segment(self, segment: Any, place: _Place) -> None:
        """Lay down one segment and all that lies in it."""
        if segment is None or not self._made.visit(len(place.nest)):
            return
        kind = type(segment).__name__
        if kind == "Sequence":
            self._sequence(segment, place)
        elif kind == "SourceClip":
            self._clip(segment, place)
        elif kind == "OperationGroup":
            self._effect(segment, place)
        elif kind == "Selector":
            self.segment(value_of(segment, "Selected"), place)
        elif kind == "EssenceGroup":
            self.segment(next(iter(value_of(segment, "Choices", [])), None), place)
        elif kind == "Pulldown":
            self.segment(value_of(segment, "InputSegment"), place)
        elif kind == "NestedScope":
            for layer in segment.slots:
                self.segment(getattr(layer, "segment", layer), place)
        elif kind not in ("Filler", "ScopeReference", "Timecode", "EdgeCode"):
            self._made.problem(
                f"something in this timeline is of a kind not read here ({kind[:40]})"
            )

    def _sequence(self, sequence: Any, place: _Place) -> None:
        """One after the other; a transition lies over the end of one and the start of the next."""
        at, head = place.at, 0
        components = list(sequence.components)
        for number, component in enumerate(components):
            length = int(component.length or 0)
            if type(component).__name__ == "Transition":
                at -= length
                head = length
                self._wipe(component, replace(place, at=at))
                continue
            after: Any = components[number + 1] if number + 1 < len(components) else None
            tail = int(after.length or 0) if type(after).__name__ == "Transition" else 0
            self.segment(component, replace(place, at=at, head=head, tail=tail))
            at, head = at + length, 0

    def _wipe(self, transition: Any, place: _Place) -> None:
        """What a transition shows beyond its two sides: a matte, a title."""
        operation = value_of(transition, "OperationGroup")
        for extra in list(value_of(operation, "InputSegments", None) or ())[2:]:
            self.segment(extra, replace(place, effect=True))

    def _effect(self, group: Any, place: _Place) -> None:
        name = str(getattr(value_of(group, "Operation"), "name", "") or "").lower()
        inputs = list(value_of(group, "InputSegments", None) or ())
        length = int(group.length or 0)
        for each in inputs:
            shown = place
            used = int(each.length or 0)
            if length and used and any(word in name for word in _RETIMING):
                shown = replace(place, pace=self._pace(group, used / length))
            self.segment(each, replace(shown, effect=True))
        if not inputs and not place.effect:
            track, record = place.track, self._record(place, length)
            if record is not None:
                made_here = plain(name) or "effect"
                media = MediaRef(name=made_here, made_here=made_here)
                self._made.add(made_here, track, record, None, media, nest=place.nest)

    def _pace(self, group: Any, by_length: float) -> float:
        """A retiming's speed: what it says, or how much it takes in for what it gives."""
        for parameter in value_of(group, "Parameters", None) or ():
            if str(parameter.name).lower() in ("speedratio", "avidmotionpulldown"):
                said = value_of(parameter, "Value")
                if said is not None and float(said) < 0:
                    return -by_length
        return by_length

    def _window(self, place: _Place, length: int, inner: float, pace: float) -> Window | None:
        rate = float(place.rate)
        return place.window.inside(place.at / rate, length / rate, inner, pace)

    def _record(self, place: _Place, length: int) -> FrameRange | None:
        window = self._window(place, length, 0.0, 1.0)
        return window.record(self._made.rate, self._made.start) if window else None

    def _clip(self, clip: Any, place: _Place) -> None:
        traced = trace(clip, place.rate, None)
        shown = int(clip.length or 0)
        length = round(shown / abs(place.pace)) if place.pace else shown
        window = self._window(place, length, traced.at, place.pace)
        if window is None:
            if not length:
                self._made.problem("an event of this timeline has no length")
            return
        if traced.nested is not None:
            self._nest(traced, replace(place, window=window))
            return
        made, media = self._made, traced.media
        if not media.name and not media.umid and not value_of(clip, "SourceMobSlotID"):
            # Avid's way of writing a picture that has no source at all, like a title or a slug.
            media = replace(media, made_here="picture without a source")
        source = range_around(window.low, window.high, traced.rate) if traced.known else None
        made.add(
            media.name or media.file or media.umid[-12:] or media.made_here,
            place.track,
            window.record(made.rate, made.start),
            source,
            media,
            speed=Fraction(place.pace).limit_denominator(1000),
            transition="dissolve" if place.head else "",
            dissolve_in=self._frames(place.head, place),
            dissolve_out=self._frames(place.tail, place),
            nest=place.nest,
            enabled=place.on,
        )

    def _frames(self, frames: int, place: _Place) -> int:
        return frame_at(frames / float(place.rate), self._made.rate) if frames else 0

    def _nest(self, traced: Traced, place: _Place) -> None:
        nest = (*place.nest, plain(traced.nested.name, 120) or "nest")
        slot = traced.slot
        if slot is not None:
            self.segment(
                slot.segment,
                _Place(place.window, place.track, rate_of(slot, place.rate), nest=nest),
            )

    def markers(self, mob: Any) -> None:
        """Notes that editors left on the timeline."""
        made = self._made
        for slot in mob.slots:
            if type(slot).__name__ != "EventMobSlot":
                continue
            rate = rate_of(slot, made.rate)
            for each in list(getattr(slot.segment, "components", ()))[:5000]:
                at = frame_at(float(value_of(each, "Position", 0) or 0) / float(rate), made.rate)
                made.mark(made.start + at, value_of(each, "Comment", ""))
