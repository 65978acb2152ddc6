"""Trusted roots: the PEM text that `gate trust add` is given, checked and described."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from checkthegate.model import UsageError

_LIMIT = 8 * 1024 * 1024
_HINT = "give a file with one or more blocks that begin with -----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A certificate that may be trusted. `fingerprint` is `sha256:<hex>` of its DER form."""

    organisation: str
    common_name: str
    fingerprint: str
    not_after: datetime
    authority: bool


def anchors_from_pem(text: str) -> list[Anchor]:
    """Every certificate in PEM text, in order, each once.

    Text around the blocks is ignored. Raises `UsageError` when there is no certificate, one
    cannot be read, or a private key lies among them.
    """
    if len(text) > _LIMIT:
        raise UsageError("the certificates take more than 8 MB", hint=_HINT)
    if "PRIVATE KEY-----" in text:
        raise UsageError(
            "this file holds a private key, which is never needed to trust somebody",
            hint="export the certificate alone and keep the key to yourself",
        )
    if "-----BEGIN CERTIFICATE-----" not in text:
        raise UsageError("there is no certificate in it", hint=_HINT)
    try:
        found = x509.load_pem_x509_certificates(text.encode("utf-8"))
        anchors = [_anchor(certificate) for certificate in found]
    except ValueError as problem:
        raise UsageError("a certificate in it cannot be read", hint=_HINT) from problem
    return list(dict.fromkeys(anchors))


def _anchor(certificate: x509.Certificate) -> Anchor:
    return Anchor(
        organisation=_named(certificate, NameOID.ORGANIZATION_NAME),
        common_name=_named(certificate, NameOID.COMMON_NAME),
        fingerprint="sha256:" + certificate.fingerprint(hashes.SHA256()).hex(),
        not_after=certificate.not_valid_after_utc,
        authority=_may_sign(certificate),
    )


def _named(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    found = certificate.subject.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except x509.ExtensionNotFound:
        return False
    return constraints.value.ca
