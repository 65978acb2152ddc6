"""A development identity: signs files the way a generator would, without being anybody.

For the demo, examples and tests. The root it makes is trusted by no one until its PEM is
added as an anchor; no time-stamp authority and no network are involved.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from checkthegate.credentials.reading import QUIET, c2pa_library
from checkthegate.model import UsageError

SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_MEDIA_TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".m4a": "audio/mp4",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
}


@dataclass(frozen=True, slots=True)
class DevelopmentIdentity:
    """A root, and a certificate and key under it. All PEM; `chain_pem` is leaf then root."""

    organisation: str
    anchor_pem: str
    chain_pem: bytes
    key_pem: bytes


def development_signer(organisation: str, now: datetime, *, days: int = 365) -> DevelopmentIdentity:
    """A new identity valid from a day before `now` (with a time zone) until `days` after it."""
    root_key, leaf_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name = _name(organisation, f"{organisation} development root")
    leaf_name = _name(organisation, f"{organisation} development signer")
    until = now + timedelta(days=days)
    root = _certificate(root_name, root_name, root_key, root_key, now, until, leaf=False)
    leaf = _certificate(leaf_name, root_name, leaf_key, root_key, now, until, leaf=True)
    anchor = root.public_bytes(serialization.Encoding.PEM)
    return DevelopmentIdentity(
        organisation=organisation,
        anchor_pem=anchor.decode("ascii"),
        chain_pem=leaf.public_bytes(serialization.Encoding.PEM) + anchor,
        key_pem=leaf_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )


def sign_file(
    source: Path,
    target: Path,
    identity: DevelopmentIdentity,
    *,
    generator: str,
    source_type: str,
    software_agent: str,
) -> None:
    """Write `source` to `target` with a credential that says who made it and how.

    `source_type` is an IPTC term (`trainedAlgorithmicMedia`) or a whole address. Raises
    `UsageError` for an extension that cannot carry a credential.
    """
    media_type = _MEDIA_TYPES.get(source.suffix.lower())
    if media_type is None:
        raise UsageError(
            f"{source.name} cannot be signed: {source.suffix or 'no extension'} is not known",
            hint=f"use one of {', '.join(sorted(_MEDIA_TYPES))}",
            path=str(source),
        )
    manifest = created_manifest(generator, source_type, software_agent, title=target.name)
    target.write_bytes(sign_bytes(source.read_bytes(), media_type, identity, manifest).content)


def created_manifest(
    generator: str, source_type: str, software_agent: str, *, title: str = "untitled"
) -> dict[str, Any]:
    """A manifest definition with one `c2pa.created` action."""
    address = source_type if ":" in source_type else SOURCE_TYPES + source_type
    action: dict[str, Any] = {"action": "c2pa.created"}
    if source_type:
        action["digitalSourceType"] = address
    if software_agent:
        action["softwareAgent"] = {"name": software_agent}
    return manifest_of([action], generator=generator, title=title)


def manifest_of(
    actions: Sequence[Mapping[str, Any]],
    *,
    generator: str,
    title: str = "untitled",
    assertions: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """A manifest definition with these actions and further assertions."""
    name, _, version = generator.partition("/")
    claimed = {"name": name, "version": version} if version else {"name": name}
    actions_assertion = {"label": "c2pa.actions.v2", "data": {"actions": list(actions)}}
    return {
        "claim_generator_info": [claimed],
        "title": title,
        "assertions": [actions_assertion, *assertions],
    }


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed file's bytes, and the manifest store alone (what a sidecar holds)."""

    content: bytes
    store: bytes


def sign_bytes(
    content: bytes,
    media_type: str,
    identity: DevelopmentIdentity,
    manifest: Mapping[str, Any],
    *,
    ingredients: Sequence[tuple[Mapping[str, Any], str, bytes]] = (),
    remote_url: str | None = None,
    embed: bool = True,
) -> Signed:
    """Sign bytes in memory.

    `ingredients` are (definition, media type, bytes). With `embed=False` the store is only
    returned; `remote_url` is written into the file as the store's address.
    """
    library = c2pa_library()
    info = library.C2paSignerInfo(b"es256", identity.chain_pem, identity.key_pem, None)
    target = io.BytesIO()
    with (
        library.Signer.from_info(info) as signer,
        library.Context.from_dict(_quiet_signing()) as context,
        library.Builder(json.dumps(dict(manifest)), context) as builder,
    ):
        for definition, kind, bytes_of in ingredients:
            builder.add_ingredient(json.dumps(dict(definition)), kind, io.BytesIO(bytes_of))
        if remote_url is not None:
            builder.set_remote_url(remote_url)
        if not embed:
            builder.set_no_embed()
        store = _sign(builder, signer, media_type, io.BytesIO(content), target)
    return Signed(target.getvalue(), store)


def _sign(builder: Any, signer: Any, kind: str, source: BinaryIO, target: BinaryIO) -> bytes:
    return bytes(builder.sign(signer, kind, source, target))


def _quiet_signing() -> dict[str, Any]:
    """No look-ups, no thumbnails (they would need a decodable picture)."""
    # What is signed is what was asked for, odd or not: tests need files others made badly.
    unchecked = {**QUIET["verify"], "verify_after_sign": False}
    return {**QUIET, "verify": unchecked, "builder": {"thumbnail": {"enabled": False}}}


def _name(organisation: str, common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, common[:64]),
        ]
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    now: datetime,
    until: datetime,
    *,
    leaf: bool,
) -> x509.Certificate:
    public = key.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=not leaf, path_length=None), critical=True)
        .add_extension(_key_usage(leaf=leaf), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    if leaf:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(usage, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _key_usage(*, leaf: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=leaf,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not leaf,
        crl_sign=not leaf,
        encipher_only=False,
        decipher_only=False,
    )
