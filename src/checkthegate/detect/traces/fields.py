"""What a tag's key means, whatever the container calls it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from checkthegate.detect.carriers.tag import Tag


class Role(StrEnum):
    """What kind of statement a field makes."""

    TOOL = "tool"
    CREDIT = "credit"
    AUTHOR = "author"
    PROSE = "prose"
    ADDRESS = "address"
    OTHER = "other"


_TOOL = frozenset(
    """
    software processingsoftware creatortool xmp:creatortool xmpdm:creatortool softwareagent
    tiff:software exif:software xmp:software ©too ©swr ©enc com.apple.quicktime.software
    com.android.software encoder encoded_by encodedby encoding_tool encodersettings
    encoder_settings creation_tool creator_tool tool writingapp writing_app writing_library
    muxingapp muxing_app vendor isft tsse tenc producer pdf:producer application app/application
    generator meta/generator originatingprogram writer
    appl productname companyname applicationname bext/originator bext/codinghistory hdlr/name
    stsd/encoder rawdevelopingsoftware imageeditingsoftware metadataeditingsoftware
    previewapplicationname illustrator:creatorsubtool
    """.split()  # noqa: SIM905
) | {"originating program", "program"}
_CREATOR_IS_TOOL = frozenset({"pdf", "dpx"})
_CREDIT = frozenset({"credit", "photoshop:credit", "source", "photoshop:source"})
_AUTHOR = frozenset(
    """
    author artist creator dc:creator core/creator core/lastmodifiedby by-line byline ©art ©aut
    tpe1 iart writtenby authors xpauthor photographer auth operator writer/editor
    """.split()  # noqa: SIM905
) | {"written by"}
_PROSE = frozenset(
    """
    comment comments description title dc:description dc:title dc:subject imagedescription
    usercomment exif:usercomment xpcomment xptitle xpsubject xpkeywords ©cmt ©des ©nam desc comm
    tit2 tit3 icmt inam isbj ikey caption caption-abstract headline keywords subject synopsis
    photoshop:headline com.apple.quicktime.comment com.apple.quicktime.description
    com.apple.quicktime.title com.apple.quicktime.keywords bext/description core/title
    core/description core/subject core/keywords documentname caption/abstract imagetitle pagename
    ldes ©dsc ©inf anno name comt user uslt lyrics notes doccomm album talb ©alb titl dscp kywd
    """.split()  # noqa: SIM905
) | {"object name", "special instructions"}
_WRAPPERS = frozenset({"txxx", "ape", "id3v1"})
_ADDRESS = frozenset({"woas", "woaf", "woar", "wxxx", "url", "©url", "purl", "website", "source"})


def plain_key(tag: Tag) -> str:
    """The key in lower case without IPTC's number before it or what ID3 and iTunes wrap it in."""
    key = tag.key.strip().lower()[:200]
    if tag.carrier == "id3":
        wrapper, _, rest = key.partition(":")
        return rest if rest and wrapper in _WRAPPERS else key
    if tag.carrier == "iptc":
        head, _, rest = key.partition(" ")
        return rest if rest and head[:1].isdigit() else key
    key = key.removeprefix("custom/")
    return key.rsplit(":", 1)[-1] if key.startswith("----:") else key


def local_name(tag: Tag) -> str:
    """The last part of a path-like key, without prefix: `digitalsourcetype`."""
    last = plain_key(tag).rsplit("/", 1)[-1]
    return last.rsplit(":", 1)[-1].rsplit(".", 1)[-1].split("[", 1)[0]


def top_name(tag: Tag) -> str:
    """`local_name` of a field that stands by itself; empty for a part of a structure.

    An editing history has `parameters` of its own, which are none of a generator's.
    """
    return "" if "/" in plain_key(tag) else local_name(tag)


def role(tag: Tag) -> Role:
    """What kind of statement this field makes."""
    key = plain_key(tag)
    if key in _TOOL or local_name(tag) in ("softwareagent", "creatortool"):
        return Role.TOOL
    if key == "creator" and tag.carrier in _CREATOR_IS_TOOL:
        return Role.TOOL
    if key in _CREDIT:
        return Role.CREDIT
    if key in _AUTHOR:
        return Role.AUTHOR
    if key in _PROSE or key.startswith(("dc:description", "dc:title", "dc:subject", "comm")):
        return Role.PROSE
    return Role.ADDRESS if key in _ADDRESS or key.startswith("wxxx") else Role.OTHER


def named(tags: Sequence[Tag], *names: str) -> Iterator[Tag]:
    """The tags whose plain key or top name is one of `names` (lower case)."""
    for tag in tags:
        if plain_key(tag) in names or top_name(tag) in names:
            yield tag


def first(tags: Sequence[Tag], *names: str) -> Tag | None:
    """The first of `named`, or None."""
    return next(named(tags, *names), None)
