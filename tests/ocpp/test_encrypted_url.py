"""Whether TLS is used is asked of the URL in many places: warnings and security profiles depend on it."""

from __future__ import annotations

import pytest

from ocpptui.ocpp.encrypted_url import is_encrypted


@pytest.mark.parametrize(
    ("url", "expected"),
    [("wss://x", True), ("https://x", True), (" HTTPS://x", True), ("ws://x", False), ("http://x", False), ("", False)],
)
def test_both_transports_have_an_encrypted_scheme(url: str, expected: bool) -> None:
    """The warnings about weak TLS were left out for OCPP-S."""
    assert is_encrypted(url) is expected
