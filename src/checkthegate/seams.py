"""Every seam in one file. Read `model` and this and you know the system.

A seam is a Protocol with more than one implementation, or one that strangers plug into.
Observers and report formats are found through entry points (`checkthegate.observers`,
`checkthegate.reports`), ours exactly as a stranger's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, runtime_checkable

from checkthegate.model import Asset, Decision, Gap, Json, Observation
from checkthegate.model.event import Event
from checkthegate.model.match import Banked, Match, Screening
from checkthegate.model.record import Difference, EntryRow, Prepared, Receipt, Row, Sealed
from checkthegate.model.table import Change, Table

if TYPE_CHECKING:
    import numpy
    from PIL.Image import Image


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that hold for every file, since every file may be hostile.

    Sizes in bytes, `pixels` in pixels of one decoded picture, times in seconds.
    """

    pixels: int = 64_000_000
    metadata_bytes: int = 32 * 1024 * 1024
    document_bytes: int = 64 * 1024 * 1024
    items: int = 20_000
    xml_depth: int = 200
    observer_seconds: float = 120.0


class Picture(Protocol):
    """One decoded still: the image itself, or the first frame of moving pictures."""

    @property
    def image(self) -> Image:
        """The decoded Pillow image, orientation as stored. Not to be changed."""

    @property
    def rgb(self) -> numpy.ndarray[Any, Any]:
        """`uint8` array of shape (height, width, 3)."""

    @property
    def alpha(self) -> numpy.ndarray[Any, Any] | None:
        """`uint8` array of shape (height, width), or None without an alpha channel."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream of a media container, as the decoder names it."""

    index: int
    kind: str
    codec: str
    tags: Mapping[str, str]
    width: int = 0
    height: int = 0
    rate: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Media:
    """A media container as the decoder sees it: format, tags, streams, duration."""

    format: str
    seconds: float
    tags: Mapping[str, str]
    streams: Sequence[Stream]


@dataclass(frozen=True, slots=True)
class Sound:
    """A short stretch of decoded audio.

    `samples` is a `float32` array of shape (frames, channels), nominally -1..1; `rate` is in
    frames a second, `start` in seconds of media time.
    """

    samples: numpy.ndarray[Any, Any]
    rate: int
    start: float


@dataclass(frozen=True, slots=True)
class Packets:
    """A film's packets in order of presentation: `times` (float64, seconds from the film's
    first frame), `sizes` (int64, bytes) and `keys` (bool: decodable alone), one each a frame."""

    times: numpy.ndarray[Any, Any]
    sizes: numpy.ndarray[Any, Any]
    keys: numpy.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded frame: `time` in seconds from the film's first frame, `rgb` as uint8 of shape
    (height, width, 3), square pixels, upright."""

    time: float
    rgb: numpy.ndarray[Any, Any]


class Film(Protocol):
    """The moving pictures of an asset, read packet by packet so that little need be decoded.

    Raises `Unreadable`. Frames that cannot be decoded are left out and counted in `lost`.
    """

    @property
    def width(self) -> int:
        """Width as shown, in square pixels."""

    @property
    def height(self) -> int:
        """Height as shown, in square pixels."""

    @property
    def rate(self) -> float:
        """Frames a second, on average."""

    @property
    def seconds(self) -> float:
        """How long it runs."""

    @property
    def codec(self) -> str:
        """The codec, as the decoder names it."""

    @property
    def lost(self) -> int:
        """How many frames could not be decoded so far."""

    def packets(self) -> Packets:
        """All packets, without decoding. Read once."""

    def at(self, times: Sequence[float], longest: int) -> Iterator[Frame]:
        """The frames nearest these ascending times, scaled so that no side is over `longest`."""

    def between(self, start: float, stop: float, longest: int) -> Iterator[Frame]:
        """Every frame from `start` up to `stop`, in order, scaled likewise."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Where a part of a text lies: from character `start` on it is on this page, in this scene.

    `page` counts from 1; 0 and an empty `scene` where the format has none.
    """

    start: int
    page: int = 0
    scene: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """The words of an asset as one string, with where pages and scenes begin, ascending."""

    body: str
    passages: Sequence[Passage] = ()


class OpenAsset(Protocol):
    """An asset whose bytes are at hand. Views are read once and shared by all observers.

    `picture` and `media` raise `Unreadable` with a reason fit for a gap; the failure is
    remembered, so asking again costs nothing.
    """

    @property
    def asset(self) -> Asset:
        """What is open."""

    @property
    def limits(self) -> Limits:
        """The bounds that hold while reading it."""

    def open(self) -> BinaryIO:
        """A new read-only, seekable handle at offset 0. The caller closes it."""

    def read_at(self, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset`; fewer at the end of the file."""

    def sidecar(self, suffix: str) -> bytes | None:
        """Bytes of the sidecar lying beside the asset (`.xmp`, `.c2pa`), or None.

        Both `shot.jpg.xmp` and `shot.xmp` count as beside `shot.jpg`.
        """

    def picture(self) -> Picture:
        """The still picture, wholly decoded. For images only."""

    def media(self) -> Media:
        """Container facts of video and audio, read through the decoder without decoding."""

    def frame(self, fraction: float) -> Picture:
        """The decoded video frame nearest `fraction` (0..1) of the duration. Video only."""

    def sound(self, fraction: float, stream: int) -> Sound:
        """About a second of sound of the stream with this index, at `fraction` (0..1) of it."""

    def film(self) -> AbstractContextManager[Film]:
        """The moving pictures, for reading frame by frame. Video only."""

    def sounds(self, stream: int, rate: int) -> Iterator[Sound]:
        """All the sound of the stream with this index, resampled to `rate`, block after block,
        channels kept. Flat memory."""

    def text(self) -> Text:
        """The words of text, documents and subtitles."""

    def working(self) -> None:
        """Say that work goes on. Whoever looks for long calls it between steps, or is stopped."""


@dataclass(frozen=True, slots=True)
class Example:
    """An input an observer brings along: bytes, and the claims it must find in them.

    `claims` lists (claim, grade) pairs that must be among the evidence; an empty list means
    that nothing may be claimed. `gap` says that a gap must be reported.
    """

    name: str
    content: bytes
    claims: Sequence[tuple[str, str]] = ()
    gap: bool = False
    sidecars: Mapping[str, bytes] = field(default_factory=dict)


@runtime_checkable
class Observer(Protocol):
    """Reads one asset and says what it saw. Never judges.

    `id` says what it reads (`c2pa`, `metadata`, `watermark`). `version` changes whenever a
    result could change, since results are cached by it. `settings` holds whatever else
    decides a result (trust anchors, the version of the library that reads); it is JSON.

    One that needs decoded pixels may have `reads_pixels = True`: of a long sequence of pictures
    it then sees some, while all others see every frame.
    """

    @property
    def id(self) -> str:
        """What it reads, in one word."""

    @property
    def version(self) -> str:
        """Changes whenever a result could."""

    @property
    def settings(self) -> Mapping[str, Json]:
        """What else decides a result."""

    @property
    def reads_path(self) -> bool:
        """Whether a result depends on the asset's path, not only on its bytes."""

    def wants(self, asset: Asset) -> bool:
        """Whether this observer has anything to read in such a file. No I/O."""

    def observe(self, opened: OpenAsset) -> Iterable[Observation]:
        """Evidence and gaps. `Unreadable` becomes a gap; any other exception is a fault
        of the observer, becomes a gap too, and is counted."""

    def examples(self) -> Sequence[Example]:
        """Inputs for the conformance suite, made by code, never third-party files."""


class FingerprintCache(Protocol):
    """Keeps what was computed from a file's bytes alone, so that a changed bank costs no new
    decoding. A cache: it may forget."""

    def get(self, digest: str, recipe: str) -> bytes | None:
        """What was kept for these bytes by this recipe."""

    def put(self, digest: str, recipe: str, body: bytes) -> None:
        """Keep it."""


class Bank(Protocol):
    """Everything known by its content, for one hasher: one file or a million.

    `folders` are indexes that the hasher's `index` wrote, each over some of the entries: together
    they hold every entry exactly once.
    """

    @property
    def folders(self) -> Sequence[Path]:
        """The folders of the indexes."""

    def __len__(self) -> int:
        """How many entries there are."""

    def banked(self, number: int) -> Banked:
        """The entry with this number."""

    def fingerprint(self, number: int) -> bytes:
        """Its fingerprint, as the hasher made it."""

    def numbers_of(self, digest: str) -> Sequence[int]:
        """The entries of a file, by its digest: to look at what something was made from."""


@runtime_checkable
class Hasher(Protocol):
    """Knows material again by its content.

    `recipe` changes whenever a fingerprint could: those of different recipes are never compared.
    `version` changes whenever a match could (a threshold, a step of the closer look).
    """

    @property
    def id(self) -> str:
        """What it knows material by: `picture`, `sound`, `words`."""

    @property
    def recipe(self) -> str:
        """Changes whenever a fingerprint could."""

    @property
    def version(self) -> str:
        """Changes whenever a match could."""

    def lacks(self) -> str | None:
        """None, or a sentence: what is not installed, and what cannot be found without it."""

    def wants(self, asset: Asset) -> bool:
        """Whether it can know such a file. No I/O."""

    def fingerprint(self, opened: OpenAsset) -> bytes | None:
        """All that later matching needs, the file itself no longer; None where there is nothing
        to know it by (silence, a blank frame). Raises `Unreadable`."""

    def index(self, fingerprints: Sequence[tuple[int, bytes]], folder: Path) -> None:
        """Write an index over numbered fingerprints into an empty folder."""

    def match(
        self, opened: OpenAsset, bank: Bank, cache: FingerprintCache
    ) -> Iterable[Match | Gap | Screening]:
        """What of the bank lies in the asset, and where; and, of one that is not looked at as a
        whole, what was. Raises `Unreadable`."""


ObserverFactory = Callable[[Mapping[str, Any]], Observer]
"""What an entry point of `checkthegate.observers` names: settings in, observer out.

The settings are the observer's own section of the configuration, `{}` when there is none.
"""


@dataclass(frozen=True, slots=True)
class Task:
    """Work on one file: identify it, let observers look at it, make fingerprints of it.

    `location` is where the bytes are (a path, then names of nested archive members).
    `observers` and `hashers` are ids; with none of them the file is identified and no more.
    `parts` are the frames of a sequence with where they lie; then `asset` is the sequence.
    """

    number: int
    location: tuple[str, ...]
    observers: tuple[str, ...]
    asset: Asset | None = None
    sidecars: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hashers: tuple[str, ...] = ()
    parts: tuple[tuple[tuple[str, ...], Asset], ...] = ()


@dataclass(frozen=True, slots=True)
class Observed:
    """What one observer said of one asset. `sound` is False when it failed: not cached.

    `settings` is the settings' part of the job key, empty when this came from the cache.
    """

    observer: str
    observations: tuple[Observation, ...]
    sound: bool = True
    settings: str = ""


@dataclass(frozen=True, slots=True)
class TaskResult:
    """What came of a task. `asset` is set by identification; `problem` is a gap's reason
    when the bytes themselves could not be read; `thumbnail` is a small JPEG or empty;
    `cached` counts the observers whose word came from the cache. `fingerprints` are those that
    were made, by hasher; why one was not made is a gap in `observed`."""

    number: int
    asset: Asset | None = None
    observed: tuple[Observed, ...] = ()
    problem: str | None = None
    thumbnail: bytes = b""
    cached: int = 0
    fingerprints: Mapping[str, bytes] = field(default_factory=dict)


class Executor(Protocol):
    """Runs tasks somewhere: in this process, in a pool, on other machines."""

    def run(self, tasks: Iterable[Task]) -> Iterator[TaskResult]:
        """Results in any order, one for each task, whatever happens to a worker."""

    def close(self) -> None:
        """Stop the workers."""


@dataclass(frozen=True, slots=True)
class ReportInput:
    """What a report format is made from.

    `document` is the `checkthegate.report/1` document. `thumbnails` maps an asset's path to
    a small JPEG. `production`, `checked_at` (ISO 8601) and `delivery` are for headings.
    """

    decision: Decision
    document: Mapping[str, Any]
    thumbnails: Mapping[str, bytes]
    production: str
    delivery: str
    checked_at: str
    version: str


@runtime_checkable
class ReportFormat(Protocol):
    """Turns a decision into the bytes of one file."""

    @property
    def filename(self) -> str:
        """The file's name inside the report folder."""

    def render(self, report: ReportInput) -> bytes:
        """The whole file."""


class Sealing(Protocol):
    """Turns events into entries of one ledger and signs it. May be used by several threads."""

    def prepare(self, event: Event) -> Prepared:
        """The event with a fresh salt. Raises `ValueError` for what no entry can hold."""

    def resume(self, reading: RecordReading) -> bytes:
        """The edge of the tree that is stored. Raises `IntegrityError` if it does not fit."""

    def seal(self, edge: bytes, prepared: Sequence[Prepared]) -> Sealed:
        """Add the events to the tree with this edge, in order, and sign a checkpoint."""


@dataclass(frozen=True, slots=True)
class Projection:
    """The tables that follow from events. `version` rises whenever `project` or they change.

    `project` takes an entry's number and its event, depends on nothing else and never fails.
    `keeps` is a table and its column that names fingerprints: their bytes lie with the records.
    """

    version: int
    tables: Sequence[Table]
    project: Callable[[int, Event], Sequence[Change]]
    keeps: tuple[str, str] | None = None


class RecordReading(Protocol):
    """The records at one moment: later writes do not show. Raises `IntegrityError` on damage."""

    @property
    def size(self) -> int:
        """How many entries there are."""

    def rows(self, table: str, **equal: Any) -> Sequence[Row]:
        """Rows whose columns equal the values, by key. `KeyError` for an unknown name."""

    def newer(self, table: str, entry: int, **equal: Any) -> Iterator[Row]:
        """Rows last written by this entry or a later one, in that order, as they come."""

    def among(self, table: str, column: str, values: Iterable[str]) -> Iterator[Row]:
        """Rows whose column equals one of the values."""

    def distinct(self, table: str, column: str) -> list[Any]:
        """The different values in a column of a table, ascending. Fast where it is indexed."""

    def fingerprints(self, digests: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Kept fingerprints by digest. Those that are not there are left out."""

    def reachable(
        self,
        table: str,
        from_column: str,
        to_column: str,
        starts: Iterable[str],
        *,
        limit: int = 100_000,
        columns: Sequence[str] = (),
    ) -> list[tuple[Any, ...]]:
        """Edges reached by going from column to column, nearest first, each once.

        An edge is its two ends, then `columns`. At most `limit`. Cycles end by themselves.
        """

    def events(self, numbers: Iterable[int] | None = None) -> Iterator[tuple[int, Event]]:
        """Entries' numbers and events, ascending; all by default. Erased ones are left out."""

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[EntryRow]:
        """The entries from `start` up to `stop`, ascending, as they are stored."""

    def nodes(self, level: int, first: int, count: int) -> list[bytes | None]:
        """Stored subtree hashes lying side by side; None for one that is not stored."""

    def node(self, level: int, index: int) -> bytes:
        """One stored subtree hash. Raises `KeyError`."""

    def checkpoints(self) -> Iterator[str]:
        """All checkpoints by size."""

    def checkpoint(self) -> str | None:
        """The newest checkpoint; None while nothing was recorded."""

    def differences(self) -> Iterator[Difference]:
        """Everything in tables and schema that does not follow from the events."""


class RecordStore(Protocol):
    """Where a production's records live. Safe for threads and for several processes at once."""

    def append(self, events: Sequence[Event]) -> Receipt:
        """Record the events, all or none, one after the other; durable when this returns."""

    def transact(
        self,
        make: Callable[[RecordReading], Sequence[Event]],
        fingerprints: Mapping[str, bytes] | None = None,
    ) -> Receipt:
        """Record what `make` returns; nobody else writes between its reading and that.

        What `make` raises is raised here, and nothing is recorded. It may be called twice (when
        others' requests failed beside it), and must not record by itself. The events may name
        `fingerprints` by digest: those that are not kept yet are kept from then on.
        """

    def erase(self, numbers: Iterable[int], event: Event) -> Receipt:
        """Record `event` and delete these entries' bodies and salts, all or none."""

    def rebuild(self) -> None:
        """Empty the tables and fill them from the events."""

    def reading(self) -> AbstractContextManager[RecordReading]:
        """The records as they are now."""

    def close(self) -> None:
        """Let go of the database."""


HasherFactory = Callable[[Mapping[str, Any]], Hasher]
"""What an entry point of `checkthegate.hashers` names: settings in, hasher out.

`settings["models"]` is the folder of downloaded model weights (a path as text).
"""
