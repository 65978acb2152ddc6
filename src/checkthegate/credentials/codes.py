"""The validator's codes: which of them mean that a credential cannot be relied on, in words.

Codes are those of the C2PA specification's validation chapter and of the CAWG identity
assertion. An unknown code counts as a failure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

UNTRUSTED = "signingCredential.untrusted"
EXPIRED = "signingCredential.expired"
_BINDINGS = ("dataHash", "bmffHash", "boxesHash", "collectionHash", "multiAssetHash")

_GOOD_ENDINGS = (
    ".match",
    ".validated",
    ".trusted",
    ".insideValidity",
    ".notRevoked",
    ".accessible",
    ".well-formed",
    ".valid",
    "credential_valid",
)
# Nobody vouches for the signer, or nobody could be asked without a network: not a break.
_UNVOUCHED = frozenset(
    {
        UNTRUSTED,
        "timeStamp.untrusted",
        "signingCredential.ocsp.skipped",
        "signingCredential.ocsp.inaccessible",
        "signingCredential.ocsp.unknown",
        "cawg.x509.credential.untrusted",
        "cawg.ica.untrusted_issuer",
        "cawg.ica.did_unavailable",
        "ingredient.unknownProvenance",
        "algorithm.deprecated",
    }
)
_WORDS = (
    ("assertion.hashedURI.mismatch", "a statement in it was changed after signing"),
    ("assertion.missing", "a statement that it lists is gone"),
    ("assertion.", "a statement in it does not hold"),
    ("claimSignature.", "its signature does not match"),
    ("signingCredential.ocsp.revoked", "the signer's certificate was revoked"),
    ("signingCredential.expired", "the signer's certificate has expired"),
    ("signingCredential.", "the signer's certificate is not valid"),
    ("timeStamp.", "its time stamp is not valid"),
    ("cawg.", "the identity it names does not verify"),
    ("ingredient.", "the record of what it was made from does not match"),
    ("algorithm.", "it uses an algorithm that cannot be checked"),
    ("manifest.", "a part of it is missing"),
    ("claim.", "it is incomplete"),
)


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure: the code, the label of the manifest concerned, and whose it is."""

    code: str
    manifest: str
    ingredient: bool
    recorded: bool = False

    @property
    def shown(self) -> str:
        """The code as reported: an ingredient's with the prefix `ingredient:`."""
        return f"ingredient:{self.code}" if self.ingredient else self.code


def is_success(code: str) -> bool:
    """Whether a recorded status says that something was in order."""
    return code.endswith(_GOOD_ENDINGS)


def is_break(code: str) -> bool:
    """Whether a failure is more than a signer nobody vouches for."""
    return code not in _UNVOUCHED


def is_binding(code: str) -> bool:
    """Whether the code says that the content is not what was signed."""
    return any(code == f"assertion.{kind}.mismatch" for kind in _BINDINGS)


def sentence(failures: Iterable[Failure]) -> str | None:
    """What is broken, for a producer, with the codes; None when nothing is."""
    broken = list(dict.fromkeys(f for f in failures if is_break(f.code)))
    if not broken:
        return None
    own = [f for f in broken if not f.ingredient]
    first = (own or broken)[0]
    whose = "its content credential" if own else "the content credential of an ingredient"
    listed = list(dict.fromkeys(f.shown for f in broken))
    more = f" and {len(listed) - 5} more" if len(listed) > 5 else ""
    return (
        f"{whose} does not verify: {_words(first.code)} ({', '.join(listed[:5])}{more}); "
        "what it says counts, and what it leaves out is not known"
    )


def _words(code: str) -> str:
    if is_binding(code):
        return "the file was changed after it was signed"
    return next((words for start, words in _WORDS if code.startswith(start)), "it is not valid")
