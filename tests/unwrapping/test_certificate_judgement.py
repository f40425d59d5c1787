"""What is wrong with a certificate for a use: doctor and inspector would differ, or accept what OCPP refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID as Extended
from cryptography.x509.oid import NameOID

from ocpptui.ocpp.date_times import utc_datetime
from ocpptui.unwrapping.certificate_judgement import CertificateUse, leads_to, misnaming, misuse, path_of
from tests.kit.signed_values import issued
from tests.kit.talk import NOW

KEY = ec.generate_private_key(ec.SECP256R1())
USAGES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
          "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
ROOT = issued("Root", ca=True)
MIDDLE = issued("Middle", ROOT, ca=True)
LEAF = issued("CP001", MIDDLE)


def made(
    *extended: x509.ObjectIdentifier,
    ca: bool | None = False,
    usage: str = "",
    names: dict[x509.ObjectIdentifier, str] | None = None,
    also: str = "",
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(oid, text) for oid, text in (names or {NameOID.COMMON_NAME: "CP001"}).items()])
    now = utc_datetime(NOW)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(KEY.public_key())
        .serial_number(7)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
    )
    if ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca, None), critical=True)
    if extended:
        builder = builder.add_extension(x509.ExtendedKeyUsage(extended), critical=False)
    if usage:
        builder = builder.add_extension(x509.KeyUsage(**{one: one == usage for one in USAGES}), critical=True)
    if also:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(also)]), critical=False)
    return builder.sign(KEY, SHA256())


WRONG = {
    CertificateUse.CENTRAL_SYSTEM: (made(Extended.CLIENT_AUTH),),
    CertificateUse.CHARGE_POINT: (made(Extended.SERVER_AUTH), made(ca=True), made(usage="key_encipherment")),
    CertificateUse.VEHICLE_SIDE: (made(Extended.CLIENT_AUTH), made(ca=True)),
    CertificateUse.CONTRACT: (made(ca=True), made(usage="key_cert_sign")),
    CertificateUse.FIRMWARE: (made(Extended.SERVER_AUTH), made(ca=True), made(usage="key_agreement")),
    CertificateUse.ROOT: (made(), made(ca=None), made(ca=True, usage="digital_signature")),
}
RIGHT = {
    CertificateUse.CENTRAL_SYSTEM: (made(), made(Extended.SERVER_AUTH), made(ca=True), made(usage="key_encipherment")),
    CertificateUse.CHARGE_POINT: (made(), made(ca=None), made(Extended.SERVER_AUTH, Extended.CLIENT_AUTH)),
    CertificateUse.VEHICLE_SIDE: (made(), made(Extended.SERVER_AUTH), made(usage="key_agreement")),
    CertificateUse.CONTRACT: (made(), made(Extended.CLIENT_AUTH), made(usage="digital_signature")),
    CertificateUse.FIRMWARE: (made(), made(Extended.CODE_SIGNING), made(Extended.ANY_EXTENDED_KEY_USAGE)),
    CertificateUse.ROOT: (made(ca=True), made(ca=True, usage="key_cert_sign")),
}


@pytest.mark.parametrize("use", CertificateUse)
def test_only_what_is_wrong_for_a_use_is_called_wrong(use: CertificateUse) -> None:
    assert all(misuse(one, use) for one in WRONG[use])
    assert [misuse(one, use) for one in RIGHT[use]] == [""] * len(RIGHT[use])


@pytest.mark.parametrize(
    ("names", "also", "words"),
    [
        ({NameOID.COMMON_NAME: "CP001", NameOID.ORGANIZATION_NAME: "Op"}, "", ""),
        ({NameOID.COMMON_NAME: "SN-7", NameOID.ORGANIZATION_NAME: "Op"}, "", ""),
        ({NameOID.COMMON_NAME: "CP001"}, "", "it names no organisation (O)"),
        ({NameOID.COMMON_NAME: "CP002", NameOID.ORGANIZATION_NAME: "Op"}, "", "it names CP002, not CP001"),
        ({NameOID.COMMON_NAME: "x", NameOID.ORGANIZATION_NAME: "Op"}, "CP001", "the id CP001 as an alternative name"),
        ({NameOID.ORGANIZATION_NAME: "Op"}, "", "it has no common name, where CP001 was expected"),
    ],
    ids=["id", "serial number", "no organisation", "another", "alternative name", "no name"],
)
def test_the_names_are_those_of_the_charge_point(
    names: dict[x509.ObjectIdentifier, str], also: str, words: str
) -> None:
    found = misnaming(made(names=names, also=also), "CP001", {"CP001", "SN-7"})
    assert words in found and bool(words) == bool(found)


def test_a_path_is_found_in_any_order_and_leads_to_its_cas_alone() -> None:
    chain = [LEAF.certificate, ROOT.certificate, MIDDLE.certificate]
    assert path_of(chain) == [LEAF.certificate, MIDDLE.certificate, ROOT.certificate]
    forged = issued("Root", ca=True).certificate
    assert leads_to(chain[:1], [MIDDLE.certificate]) and leads_to(chain, [ROOT.certificate])
    assert leads_to([LEAF.certificate, MIDDLE.certificate], [ROOT.certificate])
    assert not leads_to(chain[:1], [ROOT.certificate]) and not leads_to(chain, [forged])
