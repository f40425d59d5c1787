"""What the charge point decides about tokens. If these fail, a blocked card charges, or a good one does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ocpptui.ocpp.version import Version
from ocpptui.simulator.outgoing_calls import DriverToken
from ocpptui.simulator.token_decisions import MOST_CACHED, Authorizer, Decision, TokenInfo, token_info
from tests.simulator.conftest import START

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate, Operated

TOKEN = DriverToken("04A2B3C4")
ACCEPT, REFUSE, ASK = Decision.ACCEPTED, Decision.REFUSED, Decision.ASK


def authorizer(operated: Operated) -> Authorizer:
    return operated.charge_point.device.authorizer


@pytest.mark.parametrize(
    ("known", "settings", "online", "offline"),
    [
        (None, {}, ASK, REFUSE),
        (None, {"AllowOfflineTxForUnknownId": "true"}, ASK, ACCEPT),
        ("Accepted", {}, ASK, ACCEPT),
        ("Accepted", {"LocalAuthorizeOffline": "false"}, ASK, REFUSE),
        ("Accepted", {"LocalPreAuthorize": "true"}, ACCEPT, ACCEPT),
        ("Accepted", {"LocalPreAuthorize": "true", "LocalAuthListEnabled": "false"}, ASK, REFUSE),
        ("Blocked", {"LocalPreAuthorize": "true"}, ASK, REFUSE),
        ("Blocked", {"AllowOfflineTxForUnknownId": "true"}, ASK, REFUSE),
    ],
)
def test_the_local_list_decides_where_the_settings_let_it(
    operated: Operated, known: str | None, settings: dict[str, str], online: Decision, offline: Decision
) -> None:
    for key, value in settings.items():
        operated.configure(key, value)
    tokens = authorizer(operated)
    if known is not None:
        tokens.local_list[TOKEN.text.lower()] = {"status": known}
    assert tokens.decide(TOKEN, START, is_online=True) is online
    assert tokens.decide(TOKEN, START, is_online=False) is offline


def test_a_token_that_was_accepted_once_charges_offline_until_it_expires(operated: Operated) -> None:
    tokens = authorizer(operated)
    tokens.learn(TOKEN, TokenInfo("Accepted", expiry=START + 1))
    assert tokens.decide(TOKEN, START, is_online=False) is ACCEPT
    assert tokens.decide(TOKEN, START + 1, is_online=False) is REFUSE


def test_the_list_comes_before_the_cache(operated: Operated) -> None:
    """1.6 section 3.5.3."""
    tokens = authorizer(operated)
    tokens.learn(TOKEN, TokenInfo("Accepted"))
    tokens.local_list[TOKEN.text.lower()] = {"status": "Blocked"}
    assert tokens.decide(TOKEN, START, is_online=False) is REFUSE


def test_clear_cache_forgets_what_answers_said(operate: Operate, version: Version) -> None:
    operated = operate(version)
    operated.operate("plug-in")
    operated.operate("card", 1, TOKEN.text)
    assert authorizer(operated).known(TOKEN) is not None
    assert operated.order("ClearCache") == {"status": "Accepted"}
    assert authorizer(operated).known(TOKEN) is None


def test_clear_cache_is_refused_where_there_is_none(operate: Operate, version: Version) -> None:
    """2.x C11.FR.04; 1.6 section 5.4 knows Rejected, too."""
    operated = operate(version)
    operated.configure("AuthorizationCacheEnabled", "false")
    assert operated.order("ClearCache") == {"status": "Rejected"}


def test_the_cache_is_bounded(operated: Operated) -> None:
    tokens = authorizer(operated)
    for number in range(MOST_CACHED + 5):
        tokens.learn(DriverToken(str(number)), TokenInfo("Accepted"))
    assert tokens.known(DriverToken("4")) is None
    assert tokens.known(DriverToken("5")) is not None


@pytest.mark.parametrize(
    ("version", "content", "expected"),
    [
        (Version.V16, {"status": "Accepted", "parentIdTag": "P"}, TokenInfo("Accepted", "p")),
        (
            Version.V16,
            {"status": "Expired", "expiryDate": "1970-01-01T00:00:01Z"},
            TokenInfo("Expired", expiry=1_000_000),
        ),
        (
            Version.V201,
            {"status": "Accepted", "groupIdToken": {"idToken": "G", "type": "Local"}},
            TokenInfo("Accepted", "g"),
        ),
        (Version.V201, None, None),
        (Version.V201, {}, TokenInfo("")),
    ],
)
def test_what_an_answer_says_of_a_token(version: Version, content: Any, expected: TokenInfo | None) -> None:
    assert token_info(version, content) == expected
