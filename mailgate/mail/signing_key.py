"""Keys of our own DKIM signatures (RFC 6376 §3.6, RFC 8463 §4): made here, told to the DNS as a TXT record."""

import base64
from dataclasses import dataclass, field
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

RSA_BITS = 2048
"""RFC 8301 §3.2 asks for 1024 at least; the record of a longer one is more than one packet of the DNS holds."""

MAX_STRING = 255  # octets of one string in a TXT record, RFC 1035 §3.3


class Algorithm(StrEnum):
    """How a key signs: what stands in `a=`."""

    RSA = "rsa-sha256"
    ED25519 = "ed25519-sha256"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key, and the name by which the DNS knows it in each domain that it signs for."""

    selector: str
    algorithm: Algorithm
    private: bytes = field(repr=False)  # PKCS #8, DER
    public: bytes  # what stands in `p=` before base64: SubjectPublicKeyInfo of RSA, 32 octets of Ed25519

    @property
    def record(self) -> str:
        """The text of its TXT record."""
        return record_text(self.algorithm, self.public)


def record_text(algorithm: Algorithm, public: bytes) -> str:
    """What the DNS must say of a key."""
    kind = algorithm.value.partition("-")[0]
    return f"v=DKIM1; k={kind}; p={base64.b64encode(public).decode('ascii')}"


def record_name(selector: str, domain: str) -> str:
    """Where it must say so (RFC 6376 §3.6.2.1)."""
    return f"{selector}._domainkey.{domain}"


def make_pair(number: int) -> tuple[SigningKey, SigningKey]:
    """The two keys of the generation `number`: each mail is signed with both.

    Everybody can verify RSA; Ed25519 is for those who take no RSA any more (RFC 8463 §5).
    """
    return _make(f"mg{number}-rsa", Algorithm.RSA), _make(f"mg{number}-ed", Algorithm.ED25519)


def _make(selector: str, algorithm: Algorithm) -> SigningKey:
    private: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
    if algorithm is Algorithm.RSA:
        private = rsa.generate_private_key(public_exponent=65_537, key_size=RSA_BITS)
        public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        private = ed25519.Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes_raw()
    return SigningKey(
        selector, algorithm, private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), public
    )
