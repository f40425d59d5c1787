from __future__ import annotations

from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.ocpp.message import Malformed, Message
from ocpptui.ocpp.secrets import mask
from ocpptui.ocpp.soap_encoding import SOAP
from ocpptui.ocpp.version import Version
from tests.ocpp.secretive_messages import SECRETS, secrets_in


def envelope(action: str, body: str) -> str:
    return (
        '<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:a="http://www.w3.org/2005/08/addressing" xmlns:c="urn://Ocpp/Cp/2012/06/"><s:Header>'
        f"<c:chargeBoxIdentity>CP1</c:chargeBoxIdentity><a:Action>/{action}</a:Action><a:MessageID>uuid:1</a:MessageID>"
        f"</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )


def change(key: str, value: str) -> str:
    body = (
        f"<c:changeConfigurationRequest><c:key>{key}</c:key><c:value>{value}</c:value></c:changeConfigurationRequest>"
    )
    return envelope("ChangeConfiguration", body)


def configuration(value: str) -> str:
    items = (("HeartbeatInterval", "300"), ("AuthorizationKey", value))
    keys = "".join(
        f"<c:configurationKey><c:key>{key}</c:key><c:readonly>false</c:readonly><c:value>{text}</c:value>"
        "</c:configurationKey>"
        for key, text in items
    )
    return envelope("GetConfigurationResponse", f"<c:getConfigurationResponse>{keys}</c:getConfigurationResponse>")


def masked(raw: str | bytes) -> tuple[str | bytes, tuple[str, ...]]:
    return mask(raw, SOAP.read(raw), Version.V15)


def test_only_the_secret_of_an_envelope_is_masked() -> None:
    """A recording of a SOAP charge point holds no password, and everything else of what it said."""
    assert masked(change("AuthorizationKey", "hunter2 &amp; x")) == (change("AuthorizationKey", "***"), ("$.value",))
    assert masked(configuration("<![CDATA[hunter2]]>")) == (configuration("***"), ("$.configurationKey[1].value",))
    diagnostics = envelope("GetDiagnostics", "<c:getDiagnosticsRequest><c:location>ftp://u:{}@h/</c:location>"
                           "</c:getDiagnosticsRequest>")  # fmt: skip
    assert masked(diagnostics.format("hunter2"))[0] == diagnostics.format("***")


@pytest.mark.parametrize("end", [None, -3, -60])
def test_an_envelope_without_a_secret_is_left_alone(end: int | None) -> None:
    for raw in (change("HeartbeatInterval", "300")[:end], configuration("")[:end].replace("AuthorizationKey", "X")):
        assert masked(raw) == (raw, ())


def test_what_is_wrong_with_a_broken_envelope_stays_legible() -> None:
    raw = change("AuthorizationKey", "hunter2").replace("</s:Body>", "")
    assert masked(raw)[0] == raw.replace("hunter2", "***")


def test_a_document_type_stays_one_and_its_entities_are_masked() -> None:
    """The log would say of the refused envelope that its XML is wrong, not that it defines entities."""
    text = change("AuthorizationKey", "&key;")
    raw = text.replace("?><s:", '?><!DOCTYPE x [<!ENTITY key "ABCDEF0123456789">]><s:')
    told, _ = masked(raw)
    found = SOAP.read(told)
    assert isinstance(found, Malformed) and found.defect.name == "document-type"
    assert "ABCDEF0123456789" not in str(told)


@given(
    secret=SECRETS,
    with_configuration=st.booleans(),
    place=st.integers(0, 2000),
    damage=st.sampled_from(["whole", "cut", "removed", "doubled", "replaced", "byte"]),
    other=st.sampled_from("x\"\\<>/&' \x010"),
)
@settings(max_examples=500)
def test_no_secret_stays_in_a_damaged_envelope(
    secret: str, with_configuration: bool, place: int, damage: str, other: str
) -> None:
    """What breaks an envelope on its way does not put its password into a file; nor does it make a message of it."""
    text = configuration(escape(secret)) if with_configuration else change("AuthorizationKey", escape(secret))
    place %= len(text)
    damaged: dict[str, str | bytes] = {
        "whole": text,
        "cut": text[:place],
        "removed": text[:place] + text[place + 1 :],
        "doubled": text[:place] + text[place] + text[place:],
        "replaced": text[:place] + other + text[place + 1 :],
        "byte": text[:place].encode() + b"\xfc" + text[place:].encode(),
    }
    raw = damaged[damage]
    after = masked(raw)[0]
    assert not secrets_in(after if isinstance(after, str) else after.decode("utf-8", "replace"))
    assert isinstance(SOAP.read(after), Message) == isinstance(SOAP.read(raw), Message)


@pytest.mark.parametrize(
    "raw",
    [
        change("WiFiPassword", "S3CRETq9"),
        change("ApiKey", "S3CRETq9"),
        envelope("X", "<c:x><c:password>S3CRETq9</c:password></c:x>"),
        envelope("X", '<c:x password="S3CRETq9"/>'),
        envelope(
            "DataTransfer", '<c:dataTransferRequest><c:data>{"apiKey":"S3CRETq9"}</c:data></c:dataTransferRequest>'
        ),
        envelope(
            "DataTransfer",
            "<c:dataTransferRequest><c:data>{&quot;key&quot;:&quot;AuthorizationKey&quot;,&quot;value&quot;:"
            "&quot;S3CRETq9&quot;}</c:data></c:dataTransferRequest>",
        ),
        envelope("X", "<c:x><c:location>https://h/?sig=S3CRETq9&amp;x=1</c:location></c:x>"),
        envelope("X", "<c:x/>").replace(
            "</s:Header>",
            '<w:Security xmlns:w="urn:w"><w:UsernameToken><w:Username>u</w:Username><w:Password Type="text">S3CRETq9'
            "</w:Password></w:UsernameToken></w:Security></s:Header>",
        ),
    ],
)
@pytest.mark.parametrize("end", [None, -1, -14])
def test_no_secret_stays_anywhere_in_an_envelope(raw: str, end: int | None) -> None:
    """Vendors put passwords into settings, data, attributes and WS-Security headers."""
    assert "S3CRETq9" not in str(masked(raw[:end])[0])
