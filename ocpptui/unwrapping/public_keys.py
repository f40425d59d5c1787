"""The public keys of meters, in the notations in which messages contain them.

Sources: OCPP 2.0.1 Part 2 SignedMeterValueType (base64) and its appendix on `PublicKeyWithSignedMeterValue`
(`oca:base16:asn1:` before the key); OCMF section "Public Key" (hexadecimal DER); Transparenzsoftware (hexadecimal
points).
"""

from __future__ import annotations

import re

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

from ocpptui.unwrapping.der import bytes_of_base64
from ocpptui.unwrapping.key_words import UNREADABLE, unreadable_words

LONGEST_KEY = 5000
"""Characters of the longest text that is read as a key."""

CURVES: dict[str, type[ec.EllipticCurve]] = {
    "secp192r1": ec.SECP192R1,
    "secp256k1": ec.SECP256K1,
    "secp256r1": ec.SECP256R1,
    "secp384r1": ec.SECP384R1,
    "secp521r1": ec.SECP521R1,
    "brainpool256r1": ec.BrainpoolP256R1,
    "brainpool384r1": ec.BrainpoolP384R1,
    "brainpool512r1": ec.BrainpoolP512R1,
}
"""The curves of OCMF that `cryptography` knows, without the P that some write into the name."""


def public_key_of(text: str, curve: str) -> ec.EllipticCurvePublicKey | str:
    """The key in any of these notations, or the reason why it cannot be used.

    `curve` is one of `CURVES`, for a key that is nothing but a point.
    """
    if len(text) > LONGEST_KEY:
        return "the public key is too long"
    text = _unwrapped_text(text.strip())
    try:
        if text.startswith("-----BEGIN"):
            return _of_curves(load_pem_public_key(text.encode("utf-8", "replace")))
        data = _key_bytes(text)
        if data is None:
            return "the public key is neither hexadecimal nor base64"
        if data[:1] == b"\x30":
            return _of_curves(load_der_public_key(data))
        if curve not in CURVES:
            return f"the curve {curve} is not supported"
        if len(data) == 2 * ((CURVES[curve]().key_size + 7) // 8):  # a point without the byte that says so
            data = b"\x04" + data
        return ec.EllipticCurvePublicKey.from_encoded_point(CURVES[curve](), data)
    except UNREADABLE as error:
        return f"the public key cannot be read ({unreadable_words(error)})"


def _unwrapped_text(text: str) -> str:
    """The key without the base64 around its text, and without what names its notation."""
    if not text.startswith(("oca:", "-----")) and (data := bytes_of_base64(text)) is not None:
        inner = data.decode("utf-8", "replace").strip()
        if inner.startswith(("oca:", "-----BEGIN")) or (len(inner) > 60 and _HEXADECIMAL.fullmatch(inner)):
            text = inner
    return text.rpartition(":")[2] if text.startswith("oca:") else text


def _key_bytes(text: str) -> bytes | None:
    plain = text.removeprefix("0x").replace(" ", "")
    if _HEXADECIMAL.fullmatch(plain):
        return bytes.fromhex(plain)
    return bytes_of_base64(text)


def _of_curves(key: object) -> ec.EllipticCurvePublicKey | str:
    return key if isinstance(key, ec.EllipticCurvePublicKey) else "the public key is not of an elliptic curve"


_HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2})++")
