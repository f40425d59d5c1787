"""Passwords by charge point, plain and hashed: who has the right one gets in, and no other."""

from __future__ import annotations

import base64

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from ocpptui.describe.network_problems import problem_text
from ocpptui.network.credential_table import CredentialTable, WrongCredentials, credential_table
from ocpptui.network.credentials import Accepted, Credentials
from ocpptui.network.password_hash import PasswordHash
from ocpptui.network.problems import NetworkProblem
from ocpptui.timeline.record import ConnectionEvent
from tests.network.watching import V16, Watcher, connecting, listening

KEY = "0001020304050607FFFFFFFFFFFFFFFFFFFFFFFF"


def quick_hash(password: str) -> str:
    """A hash that takes no time."""
    made = PasswordHash(16, 1, 1, b"salt", bytes(32))
    return str(PasswordHash(16, 1, 1, b"salt", made._digest_of(password.encode())))


TABLE = credential_table(
    f"""
    PLAIN = "plain-password-1"
    KEYED = "{KEY}"
    HASHED = "{quick_hash("hashed-password-1")}"
    HASHED-KEY = "{quick_hash(KEY)}"
    HASHED-KEY-IN-SMALL = "{quick_hash(KEY.lower())}"
    "RDAM|1" = "another-password"
    """
)


def basic(user: str, password: bytes) -> str:
    return "Basic " + base64.b64encode(user.encode() + b":" + password).decode()


def checked(charge_point: str, header: str | None) -> Accepted | NetworkProblem:
    """As a central system does it: first what is slow, then the rest."""
    work = TABLE.slow_check(header, charge_point)
    if work is not None:
        work()
        assert TABLE.slow_check(header, charge_point) is None, "it is compared once only"
    return TABLE.check(header, charge_point)


@pytest.mark.parametrize(
    ("charge_point", "password", "reading"),
    [
        ("PLAIN", b"plain-password-1", "text"),
        ("KEYED", KEY.encode(), "text"),
        ("KEYED", bytes.fromhex(KEY), "decoded hex"),
        ("HASHED", b"hashed-password-1", "text"),
        ("HASHED-KEY", KEY.encode(), "text"),
        ("HASHED-KEY", bytes.fromhex(KEY), "decoded hex"),
        ("HASHED-KEY-IN-SMALL", bytes.fromhex(KEY), "decoded hex"),
        ("RDAM|1", b"another-password", "text"),
    ],
)
def test_the_right_password_and_its_reading(charge_point: str, password: bytes, reading: str) -> None:
    """Both forms of an AuthorizationKey of 1.6 are in the field, also where the table has a hash alone."""
    assert checked(charge_point, basic(charge_point, password)) == Accepted(charge_point, reading)


@pytest.mark.parametrize(
    ("charge_point", "header", "words"),
    [
        ("PLAIN", basic("PLAIN", b"hashed-password-1"), "password is wrong (17 bytes"),
        ("HASHED", basic("HASHED", b"plain-password-1"), "password is wrong (16 bytes"),
        ("HASHED", basic("HASHED", b""), "password is empty"),
        ("HASHED", basic("PLAIN", b"hashed-password-1"), "'HASHED' was expected"),
        ("HASHED", None, "no credentials"),
        ("HASHED", "Bearer x", "Bearer"),
        ("HASHED-KEY", basic("HASHED-KEY", bytes(20)), "password is wrong (20 bytes"),
        ("NOBODY", basic("NOBODY", b"plain-password-1"), "The id 'NOBODY' has no credentials"),
    ],
)
def test_every_other_is_refused_for_its_reason(charge_point: str, header: str | None, words: str) -> None:
    refused = checked(charge_point, header)
    assert isinstance(refused, NetworkProblem) and words in problem_text(refused)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "would let nobody in"),
        ('CP001 = "se-cr-et', "not valid TOML"),
        ("CP001 = 5", "not a text in quotes"),
        ('CP001 = ""', "or it is empty"),
        ('CP.1 = "se-cr-et"', "a dot is written in quotes"),
        ('"CP:1" = "se-cr-et"', "cannot be the user name"),
        ('CP001 = "scrypt$se-cr-et"', "hash of 'CP001' cannot be used"),
        ('CP001 = "se-cr-et"\nCP001 = "se-cr-et"', "not valid TOML"),
    ],
)
def test_a_table_that_cannot_be_used(text: str, why: str) -> None:
    with pytest.raises(WrongCredentials, match=why) as caught:
        credential_table(text)
    assert "se-cr-et" not in str(caught.value)


def test_its_plain_passwords_are_known_as_secrets() -> None:
    """A charge point may repeat one in a message."""
    assert {"plain-password-1", KEY, "another-password"} <= set(TABLE.secrets)


def test_a_password_is_remembered_for_its_charge_point_alone() -> None:
    table = CredentialTable({"A": PasswordHash.parse(quick_hash("one")), "B": PasswordHash.parse(quick_hash("two"))})
    work = table.slow_check(basic("A", b"one"), "A")
    assert work is not None
    work()
    assert isinstance(table.check(basic("A", b"one"), "A"), Accepted)
    assert isinstance(table.check(basic("B", b"one"), "B"), NetworkProblem)


async def test_the_others_go_on_while_a_password_is_compared(watcher: Watcher) -> None:
    """A hash takes its time on purpose; the loop must not stand still for it, nor let the wrong one in."""
    slow = PasswordHash(2**15, 8, 4, b"salt", bytes(32))
    slow = PasswordHash(2**15, 8, 4, b"salt", slow._digest_of(b"hashed-password-1"))
    table = CredentialTable({"SLOW": slow, "QUICK": Credentials.parse(None, "plain-password-1")})
    async with listening(watcher, credentials=table) as link:
        url, first, second = link.urls[0], Watcher(), Watcher()
        of = {
            "SLOW": Credentials.parse(None, "hashed-password-1"),
            "QUICK": Credentials.parse(None, "plain-password-1"),
        }
        async with (
            connecting(first, url, charge_point="SLOW", credentials=of["SLOW"]),
            connecting(second, url, charge_point="QUICK", credentials=of["QUICK"]),
        ):
            await watcher.event(ConnectionEvent.OPENED, 2)
        wrong = {"Authorization": basic("SLOW", b"a wrong password, longer than a key")}
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"{url}SLOW", subprotocols=V16, additional_headers=wrong)
    assert refused.value.response.status_code == 401
    opened = watcher.events(ConnectionEvent.OPENED)
    assert [(record.charge_point, record.detail["credentials"]["matched"]) for record in opened] == [
        ("QUICK", "text"), ("SLOW", "text"),
    ]  # fmt: skip
    (record,) = watcher.events(ConnectionEvent.REFUSED)
    assert "password is wrong" in record.detail["error"]


async def test_an_unknown_id_is_not_found(watcher: Watcher) -> None:
    """OCPP has a status of its own for it, by which the charge point knows to wait."""
    async with listening(watcher, credentials=TABLE) as link:
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"{link.urls[0]}NOBODY", subprotocols=V16)
    assert refused.value.response.status_code == 404
