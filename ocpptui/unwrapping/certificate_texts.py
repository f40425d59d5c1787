"""How a text holds certificates and requests for them: in PEM (RFC 7468), or in DER as base64 alone."""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection
from contextlib import suppress

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ocpptui.unwrapping.der import BEGIN, bytes_of_base64, der_length
from ocpptui.unwrapping.key_words import UNREADABLE

MOST = 12
"""How many parts of one text are read; a chain has three or four."""
OF_CERTIFICATES = ("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE")
OF_REQUESTS = ("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST")
"""The labels of PEM."""
PEM = re.compile(r"-----BEGIN (?P<label>[A-Z0-9 ]{1,40})-----(?P<body>[^-]*+)-----END (?P=label)-----")


def with_line_ends(text: str) -> str:
    """PEM as it was meant: some stations write its line ends as the two characters \\n."""
    return text.replace("\\r", "").replace("\\n", "\n")


def certificates_of_text(text: str) -> list[x509.Certificate]:
    """All certificates of a text, in their order; none if one of them cannot be read."""
    with warnings.catch_warnings(action="ignore"), suppress(*UNREADABLE):
        return [x509.load_der_x509_certificate(one) for one in _parts_in(text, OF_CERTIFICATES)]
    return []


def request_in(text: str) -> x509.CertificateSigningRequest | None:
    """The request for a certificate in a text; None if there is none that can be read, or several."""
    parts = _parts_in(text, OF_REQUESTS)
    with warnings.catch_warnings(action="ignore"), suppress(*UNREADABLE):
        return x509.load_der_x509_csr(parts[0]) if len(parts) == 1 else None
    return None


def key_bytes(holder: x509.Certificate | x509.CertificateSigningRequest) -> bytes | None:
    """The public key as DER (RFC 5280 section 4.1, SubjectPublicKeyInfo); None if it cannot be read."""
    with suppress(*UNREADABLE):
        return holder.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return None


def is_pem(text: str) -> bool:
    """Whether a text has parts in PEM."""
    return BEGIN in text


def _parts_in(text: str, labels: Collection[str]) -> list[bytes]:
    """The DER of each part, at most `MOST`; none if one is something else, or is cut off."""
    text = with_line_ends(text)
    if is_pem(text):
        found = list(PEM.finditer(text))
        is_whole = len(found) == text.count(BEGIN) and all(one["label"] in labels for one in found)
        bodies = [bytes_of_base64(one["body"]) for one in found] if is_whole else []
    elif (whole := bytes_of_base64(text)) is not None:
        bodies = [whole]
    else:
        bodies = [bytes_of_base64(one) for one in text.split()]
    parts: list[bytes] = []
    for body in bodies:
        if body is None:
            return []
        while body:
            length = der_length(body)
            if length is None or length > len(body) or len(parts) == MOST:
                return []
            parts.append(body[:length])
            body = body[length:]
    return parts
