"""The observer `c2pa`: what content credentials say, embedded or lying beside the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from checkthegate.credentials import carriers
from checkthegate.credentials.reading import RemoteOnly, Unrecognised, Validator, c2pa_library
from checkthegate.credentials.walks import nested_too_deeply, too_divided
from checkthegate.model import (
    Asset,
    Gap,
    Json,
    Kind,
    Observation,
    Unreadable,
    UsageError,
    digest_bytes,
)
from checkthegate.seams import Example, OpenAsset

_MEDIA = frozenset({Kind.IMAGE, Kind.VIDEO, Kind.AUDIO, Kind.TEXT})
_SIDECAR = ".c2pa"
_REMAINS = (
    "remains of a content credential are in the file, but it is no longer whole and could not "
    "be read: what it says about AI is unknown"
)
_TOO_LARGE = "the file is too large to look for a content credential in it"
_CUT_SHORT = (
    "the file breaks off, or is muddled, before its own structure ends; whether a content "
    "credential lay there is unknown; ask for the whole file"
)
_TOO_DEEP = (
    "its parts lie in one another deeper than in any real file; whether a content credential "
    "is among them could not be told"
)
_TOO_DIVIDED = (
    "it is divided into more parts than can be searched for a content credential; whether one "
    "is among them could not be told"
)
_KEYS = frozenset({"anchors", "allowed"})


def observer(settings: Mapping[str, Any]) -> CredentialObserver:
    """The observer, trusting the roots in `settings["anchors"]` (PEM text, may be empty).

    `settings["allowed"]` may name single trusted certificates, as PEM or base64 SHA-256.
    """
    unknown = sorted(set(settings) - _KEYS)
    if unknown or not all(isinstance(settings.get(key, ""), str) for key in _KEYS):
        raise UsageError(
            f"the settings of the observer c2pa are wrong: {', '.join(unknown) or 'not text'}",
            hint="it knows 'anchors' and 'allowed', both PEM text",
        )
    return CredentialObserver(settings.get("anchors", ""), settings.get("allowed", ""))


class CredentialObserver:
    """Reads C2PA credentials. Never touches the network, whatever a file asks for."""

    id = "c2pa"
    version = "1"

    def __init__(self, anchors: str = "", allowed: str = "") -> None:
        self._validator = Validator(anchors, allowed)
        self._digests: dict[str, Json] = {
            "anchors": digest_bytes(anchors.strip().encode()),
            "allowed": digest_bytes(allowed.strip().encode()),
        }

    @property
    def settings(self) -> Mapping[str, Json]:
        """Digests of whom it trusts."""
        return self._digests

    @property
    def reads_path(self) -> bool:
        """A credential is about bytes, wherever they lie."""
        return False

    def wants(self, asset: Asset) -> bool:
        """Whatever can hold a credential, and all media, which may have one beside them."""
        return asset.size > 0 and (asset.kind in _MEDIA or carriers.can_embed(asset.media_type))

    def observe(self, opened: OpenAsset) -> Iterator[Observation]:
        """Evidence of every statement, one `credential` for each credential, and gaps."""
        told: set[Observation] = set()
        for way in (self._embedded(opened), self._beside(opened)):
            for observation in _reasons_as_gaps(way):
                if isinstance(observation, Gap):
                    if observation in told:
                        continue
                    told.add(observation)
                yield observation

    def examples(self) -> Sequence[Example]:
        """Signed, unsigned, tampered, broken and remote files, made now."""
        from checkthegate.credentials.examples import examples

        return examples()

    def _embedded(self, opened: OpenAsset) -> Iterator[Observation]:
        media_type = opened.asset.media_type
        if not carriers.can_embed(media_type):
            return
        if carriers.too_large(opened):
            raise Unreadable(_TOO_LARGE)
        c2pa_library()
        if carriers.surely_none(opened):
            return
        document = None
        if not too_divided(opened):
            document = self._read(opened)
        elif carriers.may_hold_one(opened):
            raise Unreadable(_TOO_DIVIDED)
        if document is not None:
            alone = media_type == carriers.STORE
            form = "sidecar" if alone else "embedded"
            yield from _told(document, form, alone=alone)
        elif carriers.has_remains(opened):
            raise Unreadable(_REMAINS)
        elif nested_too_deeply(opened):
            raise Unreadable(_TOO_DEEP)
        elif carriers.is_cut_short(opened):
            raise Unreadable(_CUT_SHORT)

    def _read(self, opened: OpenAsset) -> Mapping[str, Any] | None:
        kind = carriers.library_type(opened.asset.media_type)
        try:
            with opened.open() as stream:
                return self._validator.read(kind, stream)
        except RemoteOnly:
            raise
        except Unrecognised:
            if carriers.has_remains(opened):
                raise Unreadable(_REMAINS) from None
            return None
        except Unreadable:
            # The library also fails on files it merely cannot walk (RF64, odd atoms).
            if carriers.shows_signs(opened):
                raise
            return None

    def _beside(self, opened: OpenAsset) -> Iterator[Observation]:
        content = opened.sidecar(_SIDECAR)
        if content is None or opened.asset.media_type == carriers.STORE:
            return
        if not content:
            raise Unreadable("its .c2pa sidecar is empty: what it said about AI is unknown")
        kind = carriers.library_type(opened.asset.media_type)
        with opened.open() as stream:
            document = self._validator.read(kind, stream, content)
        if document is None:
            raise Unreadable("its .c2pa sidecar holds no content credential that can be read")
        yield from _told(document, "sidecar", alone=False)


def _told(document: Mapping[str, Any], form: str, *, alone: bool) -> Iterator[Observation]:
    # Imported here: most files carry no credential, and every worker imports this module.
    from checkthegate.credentials.evidence import observations
    from checkthegate.credentials.store import store_of

    yield from observations(store_of(document), form=form, alone=alone)


def _reasons_as_gaps(found: Iterator[Observation]) -> Iterator[Observation]:
    """One way to a credential that cannot be read must not hide what the other says."""
    try:
        yield from found
    except Unreadable as problem:
        yield Gap("c2pa", problem.reason)
