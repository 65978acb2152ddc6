"""Tools: what is known of them, by whom, until when; imports and their contradictions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.app.registry.making import FACTS, paper

from checkthegate.app.registry.desk import Desk, moment
from checkthegate.app.registry.tool_import import import_tools
from checkthegate.app.registry.tools import (
    add_tool,
    change_tool,
    list_tools,
    review_tool,
    show_tool,
)
from checkthegate.model import UsageError

TERMS = {"reviewer": "Bo", "review_by": "2999-01-01"}


def reviewed(desk: Desk, folder: Path, *facts: str, **stated: Any) -> dict[str, Any]:
    review_tool(
        desk, "Paintbox", facts, source=paper(folder), clause="4.2", stated={**TERMS, **stated}
    )
    return show_tool(desk, "Paintbox", moment(None))


def test_by_name_alone_everything_is_unsure(desk: Desk) -> None:
    add_tool(desk, {"name": "Paintbox"})
    tool = list_tools(desk, moment(None))[0]
    answers = {name: tool[name] for name in ("environment", "stores", "reuses", "trains")}
    assert set(answers.values()) == {"unsure"}


def test_a_fact_has_its_source_clause_reviewer_and_date(desk: Desk, tmp_path: Path) -> None:
    add_tool(desk, {"name": "Paintbox"})
    tool = reviewed(desk, tmp_path, *FACTS, "sub-processors=Cloud Ltd, Render AG")
    fact = next(each for each in tool["facts"] if each["fact"] == "stores")
    assert fact["answer"] == "no"
    assert (fact["clause"], fact["reviewer"], fact["review_by"]) == ("4.2", "Bo", "2999-01-01")
    assert (fact["source_name"], fact["source_state"]) == ("paper.pdf", "kept")
    assert [each["text"] for each in tool["facts"] if each["fact"] == "sub-processors"] == [
        "Cloud Ltd, Render AG"
    ]
    kept = next((desk.home.folder / "documents").iterdir())
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.write_bytes(b"other terms")
    tool = show_tool(desk, "Paintbox", moment(None))
    assert tool["facts"][0]["source_state"] == "altered"


def test_what_is_past_its_review_is_unsure_and_says_so(desk: Desk, tmp_path: Path) -> None:
    add_tool(desk, {"name": "Paintbox"})
    tool = reviewed(desk, tmp_path, "trains=no", stated_on="2020-01-01", review_by="2020-06-01")
    assert tool["trains"] == "unsure"
    assert tool["stale"] == ["“trains” was to be reviewed by 2020-06-01"]
    assert show_tool(desk, "Paintbox", moment(None))["history"][-1]["what"] == "reviewed"


def test_another_version_leaves_the_facts_behind(desk: Desk, tmp_path: Path) -> None:
    add_tool(desk, {"name": "Paintbox", "version": "1"})
    assert reviewed(desk, tmp_path, *FACTS)["stores"] == "no"
    change_tool(desk, "paintbox", {"version": "2"})
    assert show_tool(desk, "Paintbox", moment(None))["stores"] == "unsure"


@pytest.mark.parametrize(
    ("facts", "stated", "said"),
    [
        (["stores"], {}, "does not say what holds"),
        (["store=no"], {}, "not a fact of a tool"),
        (["stores=perhaps"], {}, "is not an answer"),
        (["stores=no", "stores=yes"], {}, "stated twice"),
        (["environment=cloud"], {}, "is not an answer"),
        (["stores=no"], {"review_by": "soon"}, "is not a day"),
        (["stores=no"], {"stated_on": "2998-01-01"}, "has not come yet"),
        (["stores=no"], {"review_by": "2020-01-01"}, "is before stated_on"),
    ],
)
def test_wrong_facts_are_refused_with_nothing_written(
    facts: list[str], stated: dict[str, str], said: str, desk: Desk, tmp_path: Path
) -> None:
    add_tool(desk, {"name": "Paintbox"})
    with pytest.raises(UsageError, match=said) as told:
        reviewed(desk, tmp_path, *facts, **stated)
    assert told.value.hint
    with desk.store.reading() as reading:
        assert reading.size == 1


def test_names_stay_unique_whatever_their_capitals(desk: Desk) -> None:
    add_tool(desk, {"name": "Paintbox", "tier": "free"})
    with pytest.raises(UsageError, match="on file already"):
        add_tool(desk, {"name": "PAINTBOX", "tier": "Free"})
    add_tool(desk, {"name": "Paintbox", "tier": "enterprise"})
    with pytest.raises(UsageError, match="name of several"):
        show_tool(desk, "Paintbox", moment(None))
    with pytest.raises(UsageError, match="Nothing of Paintbox would change"):
        change_tool(desk, list_tools(desk, moment(None))[0]["id"], {"name": "Paintbox"})


def test_an_import_names_what_contradicts_and_the_worse_counts(desk: Desk, tmp_path: Path) -> None:
    paper(tmp_path, "terms.html", b"<html>terms</html>")
    table = (
        "name,tier,stores,trains,source,reviewer,review_by\n"
        "Paintbox,enterprise,no,no,terms.html,Bo,2999-01-01\n"
        "Paintbox,Enterprise,yes,,a blog,Bo,2999-01-01\n"
        "Voicebox,,,,,,\n"
    )
    imported = import_tools(desk, paper(tmp_path, "tools.csv", table.encode()))
    assert len(imported.tools) == 2
    assert imported.contradictions == [
        {
            "tool": "Paintbox",
            "fact": "stores",
            "says": [
                {"answer": "no", "sources": ["tools.csv, line 2"]},
                {"answer": "yes", "sources": ["tools.csv, line 3"]},
            ],
        }
    ]
    tool = show_tool(desk, "Paintbox", moment(None))
    assert (tool["stores"], tool["trains"]) == ("yes", "no")
    again = [{"name": "paintbox", "tier": "enterprise", "facts": {"trains": True},
              "review_by": "2999-01-01"}]  # fmt: skip
    imported = import_tools(desk, paper(tmp_path, "tools.json", json.dumps(again).encode()))
    assert imported.contradictions[0]["fact"] == "trains"
    assert imported.contradictions[0]["says"][0]["sources"][0].startswith("entry ")
    assert len(list_tools(desk, moment(None))) == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name,stors\nPaintbox,no\n", "line 1: “stors”"),
        (b"name,stores\nPaintbox,maybe\n", "is not an answer"),
        (b"name,stores\nPaintbox,no\n", "line 2: no review_by"),
        (b"name,stores\n,no\n", "line 2: the tool’s name"),
        (b"name,stores\nA,no,extra\n", "more cells than columns"),
        (b"name\n", "no tool in"),
        (b"[{]", "is not JSON"),
        (b"[1]", "tool 1: named fields"),
        (b"\xff\xfe", "not text in UTF-8"),
    ],
)
def test_a_bad_table_is_named_by_line(
    content: bytes, said: str, desk: Desk, tmp_path: Path
) -> None:
    if b"maybe" in content:
        content = b"name,stores,review_by\nPaintbox,maybe,2999-01-01\n"
    with pytest.raises(UsageError, match=said):
        import_tools(desk, paper(tmp_path, "tools.csv", content))
    with desk.store.reading() as reading:
        assert reading.size == 0


def test_a_table_fetches_nothing_from_elsewhere(desk: Desk, tmp_path: Path) -> None:
    secret = paper(tmp_path, "secret.txt", b"private key")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link.txt").symlink_to(secret)
    for source in ("../secret.txt", str(secret), "link.txt"):
        table = f"name,version,stores,review_by,source\nP,{source},no,2999-01-01,{source}\n"
        import_tools(desk, paper(tmp_path / "in", "tools.csv", table.encode()))
    assert not (desk.home.folder / "documents").exists()
