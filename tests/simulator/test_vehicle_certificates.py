"""The certificates of plug and charge. If these fail, other tools refuse the chains of a bench."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ocpptui.ocpp.date_times import utc_datetime
from ocpptui.simulator.bench_certificates import Flaw
from ocpptui.simulator.certificate_authority import CertificateAuthority
from ocpptui.simulator.contract import EMAID
from ocpptui.simulator.own_certificates import certificates_in, issuer_of, responder_of
from ocpptui.simulator.vehicle_certificates import (
    BRANCHES,
    CPO,
    MO,
    OTHER_EMAID,
    Branch,
    Iso15118,
    vehicle_authorities,
    vehicle_pair,
)
from tests.kit.talk import NOW

URL = "http://127.0.0.1:1/"


def second_ca(branch: Branch, part: Iso15118 = Iso15118.PART_2) -> CertificateAuthority:
    made = vehicle_authorities(branch, part, URL, NOW)
    return CertificateAuthority(*made[f"{branch.name}-sub-ca-2"][:2])


def text_of(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    return str(certificate.subject.get_attributes_for_oid(oid)[0].value)


@pytest.mark.parametrize("part", Iso15118)
@pytest.mark.parametrize("branch", BRANCHES, ids=lambda branch: branch.name)
def test_each_branch_has_the_chain_and_the_keys_of_its_part(branch: Branch, part: Iso15118) -> None:
    authority = second_ca(branch, part)
    name = EMAID if branch is MO else "CP001"
    chain = certificates_in(vehicle_pair(authority, branch, name, URL, NOW, part=part).chain)
    root = authority.chain[-1]
    assert len(chain) == 3
    for lower, upper in zip(chain, [*chain[1:], root], strict=True):
        assert issuer_of(lower, [upper]) is not None
        assert responder_of(lower) == URL
        assert lower.not_valid_before_utc <= utc_datetime(NOW) < lower.not_valid_after_utc
    assert responder_of(root) == "", "nobody answers for a root"
    assert issuer_of(root, [root]) is not None
    for one in (*chain, root):
        key = one.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        assert key.curve.name == ("secp521r1" if part is Iso15118.PART_20 else "secp256r1")
        assert one.signature_hash_algorithm is not None
        assert one.signature_hash_algorithm.name == ("sha512" if part is Iso15118.PART_20 else "sha256")
    assert text_of(chain[0], NameOID.COMMON_NAME) == name
    assert text_of(chain[0], NameOID.DOMAIN_COMPONENT) == branch.domain
    lengths = [one.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length for one in chain]
    assert lengths == [None, 0, 1]


def test_validity_is_within_the_limits() -> None:
    """A car refuses a charge point's certificate of a year, and a contract of three."""
    days = {
        branch.leaf: (leaf.not_valid_after_utc - leaf.not_valid_before_utc).days
        for branch, name in ((CPO, "CP001"), (MO, EMAID))
        for leaf in certificates_in(vehicle_pair(second_ca(branch), branch, name, URL, NOW).chain)[:1]
    }
    assert 60 <= days["secc"] <= 92
    assert 28 <= days["contract"] <= 731


def test_flaws_are_what_they_are_called() -> None:
    authority = second_ca(MO)
    found = {flaw: certificates_in(vehicle_pair(authority, MO, EMAID, URL, NOW, flaw=flaw).chain)[0] for flaw in Flaw}
    assert text_of(found[Flaw.WRONG_NAME], NameOID.COMMON_NAME) == OTHER_EMAID
    assert found[Flaw.EXPIRED].not_valid_after_utc < utc_datetime(NOW)
    assert found[Flaw.NOT_YET_VALID].not_valid_before_utc > utc_datetime(NOW)
    assert issuer_of(found[Flaw.OTHER_CA], authority.chain) is None
    assert issuer_of(found[Flaw.REVOKED], authority.chain) is not None


@pytest.mark.parametrize("name", ["", "DE8", "DE8AAA1B2C3D4!", "D18AAA1B2C3D45", "DE8AAA1B2C3D45678"])
def test_a_name_that_is_not_an_emaid_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="eMAID"):
        vehicle_pair(second_ca(MO), MO, name, URL, NOW)
