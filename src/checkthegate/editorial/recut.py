"""What became of a cut: every event unchanged, moved, trimmed, new or omitted. Pure.

Events are the same when they show the same media. The same part of it at the same place is
unchanged, the same part elsewhere moved, another part that overlaps trimmed; whatever is left is
new on one side and omitted on the other. Disabled events are not in a cut.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from checkthegate.model.timeline import Changed, Clip, Timeline

_Where = tuple[str, Fraction, Fraction]
_Part = tuple[Fraction, Fraction, Fraction] | None
_NEAREST = 64


@dataclass(frozen=True, slots=True)
class ChangedClip:
    """One event and what became of it: `new` is None when omitted, `old` when new."""

    changed: Changed
    new: Clip | None
    old: Clip | None


def compare(old: Timeline, new: Timeline) -> tuple[ChangedClip, ...]:
    """Every enabled event of the new cut in its order, then what was omitted in the old one's."""
    matched: dict[int, ChangedClip] = {}
    left: list[Clip] = []
    before = _by_media(old.clips)
    for key, clips in _by_media(new.clips).items():
        found, unmatched = _matched(before.pop(key, []), clips)
        matched.update(found)
        left.extend(unmatched)
    for clips in before.values():
        left.extend(clips)
    here = [matched[clip.number] for clip in new.clips if clip.enabled]
    gone = sorted(left, key=lambda clip: clip.number)
    return (*here, *(ChangedClip(Changed.OMITTED, None, clip) for clip in gone))


def counts(changes: Iterable[ChangedClip]) -> dict[str, int]:
    """How many events are unchanged, moved, trimmed, new and omitted."""
    found = dict.fromkeys((each.value for each in Changed), 0)
    for change in changes:
        found[change.changed.value] += 1
    return found


def _by_media(clips: Iterable[Clip]) -> dict[tuple[str, ...], list[Clip]]:
    """The enabled clips by what they show."""
    found: dict[tuple[str, ...], list[Clip]] = {}
    for clip in clips:
        if clip.enabled:
            found.setdefault(_media_of(clip), []).append(clip)
    return found


def _media_of(clip: Clip) -> tuple[str, ...]:
    media = clip.media
    file = media.file.casefold() or media.name.casefold() or clip.name.casefold()
    kind = clip.track[:1]
    return kind, file, media.reel.casefold(), media.umid, media.made_here, clip.text


def _where(clip: Clip) -> _Where:
    """Track and place, in seconds: cuts may be counted at different rates."""
    record = clip.record
    return clip.track, record.start / record.rate, record.end / record.rate


def _part(clip: Clip) -> _Part:
    """Which part of the media, and how fast; None where it is not said."""
    if clip.source is None:
        return None
    source = clip.source
    return source.start / source.rate, source.end / source.rate, clip.speed


def _matched(old: Sequence[Clip], new: Sequence[Clip]) -> tuple[dict[int, ChangedClip], list[Clip]]:
    """The new clips of one medium by number, and the old ones nothing came of."""
    found: dict[int, ChangedClip] = {}
    old, new = _paired(found, old, new, lambda clip: (_where(clip), _part(clip)))
    old, new = _paired(found, old, new, lambda clip: (_part(clip), clip.record.length))
    rest = _overlapping(found, old, new)
    return found, rest


def _paired(
    found: dict[int, ChangedClip],
    old: Sequence[Clip],
    new: Sequence[Clip],
    key: Callable[[Clip], object],
) -> tuple[list[Clip], list[Clip]]:
    """Pair clips that are alike in `key`, in order; returns those that are left."""
    waiting: dict[object, list[Clip]] = {}
    for clip in reversed(old):
        waiting.setdefault(key(clip), []).append(clip)
    left = []
    for clip in new:
        alike = waiting.get(key(clip))
        if not alike:
            left.append(clip)
            continue
        before = alike.pop()
        same = _where(before) == _where(clip) and _looks(before) == _looks(clip)
        changed = Changed.UNCHANGED if same else Changed.MOVED
        found[clip.number] = ChangedClip(changed, clip, before)
    kept = {clip.number for clips in waiting.values() for clip in clips}
    return [clip for clip in old if clip.number in kept], left


def _looks(clip: Clip) -> tuple[str, int, int]:
    return clip.transition, clip.dissolve_in, clip.dissolve_out


def _overlapping(
    found: dict[int, ChangedClip], old: Sequence[Clip], new: Sequence[Clip]
) -> list[Clip]:
    """Pair what is left where the parts overlap; a part that is not said overlaps everything."""
    waiting = sorted(old, key=_start)
    starts = [_start(clip) for clip in waiting]
    taken: set[int] = set()
    for clip in new:
        before = _reaching(waiting, starts, taken, clip)
        if before is None:
            found[clip.number] = ChangedClip(Changed.NEW, clip, None)
        else:
            taken.add(before.number)
            found[clip.number] = ChangedClip(Changed.TRIMMED, clip, before)
    return [clip for clip in old if clip.number not in taken]


def _reaching(
    waiting: Sequence[Clip], starts: Sequence[Fraction], taken: set[int], clip: Clip
) -> Clip | None:
    """An old clip whose part overlaps, looked for among the nearest few."""
    place = bisect_left(starts, _start(clip))
    near = range(max(0, place - _NEAREST), min(len(waiting), place + _NEAREST))
    ranked = sorted(near, key=lambda each: abs(each - place))
    for each in ranked:
        if waiting[each].number not in taken and _overlap(waiting[each], clip):
            return waiting[each]
    return None


def _start(clip: Clip) -> Fraction:
    return clip.source.start / clip.source.rate if clip.source else Fraction(0)


def _overlap(one: Clip, other: Clip) -> bool:
    if one.source is None or other.source is None:
        return True
    first, second = one.source, other.source
    return (
        first.start / first.rate < second.end / second.rate
        and second.start / second.rate < first.end / first.rate
    )
