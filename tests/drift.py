"""Fails when a generated file is not what its generator makes: run by `make lint`."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def main() -> int:
    """0 when nothing drifted; else 1, naming each file."""
    drifted = [
        *_schemas(),
        *_bundle_schema(),
        *_packet_schema(),
        *_lock(),
        *_rule_pages(),
        *_use_page(),
        *_hosts(),
    ]
    for line in drifted:
        print(line, file=sys.stderr)
    return 1 if drifted else 0


def _schemas() -> list[str]:
    from checkthegate.app import schemas as triage
    from checkthegate.report import schemas as report

    with tempfile.TemporaryDirectory() as folder:
        return [
            f"schemas/{made.name} has drifted; run: python -m {maker.__name__} schemas"
            for maker in (report, triage)
            for made in maker.write_schemas(Path(folder))
            if (ROOT / "schemas" / made.name).read_bytes() != made.read_bytes()
        ]


def _packet_schema() -> list[str]:
    from checkthegate.report.packet import schema_text

    if (ROOT / "schemas/packet.1.json").read_text("utf-8") == schema_text():
        return []
    made_by = "python -m checkthegate.report.packet schemas/packet.1.json"
    return [f"schemas/packet.1.json has drifted; run: {made_by}"]


def _bundle_schema() -> list[str]:
    from checkthegate.ledger.bundle_form import schema_text

    if (ROOT / "schemas/bundle.1.json").read_text("utf-8") == schema_text():
        return []
    made_by = "python -m checkthegate.ledger > schemas/bundle.1.json"
    return [f"schemas/bundle.1.json has drifted; run: {made_by}"]


def _lock() -> list[str]:
    from checkthegate.rules import pack_digest, read_lock

    locked = read_lock((ROOT / "packs/packs.lock").read_text("utf-8"))
    found = {}
    for pack in sorted((ROOT / "packs").glob("*/*/pack.yaml")):
        folder = pack.parent
        files = {
            file.relative_to(folder).as_posix(): file.read_bytes()
            for file in folder.rglob("*")
            if file.is_file()
        }
        found[folder.parent.name, folder.name] = pack_digest(files)
    return [
        f"packs/packs.lock and packs/{pack}/{version} disagree"
        for pack, version in sorted(locked.keys() | found.keys())
        if locked.get((pack, version)) != found.get((pack, version))
    ]


def _rule_pages() -> list[str]:
    from checkthegate.app.rules_pages import write_pages

    with tempfile.TemporaryDirectory() as folder:
        made = {file.name: file.read_bytes() for file in write_pages(Path(folder))}
    kept = {file.name: file.read_bytes() for file in (ROOT / "docs/rules").glob("*.md")}
    return [
        f"docs/rules/{name} has drifted; run: python -m checkthegate.app.rules_pages docs/rules"
        for name in sorted(made.keys() | kept.keys())
        if made.get(name) != kept.get(name)
    ]


def _use_page() -> list[str]:
    from checkthegate.declaration.reference import use_page

    page = "docs/reference/use.md"
    made = "python -m checkthegate.declaration.reference"
    if (ROOT / page).read_text("utf-8") == use_page():
        return []
    return [f"{page} has drifted; run: {made} {page}"]


def _hosts() -> list[str]:
    """Requirements name packages and hashes, never where to get them."""
    return [
        f"{file}: names a place to download from"
        for file in (ROOT / "requirements").iterdir()
        if re.search(r"https?://|--(?:extra-)?index-url|--find-links", file.read_text())
    ]


if __name__ == "__main__":
    sys.exit(main())
