"""Who signs the content credentials: the operator's own certificate, or one made for this installation.

A certificate of this installation proves that the picture is as it left *an* installation that calls itself Liftmark,
and not which: nobody vouches for it. Whoever wants that sets ``LIFTMARK_C2PA_CERT`` and ``LIFTMARK_C2PA_KEY``.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID, ObjectIdentifier

from models.errors import LiftmarkError
from service.blobs.key_ring import KeyRing
from service.database import Database
from service.database.base import now
from service.master_keys.secrets import kept_secret

PURPOSE: Final = "content_credentials"
"""Of the sealed secret; made when it is first needed and so none of :class:`service.master_keys.secrets.Purpose`."""
_EMAIL_PROTECTION: Final = ObjectIdentifier("1.3.6.1.5.5.7.3.4")  # what C2PA 2.2, 14.5.1, accepts of an ordinary one
_YEARS: Final = timedelta(days=30 * 365)
_SLACK: Final = timedelta(days=1)
"""Clocks differ."""
_CURVES: Final = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}


class CertificateError(LiftmarkError):
    """The certificate or key for content credentials cannot be used."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate with those above it, and its key.

    Parameters
    ----------
    chain_pem : the signer's certificate first.
    algorithm : as C2PA names it.
    """

    chain_pem: bytes
    key_pem: bytes
    algorithm: str


def operators_identity(certificate: Path, key: Path) -> Identity:
    """The operator's own.

    Raises
    ------
    CertificateError
        Where one of the files cannot be read, or is not what it should be.
    """
    try:
        chain_pem, key_pem = certificate.read_bytes(), key.read_bytes()
        x509.load_pem_x509_certificates(chain_pem)
        return Identity(chain_pem, key_pem, _algorithm(key_pem))
    except (OSError, ValueError, TypeError) as error:
        raise CertificateError("LIFTMARK_C2PA_CERT or LIFTMARK_C2PA_KEY cannot be used.") from error


def installations_identity(database: Database, ring: KeyRing) -> Identity:
    """The one of this installation, made when it is first needed."""
    key_pem, chain_pem = kept_secret(database, ring, PURPOSE, lambda: _new_pem(now())).split(b"\n\n")
    return Identity(chain_pem, key_pem, _algorithm(key_pem))


def _algorithm(key_pem: bytes) -> str:
    key = serialization.load_pem_private_key(key_pem, password=None)
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _CURVES:
        return _CURVES[key.curve.name]
    if isinstance(key, rsa.RSAPrivateKey):
        return "ps256"
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    raise ValueError("a key of a kind that C2PA does not know")


def _new_pem(at: datetime) -> bytes:
    """Key, certificate, and the certificate above it, whose key is thrown away: it signs nothing else."""
    key, above = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certificate(_name("Root of a Liftmark installation"), above, None, at)
    leaf = _certificate(_name("Liftmark installation"), key, (root, above), at)
    key_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in (leaf, root))
    return key_pem.rstrip() + b"\n\n" + chain


def _name(common: str) -> x509.Name:
    parts = {NameOID.ORGANIZATION_NAME: "Liftmark, self-made", NameOID.COMMON_NAME: common}
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts.items()])


_Issuer = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def _certificate(
    name: x509.Name, key: ec.EllipticCurvePrivateKey, issuer: _Issuer | None, at: datetime
) -> x509.Certificate:
    """A certificate; without an issuer it is its own."""
    its_own = issuer is None
    issuer_name, issuer_key = (name, key) if issuer is None else (issuer[0].subject, issuer[1])
    built = (
        x509.CertificateBuilder(issuer_name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(at - _SLACK)
        .not_valid_after(at + _YEARS)
        .add_extension(x509.BasicConstraints(ca=its_own, path_length=0 if its_own else None), critical=True)
        .add_extension(_usage(signs_certificates=its_own), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if not its_own:
        built = built.add_extension(x509.ExtendedKeyUsage([_EMAIL_PROTECTION]), critical=False)
    return built.sign(issuer_key, hashes.SHA256())


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
