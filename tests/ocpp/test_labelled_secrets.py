"""The credentials that a line of a log states. The masking of such texts is tested in `test_secrets`."""

from __future__ import annotations

from base64 import b64encode

import pytest

from ocpptui.ocpp.labelled_secrets import stated_credentials
from ocpptui.ocpp.secret_names import may_state_credentials

PASSWORD = "geheimer-Zugang-99"


def stating(password: str) -> dict[str, str]:
    """Lines of a log that state a password, by their notation."""
    basic = b64encode(f"CP1:{password}".encode()).decode()
    return {
        "Basic": f"Authorization: Basic {basic}",
        "Basic in small letters": f"authorization: basic {basic}",
        "Basic for a proxy": f"Proxy-Authorization: Basic {basic}",
        "Basic behind words": f"2026-03-05T10:00:00Z INFO CP1 upgrade with Authorization: Basic {basic}",
        "Basic in a dictionary": f"headers={{'Authorization': 'Basic {basic}', 'Host': 'x'}}",
        "Basic in JSON": f'{{"headers":{{"authorization":"Basic {basic}"}}}}',
        "Basic alone": f"credentials [Basic {basic}]",
        "Bearer": f"Authorization: Bearer {password}",
        "cookie": f"Cookie: lang=en; session={password}",
        "cookie that is set": f"Set-Cookie: session={password}; Path=/; HttpOnly",
        "user of a URL": f"connecting to wss://CP1:{password}@csms.example/ocpp/CP1",
        "query of a URL": f"GET /ocpp/CP1?password={password} HTTP/1.1",
        "option": f"curl -u CP1:{password} https://csms.example",
        "own header": f"X-Api-Key: {password}",
        "name": f"password={password}",
    }


STATING = stating(PASSWORD)
ORDINARY = (
    "Authorization: 04A1B2C3D4E5F6",
    "Authorization: Accepted for 04A1B2C3D4E5F6",
    "authorization=04A1B2C3D4E5F6 token=04A1B2C3D4E5F6 key=HeartbeatInterval2",
    "token 04A1B2C3D4E5F6 is authorized, pin 12345678",
    "session: 5f2e0c1a-0000-4000-8000-000000000001",
    "the basic configuration2 was loaded",
    "a bearer token1 is not needed",
    "docker run -u http://csms.example:8080/ocpp",
    "mail to me@csms.example at 10:00:00",
    "connecting to wss://csms.example:8080/ocpp/CP1?version=1.6",
)


@pytest.mark.parametrize("line", STATING.values(), ids=STATING)
def test_credentials_are_found_in_any_line(line: str) -> None:
    """Their copies in messages would be shared with the file."""
    assert PASSWORD in set(stated_credentials(line))
    assert may_state_credentials(line)


@pytest.mark.parametrize("line", STATING.values(), ids=STATING)
def test_they_are_found_within_a_line_too(line: str) -> None:
    """Most logs have a time before a header, and a frame behind it."""
    assert PASSWORD in set(stated_credentials(f"2026-03-05T10:00:00Z CP1 [{line}] received "))


@pytest.mark.parametrize("line", ORDINARY)
def test_ids_and_words_are_no_credentials(line: str) -> None:
    """The id tokens of drivers would be masked in all messages of the log."""
    found = [secret for secret in stated_credentials(line) if len(secret) >= 6]
    assert not found
