"""Files that people share have no secrets, and the calls in them can still be sent."""

from __future__ import annotations

import pytest

from ocpptui.compose.filled_payload import payload_questions
from ocpptui.compose.secret_free import secret_free_payload


@pytest.mark.parametrize(
    ("action", "text", "kept"),
    [
        (
            "ChangeConfiguration",
            '{"key":"AuthorizationKey","value":"0123456789abcdef"}',
            '{"key":"AuthorizationKey","value":"${prompt:value}"}',
        ),
        (
            "GetDiagnostics",
            '{"location":"ftp://user:hunter2hunter@files/${uuid}"}',
            '{"location":"ftp://user:${prompt:location}@files/"}',
        ),
        ("DataTransfer", '{"vendorId":"x","password":12345678}', '{"vendorId":"x","password":"${prompt:password}"}'),
    ],
)
def test_a_secret_becomes_a_question(action: str, text: str, kept: str) -> None:
    assert secret_free_payload(action, text) == kept
    assert payload_questions(kept)


@pytest.mark.parametrize(
    "text",
    [
        '{ "key": "AuthorizationKey", "value": "${env:PASSWORD}" }',
        '{"location":"ftp://user:${env:PASSWORD}@files/"}',
        '{ "key":  "HeartbeatInterval", "value": "30" }',
    ],
)
def test_what_has_no_secret_stays_as_it_is_typed(text: str) -> None:
    action = "GetDiagnostics" if "location" in text else "ChangeConfiguration"
    kept = secret_free_payload(action, text)
    assert "".join(kept.split()) == "".join(text.split())
    assert "prompt" not in kept


def test_text_that_is_not_json_is_masked() -> None:
    assert "hunter2" not in secret_free_payload("DataTransfer", '{"password": "hunter2",')
