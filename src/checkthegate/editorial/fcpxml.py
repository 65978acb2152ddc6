"""Final Cut Pro X XML (`fcpxml`): projects with storylines, connected, compound and multicam clips.

Times are exact seconds; a clip's `start` is on its media's own clock. Retiming is followed through
its time map. Of a library with projects only these count, not its browser.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from checkthegate.editorial.assembly import (
    Assembly,
    Window,
    frame_at,
    plain,
    range_around,
)
from checkthegate.editorial.cut_xml import child, children, is_no, parse_cut, text
from checkthegate.editorial.fcpxml_values import (
    Resources,
    lane_of,
    pace_of,
    reach_of,
    seconds,
    through_time_map,
)
from checkthegate.model import Unreadable
from checkthegate.model.timeline import FrameRange, MediaRef, Timeline, TrackKind

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_LEAVES: Final = frozenset({"asset-clip", "video", "audio"})
_HOLDERS: Final = frozenset({"clip", "sync-clip"})
_STORY: Final = (
    _LEAVES
    | _HOLDERS
    | {
        *("ref-clip", "mc-clip", "gap", "title", "audition", "spine", "caption"),
    }
)
_SHOWN: Final = frozenset({"video", "asset-clip", "ref-clip", "mc-clip", "title"})
_WHOLE: Final = 1e9


def read_fcpxml(content: bytes) -> tuple[Timeline, ...]:
    """The projects of a document; without any, the clips of its browser. Raises `Unreadable`."""
    root = parse_cut(content)
    if root.tag != "fcpxml":
        raise Unreadable("this XML is no Final Cut Pro X timeline")
    resources = Resources(child(root, "resources"))
    projects = [
        (project.get("name", ""), sequence)
        for project in root.iter("project")
        for sequence in children(project, "sequence")
    ]
    projects += [("", sequence) for sequence in children(root, "sequence")]
    if projects:
        return tuple(_project(name, each, resources) for name, each in projects)
    return (_browser(root, resources),)


def _project(name: str, sequence: Element, resources: Resources) -> Timeline:
    rate = resources.rate(sequence) or Fraction(24)
    made = Assembly("fcpxml", name, rate)
    began = seconds(sequence.get("tcStart"))
    made.start = frame_at(began, rate)
    made.drop_frame = sequence.get("tcFormat") == "DF"
    below = [lane_of(each) for each in sequence.iter() if lane_of(each) < 0]
    shown = any(_shows(each, resources) for each in sequence.iter() if lane_of(each) < 0)
    walk = _Walk(made, resources, 1 - (min(below) if shown else 0))
    walk.storyline(child(sequence, "spine"), _Place(Window(began, _WHOLE, shift=-began)))
    return made.timeline()


def _shows(element: Element, resources: Resources) -> bool:
    """Whether something, or what it directly holds, is picture."""
    for each in (element, *element):
        asset = resources.get(each, "asset")
        if each.tag in _SHOWN and (asset is None or asset.get("hasVideo") == "1"):
            return True
    return False


def _browser(root: Element, resources: Resources) -> Timeline:
    """Clips that lie in a browser: described, on no track. Compound clips are looked into."""
    made = Assembly("fcpxml", "", Fraction(24))
    walk = _Walk(made, resources, 1)
    events = [root, *root.iter("event")]
    for clip in (each for event in events for each in event if each.tag in _STORY):
        if not made.visit():
            break
        asset = resources.get(clip, "asset")
        if asset is not None:
            made.rate = made.rate if made.clips else resources.rate(asset) or made.rate
            media = resources.media(asset, clip.get("name", ""), made.rate)
            nowhere = FrameRange(0, 0, made.rate)
            made.add(clip.get("name") or media.file, "", nowhere, media.available, media)
        else:
            length = seconds(clip.get("duration"), _WHOLE)
            walk.lay(clip, 0.0, length, _Place(Window(0.0, _WHOLE)))
    if not made.clips:
        made.problem("it holds neither a project nor a clip, so it is not known what it is for")
    return made.timeline()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where something is shown, on which lane, what it lies in, and which sides of it count.

    `called` is the name of the clip that holds it.
    """

    window: Window
    lane: int = 0
    nest: tuple[str, ...] = ()
    on: bool = True
    sides: frozenset[str] = frozenset({"video", "audio"})
    called: str = ""


class _Walk:
    def __init__(self, made: Assembly, resources: Resources, base: int) -> None:
        self._made = made
        self._resources = resources
        self._base = base

    def storyline(self, spine: Element | None, place: _Place) -> None:
        """The elements of a spine, transitions lengthening their neighbours."""
        if spine is None:
            return
        story = [each for each in spine if each.tag in _STORY or each.tag == "transition"]
        at = place.window.low if not lane_of(spine) else 0.0
        for number, element in enumerate(story):
            if not self._made.visit(len(place.nest)):
                return
            if element.tag == "transition":
                continue
            start = seconds(element.get("offset"), at)
            length = seconds(element.get("duration"), self._natural(element))
            at = start + length
            head = reach_of(story[number - 1] if number else None, start, at)[0]
            tail = reach_of(story[number + 1] if number + 1 < len(story) else None, start, at)[1]
            self.lay(element, start, length, place, (head, tail))

    def _natural(self, element: Element) -> float:
        """How long something lasts that does not say so: as long as its asset."""
        asset = self._resources.get(element, "asset")
        return seconds(asset.get("duration")) if asset is not None else 0.0

    def lay(
        self,
        element: Element,
        start: float,
        length: float,
        place: _Place,
        more: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        """Lay one element down at `start` of its parent's time, and what hangs on it."""
        off = is_no(element.get("enabled", "1"))
        place = replace(place, on=place.on and not off)
        if element.tag == "audition":
            chosen = next((each for each in element if each.tag in _STORY), None)
            if chosen is not None:
                self.lay(chosen, start, length, place, more)
            return
        inner = self._begin(element)
        window = place.window.inside(start - more[0], length + sum(more), inner - more[0], 1.0)
        if window is not None and self._made.visit(len(place.nest)):
            self._content(element, replace(place, window=window), more)
        # What hangs on a clip may reach beyond it; only the parent's own window cuts it off.
        around = place.window.inside(start - _WHOLE / 4, _WHOLE / 2, inner - _WHOLE / 4, 1.0)
        if around is not None:
            for each in element:
                if each.tag in _STORY and lane_of(each):
                    self._connected(each, replace(place, window=around))

    def _connected(self, element: Element, place: _Place) -> None:
        lane = place.lane + lane_of(element)
        placed = replace(place, lane=lane)
        start = seconds(element.get("offset"))
        if element.tag != "spine":
            self.lay(
                element, start, seconds(element.get("duration"), self._natural(element)), placed
            )
            return
        window = place.window.inside(start, _WHOLE / 4, 0.0, 1.0)
        if window is not None and self._made.visit(len(place.nest)):
            self.storyline(element, replace(placed, window=window))

    def _begin(self, element: Element) -> float:
        """Where an element's own time begins."""
        stated = element.get("start")
        if stated is not None:
            return seconds(stated)
        asset = self._resources.get(element, "asset")
        return seconds(asset.get("start")) if asset is not None else 0.0

    def _content(self, element: Element, place: _Place, more: tuple[float, float]) -> None:
        name = element.tag
        if name in _LEAVES:
            self._leaf(element, place, more)
        elif name in _HOLDERS:
            self._held(element, place)
        elif name == "ref-clip":
            self._compound(element, place)
        elif name == "mc-clip":
            self._multicam(element, place)
        elif name in ("title", "caption"):
            self._made_here(element, place, name)

    def _leaf(self, element: Element, place: _Place, more: tuple[float, float]) -> None:
        asset = self._resources.get(element, "asset")
        if asset is None:
            self._without_asset(element, place)
            return
        sound = element.tag == "audio" or asset.get("hasVideo") != "1"
        if ("audio" if sound else "video") not in place.sides and element.tag != "asset-clip":
            return
        made, window = self._made, place.window
        media = self._resources.media(asset, element.get("name", ""), made.rate)
        rate = media.available.rate if media.available else made.rate
        mapped = through_time_map(element, window, float(made.rate))
        low, high = mapped or (window.low, window.high)
        record = window.record(made.rate, made.start)
        made.add(
            element.get("name") or place.called or media.name or media.file,
            self._track(place.lane, sound=sound),
            record,
            range_around(low, high, rate),
            media,
            speed=pace_of(low, high, window) if mapped else Fraction(1),
            enabled=place.on,
            transition="dissolve" if more[0] else "",
            dissolve_in=min(record.length, frame_at(2 * more[0], made.rate)),
            dissolve_out=min(record.length, frame_at(2 * more[1], made.rate)),
            nest=place.nest,
            metadata={"note": plain(text(element, "note"))} if child(element, "note") else {},
        )
        for marker in children(element, "marker", "chapter-marker"):
            at = window.slope * seconds(marker.get("start")) + window.shift
            made.mark(made.start + frame_at(at, made.rate), marker.get("value"), marker.get("note"))

    def _without_asset(self, element: Element, place: _Place) -> None:
        """A generator, or a clip whose asset the document does not have."""
        if self._resources.get(element, "effect") is not None:
            self._made_here(element, place, "generator")
            return
        name = plain(element.get("name"), 80) or place.called or plain(element.get("ref"), 80)
        track = self._track(place.lane, sound=element.tag == "audio")
        record = place.window.record(self._made.rate, self._made.start)
        self._made.add(name, track, record, None, MediaRef(name=name), nest=place.nest)

    def _made_here(self, element: Element, place: _Place, what: str) -> None:
        kind = TrackKind.TEXT if what == "caption" else TrackKind.VIDEO
        track = self._made.track(kind, max(1, place.lane + self._base))
        words = " ".join("".join(each.itertext()) for each in children(element, "text"))
        self._made.add(
            element.get("name") or what,
            track,
            place.window.record(self._made.rate, self._made.start),
            None,
            MediaRef(name=plain(element.get("name")), made_here=what),
            enabled=place.on,
            nest=place.nest,
            text=plain(words, 2000),
        )

    def _track(self, lane: int, *, sound: bool) -> str:
        if sound:
            return self._made.track(TrackKind.AUDIO, max(1, abs(lane)))
        return self._made.track(TrackKind.VIDEO, max(1, lane + self._base))

    def _held(self, element: Element, place: _Place) -> None:
        """What lies inside of a clip or a synchronised clip, on its own time.

        A clip that would show nothing at all is told as one whose media is not known.
        """
        before = len(self._made.clips)
        self._primaries(element, replace(place, called=plain(element.get("name"))))
        silent = len(self._made.clips) == before and len(place.sides) == 2
        if silent and not any(each.tag == "gap" for each in element):
            self._without_asset(element, place)

    def _primaries(self, element: Element, place: _Place) -> None:
        for each in element:
            if each.tag in _STORY and not lane_of(each):
                if each.tag == "spine":
                    self.storyline(each, place)
                else:
                    length = seconds(each.get("duration"), self._natural(each))
                    self.lay(each, self._held_at(each, length, place), length, place)

    def _held_at(self, element: Element, length: float, place: _Place) -> float:
        """Where something lies in a clip. Some writers leave it at 0 although the clip is counted
        on its media's clock; it then lies where its media begins."""
        at, begin = seconds(element.get("offset")), self._begin(element)
        missed = at + length <= place.window.low
        return begin if missed and begin <= place.window.low < begin + length else at

    def _compound(self, element: Element, place: _Place) -> None:
        media = self._resources.get(element, "media")
        sequence = child(media, "sequence")
        if media is None or sequence is None:
            self._without_asset(element, place)
            return
        wanted = element.get("srcEnable", "all")
        sides = place.sides if wanted == "all" else place.sides & {wanted}
        nest = (*place.nest, plain(media.get("name"), 120) or "compound clip")
        within = replace(place, nest=nest, sides=sides, called="")
        self.storyline(child(sequence, "spine"), within)

    def _multicam(self, element: Element, place: _Place) -> None:
        media = self._resources.get(element, "media")
        angles = {
            each.get("angleID", ""): each for each in children(child(media, "multicam"), "mc-angle")
        }
        if media is None or not angles:
            self._without_asset(element, place)
            return
        nest = (*place.nest, plain(media.get("name"), 120) or "multicam clip")
        sources = list(children(element, "mc-source"))
        chosen = [(each.get("angleID", ""), each.get("srcEnable", "all")) for each in sources]
        for angle, wanted in chosen or [(next(iter(angles)), "all")]:
            if angle in angles and wanted != "none":
                sides = place.sides if wanted == "all" else place.sides & {wanted}
                self.storyline(angles[angle], replace(place, nest=nest, sides=sides, called=""))
