"""The signatures of a simulated meter over its register, in the Open Charge Metering Format.

Source: OCMF 1.0 (SAFE e.V.), sections "Payload Data" and "Signature"; OCPP 2.x Part 2 SignedMeterValueType, variables
SignReadings and PublicKeyWithSignedMeterValue; the form of the key is
that of the OCA application note "Signed Meter Values in OCPP".
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ocpptui.ocpp.date_times import utc_datetime
from ocpptui.ocpp.payload import Payload

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

METHOD = "ECDSA-secp256r1-SHA256"


class SignedRegister(NamedTuple):
    """The register at the beginning (`B`) or the end (`E`) of a transaction."""

    kind: str
    time: int
    """Microseconds since 1970-01-01 UTC."""
    energy: int
    """Wh."""


class MeterSigner:
    """Signs with a key of its own, which it makes when it is first needed."""

    def __init__(self) -> None:
        self._key: EllipticCurvePrivateKey | None = None
        self._page = 0

    def signed(self, readings: Sequence[SignedRegister], serial: str, *, with_key: bool) -> Payload:
        """SignedMeterValueType for these readings of the meter with this serial number."""
        self._page += 1
        data = {
            "FV": "1.0",
            "GI": "ocpptui simulator",
            "PG": f"T{self._page}",
            "MS": serial,
            "IS": False,
            "IF": [],
            "IT": "NONE",
            "ID": "",
            "RD": [_reading(one) for one in readings],
        }
        text = json.dumps(data, separators=(",", ":"))
        signature = json.dumps({"SA": METHOD, "SD": self._sign(text.encode()).hex()}, separators=(",", ":"))
        return {
            "signedMeterData": base64.b64encode(f"OCMF|{text}|{signature}".encode()).decode(),
            "signingMethod": METHOD,
            "encodingMethod": "OCMF",
            "publicKey": self._public_key() if with_key else "",
        }

    def _own(self) -> EllipticCurvePrivateKey:
        # Not with the module: most sessions sign nothing, and starting should not wait for the library.
        from cryptography.hazmat.primitives.asymmetric import ec

        if self._key is None:
            self._key = ec.generate_private_key(ec.SECP256R1())
        return self._key

    def _sign(self, data: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.hashes import SHA256

        return self._own().sign(data, ec.ECDSA(SHA256()))

    def _public_key(self) -> str:
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        der = self._own().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(f"oca:base16:asn1:{der.hex()}".encode()).decode()


def _reading(one: SignedRegister) -> dict[str, Any]:
    moment = utc_datetime(one.time)
    return {
        "TM": f"{moment:%Y-%m-%dT%H:%M:%S},{moment.microsecond // 1000:03}+0000 S",
        "TX": one.kind,
        "RV": one.energy / 1000,
        "RI": "1-b:1.8.0",
        "RU": "kWh",
        "ST": "G",
    }
