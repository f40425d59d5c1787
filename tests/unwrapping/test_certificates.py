"""Certificates, chains and requests: the words are right, and nothing is called right that was not verified."""

from __future__ import annotations

import base64

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ocpptui.simulator.bench_certificates import Flaw, server_pair
from ocpptui.simulator.certificate_authority import CertificateAuthority, new_authority
from ocpptui.unwrapping.certificates import certain_faults
from ocpptui.unwrapping.payload_walk import unwrapped
from tests.kit.signed_values import Issued, issued, name_of
from tests.kit.talk import NOW

ROOT = issued("Root", ca=True)
MIDDLE = issued("Middle", ROOT, ca=True)
LEAF = issued("CP001", MIDDLE)


def said_of(text: str) -> str:
    """All that is said of a value."""
    found = list(unwrapped({"certificateChain": text}, NOW))
    assert [one.path for one in found] == ["$.certificateChain"]
    return "\n".join([found[0].what, *(line.text for line in found[0].lines)])


def test_a_certificate_is_named_with_all_that_support_compares() -> None:
    """The user would have to copy it into openssl."""
    text = said_of(LEAF.pem)
    assert "subject  CN=CP001" in text
    assert "issuer  CN=Middle" in text
    assert "names  CP001.example" in text
    assert "key  EC, secp256r1, 256 bits" in text
    assert "signature  ecdsa-with-SHA256" in text
    assert f"SHA-256  {LEAF.certificate.fingerprint(SHA256()).hex()}" in text
    assert "serial  1f2e3d4c" in text
    assert "CA  no" in text
    assert "at this record for another 10 d" in text


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode], ids=["plain", "URL"])
def test_der_in_base64_is_the_same_certificate(encode: object) -> None:
    """GetCertificateStatus and stations that leave PEM out would show a blob."""
    assert callable(encode)
    text = said_of(encode(ROOT.der).decode())
    assert text.startswith("certificate in DER (in base64)")
    assert "issuer  itself (self-signed)" in text
    assert "CA  yes" in text


@pytest.mark.parametrize(
    ("flaw", "words"),
    [
        (None, "at this record for another"),
        (Flaw.EXPIRED, "The certificate expired 1 d before this record"),
        (Flaw.NOT_YET_VALID, "not yet valid: 365 d too early"),
        (Flaw.WRONG_NAME, "subject  CN=elsewhere.example"),
        (Flaw.WRONG_USAGE, "for  clients"),
        (Flaw.WEAK, "too weak: its RSA key has 1024 bits, and OCPP asks for at least 2048."),
        (Flaw.OTHER_CA, "issuer  CN=ocpptui other CA"),
    ],
)
def test_each_flaw_of_a_bench_is_seen(flaw: Flaw | None, words: str) -> None:
    """A charge point that refuses a certificate says Rejected, and no more."""
    made = new_authority(NOW)
    pair = server_pair(CertificateAuthority(made.chain, made.key), ["localhost"], NOW, flaw=flaw)
    text = said_of(pair.chain)
    assert words in text
    assert ("too weak" in text) == (flaw is Flaw.WEAK) and ("\nfor  " in text) == (flaw is Flaw.WRONG_USAGE)


def test_line_ends_that_are_escaped_twice_are_read() -> None:
    """Some stations write a backslash and an n into the PEM."""
    assert "subject  CN=CP001" in said_of(LEAF.pem.replace("\n", "\\n"))


@pytest.mark.parametrize(
    ("days", "words"), [((-20, -5), "expired 5 d before this record"), ((3, 9), "not yet valid: 3 d too early")]
)
def test_validity_is_that_at_the_time_of_the_record(days: tuple[int, int], words: str) -> None:
    """An old capture would show every certificate as expired, or none."""
    assert words in said_of(issued("CP001", days=days).pem)


@pytest.mark.parametrize(
    ("chain", "words"),
    [
        ([LEAF, MIDDLE, ROOT], "The order is right: each certificate is signed by the next (verified)."),
        ([LEAF, ROOT, MIDDLE], "certificate 1 is followed by certificate 2, but is signed by certificate 3."),
        ([ROOT, MIDDLE, LEAF], "certificate 1 is self-signed, but others follow it."),
        ([LEAF, LEAF, MIDDLE], "Certificate 2 is certificate 1 once more."),
        ([LEAF, ROOT], "Certificate 1 is not signed by certificate 2: its issuer is CN=Middle."),
        ([LEAF, issued("Middle", ca=True)], "the signature was not made with its key"),
        ([issued("CP002", LEAF), LEAF], "Certificate 2 signed certificate 1, but is not a CA."),
    ],
    ids=["right", "swapped", "upside down", "twice", "gap", "forged", "no CA"],
)
def test_a_chain_is_right_only_if_every_signature_fits(chain: list[Issued], words: str) -> None:
    """A station refuses a chain in the wrong order with nothing but Rejected."""
    text = said_of("".join(one.pem for one in chain))
    assert f"chain of {len(chain)} certificates" in text
    assert words in text
    assert ("The order is right" in text) == words.startswith("The order is right")


def test_a_request_is_verified_against_its_own_key() -> None:
    """A CSR that was changed on its path would be signed again and again."""
    key = rsa.generate_private_key(65537, 2048)
    request = x509.CertificateSigningRequestBuilder().subject_name(name_of("CP001")).sign(key, SHA256())
    pem = request.public_bytes(Encoding.PEM).decode()
    text = said_of(pem)
    assert "certificate signing request" in text
    assert "key  RSA, 2048 bits" in text
    assert "It is signed with the key that it names (verified)." in text
    der = request.public_bytes(Encoding.DER)
    broken = base64.b64encode(der[:-1] + bytes([der[-1] ^ 1])).decode()
    text = said_of(broken)
    assert "Its signature does not fit its key" in text
    assert "verified" not in text


def test_a_private_key_is_a_problem_and_is_not_shown() -> None:
    """A key that leaves its owner must be replaced."""
    pem = ROOT.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    text = said_of(pem)
    assert "A private key must never leave its owner" in text
    assert pem.splitlines()[1] not in text


@pytest.mark.parametrize("broken", [LEAF.pem[:200], LEAF.pem.replace("MII", "AAA", 1)], ids=["cut off", "changed"])
def test_what_cannot_be_read_says_so(broken: str) -> None:
    """A certificate that a gateway cut off is the fault that is looked for."""
    text = said_of(broken)
    assert "cut off" in text or "cannot be read: its bytes are damaged, or not DER." in text
    assert "subject" not in text
    assert "ParseError" not in text


DAY = 86_400_000_000


@pytest.mark.parametrize(("may_wait", "words"), [(False, ["The certificate is not yet valid"]), (True, [])])
def test_a_certificate_may_wait_for_its_first_day(may_wait: bool, words: list[str]) -> None:
    """OCPP 1.6 lets a charge point accept a certificate before its first day: that is no reason to accuse it."""
    faults = certain_faults(LEAF.pem, NOW - 1000 * DAY, 60_000_000, is_chain=True, may_wait=may_wait)
    assert [one.split(":")[0] for one in faults] == words


@pytest.mark.parametrize(
    ("text", "later", "is_chain", "words"),
    [
        (LEAF.pem + MIDDLE.pem + ROOT.pem, 0, True, []),
        (LEAF.pem, 0, True, []),
        (LEAF.pem, 11 * DAY, True, ["The certificate expired"]),
        (LEAF.pem, 10 * DAY + 1_000_000, True, []),  # within the tolerance
        (base64.b64encode(LEAF.certificate.public_bytes(Encoding.DER)).decode(), 11 * DAY, True, ["The certificate"]),
        (LEAF.pem[:200], 11 * DAY, True, []),
        (LEAF.pem + MIDDLE.pem[:200], 11 * DAY, True, []),
        (LEAF.pem.replace("MII", "AAA", 1), 11 * DAY, True, []),
        ("", 11 * DAY, True, []),
        (LEAF.pem + ROOT.pem + MIDDLE.pem, 0, True, ["The order is wrong", "The order is wrong"]),
        (LEAF.pem + ROOT.pem + MIDDLE.pem, 0, False, []),
    ],
)
def test_only_what_is_certain_is_a_fault(text: str, later: int, is_chain: bool, words: list[str]) -> None:
    """Who accuses a charge point because of a chain that the log has cut off is wrong."""
    faults = certain_faults(text, NOW + later, 60_000_000, is_chain=is_chain)
    assert [one.startswith(start) for one, start in zip(faults, words, strict=True)] == [True] * len(words), faults
