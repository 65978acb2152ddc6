"""What every observer promises, ours and strangers': found by entry point, held by its examples."""

import json
import random
import re
from pathlib import Path

import pytest

from checkthegate.app.wiring import load_observers
from checkthegate.delivery.identify import identify
from checkthegate.delivery.opened import OpenedFile
from checkthegate.model import (
    Asset,
    Evidence,
    Gap,
    Grade,
    Observation,
    Unreadable,
    digest_bytes,
    observation_from_json,
    observation_to_json,
)
from checkthegate.seams import Example, Observer

OBSERVERS = {observer.id: observer for observer in load_observers({})}
EXAMPLES = [
    pytest.param(observer, example, id=f"{observer.id}-{example.name}")
    for observer in OBSERVERS.values()
    for example in observer.examples()
]
CLAIMS = {
    row.split("`")[1]
    for row in Path(__file__).parents[2].joinpath("docs/vocabulary.md").read_text().splitlines()
    if re.match(r"\| `[a-z-]+` \|", row)
}


def observe(
    observer: Observer, example: Example, content: bytes, folder: Path
) -> list[Observation]:
    """What an observer says of bytes; `Unreadable` is a gap, as in a check."""
    name = example.name.replace("/", "_")
    file = folder / name
    file.write_bytes(content)
    with file.open("rb") as stream:
        kind, media_type = identify(stream, name)
    asset = Asset(example.name, kind, media_type, len(content), digest_bytes(content))
    if not observer.wants(asset):
        return []
    sidecars = {}
    for suffix, sidecar in example.sidecars.items():
        sidecars[suffix] = folder / f"sidecar{suffix}"
        sidecars[suffix].write_bytes(sidecar)
    opened = OpenedFile(asset, file, sidecars=sidecars)
    try:
        return list(observer.observe(opened))
    except Unreadable as problem:
        return [Gap(observer.id, problem.reason)]
    finally:
        opened.close()


@pytest.mark.parametrize("observer", OBSERVERS.values(), ids=list(OBSERVERS))
def test_it_is_an_observer_with_examples(observer: Observer) -> None:
    assert isinstance(observer, Observer)
    assert re.fullmatch(r"[a-z0-9_-]+", observer.id)
    assert observer.version
    json.dumps(dict(observer.settings))
    examples = observer.examples()
    assert any(example.claims or example.gap for example in examples), "one that finds something"
    assert any(not example.claims and not example.gap for example in examples), "one that does not"


@pytest.mark.parametrize(("observer", "example"), EXAMPLES)
def test_examples_say_what_they_promise(
    observer: Observer, example: Example, tmp_path: Path
) -> None:
    said = observe(observer, example, example.content, tmp_path)
    claimed = {(each.claim, each.grade.value) for each in said if isinstance(each, Evidence)}
    about_ai = {each for each in claimed if each[0].startswith("ai-")}
    assert set(example.claims) <= claimed
    if not example.claims:
        assert not about_ai
    assert any(isinstance(each, Gap) for each in said) is example.gap


@pytest.mark.parametrize(("observer", "example"), EXAMPLES)
def test_what_is_said_can_be_stored_and_speaks_the_vocabulary(
    observer: Observer, example: Example, tmp_path: Path
) -> None:
    for each in observe(observer, example, example.content, tmp_path):
        assert each.observer == observer.id
        stored = json.loads(json.dumps(observation_to_json(each)))
        assert observation_from_json(stored) == each
        if isinstance(each, Gap):
            assert each.reason.strip()
            assert str(tmp_path) not in each.reason
        else:
            assert each.claim in CLAIMS
            assert str(tmp_path) not in json.dumps(stored)
            if each.claim == "ai-hint":
                assert each.grade is Grade.SUSPECTED


@pytest.mark.parametrize(("observer", "example"), EXAMPLES)
def test_it_says_the_same_twice(observer: Observer, example: Example, tmp_path: Path) -> None:
    first = observe(observer, example, example.content, tmp_path)
    assert observe(observer, example, example.content, tmp_path) == first


@pytest.mark.timeout(60)
@pytest.mark.parametrize(("observer", "example"), EXAMPLES)
def test_damage_never_raises_and_ends(observer: Observer, example: Example, tmp_path: Path) -> None:
    chance = random.Random(f"{observer.id} {example.name}")
    content = example.content
    for _ in range(12):
        damaged = bytearray(
            content[: chance.randint(0, len(content))] if chance.random() < 0.4 else content
        )
        for _ in range(chance.randint(1, 8)):
            if damaged:
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        observe(observer, example, bytes(damaged), tmp_path)
