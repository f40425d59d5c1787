"""What a certificate is for, by its place in a message. A wrong use accuses a right certificate."""

from __future__ import annotations

from typing import Any

import pytest

from ocpptui.unwrapping.certificate_judgement import CertificateUse
from ocpptui.unwrapping.certificate_places import use_of


@pytest.mark.parametrize(
    ("name", "holder", "use"),
    [
        ("certificateChain", {}, CertificateUse.CHARGE_POINT),
        ("certificateChain", {"certificateType": "ChargingStationCertificate"}, CertificateUse.CHARGE_POINT),
        ("certificateChain", {"certificateType": "V2GCertificate"}, CertificateUse.VEHICLE_SIDE),
        ("csr", {}, CertificateUse.CHARGE_POINT),
        ("csr", {"certificateType": "V2G20Certificate"}, CertificateUse.VEHICLE_SIDE),
        ("signingCertificate", {"location": "https://h/f.bin"}, CertificateUse.FIRMWARE),
        ("certificate", {"certificateType": "CSMSRootCertificate"}, CertificateUse.ROOT),
        ("certificate", {"certificateType": "CentralSystemRootCertificate"}, CertificateUse.ROOT),
        ("certificate", {"idToken": {"idToken": "DE8AAA1B2C3D45", "type": "eMAID"}}, CertificateUse.CONTRACT),
        ("certificate", {}, None),
        ("certificate", {"certificateType": 7}, None),
        ("data", {"certificateType": "CSMSRootCertificate"}, None),
    ],
)
def test_the_use_of_a_certificate(name: str, holder: dict[str, Any], use: CertificateUse | None) -> None:
    assert use_of(name, holder) is use
