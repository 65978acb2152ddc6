"""The tables that people query, as a list. Events make every row; see `project`.

`entry` is the number of the event that last wrote a row; `at` when that which the row is
about was recorded, `holds_from` when it holds from, `by` who recorded it. Times and days are
texts that sort.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from checkthegate.model.table import Column, ColumnType, Table

_TYPES = {"": ColumnType.TEXT, **{str(each): each for each in ColumnType}}


def _column(spec: str) -> Column:
    """`name`, `name:json`, with `!` at the end when it is never NULL."""
    name, _, kind = spec.rstrip("!").partition(":")
    return Column(name, _TYPES[kind], required=spec.endswith("!"))


def _table(name: str, key: str, columns: str, *indexes: str, stated: bool = True) -> Table:
    """A table whose key columns are among `columns`; `stated` adds at, holds_from and by."""
    common = " at! holds_from! by!" if stated else ""
    listed = tuple(_column(spec) for spec in f"{columns}{common} entry:int!".split())
    return Table(name, listed, tuple(key.split()), tuple(tuple(each.split()) for each in indexes))


_TOOLS = (
    _table("tools", "id", "id! name! version tier account maker note", "name"),
    _table(
        "tool_versions",
        "tool entry",
        "tool! name! version tier account maker note",
    ),
    _table(
        "tool_facts",
        "tool fact entry",
        "tool! fact! answer text clause document reviewer stated_on review_by",
        "review_by",
    ),
    _table(
        "tool_reviews",
        "tool entry",
        "tool! reviewer stated_on review_by document note",
    ),
)
_USES = (
    _table(
        "uses",
        "id",
        "id! title! declaration:json! tools:json! talents:json! verdict! approval! rules:json! "
        "packs:json! judged_at! changed_at changed_from closed_at closed_from closed_why",
        "title",
    ),
    _table(
        "use_declarations",
        "use entry",
        "use! title! declaration:json! tools:json! talents:json!",
    ),
    _table(
        "use_answers",
        "use entry",
        "use! verdict! approval! rules:json! packs:json! because cause before_verdict "
        "before_approval changed:bool!",
        "changed",
    ),
)
_WORKS = (
    _table("works", "id", "id! kind! title owner rights licence:json note", "title"),
    _table(
        "work_versions",
        "work entry",
        "work! kind! title owner rights licence:json note",
    ),
    _table(
        "work_files",
        "work path",
        "work! path! digest! size:int media_type",
        "digest",
        stated=False,
    ),
)
_PEOPLE = (
    _table(
        "talents",
        "id",
        "id! name! represented_by union_name minor:bool note forgotten_at forgotten_from",
        "name",
    ),
    _table(
        "enrolments",
        "talent modality digest",
        "talent! modality! digest! path consent",
        "digest",
    ),
    _table(
        "consents",
        "id",
        "id! talent! granted:bool! types:json! basis replica production purpose scope media:json "
        "territories:json languages:json starts ends conditions:json script_version script_on "
        "strike_suspends:bool! minor:bool separately_signed notice_given pay_settled scan_reason "
        "person document revoked_at revoked_from revoked_why revoked_document",
        "talent",
    ),
)
_APPROVALS = (
    _table(
        "approvals",
        "id",
        "id! answer! person! capacity! rules:json! covers! use scope ranges:json until "
        "answered_on evidence headers:json signature! escalation packs:json "
        "revoked_at revoked_from revoked_why revoked_evidence",
        "use",
    ),
    _table("approval_files", "approval digest", "approval! digest! path", "digest", stated=False),
    _table(
        "escalations",
        "id",
        "id! use files:json rules:json! question! contact packet sent_on delivery answered_at "
        "answered_from answer answered_by answered_on evidence answer_text approval",
        "use",
    ),
    _table(
        "escalation_answers",
        "escalation entry",
        "escalation! answer! person! answered_on evidence text approval",
    ),
    _table("revocations", "subject entry", "subject! why! document"),
    _table("accepted_gaps", "id", "id! pattern! why! person! until observer"),
    _table(
        "prominences", "id", "id! digest record prominence! why! person! path", "digest", "record"
    ),
    _table("match_words", "match entry", "match! word! why! person digest source claim", "digest"),
)
_RECORDS = (
    _table(
        "records",
        "id",
        "id! use! steps:json! talents:json! made! promise note",
        "use",
    ),
    _table(
        "record_files",
        "record path",
        "record! path! digest! size:int kind media_type facts:json private:json",
        "digest",
        stated=False,
    ),
    _table(
        "record_edges",
        "source target",
        "source! source_kind! target! target_kind! label record!",
        "target",
        "record",
        stated=False,
    ),
)
_FINGERPRINTS = (
    _table(
        "file_fingerprints",
        "subject digest hasher recipe role",
        "subject! digest! hasher! recipe! role! fingerprint! size:int kind path",
        "digest",
        "fingerprint",
        "hasher entry",
    ),
)
_PAPERS = (
    _table(
        "decisions",
        "id",
        "id! verdict! approval! final:bool! delivery document packs:json! assets:int as_of "
        "checkpoint",
        "document",
    ),
    _table(
        "certificates",
        "id",
        "id! decision! verdict! approval! final:bool! packs:json! approvals:json files:int!",
        "decision",
    ),
    _table(
        "documents",
        "digest subject",
        "digest! subject! name media_type size:int",
        "subject",
        stated=False,
    ),
    _table("erasures", "id", "id! why entries:json!", "entry"),
)

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        table.name: table
        for table in (
            *_TOOLS,
            *_USES,
            *_WORKS,
            *_PEOPLE,
            *_APPROVALS,
            *_RECORDS,
            *_FINGERPRINTS,
            *_PAPERS,
        )
    }
)
"""Every table by name, in the order they are best made."""

KEEPS = ("file_fingerprints", "fingerprint")
"""The table and the column that name fingerprints, whose bytes lie with the records."""
