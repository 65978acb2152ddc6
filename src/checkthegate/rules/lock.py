"""Digests of packs, and the lock that holds those of the released ones.

A released version is never edited: its digest in `packs.lock` would no longer match.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from checkthegate.model import PackError, PackRef, digest_bytes

_HEADING = "# pack version digest; a released version is never edited, a new one is added\n"


def pack_digest(files: Mapping[str, bytes]) -> str:
    """`sha256:` over the sorted lines `<digest> <name>\\n` of all files of a pack."""
    lines = sorted(f"{digest_bytes(content)} {name}\n" for name, content in files.items())
    return digest_bytes("".join(lines).encode("utf-8"))


def lock_text(packs: Iterable[PackRef]) -> str:
    """The text of `packs.lock` for these packs."""
    lines = sorted(f"{ref.id} {ref.version} {ref.digest}\n" for ref in packs)
    return _HEADING + "".join(lines)


def read_lock(text: str, where: str = "packs.lock") -> dict[tuple[str, str], str]:
    """(pack, version) -> digest. Raises `PackError` for a line that is none."""
    locked: dict[tuple[str, str], str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        words = line.split()
        if len(words) != 3 or tuple(words[:2]) in locked:
            raise PackError(
                f"{where}:{number}: not a line of pack, version and digest, or written twice",
                hint="Write each line as: pack version digest.",
                path=where,
            )
        locked[words[0], words[1]] = words[2]
    return locked
