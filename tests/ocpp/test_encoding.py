"""The two ways to write what OCPP says: each transport has its own."""

from __future__ import annotations

import pytest

from ocpptui.ocpp.encoding import encoding_of
from ocpptui.ocpp.json_encoding import JSON
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.version import Transport
from tests.ocpp.envelopes import request

RAWS = {Transport.JSON: JSON.call("uuid:1", "Heartbeat", "{}"), Transport.SOAP: request("Heartbeat")}


@pytest.mark.parametrize("transport", Transport)
def test_the_same_call_says_the_same_in_both(transport: Transport) -> None:
    """Everything above the encodings works on the content, whatever the notation."""
    encoding = encoding_of(transport)
    assert encoding.transport is transport
    call = encoding.read(RAWS[transport])
    assert isinstance(call, Message)
    assert call.transport is transport
    assert (call.kind, call.id, call.action, call.payload) == (MessageKind.CALL, "uuid:1", "Heartbeat", {})
    assert call.payload_text == "{}"
    span = encoding.payload_span(call)
    assert span is not None
    assert call.raw[slice(*span)] in ("{}", "<o:heartbeatRequest></o:heartbeatRequest>")


@pytest.mark.parametrize("transport", Transport)
def test_what_the_other_one_writes_is_malformed(transport: Transport) -> None:
    other = next(each for each in Transport if each is not transport)
    assert encoding_of(transport).read(RAWS[other]).transport is transport
    assert not isinstance(encoding_of(transport).read(RAWS[other]), Message)
