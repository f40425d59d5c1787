from __future__ import annotations

import re

import pytest

from ocpptui.describe.tls_problems import ALERTS, TLS_WORDS, alert_advice


@pytest.mark.parametrize("alert", ALERTS)
def test_each_alert_ends_a_sentence_and_has_advice(alert: str) -> None:
    """A technician would read a code of OpenSSL, or two full stops."""
    assert re.fullmatch(r"[a-z].*[^.]", ALERTS[alert])
    assert alert_advice(alert).endswith(".")


def test_an_expired_certificate_is_not_blamed_on_the_ca() -> None:
    assert "Renew" in alert_advice("certificate expired")
    assert "CA" in alert_advice("unknown ca")
    assert "CA" not in alert_advice("certificate revoked")
    assert alert_advice(None) == alert_advice("unknown ca")


def test_each_sentence_and_each_advice_is_whole() -> None:
    for sentence, advice in TLS_WORDS.values():
        assert sentence.endswith((".", "]"))
        assert not advice or advice.endswith((".", "?"))
