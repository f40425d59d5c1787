"""The contract of a simulated car, with which it pays by itself (plug and charge, ISO 15118-2).

Nobody issued it, so its certificates do not exist: their hashes are made up, the same each time for one contract.

Source: OCPP 2.x Part 2 use case C07, OCSPRequestDataType.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

EMAID = "DE8AAA1B2C3D45"
"""The contract of a car of which nobody says which it has (ISO 15118-2 annex H)."""
_ISSUERS = ("MO Sub-CA 2", "MO Sub-CA 1", "MO Root CA")
_RESPONDER = "http://ocsp.example/"


def contract_hashes(emaid: str) -> list[dict[str, Any]]:
    """What an OCSP responder is asked about the certificate of a contract and those above it, but for the root."""
    return [
        {
            "hashAlgorithm": "SHA256",
            "issuerNameHash": sha256(f"CN={issuer}".encode()).hexdigest(),
            "issuerKeyHash": sha256(f"key of {issuer}".encode()).hexdigest(),
            "serialNumber": sha256((emaid if place == 0 else _ISSUERS[place - 1]).encode())
            .hexdigest()[:16]
            .lstrip("0"),
            "responderURL": _RESPONDER,
        }
        for place, issuer in enumerate(_ISSUERS)
    ]
