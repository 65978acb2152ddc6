"""Moving pictures made by code: scenes in which things move, takes of them, and finishing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from tests.detect.running import opened
from tests.fingerprint.pictures import Kept

from checkthegate.delivery.opened import OpenedFile
from checkthegate.fingerprint.film_prints import film_print
from checkthegate.fingerprint.films import match_film
from checkthegate.fingerprint.picture_print import to_bytes
from checkthegate.fingerprint.proposing import Proposer, write_index
from checkthegate.fingerprint.sscd import Descriptors
from checkthegate.model import Gap, Grade, Kind
from checkthegate.model.match import Banked, Match, Role, Screening

SIZE = (320, 180)
RATE = 24
Frames = list[np.ndarray]
NO_NETWORKS = Descriptors(None)


def texture(seed: int, width: int, height: int) -> np.ndarray:
    """A picture full of detail at all scales, in colour."""
    chance = np.random.default_rng(seed)
    made = np.zeros((height, width, 3), np.float32)
    for step in (6, 16, 40, 90):
        coarse = chance.random((height // step + 2, width // step + 2, 3)).astype(np.float32)
        made += step**0.6 * cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    made -= made.min()
    picture = (made / made.max() * 215 + 20).astype(np.uint8)
    for _ in range(25):
        corner = chance.integers(0, (width, height))
        shade = tuple(int(each) for each in chance.integers(20, 235, 3))
        end = corner + chance.integers(8, 60, 2)
        cv2.rectangle(picture, tuple(corner.tolist()), tuple(end.tolist()), shade, -1)
    return picture


def path(chance: np.random.Generator, times: np.ndarray, reach: float) -> np.ndarray:
    """A smooth way to and fro, at most about `reach` from the middle."""
    waves = [
        chance.uniform(0.4, 1) * np.sin(chance.uniform(1.5, 5) * times + chance.uniform(0, 6))
        for _ in range(3)
    ]
    return reach * sum(waves) / 2


def scene(
    setup: int,
    take: int = 0,
    seconds: float = 2.0,
    *,
    camera: float = 0.0,
    rate: float = RATE,
    size: tuple[int, int] = SIZE,
    people: int = 3,
) -> Frames:
    """A set-up with things that move: another take has the same set and other movement.

    `camera` is how far it moves, in shares of the frame.
    """
    width, height = size
    back = texture(setup, round(width * 1.5), round(height * 1.5))
    things = [texture(100 * setup + n, width // 5, height // 3) for n in range(people)]
    chance = np.random.default_rng([setup, take])
    times = np.arange(round(seconds * rate)) / rate
    ways = [(path(chance, times, 0.35 * width), path(chance, times, 0.25 * height)) for _ in things]
    pan = path(chance, times, camera * width), path(chance, times, camera * height / 2)
    frames = []
    for number in range(len(times)):
        shift = np.float32(
            [[1, 0, -width / 4 - pan[0][number]], [0, 1, -height / 4 - pan[1][number]]]
        )
        frame = cv2.warpAffine(back, shift, size, borderMode=cv2.BORDER_REFLECT)
        for thing, (across, down) in zip(things, ways, strict=True):
            high, wide = thing.shape[:2]
            x = int(np.clip(width / 2 + across[number] - wide / 2, 0, width - wide))
            y = int(np.clip(height / 2 + down[number] - high / 2, 0, height - high))
            frame[y : y + high, x : x + wide] = thing
        frames.append(frame)
    return frames


def still_life(setup: int, seconds: float = 2.0, noise: float = 1.5) -> Frames:
    """A shot in which nothing moves but grain."""
    chance = np.random.default_rng(setup)
    picture = texture(setup, *SIZE).astype(np.float32)
    grains = (chance.normal(0, noise, picture.shape) for _ in range(round(seconds * RATE)))
    return [np.clip(picture + grain, 0, 255).astype(np.uint8) for grain in grains]


def each(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Frames], Frames]:
    return lambda frames: [change(frame) for frame in frames]


def graded(frame: np.ndarray) -> np.ndarray:
    light = np.clip(frame / 255 * 0.85 + 0.06, 0, 1) ** 1.25
    return (light * (255, 235, 215)).astype(np.uint8)


def letterboxed(frame: np.ndarray) -> np.ndarray:
    height = frame.shape[0]
    made = np.zeros_like(frame)
    high = round(height * 0.75)
    cut = frame[(height - high) // 2 :][:high]
    made[(height - high) // 2 :][:high] = cut
    return made


def cropped(frame: np.ndarray) -> np.ndarray:
    height, width = frame.shape[:2]
    part = frame[
        round(0.1 * height) : round(0.85 * height), round(0.2 * width) : round(0.95 * width)
    ]
    return cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC)


def mirrored(frame: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(frame[:, ::-1])


def larger(frame: np.ndarray) -> np.ndarray:
    return cv2.resize(frame, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)


def grained(frames: Frames) -> Frames:
    chance = np.random.default_rng(9)
    return [
        np.clip(frame + chance.normal(0, 9, frame.shape[:2])[..., None], 0, 255).astype(np.uint8)
        for frame in frames
    ]


def with_timecode(frames: Frames) -> Frames:
    made = []
    for number, frame in enumerate(frames):
        frame = frame.copy()
        cv2.rectangle(frame, (100, 158), (220, 174), (0, 0, 0), -1)
        cv2.putText(frame, f"01:00:{number:05d}", (104, 170), 0, 0.4, (255, 255, 255), 1)
        made.append(frame)
    return made


def covered(frames: Frames) -> Frames:
    """Something else passes over a third of the frame."""
    thing = texture(777, 110, 180)
    made = []
    for number, frame in enumerate(frames):
        frame = frame.copy()
        at = 20 + 3 * number % 160
        frame[:, at : at + 110] = thing
        made.append(frame)
    return made


def at_speed(speed: float, rate: float = RATE, out: float = RATE) -> Callable[[Frames], Frames]:
    """Frames dropped and repeated so that it runs at this speed at another frame rate."""

    def change(frames: Frames) -> Frames:
        count = int(len(frames) / rate / speed * out)
        places = [min(len(frames) - 1, round(n / out * speed * rate)) for n in range(count)]
        return [frames[place] for place in places]

    return change


def film(
    file: Path, frames: Sequence[np.ndarray], rate: float = RATE, codec: str = "libx264", **o: str
) -> Path:
    """Write frames: H.264 with key frames at cuts where nothing else is said."""
    height, width = frames[0].shape[:2]
    with av.open(str(file), "w") as container:
        stream = container.add_stream(codec, rate=Fraction(rate).limit_denominator(1001))
        pixels = "yuv422p10le" if codec == "prores_ks" else "yuv420p"
        stream.width, stream.height, stream.pix_fmt = width, height, pixels
        stream.options = o or ({"crf": "20", "preset": "veryfast"} if codec == "libx264" else {})
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode())
    return file


@contextmanager
def asset(file: Path) -> Iterator[OpenedFile]:
    with opened(file) as found:
        yield found


@dataclass
class FilmBank:
    """Films and stills on record, by name; indexed in a folder."""

    folder: Path
    prints: Mapping[str, bytes]
    roles: Mapping[str, Role]
    inputs: Mapping[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        self.names = list(self.prints)
        write_index(list(enumerate(self.prints.values())), self.folder)
        self.folders = [self.folder]

    def __len__(self) -> int:
        return len(self.names)

    def banked(self, number: int) -> Banked:
        name = self.names[number]
        made_from = tuple(f"sha256:{each}" for each in self.inputs.get(name, ()))
        role = self.roles.get(name, Role.RECORDED)
        return Banked(number, role, f"rec-{name}", name, f"sha256:{name}", Kind.VIDEO, made_from)

    def fingerprint(self, number: int) -> bytes:
        return self.prints[self.names[number]]

    def numbers_of(self, digest: str) -> Sequence[int]:
        return [n for n, name in enumerate(self.names) if digest == f"sha256:{name}"]


def printed(file: Path, descriptors: Descriptors = NO_NETWORKS) -> bytes:
    with asset(file) as found:
        return to_bytes(film_print(found, descriptors))


def bank(
    folder: Path,
    films: Mapping[str, Frames],
    roles: Mapping[str, Role] | None = None,
    inputs: Mapping[str, tuple[str, ...]] | None = None,
    descriptors: Descriptors = NO_NETWORKS,
    rate: float = RATE,
) -> FilmBank:
    (folder / "index").mkdir()
    prints = {
        name: printed(film(folder / f"{name}.mp4", frames, rate), descriptors)
        for name, frames in films.items()
    }
    return FilmBank(folder / "index", prints, roles or {}, inputs or {})


def said(
    file: Path, known: FilmBank, descriptors: Descriptors = NO_NETWORKS, cache: Any = None
) -> list[Match | Gap | Screening]:
    with asset(file) as found:
        kept = Kept() if cache is None else cache
        return list(match_film(found, known, kept, Proposer(known), descriptors))


def proven(matches: Sequence[Match | Gap | Screening]) -> list[Match]:
    return [m for m in matches if isinstance(m, Match) and m.grade is Grade.PROVEN]
