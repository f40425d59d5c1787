"""Headers of an envelope that are there, but wrong."""

from __future__ import annotations

import pytest
from lxml import etree

from ocpptui.ocpp.header_faults import header_faults
from ocpptui.ocpp.soap_encoding import SOAP_12
from tests.ocpp.envelopes import CS_16, request


def _found(added: str, old: str = "", new: str = "") -> list[str]:
    text = request("Heartbeat").replace("</s:Header>", f"{added}</s:Header>")
    assert old in text
    root = etree.fromstring(text.replace(old, new).encode() if old else text.encode())
    return [fault.text for fault in header_faults(root.find(f"{{{SOAP_12}}}Header"), SOAP_12, CS_16)]


@pytest.mark.parametrize(
    ("added", "words"),
    [
        ("<a:To>http://a/</a:To><a:To>http://b/</a:To>", "To occurs more than once"),
        ('<x:To xmlns:x="urn:x">http://a/</x:To>', "To is in the namespace urn:x, not in http://www.w3.org/2005/08"),
        ("<RelatesTo>1</RelatesTo>", "RelatesTo is in no namespace"),
        ('<x:Security xmlns:x="urn:x" s:mustUnderstand="1"/>', "Security must be understood"),
    ],
)
def test_each_fault_is_named(added: str, words: str) -> None:
    """Whoever writes a SOAP client by hand learns which header is wrong, although it is answered."""
    (text,) = _found(added)
    assert words in text


@pytest.mark.parametrize(
    "added",
    [
        "",
        '<a:FaultTo s:mustUnderstand="true"><a:Address>http://a/</a:Address></a:FaultTo>',
        '<x:Trace xmlns:x="urn:x">7</x:Trace>',
        '<x:Trace xmlns:x="urn:x" s:mustUnderstand="false"/>',
    ],
)
def test_what_may_be_there_has_no_fault(added: str) -> None:
    assert _found(added) == []


def test_an_envelope_without_headers_has_none_that_is_wrong() -> None:
    assert header_faults(None, SOAP_12, CS_16) == []
