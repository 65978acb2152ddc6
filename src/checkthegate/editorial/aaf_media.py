"""What a source clip of an AAF leads to: through master, file, import and tape to a clock.

AAF describes media as a chain of mobs, each a part of the next. The file is the first mob with
essence; the tape or import below it says what its time-code is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

from checkthegate.editorial.assembly import frame_at, known_rate, media_named, plain
from checkthegate.model.timeline import FrameRange, MediaRef

_LONGEST_CHAIN: Final = 30
_NO_UMID: Final = frozenset({"", "0" * 64})


@dataclass(slots=True)
class Traced:
    """Where a source clip ends up: its media, and the seconds of it that lie at the clip's start.

    `nested` is a composition instead of media. `rate` is that of the media's clock. `known` is
    false where the chain breaks before any file.
    """

    media: MediaRef = field(default_factory=MediaRef)
    at: float = 0.0
    rate: Fraction = Fraction(24)
    nested: Any = None
    slot: Any = None
    known: bool = True


@dataclass(slots=True)
class _Link:
    """One mob of a chain and the seconds into it."""

    mob: Any
    slot: Any
    at: float


def value_of(thing: Any, name: str, otherwise: Any = None) -> Any:
    """A property's value, or `otherwise` where the object does not have it."""
    found = thing.get(name) if thing is not None else None
    return found.value if found is not None else otherwise


def rate_of(slot: Any, otherwise: Fraction) -> Fraction:
    """A slot's edit rate, exactly."""
    rate = getattr(slot, "edit_rate", None)
    try:
        exact = Fraction(rate.numerator, rate.denominator) if rate else otherwise
    except (ZeroDivisionError, AttributeError):
        return otherwise
    return known_rate(float(exact)) if exact > 0 else otherwise


def timecode_of(mob: Any, rate: Fraction) -> tuple[int, Fraction, bool] | None:
    """First frame, rate and drop-frame of a mob's time-code; of several, that of the rate.

    Avid writes one for each way of counting; the first track counts when none fits.
    """
    found: list[tuple[bool, int, int, Any]] = []
    for slot in mob.slots:
        code = slot.segment
        if type(code).__name__ == "Sequence":
            code = next((each for each in code.components), None)
        if type(code).__name__ == "Timecode" and value_of(code, "FPS"):
            order = value_of(slot, "PhysicalTrackNumber", 99) or 99
            found.append((value_of(code, "FPS") != round(rate), order, len(found), code))
    if not found:
        return None
    code = min(found)[3]
    fps = Fraction(int(value_of(code, "FPS")))
    exact = rate if round(rate) == fps else fps
    return int(value_of(code, "Start", 0)), exact, bool(value_of(code, "Drop", False))


def trace(clip: Any, rate: Fraction, mobs: Any) -> Traced:
    """Follow a source clip of a slot with this edit rate."""
    chain = list(_chain(clip, rate))
    name = plain(chain[0].mob.name) if chain else ""
    if chain and type(chain[0].mob).__name__ == "CompositionMob":
        top = chain[0]
        return Traced(at=top.at, rate=rate_of(top.slot, rate), nested=top.mob, slot=top.slot)
    file = next((each for each in chain if _is_file(each.mob)), None)
    clock_at, clock = _clock(chain, file, rate)
    link = file or (chain[-1] if chain else None)
    umid = _umid(link.mob.mob_id if link else value_of(clip, "SourceID"))
    if link is None:
        media = MediaRef(umid=umid)
        return Traced(media, 0.0, rate, known=False)
    its_rate = rate_of(link.slot, rate)
    length = max(0, int(link.slot.length or 0)) if link.slot is not None else 0
    first = frame_at(clock_at, clock)
    frames = frame_at(length / float(its_rate), clock)
    media = media_named(
        _path(chain, file),
        name=name,
        reel=_reel(chain),
        umid=umid,
        available=FrameRange(first, first + frames, clock) if frames else None,
    )
    return Traced(media, clock_at + link.at, clock, known=file is not None or bool(media.reel))


def _chain(clip: Any, rate: Fraction) -> Iterator[_Link]:
    """The mobs below a clip, the nearest first, and the seconds into each."""
    at = 0.0
    for _ in range(_LONGEST_CHAIN):
        at += float(value_of(clip, "StartTime", 0) or 0) / float(rate)
        mob, slot = clip.mob, clip.slot
        if mob is None:
            return
        yield _Link(mob, slot, at)
        if slot is None or type(mob).__name__ == "CompositionMob":
            return
        rate = rate_of(slot, rate)
        clip, into = _source_at(slot.segment, at * float(rate))
        if clip is None:
            return
        at = into / float(rate)


def _source_at(segment: Any, frame: float) -> tuple[Any, float]:
    """The source clip that plays at a frame of a segment, and the frame within it."""
    for _ in range(_LONGEST_CHAIN):
        kind = type(segment).__name__
        if kind == "SourceClip":
            return segment, frame
        if kind == "Sequence":
            segment, frame = _component_at(segment, frame)
        elif kind == "EssenceGroup":
            segment = next(iter(value_of(segment, "Choices", [])), None)
        elif kind == "Selector":
            segment = value_of(segment, "Selected")
        elif kind == "OperationGroup":
            segment = next(iter(segment.segments), None)
        elif kind == "Pulldown":
            segment = value_of(segment, "InputSegment")
        else:
            return None, frame
        if segment is None:
            return None, frame
    return None, frame


def _component_at(sequence: Any, frame: float) -> tuple[Any, float]:
    last = None
    for component in sequence.components:
        length = int(component.length or 0)
        if type(component).__name__ == "Transition":
            frame += length
            continue
        if frame < length:
            return component, frame
        frame -= length
        last = component
    return last, frame


def _is_file(mob: Any) -> bool:
    """Whether a mob stands for a file: it has a descriptor that is neither tape nor import."""
    descriptor = getattr(mob, "descriptor", None)
    kind = type(descriptor).__name__
    return descriptor is not None and kind not in ("TapeDescriptor", "ImportDescriptor")


def _clock(chain: list[_Link], file: _Link | None, rate: Fraction) -> tuple[float, Fraction]:
    """The clock's reading in seconds at the file's first frame, and the clock's rate."""
    usual = rate_of(file.slot, rate) if file else rate
    for link in chain:
        code = timecode_of(link.mob, usual)
        if code is not None and type(link.mob).__name__ == "SourceMob":
            start, fps, _ = code
            into = link.at - (file.at if file else 0.0)
            return float(start / fps) + into, fps
    return 0.0, usual


def _path(chain: list[_Link], file: _Link | None) -> str:
    """Where the file is said to lie; failing that, what it was imported from."""
    for link in ([file] if file else []) + chain:
        for locator in value_of(getattr(link.mob, "descriptor", None), "Locator", None) or ():
            written = value_of(locator, "URLString") or value_of(locator, "Name")
            if written:
                return str(written)
    return ""


def _reel(chain: list[_Link]) -> str:
    """The tape's name."""
    tapes = (
        link.mob.name
        for link in chain
        if type(getattr(link.mob, "descriptor", None)).__name__ == "TapeDescriptor"
    )
    return plain(next(tapes, ""))


def _umid(mob_id: Any) -> str:
    """A mob's id as the hexadecimal text that MXF files carry too."""
    if mob_id is None:
        return ""
    found = "".join(each for each in str(mob_id).rpartition(":")[2].lower() if each.isalnum())
    return "" if found in _NO_UMID else found[:64]
