"""The calls of everyday commands. If these fail, a key on the screen sends what no charge point takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.ocpp.actions import may_send
from ocpptui.ocpp.file_protocols import location_in
from ocpptui.ocpp.payload import object_at, objects_at
from ocpptui.ocpp.schema import Part
from ocpptui.ocpp.validation import flawless
from ocpptui.ocpp.version import Role, Version
from ocpptui.remote_control.asker import RemoteCall
from ocpptui.remote_control.circumstances import Circumstances, ConnectorPlace
from ocpptui.remote_control.command_calls import ANSWER_NAMES, planned_call
from ocpptui.remote_control.command_list import REMOTE_COMMANDS, remote_command, remote_commands
from ocpptui.remote_control.offered_firmware import OfferedFirmware
from ocpptui.remote_control.question import Question
from ocpptui.simulator.certificate_authority import new_authority
from ocpptui.stations.state import CertificateHash, ChargePointState

VERSIONS = [Version.V16, Version.V201, Version.V21]
NOW = 1_800_000_000_000_000
ROOT = new_authority(NOW).root
TYPED = {
    "certificate": ROOT,
    "root": ROOT,
    "connector": "1",
    "token": "04A2B3C4",
    "transaction": "17",
    "reservation": "3",
    "limit": "10",
    "upload": "http://192.0.2.1/logs",
    "firmware": "http://192.0.2.1/firmware.bin",
    "data": "com.example Message {}",
    "text": "Out of order",
}
"""An answer to each free question."""
CHOSEN = ("kind", "which", "what", "message")
EVERY = [
    pytest.param(version, one.id, id=f"{version}-{one.id}") for version in VERSIONS for one in remote_commands(version)
]


def unknown() -> ChargePointState:
    """A charge point of which nothing is known."""
    return ChargePointState("CP001")


def charging(version: Version) -> ChargePointState:
    """Two connectors or EVSEs: a car waits at the first, a charge runs at the second."""
    known = ChargePointState("CP001", version)
    places = (
        [ConnectorPlace(0, 1), ConnectorPlace(0, 2)]
        if version.generation == 1
        else [ConnectorPlace(1, 1), ConnectorPlace(2, 1)]
    )
    words = ("Preparing", "Charging") if version.generation == 1 else ("Occupied", "Occupied")
    for place, word in zip(places, words, strict=True):
        known.set_status(*place, word, "", NOW)
    transaction = known.transaction("17")
    transaction.evse, transaction.connector = places[1]
    transaction.started = NOW
    known.id_tokens.add("04A2B3C4")
    known.reservations.add(3)
    return known


def planned(name: str, version: Version, known: ChargePointState | None, **more: Any) -> RemoteCall | Question:
    return planned_call(name, Circumstances(version, known or charging(version), NOW, **more))


def call_of(
    name: str, version: Version = Version.V16, known: ChargePointState | None = None, **more: Any
) -> RemoteCall:
    found = planned(name, version, known, **more)
    assert isinstance(found, RemoteCall), found
    return found


def asked_by(name: str, version: Version = Version.V16, known: ChargePointState | None = None, **more: Any) -> Question:
    found = planned(name, version, known, **more)
    assert isinstance(found, Question), found
    return found


def every_way(version: Version, name: str, known: ChargePointState, place: ConnectorPlace | None) -> list[RemoteCall]:
    """The calls of a command for every value that is offered, or for one that is typed."""
    found: list[RemoteCall] = []
    open_ones: list[dict[str, str]] = [{}]
    while open_ones:
        answers = open_ones.pop()
        step = planned(name, version, known, place=place, given=answers)
        if isinstance(step, RemoteCall):
            found.append(step)
            continue
        assert not step.problem, step
        assert step.name in ANSWER_NAMES, "a script could not name it"
        assert step.name not in answers, "it would be asked again and again"
        values = [one.value for one in step.offered] or [TYPED[step.name]]
        open_ones += [{**answers, step.name: value} for value in values]
    return found


@pytest.mark.parametrize(("version", "name"), EVERY)
def test_every_way_through_a_command_ends_in_a_call_of_its_version(version: Version, name: str) -> None:
    for known in (unknown(), charging(version)):
        for place in (None, ConnectorPlace(0, 2) if version.generation == 1 else ConnectorPlace(2, 1)):
            calls = every_way(version, name, known, place)
            assert calls
            for call in calls:
                assert may_send(version, Role.CENTRAL_SYSTEM, call.action), call.action
                check = flawless(version, call.action, Part.REQUEST)
                assert check is not None and check(call.payload), call


@pytest.mark.parametrize(("version", "name"), EVERY)
@settings(max_examples=15, deadline=None)
@given(texts=st.dictionaries(st.sampled_from([*TYPED, *CHOSEN]), st.text(max_size=60)))
def test_whatever_is_typed_is_a_call_that_follows_its_schema_or_a_question(
    version: Version, name: str, texts: Mapping[str, str]
) -> None:
    found = planned(name, version, unknown(), given=texts)
    if isinstance(found, RemoteCall):
        check = flawless(version, found.action, Part.REQUEST)
        assert check is not None and check(found.payload)
    else:
        assert found.words and (found.problem or not texts.get(found.name, "").strip())


@pytest.mark.parametrize("version", VERSIONS)
def test_the_only_open_transaction_is_stopped_without_a_question(version: Version) -> None:
    stopped = call_of("stop", version)
    assert stopped.payload == {"transactionId": 17 if version.generation == 1 else "17"}
    assert stopped.action == ("RemoteStopTransaction" if version.generation == 1 else "RequestStopTransaction")


def test_several_open_transactions_are_offered_and_the_one_pointed_at_is_taken() -> None:
    known = charging(Version.V16)
    other = known.transaction("18")
    other.connector, other.started, other.id_token = 1, NOW, "04FFFFFF"
    asked = asked_by("stop", known=known)
    assert [(one.value, one.note) for one in asked.offered] == [("18", "connector 1  04FFFFFF"), ("17", "connector 2")]
    assert call_of("stop", known=known, transaction="17").payload == {"transactionId": 17}
    assert call_of("stop", known=known, place=ConnectorPlace(0, 1)).payload == {"transactionId": 18}


def test_a_charge_starts_where_the_car_waits() -> None:
    """Many charge points with two connectors refuse a start that names none."""
    assert asked_by("start").words == "Start a charge at connector 1 with which token?"
    assert call_of("start", given={"token": "AB"}).payload == {"connectorId": 1, "idTag": "AB"}
    assert call_of("start", place=ConnectorPlace(0, 2), given={"token": "AB"}).payload["connectorId"] == 2
    assert "connectorId" not in call_of("start", known=unknown(), given={"token": "AB"}).payload


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("04A2B3C4", {"idToken": "04A2B3C4", "type": "ISO14443"}),
        ("eMAID:DE8AA1A2B3C4D59", {"idToken": "DE8AA1A2B3C4D59", "type": "eMAID"}),
        ("user@example.com", {"idToken": "user@example.com", "type": "Central"}),
        ("aa:bb:cc", {"idToken": "aa:bb:cc", "type": "Central"}),
    ],
)
def test_an_id_token_has_the_type_that_it_looks_like(text: str, token: object) -> None:
    assert call_of("start", Version.V201, given={"token": text}).payload["idToken"] == token


def test_a_connector_is_asked_for_only_where_there_are_several() -> None:
    asked = asked_by("unlock")
    assert [(one.value, one.note) for one in asked.offered] == [("1", "Preparing"), ("2", "Charging")]
    assert call_of("unlock", place=ConnectorPlace(0, 2)).payload == {"connectorId": 2}
    assert call_of("unlock", Version.V201, given={"connector": "2"}).payload == {"evseId": 2, "connectorId": 1}
    one = ChargePointState("CP001")
    one.set_status(0, 0, "Available", "", NOW)
    one.set_status(0, 1, "Available", "", NOW)
    assert call_of("unlock", known=one).payload == {"connectorId": 1}


@pytest.mark.parametrize(
    ("text", "unit", "limit"),
    [
        ("10", "A", 10),
        ("10 A", "A", 10),
        ("6.5a", "A", 6.5),
        ("0", "A", 0),
        ("7,4 kW", "W", 7400),
        ("4000W", "W", 4000),
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
def test_a_limit_is_what_was_typed(text: str, unit: str, limit: float, version: Version) -> None:
    payload = call_of("limit", version, given={"limit": text}).payload
    if version.generation == 1:
        schedule = object_at(payload, "csChargingProfiles", "chargingSchedule")
    else:
        [schedule] = objects_at(payload, "chargingProfile", "chargingSchedule")
    [period] = objects_at(schedule, "chargingSchedulePeriod")
    assert (schedule["chargingRateUnit"], period) == (unit, {"startPeriod": 0, "limit": limit})


def test_the_next_limit_of_a_place_replaces_the_one_before_and_can_be_removed() -> None:
    def number(place: ConnectorPlace, text: str) -> int:
        profile = call_of("limit", place=place, given={"limit": text}).payload["csChargingProfiles"]
        return int(profile["chargingProfileId"])

    assert (
        number(ConnectorPlace(0, 2), "10") == number(ConnectorPlace(0, 2), "16") != number(ConnectorPlace(0, 1), "16")
    )
    removed = call_of("unlimit", place=ConnectorPlace(0, 2), given={"which": "last"})
    assert removed.payload == {"id": number(ConnectorPlace(0, 2), "10")}


@pytest.mark.parametrize(
    ("name", "answers", "problem"),
    [
        ("limit", {"limit": "ten"}, "ten is not a limit"),
        ("stop", {"transaction": "abc"}, "abc is not a number"),
        ("stop", {"transaction": "²"}, "² is not a number"),
        ("unlock", {"connector": "x"}, "x is not the number of a connector"),
        ("availability", {"connector": "left"}, "left is not the number of a connector"),
        ("start", {"token": "A" * 21}, "idTag"),
        ("firmware", {"firmware": "not a url"}, "location"),
        ("reset", {"kind": "Gently"}, "kind is one of Soft, Hard"),
    ],
)
def test_an_answer_that_does_not_do_is_asked_for_again_with_the_reason(
    name: str, answers: Mapping[str, str], problem: str
) -> None:
    again = asked_by(name, given=answers)
    assert problem in again.problem
    assert again.start == answers[again.name], "it can be corrected"


def test_case_does_not_matter_in_a_choice() -> None:
    assert call_of("reset", given={"kind": "soft"}).payload == {"type": "Soft"}
    assert call_of("reset", Version.V21, given={"kind": "onidle"}).payload == {"type": "OnIdle"}


def test_new_ids_follow_those_that_were_seen() -> None:
    known = charging(Version.V201)
    known.remember("remoteStartId", "41")
    known.remember("requestId", "7")
    assert call_of("start", Version.V201, known, given={"token": "AB"}).payload["remoteStartId"] == 42
    assert call_of("profiles", Version.V201, known).payload["requestId"] == 8
    assert call_of("reserve", place=ConnectorPlace(0, 1), given={"token": "AB"}).payload["reservationId"] == 4


@pytest.mark.parametrize("version", VERSIONS)
def test_a_root_is_installed_and_deleted_by_what_the_user_calls_it(version: Version) -> None:
    """A hash of five fields is nothing to type."""
    kind = "CentralSystemRootCertificate" if version.generation == 1 else "CSMSRootCertificate"
    assert asked_by("install-root", version).offered[0].value == kind
    more: dict[str, Any] = {"certificates": {"test-ca": ROOT}}
    asked = asked_by("install-root", version, given={"kind": kind}, **more)
    assert ([one.value for one in asked.offered], asked.start) == (["test-ca"], "test-ca")
    installed = call_of("install-root", version, given={"kind": kind, "root": "test-ca"}, **more)
    assert installed.payload == {"certificateType": kind, "certificate": ROOT}
    assert (
        "nowhere.pem is neither known"
        in asked_by("install-root", version, given={"kind": kind, "root": "nowhere.pem"}, **more).problem
    )
    deleted = call_of("delete-certificate", version, given={"certificate": "test-ca"}, **more).payload
    known = charging(version)
    hashes = object_at(deleted, "certificateHashData")
    one = CertificateHash("SHA256", hashes["issuerNameHash"], hashes["issuerKeyHash"], hashes["serialNumber"], kind)
    known.list_certificates([one])
    asked = asked_by("delete-certificate", version, known)
    assert [(other.value, other.note) for other in asked.offered] == [(one.serial, kind)]
    assert call_of("delete-certificate", version, known, given={"certificate": one.serial}).payload == deleted
    broken = ROOT.replace("M", "!")
    assert "not the certificate" in asked_by("delete-certificate", version, given={"certificate": broken}).problem


@pytest.mark.parametrize("version", [Version.V16, Version.V201, Version.V21], ids=str)
def test_firmware_is_named_by_its_file_and_signed_on_request(version: Version) -> None:
    """A URL of a file of ours, which is made for one charge point, cannot be typed."""
    url, pem = "http://192.0.2.1:9001/secret/new.bin", new_authority(NOW).root
    signed = OfferedFirmware("new.bin", url, 5, "", "AAH/", pem)
    plain = OfferedFirmware("old.bin", f"{url}.old", 5)
    question = asked_by("firmware", version, firmware=(signed, plain))
    assert [(one.value, one.note) for one in question.offered] == [
        ("new.bin", "5 bytes, signed"),
        ("old.bin", "5 bytes"),
    ]
    for name, kind, location, has_signature in (
        ("new.bin", "signed", url, True),
        ("new.bin", "plain", url, False),
        ("old.bin", "", f"{url}.old", False),
        ("http://other/x.bin", "", "http://other/x.bin", False),
    ):
        call = call_of("firmware", version, given={"firmware": name, "kind": kind}, firmware=(signed, plain))
        check = flawless(version, call.action, Part.REQUEST)
        assert check is not None and check(call.payload)
        assert location_in(call.payload) == location
        assert ("signature" in object_at(call.payload, "firmware")) is has_signature
        is_signed_action = has_signature and version is Version.V16
        assert call.action == ("SignedUpdateFirmware" if is_signed_action else "UpdateFirmware")


def test_letters_and_names_are_unique_and_short() -> None:
    """A key would do different things, and at 80 columns the panel would be cut."""
    assert len({one.letter for one in REMOTE_COMMANDS}) == len(REMOTE_COMMANDS)
    assert len({one.id for one in REMOTE_COMMANDS}) == len(REMOTE_COMMANDS)
    assert all(len(one.title) <= 20 for one in REMOTE_COMMANDS)
    assert remote_command("unlock") is not None and remote_command("open sesame") is None


def test_a_version_has_the_commands_whose_actions_it_has() -> None:
    """1.2 could not answer the others."""
    assert [one.id for one in remote_commands(Version.V12)] == [
        "start", "stop", "unlock", "reset", "availability", "diagnostics", "firmware", "clear-cache",
    ]  # fmt: skip
    assert "local-list" in {one.id for one in remote_commands(Version.V15)}
    assert len(remote_commands(Version.V21)) == len(REMOTE_COMMANDS)
