"""The WSDLs of both services, read by zeep, which shares no code with ocpptui.

If it fails, a maker of charge points or of central systems cannot generate a client from what we serve, or one that
calls what the version does not have.
"""

from __future__ import annotations

import io

import pytest
import zeep
from lxml import etree

from ocpptui.ocpp.service_description import wsdl_text
from ocpptui.ocpp.service_types import VERSIONS, services
from ocpptui.ocpp.version import Version

ADDRESS = 'http://host/a?b=1&c="d"'


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_each_operation_is_there_with_its_action_header_and_address(version: Version) -> None:
    for name, service in services(version).items():
        client = zeep.Client(io.BytesIO(wsdl_text(version, name, ADDRESS).encode()))
        (offered,) = client.wsdl.services.values()
        (port,) = offered.ports.values()
        assert (offered.name, port.binding_options["address"]) == (name, ADDRESS)
        found = port.binding._operations
        assert set(found) == set(service.operations)
        for action, operation in found.items():
            assert operation.soapaction == operation.abstract.wsa_action == f"/{action}"
            assert operation.input.header.type.elements[0][1].qname == f"{{{service.namespace}}}chargeBoxIdentity"
            body = etree.QName(operation.input.body.qname).localname
            assert body == f"{action[0].lower()}{action[1:]}Request"


def test_a_version_without_the_service_has_none() -> None:
    with pytest.raises(KeyError):
        wsdl_text(Version.V201, "CentralSystemService", ADDRESS)
