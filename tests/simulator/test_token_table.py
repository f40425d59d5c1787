"""The tokens of the central system. If these fail, a driver is refused or let in against the list."""

from __future__ import annotations

from typing import Any

import pytest

from ocpptui.ocpp.date_times import micros_of, utc_datetime
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Version
from ocpptui.simulator.token_table import STATUSES, PresentedToken, TokenTable, WrongTokens, token_table

NOW = 1_795_341_723_120_000
"""2026-11-22T10:02:03.120Z"""
TABLE = """\
unknown = "Invalid"

[[token]]
id = "04A2B3C4"

[[token]]
id = "BAD"
status = "Blocked"
message = "Bitte anrufen"
language = "de"

[[token]]
id = "OLD"
expires = 2026-11-22T10:00:00Z

[[token]]
id = "FLEET7"
group = "FLEET"
expires = 2027-01-01
concurrent = false

[[token]]
id = "NIGHT"
status = "NotAtThisTime"

[[token]]
id = "TWICE"
type = "ISO14443"

[[token]]
id = "twice"
type = "eMAID"
status = "Blocked"
"""


def info(text: str, version: Version = Version.V201, kind: str = "ISO14443", **more: Any) -> dict[str, Any]:
    return token_table(TABLE).info(version, PresentedToken(text, kind), NOW, **more)


def test_each_token_has_the_status_that_is_written(version: Version) -> None:
    is_1x = version is Version.V16
    assert info("04a2b3c4", version)["status"] == "Accepted"
    assert info("bad", version)["status"] == "Blocked"
    assert info("OLD", version)["status"] == "Expired"
    assert info("nobody", version)["status"] == "Invalid"
    assert info("NIGHT", version)["status"] == ("Invalid" if is_1x else "NotAtThisTime"), "1.6 does not know it"


def test_group_expiry_and_message_go_where_each_version_has_them() -> None:
    assert info("FLEET7", Version.V16) == {
        "status": "Accepted",
        "expiryDate": "2027-01-01T00:00:00.000Z",
        "parentIdTag": "FLEET",
    }
    assert info("FLEET7") == {
        "status": "Accepted",
        "cacheExpiryDateTime": "2027-01-01T00:00:00.000Z",
        "groupIdToken": {"idToken": "FLEET", "type": "Central"},
    }
    message = {"format": "UTF8", "language": "de", "content": "Bitte anrufen"}
    assert info("BAD") == {"status": "Blocked", "personalMessage": message}
    assert info("BAD", Version.V16) == {"status": "Blocked"}


def test_it_expires_at_its_moment() -> None:
    table, token = token_table('[[token]]\nid = "A"\nexpires = "2026-11-22T10:02:03Z"'), PresentedToken("A")
    moment = NOW - 120_000
    assert utc_datetime(moment).second == 3 and micros_of(utc_datetime(moment)) == moment
    assert table.info(Version.V16, token, moment - 1)["status"] == "Accepted"
    assert table.info(Version.V16, token, moment)["status"] == "Expired"


def test_a_token_in_use_is_concurrent_only_if_it_may_not_be() -> None:
    assert info("FLEET7", is_in_use=True)["status"] == "ConcurrentTx"
    assert info("04A2B3C4", is_in_use=True)["status"] == "Accepted"
    everyone = token_table("concurrent = false")
    assert everyone.info(Version.V16, PresentedToken("X"), NOW, is_in_use=True) == {"status": "ConcurrentTx"}
    assert everyone.info(Version.V16, PresentedToken("X"), NOW) == {"status": "Accepted"}


def test_one_id_may_have_two_types() -> None:
    assert info("TWICE", kind="ISO14443")["status"] == "Accepted"
    assert info("TWICE", kind="eMAID")["status"] == "Blocked"


def test_where_there_is_nothing_to_authorize_nothing_is_refused() -> None:
    """2.x C02: the idToken of a start button is empty."""
    assert info("", kind="NoAuthorization")["status"] == "Accepted"
    assert info("remote-1", kind="Central")["status"] == "Accepted"
    assert info("BAD", kind="Central")["status"] == "Blocked"


@pytest.mark.parametrize("status", STATUSES)
def test_every_answer_is_valid(version: Version, status: str) -> None:
    text = (
        f'[[token]]\nid = "A"\nstatus = "{status}"\ngroup = "{"G" * 36}"\nexpires = 2030-01-01T00:00:00+02:00\n'
        f'message = "{"m" * 512}"'
    )
    name = "idTagInfo" if version is Version.V16 else "idTokenInfo"
    answer = {name: token_table(text).info(version, PresentedToken("A"), NOW, is_in_use=True)}
    assert violations(version, "Authorize", Part.RESPONSE, answer) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[token]", "Expected"),
        ('[[token]]\nstatus = "Blocked"', "id in [[token]] 1 must be"),
        ('[[token]]\nid = ""', "id in [[token]] 1 must be"),
        ('[[token]]\nid = "A"\nstatus = "Bloked"', "did you mean"),
        ('[[token]]\nid = "A"\nstaus = "Blocked"', "there is no setting 'staus'"),
        ('[[token]]\nid = "A"\nexpires = "soon"', "a date such as"),
        ('[[token]]\nid = "A"\n[[token]]\nid = "a"', "listed twice"),
        ('[[token]]\nid = "A"\ntype = "eMAID"\n[[token]]\nid = "A"', "listed twice"),
        ('unknown = "no"', "unknown must be one of"),
        ("token = 7", "tables [[token]]"),
    ],
)
def test_what_is_wrong_with_a_table_is_said(text: str, words: str) -> None:
    with pytest.raises(WrongTokens, match="(?i)" + words.replace("[", r"\[").replace("]", r"\]")):
        token_table(text)


def test_rejected_tokens_are_added_to_a_table() -> None:
    table = token_table(TABLE).with_status("Blocked", "04A2B3C4", "NEW")
    assert table.info(Version.V16, PresentedToken("04a2b3c4"), NOW) == {"status": "Blocked"}
    assert table.info(Version.V16, PresentedToken("new"), NOW) == {"status": "Blocked"}
    assert table.unknown == "Invalid" and len(table) == 8
    assert TokenTable().info(Version.V16, PresentedToken("any"), NOW) == {"status": "Accepted"}
