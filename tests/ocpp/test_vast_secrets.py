"""No secret stays in a message of megabytes, wherever in it the secret is."""

from __future__ import annotations

import json

import pytest

from ocpptui.ocpp.json_encoding import JSON, parse
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.secrets import mask
from ocpptui.ocpp.vast_secrets import OVERLAP, PIECE, VAST
from ocpptui.ocpp.version import Version
from tests.ocpp.secretive_messages import secret_calls, secrets_in

SECRET = "S3CRETT3RC"
CALLS = [(action, payload) for name in ("BasicAuthPassword",) for action, payload in secret_calls(SECRET, name)]


def filled(action: str, payload: dict[str, object], *, first: bool, length: int = VAST) -> str:
    """A call with a long harmless text before or after the rest of its payload."""
    more = {"customData": {"vendorId": "x", "note": "o" * length}}
    return JSON.call("a", action, json.dumps({**more, **payload} if first else {**payload, **more}))


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("number", range(len(CALLS)))
def test_a_secret_in_a_vast_message_is_masked(number: int, first: bool) -> None:
    """A recording is handed on, however long its messages are."""
    text = filled(*CALLS[number], first=first)
    masked, paths = mask(text, parse(text), Version.V201)
    assert secrets_in(masked) == []
    assert paths == ("$",)
    assert isinstance(parse(masked), Message)


@pytest.mark.parametrize("number", range(len(CALLS)))
def test_a_secret_in_a_vast_message_that_is_truncated_is_masked(number: int) -> None:
    text = filled(*CALLS[number], first=True)[:-3]
    masked, _ = mask(text, parse(text), Version.V201)
    assert secrets_in(masked) == []
    assert not isinstance(parse(masked), Message)


@pytest.mark.parametrize("offset", range(-40, 1, 3))
@pytest.mark.parametrize(
    "secret", ["ftp://user:S3CRETT3RC@host/x", "http://h/?token=S3CRETT3RC", "password=S3CRETT3RC"]
)
def test_a_secret_at_the_seam_of_two_pieces_is_masked(secret: str, offset: int) -> None:
    """A text is searched in pieces, and a name may be cut by the seam."""
    head = JSON.call("a", "DataTransfer", '{"vendorId":"x","data":"')[:-1]
    text = head + "o" * (PIECE + offset - len(head) - 1) + " " + secret + " " + "o" * VAST + '"}]'
    masked, _ = mask(text, parse(text), Version.V16)
    assert secrets_in(masked) == []
    assert OVERLAP < PIECE


def test_a_vast_message_without_a_secret_stays_as_it_is() -> None:
    text = filled(
        "DataTransfer", {"vendorId": "v", "data": "the meter has moved, see https://host/help?page=1"}, first=True
    )
    assert mask(text, parse(text), Version.V16) == (text, ())
