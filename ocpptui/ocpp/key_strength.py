"""How strong the keys of certificates have to be.

Source: OCPP 1.6 security whitepaper section 3.4, OCPP 2.x Part 2 A00.FR.507: at least 112 bits of security.
"""

LEAST_RSA_BITS = 2048
LEAST_EC_BITS = 224
BROKEN_HASHES = ("md5", "sha1")
"""By their names in `cryptography`; OCPP asks for SHA-256."""


def too_few_bits(bits: int, *, is_rsa: bool) -> str:
    """What is too weak about a key of RSA or of an elliptic curve, as the rest of a clause; empty if nothing is."""
    least = LEAST_RSA_BITS if is_rsa else LEAST_EC_BITS
    return f"has {bits} bits, and OCPP asks for at least {least}" if bits < least else ""
