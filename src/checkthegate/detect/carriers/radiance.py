"""Radiance HDR pictures: the variables and commands of their text header."""

from __future__ import annotations

from collections.abc import Iterator

from checkthegate.detect.carriers.bounded import Bounded, collected, text_of
from checkthegate.detect.carriers.tag import Carried, Tag
from checkthegate.model import Unreadable
from checkthegate.seams import OpenAsset

_LONGEST = 1 << 20


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags of `NAME=value` lines; other lines come as `command`."""
    return collected(opened, _tags)


def _tags(content: Bounded) -> Iterator[Carried]:
    head, found, _ = content.peek(0, min(_LONGEST, content.size)).partition(b"\n\n")
    if not found:
        raise Unreadable("the HDR picture's header has no end: it is cut off or damaged")
    for line in head.split(b"\n")[1:]:
        name, equals, value = text_of(line).partition("=")
        if line.startswith(b"#") or not line.strip():
            yield from [Tag("radiance", "comment", text_of(line[1:]).strip())] if line else []
        elif equals and " " not in name.strip():
            yield Tag("radiance", name.strip(), value.strip())
        else:
            yield Tag("radiance", "command", text_of(line).strip())
