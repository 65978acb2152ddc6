"""The one place that sets up templates: everything a stranger wrote is escaped, always."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from checkthegate.report.text import count, sentence, short_digest, visible

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def environment() -> Environment:
    """Templates of this package. Every value that a template puts out is escaped for HTML and
    XML and has its control and direction characters shown as codes; a missing one is an error.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("checkthegate.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(counted=count, sentence=sentence, short=short_digest)
    return made


def source(name: str) -> str:
    """A template file as it is, unrendered, with plain newlines."""
    loader = environment().loader
    assert loader is not None  # noqa: S101
    return loader.get_source(environment(), name)[0].replace("\r\n", "\n")


def _finalize(value: Any) -> Any:
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return visible(value)
    return value
