"""One declaration a line in, one result a line out, whatever stands between."""

import io
import json
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.declaration.strategies import uses

from checkthegate.declaration import Fault, Form, plain, read_lines, write
from checkthegate.declaration.lines import MAX_LINE
from checkthegate.declaration.template import EXAMPLES

GOOD = json.dumps(plain(EXAMPLES[0])).encode()
BAD = [
    (b"", "empty"),
    (b"   ", "empty"),
    (b"not json", "not valid JSON"),
    (b"\xff\xfe", "UTF-8"),
    (b"[]", "a list"),
    (b"[" * 50_000, "too deeply"),
    (b'{"a": NaN}', "NaN"),
    (b"1" * 5_000, "far too long"),
    (b"x" * (MAX_LINE + 5), "longer than 1 MB"),
    (b'{"title": "T", "title": "T"}', "twice"),
    (GOOD[:-1], "not valid JSON"),
    (GOOD.replace(b'"ideation"', b'"idea"'), "“idea”"),
]


def test_a_bad_line_is_answered_in_its_place() -> None:
    for bad, message in BAD:
        first, fault, last = read_lines(io.BytesIO(b"\n".join([GOOD, bad, GOOD])))
        assert first == last == EXAMPLES[0]
        assert isinstance(fault, Fault)
        assert message in fault.message
        assert fault.place.line == 2
        assert fault.hint


def test_a_fault_names_line_column_field_and_how_many_more() -> None:
    line = GOOD.replace(b'"ideation"', b'"idea"').replace(b'"final": "no"', b'"final": "perhaps"')
    (fault,) = read_lines(io.BytesIO(line))
    assert isinstance(fault, Fault)
    assert fault.as_json() == {
        "line": 1, "column": line.index(b'"idea"') + 1, "field": "purpose",
        "message": "“idea” is not one of its words.", "hint": fault.hint,
    }  # fmt: skip
    assert "Did you mean “ideation”?" in fault.hint
    assert "1 more here" in fault.hint


def test_line_ends_and_byte_order_mark_do_not_matter() -> None:
    content = b"\xef\xbb\xbf" + GOOD + b"\r\n" + GOOD
    assert list(read_lines(io.BytesIO(content))) == [EXAMPLES[0]] * 2
    assert list(read_lines(io.BytesIO(b""))) == []


def test_lines_are_answered_as_they_come() -> None:
    taken = []

    class Slow(io.BytesIO):
        def readline(self, size: int | None = -1, /) -> bytes:
            line = super().readline(size)
            taken.append(line)
            return line

    results: Iterator[object] = read_lines(Slow((GOOD + b"\n") * 5))
    next(results)
    assert len(taken) == 1


@settings(max_examples=40, deadline=None)
@given(st.lists(uses | st.sampled_from([bad for bad, _ in BAD if len(bad) < 9_000]), max_size=8))
def test_as_many_results_as_lines(lines: list[object]) -> None:
    written = [
        each if isinstance(each, bytes) else write([each], Form.LINES).strip().encode()  # type: ignore[list-item]
        for each in lines
    ]
    results = list(read_lines(io.BytesIO(b"".join(line + b"\n" for line in written))))
    assert len(results) == len(lines)
    for each, result in zip(lines, results, strict=True):
        assert isinstance(result, Fault) if isinstance(each, bytes) else result == each
