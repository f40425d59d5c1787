"""Addresses in envelopes that go on. What fails here changes more of a customer's traffic than was asked for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.network.soap_addresses import recipient_readdressed, sender_readdressed, sender_unaddressed
from tests.ocpp.envelopes import envelope

OWN, HERE = "http://10.0.0.7:8080/cp?a=1&b=2", "http://laptop:9000/CP001"
WRITTEN = OWN.replace("&", "&amp;")


def headers(sender: str = WRITTEN, reply: str = WRITTEN, to: str = HERE) -> str:
    return (
        f"<a:From><a:Address>{sender}</a:Address></a:From><a:ReplyTo>\n<a:Address> {reply}</a:Address></a:ReplyTo>"
        f"<a:To> {to} </a:To>"
    )


@settings(max_examples=50)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="<>&"), max_size=20))
def test_nothing_but_the_address_changes(text: str) -> None:
    whole = envelope(headers(), f"<o:dataTransferRequest><o:data>{text} {WRITTEN}</o:data></o:dataTransferRequest>")
    changed, named, where = sender_readdressed(whole.encode(), HERE)
    assert (named, where) == (OWN, {"From": HERE, "ReplyTo": HERE})
    head, _, body = whole.partition("<s:Body>")
    assert changed.decode() == head.replace(f">{WRITTEN}<", f">{HERE}<").replace(f"> {WRITTEN}<", f">{HERE}<") + (
        f"<s:Body>{body}"
    )
    back, where = recipient_readdressed(whole.encode(), HERE, OWN)
    assert back.decode() == whole.replace(f"> {HERE} <", f">{WRITTEN}<") and where == {"To": OWN}


@pytest.mark.parametrize(
    "text",
    [
        envelope(headers(sender="http://www.w3.org/2005/08/addressing/anonymous"), "<o:x/>").encode(),
        envelope("", f"<a:From><a:Address>{WRITTEN}</a:Address></a:From>").encode(),
        envelope(headers(), "<o:x/>").encode("utf-16"),
        b"<s:Envelope><s:Header><a:From><a:Address>http://10.0.0.7",
        b"",
    ],
    ids=["anonymous", "in the body", "utf-16", "truncated", "empty"],
)
def test_what_names_no_address_stays_as_it_is(text: bytes) -> None:
    assert sender_readdressed(text, HERE) == (text, "", {})
    assert recipient_readdressed(text, "http://elsewhere/", OWN) == (text, {})


@pytest.mark.parametrize(
    "named",
    [
        headers(),
        headers(reply="http://other/"),
        headers(sender="http://www.w3.org/2005/08/addressing/anonymous"),
        f"<a:ReplyTo><a:Address>{WRITTEN}</a:Address></a:ReplyTo>",
        headers() + f"<a:From><a:Address>{WRITTEN}</a:Address></a:From>",
    ],
    ids=["both", "two", "reply alone", "without from", "from twice"],
)
def test_a_copy_names_no_address_of_its_sender(named: str) -> None:
    """A second central system would reset a charge point that it is only compared with."""
    body = f"<o:dataTransferRequest><o:data>{WRITTEN}</o:data></o:dataTransferRequest>"
    head, _, rest = sender_unaddressed(envelope(named, body).encode()).decode().partition("<s:Body>")
    assert WRITTEN not in head and "http://other/" not in head
    assert rest == envelope(named, body).partition("<s:Body>")[2]
    assert head.count("addressing/anonymous<") == named.count("<a:Address>")


def test_a_request_without_an_address_is_copied_as_it_is() -> None:
    text = envelope("", f"<a:From><a:Address>{WRITTEN}</a:Address></a:From>").encode()
    assert sender_unaddressed(text) == text


def test_another_reply_address_stays() -> None:
    text = envelope(headers(reply="http://other/"), "<o:x/>").encode()
    assert sender_readdressed(text, HERE)[2] == {"From": HERE}
