"""OCMF in words, and its signature: valid only where it was verified, with the reason where it was not."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ocpptui.unwrapping.payload_walk import unwrapped
from tests.kit.talk import NOW

DATA: dict[str, Any] = {
    "FV": "1.0", "GI": "ACME Gateway", "GS": "123456789", "PG": "T12345", "MV": "Phoenix Contact", "MS": "M-17",
    "IS": True, "IL": "TRUSTED", "IF": ["RFID_PLAIN"], "IT": "ISO14443", "ID": "1F2D3A4F",
    "RD": [
        {"TM": "2023-11-14T13:22:04,000+0200 S", "TX": "B", "RV": 2935.6, "RI": "1-b:1.8.0", "RU": "kWh", "ST": "G"},
        {"TM": "2023-11-14T14:22:04,000+0200 S", "TX": "E", "RV": 2947.9},
    ],
}  # fmt: skip

CURVES: dict[str, ec.EllipticCurve] = {
    "secp256r1": ec.SECP256R1(),
    "secp256k1": ec.SECP256K1(),
    "secp384r1": ec.SECP384R1(),
    "brainpool256r1": ec.BrainpoolP256R1(),
    "brainpoolP384r1": ec.BrainpoolP384R1(),
}
KEY = ec.generate_private_key(ec.SECP256R1())


def ocmf(key: Any = KEY, curve: str = "secp256r1", *, encoding: str = "hex", data: str | None = None) -> str:
    """A signed OCMF text."""
    data = data if data is not None else json.dumps(DATA)
    signature = key.sign(data.encode(), ec.ECDSA(SHA256()))
    text = signature.hex() if encoding == "hex" else base64.b64encode(signature).decode()
    return f"OCMF|{data}|{json.dumps({'SA': f'ECDSA-{curve}-SHA256', 'SE': encoding, 'SD': text})}"


def der(key: Any = KEY) -> bytes:
    return bytes(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def point(key: Any = KEY) -> bytes:
    return bytes(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def pem(key: Any = KEY) -> str:
    return str(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def said_of(text: str, key: str | None = None) -> str:
    """All that is said of a signed meter value of OCPP 2.0.1."""
    value = {"signedMeterData": in_base64(text), "signingMethod": "", "encodingMethod": "OCMF"}
    if key is not None:
        value["publicKey"] = key
    found = list(unwrapped({"signedMeterValue": value}, NOW))
    assert [one.path for one in found] == ["$.signedMeterValue"]
    return "\n".join([found[0].what, *(line.text for line in found[0].lines)])


def test_the_readings_are_in_words() -> None:
    """Who looks for a wrong bill compares begin, end, their difference and the card."""
    text = said_of(ocmf())
    assert "signed meter value, OCMF" in text
    assert "page  12345 of the transactions" in text
    assert "meter  Phoenix Contact M-17" in text
    assert "identification  a user is identified · ISO14443 · 1F2D3A4F · TRUSTED · RFID_PLAIN" in text
    assert "reading  begin · 2935.6 kWh · 1-b:1.8.0 · 2023-11-14T13:22:04,000+0200 S" in text
    assert "reading  end · 2947.9 kWh · 1-b:1.8.0" in text
    assert "difference  12.3 kWh (1-b:1.8.0)" in text


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("encoding", ["hex", "base64"])
def test_a_signature_is_verified_on_every_curve(curve: str, encoding: str) -> None:
    """Meters sign on different curves; one that is not verified is worth nothing to a court."""
    key = ec.generate_private_key(CURVES[curve])
    text = said_of(ocmf(key, curve, encoding=encoding), der(key).hex())
    assert "Signature valid: verified with the public key in the message." in text


NOTATIONS: dict[str, Callable[[], str]] = {
    "hexadecimal DER": lambda: der().hex(),
    "base64 of DER": lambda: base64.b64encode(der()).decode(),
    "hexadecimal point": lambda: point().hex().upper(),
    "coordinates alone": lambda: point()[1:].hex(),
    "oca": lambda: f"oca:base16:asn1:{der().hex()}",
    "oca in base64": lambda: in_base64(f"oca:base16:asn1:{der().hex()}"),
    "hexadecimal in base64": lambda: in_base64(der().hex()),
    "oca with base64": lambda: f"oca:base64:asn1:{base64.b64encode(der()).decode()}",
    "PEM": pem,
    "PEM in base64": lambda: in_base64(pem()),
}


@pytest.mark.parametrize("notation", NOTATIONS)
def test_the_key_is_read_in_every_notation(notation: str) -> None:
    """Each maker writes the key in another notation."""
    assert "Signature valid" in said_of(ocmf(), NOTATIONS[notation]())


def test_a_changed_reading_is_found() -> None:
    """A value that was changed after it was signed would be taken for that of the meter."""
    text = said_of(ocmf().replace("2947.9", "2847.9"), der().hex())
    assert "Signature invalid" in text
    assert "Signature valid" not in text
    assert "went backwards: -87.7 kWh" in text


def test_the_key_of_another_meter_does_not_fit() -> None:
    """The wrong key is as usual as a changed value."""
    assert "Signature invalid" in said_of(ocmf(), der(ec.generate_private_key(ec.SECP256R1())).hex())


def test_white_space_and_bars_in_the_data_are_signed_with_it() -> None:
    """A text that was parsed and written again has another signature."""
    data = json.dumps({**DATA, "GI": "a|b"}, indent=1)
    assert "Signature valid" in said_of(ocmf(data=f" {data} "), der().hex())


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        (ocmf(), None, "because the message does not contain the public key"),
        (ocmf(), "", "because the message does not contain the public key"),
        (ocmf(), "not a key", "because the public key is neither hexadecimal nor base64"),
        (ocmf(), "30" + "00" * 40, "because the public key cannot be read"),
        (ocmf(curve="secp192k1"), der().hex(), "because the curve secp192k1 is not supported"),
        (ocmf(curve="secp384r1"), der().hex(), "because the public key is of the curve secp256r1"),
        (ocmf().replace("-SHA256", "-MD5"), der().hex(), "is not known"),
        (ocmf().replace('"SE": "hex"', '"SE": "utf-9"'), der().hex(), "because its encoding utf-9 is not known"),
    ],
)
def test_what_is_not_verified_says_why(text: str, key: str | None, reason: str) -> None:
    """`Not verified` alone leaves open whether the value, the key or the program is at fault."""
    said = said_of(text, key)
    assert "Signature not verified, because" in said
    assert reason in said
    assert "Signature valid" not in said


@pytest.mark.parametrize("text", ["OCMF|{", "OCMF|{}", "OCMF|[]|{}", "OCMF|{}|x", "OCMF|{}|[]", "OCMF|{}x|{}"])
def test_what_is_not_ocmf_says_so(text: str) -> None:
    """A text that a gateway cut off is the fault that is looked for."""
    found = list(unwrapped({"value": text}, NOW))
    assert "The OCMF text cannot be read" in found[0].lines[0].text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('OCMF|{"FV":"1', "its data section is broken (the text ends inside the JSON after 8 characters)"),
        ('OCMF|{"FV" 1}|{}', "its data section is broken (not valid JSON: expecting ':' delimiter at position 6)"),
        ('OCMF|{"FV":"1.0"}', "it ends before its signature section"),
        ('OCMF|{"FV":"1.0"}|', "it ends before its signature section"),
        ('OCMF|{}|{"SD":"30', "its signature section is broken (the text ends inside the JSON after 9 characters)"),
    ],
)
def test_why_ocmf_cannot_be_read_is_said_in_our_words(text: str, reason: str) -> None:
    """Python's own words count from 0 within a text that nobody sees."""
    assert list(unwrapped({"value": text}, NOW))[0].lines[0].text == f"The OCMF text cannot be read: {reason}."


def test_version_1_6_has_it_in_the_text_of_a_value() -> None:
    """Stations of 1.6 write OCMF, or the object of 2.0.1, into the text of a sampled value."""
    inner = json.dumps({"signedMeterValue": in_base64(ocmf()), "encodingMethod": "OCMF", "publicKey": der().hex()})
    for text, end in ((ocmf(), "does not contain the public key."), (inner, "with the public key in the message.")):
        found = list(unwrapped({"sampledValue": [{"format": "SignedData", "value": text}]}, NOW))
        assert [one.path for one in found] == ["$.sampledValue[0].value"]
        assert found[0].lines[-1].text.endswith(end)


def test_a_key_that_the_user_has_given_verifies_first() -> None:
    """Stations of 1.6 send no key; and who changes the data can change the key beside it."""
    other = der(ec.generate_private_key(ec.SECP256R1())).hex()

    def said(text: str, *given: str) -> str:
        return list(unwrapped({"value": text}, NOW, given))[0].lines[-1].text

    assert said(ocmf(), other, "no key", pem()) == "Signature valid: verified with a public key of the configuration."
    assert said(ocmf(), other).endswith("and none of the configuration fits.")
    assert said(ocmf().replace("2947.9", "2847.9"), pem()).startswith("Signature not verified, because")
    inner = json.dumps({"signedMeterData": in_base64(ocmf()), "publicKey": der().hex()})
    assert said(inner, other).endswith("with the public key in the message, which is not one of the configuration.")
