"""The home of a production: the folder `.gate` with its settings, keys, cache and reports.

A delivery may bring a `.gate` of its own. So a home that was merely found by looking upwards
counts only if this account made it or was told to trust it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from checkthegate.app.configuration import Configuration, first_configuration, read_configuration
from checkthegate.app.places import account_config, digest_key, write_private
from checkthegate.model import UsageError, digest_bytes

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FOLDER = ".gate"
_KEY = "keys/home.key"
_INIT_HINT = "Make one with: gate init DIR --production NAME"


@dataclass(frozen=True, slots=True)
class Home:
    """A home that may be used. `folder` is the `.gate` folder, `key` its fingerprint."""

    folder: Path
    production: str
    key: str
    configuration: Configuration

    @property
    def cache(self) -> Path:
        """The cache database."""
        return self.folder / "cache.db"

    @property
    def reports(self) -> Path:
        """Where reports go that nobody sent elsewhere."""
        return self.folder / "reports"

    @property
    def trust(self) -> Path:
        """The folder of trusted roots."""
        return self.folder / "trust"

    @property
    def digest_key(self) -> bytes:
        """The key of the keyed digests in this home's reports."""
        return digest_key(self.folder / "keys" / "digest.key")


def make_home(parent: Path, production: str, packs: Sequence[str]) -> Home:
    """Make `parent/.gate`. Raises `UsageError` if there is one, or it cannot be made."""
    folder = parent / FOLDER
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
    except FileExistsError:
        raise UsageError(
            f"“{parent}” already has a home.",
            hint="Use it as it is, or name another folder.",
            path=str(parent),
        ) from None
    except OSError as problem:
        raise UsageError(
            f"No home can be made in “{parent}”: {problem.strerror}.",
            hint="Check that you may write there.",
            path=str(parent),
        ) from None
    for inside in ("keys", "trust", "reports"):
        (folder / inside).mkdir(mode=0o700)
    write_private(folder / _KEY, _new_key())
    write_private(folder / "gate.toml", first_configuration(production, packs).encode())
    home = open_home(folder)
    trust_home(home)
    return home


def open_home(folder: Path) -> Home:
    """The home at `folder` (the `.gate` folder or its parent). Raises `UsageError`."""
    if folder.name != FOLDER and (folder / FOLDER).is_dir():
        folder = folder / FOLDER
    if not (folder / "gate.toml").is_file():
        raise UsageError(f"There is no home at “{folder}”.", hint=_INIT_HINT, path=str(folder))
    configuration = read_configuration(folder / "gate.toml")
    return Home(folder.resolve(), configuration.production, _fingerprint(folder), configuration)


def find_home(named: Path | None) -> Home | None:
    """The home to use: the named one, else `$GATE_HOME`, else the nearest one upwards, if any.

    What was named is taken at its word. What was found must be known to this account.
    """
    if named is not None:
        return open_home(named)
    if variable := os.environ.get("GATE_HOME"):
        return open_home(Path(variable))
    here = Path.cwd()
    for parent in (here, *here.parents):
        if (parent / FOLDER / "gate.toml").is_file():
            return _known(open_home(parent / FOLDER))
    return None


def trust_home(home: Home) -> None:
    """Let this account use the home when it is found by looking upwards."""
    known = _known_homes()
    known[home.key] = home.production
    write_private(_known_file(), json.dumps(known, indent=1, sort_keys=True).encode())


def _known(home: Home) -> Home:
    if home.key in _known_homes():
        return home
    raise UsageError(
        f"The home at “{home.folder}” was not made by this account, so it is not used.",
        hint=f"If you trust it: gate home trust “{home.folder}”. Or name one: --home DIR",
        path=str(home.folder),
    )


def _known_file() -> Path:
    return account_config() / "known-homes.json"


def _known_homes() -> dict[str, str]:
    try:
        known: dict[str, str] = json.loads(_known_file().read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        raise UsageError(
            f"“{_known_file()}” cannot be read.",
            hint="Delete it, then trust your homes again: gate home trust DIR",
            path=str(_known_file()),
        ) from None
    return known


def _new_key() -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )


def home_key(folder: Path) -> Ed25519PrivateKey:
    """The home's signing key. Raises `UsageError` when it is missing or damaged."""
    # Imported here: a check without a home needs no keys, and this takes a while to load.
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key((folder / _KEY).read_bytes(), None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(
            f"The key of the home at “{folder}” is missing or damaged.",
            hint="Restore the folder “keys” from a backup.",
            path=str(folder),
        )
    return key


def _fingerprint(folder: Path) -> str:
    """`sha256:` of the raw public key."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = home_key(folder).public_key()
    return digest_bytes(public.public_bytes(Encoding.Raw, PublicFormat.Raw))
