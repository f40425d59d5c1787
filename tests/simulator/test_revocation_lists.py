"""Revocation lists. If these fail, a revoked certificate is Good for a charge point of 2.1 that asks by list."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ocpptui.ocpp.date_times import DAY
from ocpptui.simulator.bench_certificates import charge_point_pair
from ocpptui.simulator.certificate_authority import CertificateAuthority, new_authority
from ocpptui.simulator.ocsp_answers import hash_data_of, ocsp_request
from ocpptui.simulator.own_certificates import certificates_in
from ocpptui.simulator.revocation_lists import list_finding
from tests.kit.talk import NOW


@pytest.fixture(scope="module")
def authority() -> CertificateAuthority:
    return CertificateAuthority(*new_authority(NOW)[:2])


@pytest.mark.parametrize("as_pem", [True, False])
def test_a_list_says_what_is_revoked(authority: CertificateAuthority, as_pem: bool) -> None:
    pair = charge_point_pair(authority, "CP001", "Operator", NOW)
    leaf = certificates_in(pair.chain)[0]
    asked = ocsp_request(hash_data_of(leaf, authority.certificate))
    statuses = []
    for revoked in ((), (pair.serial,)):
        text = authority.revocation_list(revoked, NOW).encode()
        data = text if as_pem else x509.load_pem_x509_crl(text).public_bytes(Encoding.DER)
        statuses.append(list_finding(data, asked, authority.chain, NOW).status)
    assert statuses == ["Good", "Revoked"]
    assert list_finding(data, asked, authority.chain, NOW + 400 * DAY).reason.startswith("the list was valid until")
    assert list_finding(data, asked, [], NOW).status == "Failed"
    other = CertificateAuthority(*new_authority(NOW)[:2])
    of_other = other.revocation_list([], NOW).encode()
    assert list_finding(of_other, asked, [*authority.chain, *other.chain], NOW).is_forged
    assert list_finding(b"junk", asked, authority.chain, NOW).reason == "what was fetched is not a revocation list"
