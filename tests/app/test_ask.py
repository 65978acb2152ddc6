"""Answers to declared uses: their document, its schema, and what judging them costs."""

import io
import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from tests.declaration.strategies import uses

from checkthegate.app.ask import NOTICE, ask, ask_lines, packs_for_uses
from checkthegate.app.schemas import answer_schema, write_schemas
from checkthegate.declaration import Form, build, plain, write
from checkthegate.declaration.template import EXAMPLES
from checkthegate.model import UsageError, Verdict
from checkthegate.model.use import Answer, DeclaredUse
from checkthegate.rules import Pack

SCHEMAS = Path(__file__).parents[2] / "schemas"
VALID = jsonschema.Draft202012Validator(answer_schema())


@pytest.fixture(scope="module")
def packs() -> tuple[Pack, ...]:
    return packs_for_uses(("netflix",))


def test_the_checked_in_schemas_are_those_made(tmp_path: Path) -> None:
    for made in write_schemas(tmp_path):
        assert made.read_bytes() == (SCHEMAS / made.name).read_bytes(), made.name


@settings(max_examples=60, deadline=None)
@given(use=uses)
def test_every_answer_fits_the_schema(use: DeclaredUse) -> None:
    (answer,) = ask((use,), packs_for_uses(("netflix",)))
    VALID.validate(json.loads(json.dumps(answer)))
    assert answer["title"] == use.title
    assert answer["notice"] == NOTICE
    assert answer["pack"]["id"] == "netflix"
    fired = {finding["rule"] for finding in answer["findings"]}
    assert fired == set(answer["rules"])


@settings(max_examples=40, deadline=None)
@given(use=uses)
def test_what_would_change_does_change_it(use: DeclaredUse) -> None:
    """Each change, made in the declaration itself and asked again, gives what was said."""
    packs = packs_for_uses(("netflix",))
    (answer,) = ask((use,), packs)
    for change in answer["would_change"]:
        stated = json.loads(json.dumps(plain(use)))
        _put(stated, change["field"], change["to"])
        changed = build(stated, [])
        assert changed is not None
        (again,) = ask((changed,), packs, would_change=False)
        assert (again["verdict"], again["approval"]) == (change["verdict"], change["approval"])
        before = Verdict(answer["verdict"]).rank, answer["approval"]
        assert (Verdict(again["verdict"]).rank, again["approval"]) != before


def _put(stated: dict, field: str, to: object) -> None:
    first, bracket, rest = field.partition("[")
    if bracket:
        at, _, part = rest.partition("].")
        stated[first][int(at)][part] = to
    elif "." in field:
        whole, part = field.split(".")
        stated[whole][part] = to
    else:
        stated[field] = to


def test_without_would_change_everything_else_is_the_same(packs: tuple[Pack, ...]) -> None:
    in_the_final = replace(EXAMPLES[0], final=Answer.YES)
    with_changes = list(ask((in_the_final, *EXAMPLES), packs))
    without = list(ask((in_the_final, *EXAMPLES), packs, would_change=False))
    assert with_changes[0]["would_change"]
    assert [each | {"would_change": []} for each in with_changes] == without


def test_lines_are_answered_one_by_one_and_bad_ones_escalate(packs: tuple[Pack, ...]) -> None:
    good = write(EXAMPLES[:1], Form.LINES)
    answers = list(ask_lines(io.BytesIO((good + "oops\n" + good).encode()), packs))
    assert [answer["verdict"] for answer in answers] == ["notify", "escalate", "notify"]
    assert answers[1].keys() == {"error", "verdict"}
    assert answers[1]["error"]["line"] == 2
    for answer in answers:
        VALID.validate(answer)


def test_a_pack_without_rules_for_uses_is_refused() -> None:
    with pytest.raises(UsageError, match="about declared uses"):
        packs_for_uses(("gate",))
    with pytest.raises(UsageError, match="no rule pack"):
        packs_for_uses(("nonsense",))


def test_performers_are_never_named_in_an_answer(packs: tuple[Pack, ...]) -> None:
    (answer,) = ask(EXAMPLES[1:], packs)
    told = json.dumps(answer["findings"]) + json.dumps(answer["would_change"])
    assert "the captain" not in told
