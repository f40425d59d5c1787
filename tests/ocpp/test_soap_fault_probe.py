"""The envelope of the doctor. If these fail, an examination does something in the central system."""

from __future__ import annotations

import pytest
from lxml import etree

from ocpptui.ocpp.actions import find_action
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.soap_encoding import read_envelope
from ocpptui.ocpp.soap_fault_probe import OPERATION, probe_envelope
from ocpptui.ocpp.version import Transport, Version


@pytest.mark.parametrize("version", Version.spoken(Transport.SOAP))
def test_it_is_an_envelope_of_the_version_that_asks_for_nothing(version: Version) -> None:
    text = probe_envelope(version, "A&B", "http://there/?a=1&b")
    body = etree.fromstring(text.encode()).find("{*}Body")
    assert body is not None and etree.QName(body[0]).localname == OPERATION and not len(body[0])
    message, said = read_envelope(text)
    assert isinstance(message, Message) and message.kind is MessageKind.CALL and said is not None
    assert find_action(version, message.action or "") is None
    assert (said.version, said.charge_point, said.recipient) == (version, "A&B", "http://there/?a=1&b")
    assert said.sender == "", "the central system would remember an address"
