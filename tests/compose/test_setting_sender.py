"""Settings of charge points are read and changed over real connections, and each answer is told as it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from ocpp.v16 import ChargePoint as ChargePoint16
from ocpp.v16 import call_result as result_16
from ocpp.v201 import ChargePoint as ChargePoint201
from ocpp.v201 import call as call_201
from ocpp.v201 import call_result as result_201
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from ocpptui.compose.setting_sender import Progress, SettingOutcome, SettingSender
from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.setting_place import SettingPlace
from ocpptui.ocpp.standard_settings import Access
from ocpptui.ocpp.version import Role, Version
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.session import Session
from ocpptui.session.settings import SessionSettings
from ocpptui.session.station_profiles import built_in_profiles
from ocpptui.simulator.configuration import Configuration
from ocpptui.stations.setting_changes import SettingChange
from tests.kit.peer import Peer
from tests.kit.quick_time import in_quick_time, quick_clock
from tests.kit.station_bench import STATION, VERSIONS, station_bench
from tests.replay.peers import on

PROFILES = built_in_profiles()
VOLATILE = {"DateTime", "AvailabilityState"}


def simulated(station: Session) -> Configuration:
    behaviour = station.behaviours.charge_point(STATION)
    assert behaviour is not None
    return behaviour.device.configuration


def table(central: Session) -> dict[SettingPlace, str | None]:
    return {one.place: one.value for one in central.knowledge[STATION].settings if one.is_known}


def actions(central: Session) -> list[str]:
    """Of all records."""
    return [central.timeline.action(index) for index in range(len(central.timeline))]


def told_in_1x(configuration: Configuration) -> dict[SettingPlace, str | None]:
    return {SettingPlace(one.key): configuration.value(one) for one in configuration.readable()}


def told_in_2x(configuration: Configuration) -> dict[SettingPlace, str | None]:
    return {
        SettingPlace(
            one.variable, one.component, "", one.evse or None, one.connector or None, one.instance
        ): configuration.value(one) if one.access is not Access.WRITE_ONLY else None
        for one in configuration.variables()
        if one.variable not in VOLATILE
    }


@pytest.mark.parametrize(
    ("profile", "version"),
    [(profile, version) for profile in PROFILES for version in VERSIONS if version in (profile.versions or VERSIONS)],
    ids=lambda one: getattr(one, "name", str(one)),
)
async def test_what_is_read_is_what_the_charge_point_has(profile: Any, version: Version) -> None:
    """The table of each built-in charge point, in each version that it speaks."""
    async with station_bench(version, own=profile.settings) as (central, station):
        sender = SettingSender(central)
        await sender.read(STATION)
        reading = sender.reading(STATION)
        assert reading is not None and reading.progress is Progress.DONE
        told = told_in_1x if version.generation == 1 else told_in_2x
        wanted = told(simulated(station))

        def read() -> bool | None:
            here = table(central)
            return True if all(here.get(place) == value for place, value in wanted.items()) else None

        assert await central.until(read, 60), set(wanted.items()) - set(table(central).items())


async def test_changes_go_out_and_come_back() -> None:
    places = {
        Version.V16: [SettingPlace("HeartbeatInterval"), SettingPlace("NumberOfConnectors"), SettingPlace("LightShow")],
        Version.V201: [
            SettingPlace("HeartbeatInterval", "OCPPCommCtrlr"),
            SettingPlace("SecurityProfile", "SecurityCtrlr"),
            SettingPlace("LightShow", "OCPPCommCtrlr"),
        ],
    }
    answers = {
        Version.V16: ["Accepted", "Rejected", "NotSupported"],
        Version.V201: ["Accepted", "Rejected", "UnknownVariable"],
    }
    for version, named in places.items():
        async with station_bench(version) as (central, station):
            sender = SettingSender(central)
            await sender.change(STATION, [SettingChange(place, "2") for place in named])
            outcomes = [sender.outcome(STATION, place) for place in named]
            assert [one.text for one in outcomes if one is not None] == answers[version]
            assert [one.progress for one in outcomes if one is not None][:2] == [Progress.DONE, Progress.FAILED]
            assert simulated(station).integer("HeartbeatInterval") == 2
            assert table(central)[named[0]] == "2"
            said = [action for action in actions(central) if action in ("ChangeConfiguration", "SetVariables")]
            assert len(said) == (6 if version is Version.V16 else 2), "calls and answers"


def said(outcome: SettingOutcome | None) -> tuple[Progress, str] | None:
    """What the screen says of a change or a reading."""
    return None if outcome is None else (outcome.progress, outcome.text)


@asynccontextmanager
async def peer_bench(version: Version, answers: Mapping[str, str | None]) -> AsyncIterator[tuple[Session, Peer]]:
    """A central system, and a charge point that answers as it is told."""
    settings = SessionSettings(automatic=False, call_timeout=8)
    central = Session(role=Role.CENTRAL_SYSTEM, settings=settings, clock=quick_clock())
    peer = Peer()
    peer.answers = dict(answers)
    tasks = Tasks("charge point of the test")
    try:
        await central.listen(ServerSettings(host="127.0.0.1", port=0))
        url = f"{central.listening_urls[0]}{STATION}"
        async with connect(url, subprotocols=[Subprotocol(version.subprotocol)]) as socket:
            tasks.start(peer.serve(socket), "peer")
            assert await central.until(lambda: central.connection_of(STATION), 60)
            yield central, peer
    finally:
        await tasks.cancel()
        await central.close()


def test_no_answer_stops_the_changes_after_it() -> None:
    """Of a whole table, the second row would keep all others from being written."""

    async def story() -> None:
        answers = {"ChangeConfiguration": '[4,%s,"InternalError","",{}]'}
        changes = [SettingChange(SettingPlace(name), "1") for name in ("A", "B")]
        async with peer_bench(Version.V16, answers) as (central, peer):
            sender = SettingSender(central)
            await sender.change(STATION, changes)
            assert len(peer.payloads()) == 2
            for change in changes:
                assert said(sender.outcome(STATION, change.place)) == (Progress.FAILED, "CALLERROR InternalError")
            peer.answers["ChangeConfiguration"] = None
            await sender.change(STATION, changes)
            while len(peer.payloads()) < 4:  # the last one may still be on its way
                await asyncio.sleep(0.01)
            assert said(sender.outcome(STATION, changes[1].place)) == (Progress.FAILED, "no answer within 8 s")

    in_quick_time(story)


async def test_a_change_that_waits_for_a_reboot_is_not_called_accepted() -> None:
    answers = {"ChangeConfiguration": '[3,%s,{"status":"RebootRequired"}]'}
    async with peer_bench(Version.V16, answers) as (central, _):
        sender, place = SettingSender(central), SettingPlace("A")
        await sender.change(STATION, [SettingChange(place, "1")])
        assert said(sender.outcome(STATION, place)) == (Progress.DONE, "RebootRequired")
        known = central.knowledge[STATION].settings.get(place)
        assert known is not None and (known.value, known.after_reboot) == (None, "1")


async def test_a_result_that_lacks_a_variable_does_not_count_as_accepted() -> None:
    answers = {"SetVariables": '[3,%s,{"setVariableResult":[]}]'}
    async with peer_bench(Version.V201, answers) as (central, _):
        sender, place = SettingSender(central), SettingPlace("V", "A")
        await sender.change(STATION, [SettingChange(place, "1")])
        assert said(sender.outcome(STATION, place)) == (Progress.FAILED, "the answer does not name it")


def test_a_station_without_base_reports_is_read_by_the_other_report() -> None:
    async def story() -> None:
        answers = {"GetBaseReport": '[3,%s,{"status":"NotSupported"}]', "GetReport": '[3,%s,{"status":"Accepted"}]'}
        async with peer_bench(Version.V201, answers) as (central, peer):
            sender = SettingSender(central)
            await sender.read(STATION)
            assert said(sender.reading(STATION)) == (Progress.FAILED, "no further report within 8 s, 0 came")
            peer.answers["GetReport"] = '[3,%s,{"status":"Rejected"}]'
            await sender.read(STATION)
            assert said(sender.reading(STATION)) == (Progress.FAILED, "GetReport: Rejected")
            peer.answers["GetReport"] = "[3,%s,{}]"
            await sender.read(STATION)
            assert said(sender.reading(STATION)) == (Progress.FAILED, "GetReport: answered without a status")

    in_quick_time(story)


async def test_what_cannot_be_sent_is_said() -> None:
    opened = SettingSender(Session())
    assert opened.why_not(STATION) == "The table shows what the records say; there is no connection to send on."
    assert "central system" in SettingSender(Session(role=Role.CHARGE_POINT)).why_not(STATION)
    sender, place = SettingSender(Session(role=Role.CENTRAL_SYSTEM)), SettingPlace("A")
    assert sender.why_not(STATION) == "CP001 is not connected."
    await sender.change(STATION, [SettingChange(place, "1")])
    assert said(sender.outcome(STATION, place)) == (Progress.FAILED, "not sent: not connected")
    await sender.read(STATION)
    assert said(sender.reading(STATION)) == (Progress.FAILED, "CP001 is not connected.")


async def test_a_connection_that_closes_ends_the_waiting() -> None:
    async with peer_bench(Version.V16, {"ChangeConfiguration": None}) as (central, peer):
        sender, place = SettingSender(central), SettingPlace("A")
        tasks = Tasks("changes of the test")
        changing = tasks.start(sender.change(STATION, [SettingChange(place, "1")]), "change")
        assert await central.until(lambda: "ChangeConfiguration" in actions(central) or None, 60)
        assert peer.socket is not None
        await peer.socket.close()
        await asyncio.wait_for(changing, 60)
        outcome = sender.outcome(STATION, place)
        assert outcome is not None and outcome.progress is Progress.FAILED


# -- another implementation ------------------------------------------------------------------------------------------


class Station16(ChargePoint16):  # type: ignore[misc]
    """A charge point of the `ocpp` package with two keys."""

    values: dict[str, str]

    @on("GetConfiguration")
    def configuration(self, **_: Any) -> Any:
        keys = [{"key": key, "readonly": key == "Fixed", "value": value} for key, value in self.values.items()]
        return result_16.GetConfiguration(configuration_key=keys)

    @on("ChangeConfiguration")
    def change(self, key: str, value: str) -> Any:
        if key == "Fixed":
            return result_16.ChangeConfiguration(status="Rejected")
        self.values[key] = value
        return result_16.ChangeConfiguration(status="Accepted")


class Station201(ChargePoint201):  # type: ignore[misc]
    """A charging station of the `ocpp` package with two variables, whose report has two parts."""

    value = "1"
    tasks: Tasks

    @on("GetBaseReport")
    def report(self, request_id: int, **_: Any) -> Any:
        self.tasks.start(self.tell(request_id), "report")
        return result_201.GetBaseReport(status="Accepted")

    async def tell(self, request_id: int) -> None:
        for number, (name, value) in enumerate({"V": self.value, "W": "2"}.items()):
            entry = {
                "component": {"name": "C", "evse": {"id": 1}},
                "variable": {"name": name},
                "variable_attribute": [{"value": value, "mutability": "ReadWrite"}],
                "variable_characteristics": {"data_type": "integer", "supports_monitoring": False},
            }
            await self.call(
                call_201.NotifyReport(
                    request_id=request_id,
                    generated_at="2026-01-01T00:00:00Z",
                    seq_no=number,
                    tbc=number == 0,
                    report_data=[entry],
                )
            )

    @on("SetVariables")
    def set(self, set_variable_data: list[dict[str, Any]]) -> Any:
        self.value = set_variable_data[0]["attribute_value"]
        results = [
            {"attribute_status": "Accepted", "component": one["component"], "variable": one["variable"]}
            for one in set_variable_data
        ]
        return result_201.SetVariables(set_variable_result=results)


@pytest.mark.parametrize("version", [Version.V16, Version.V201], ids=str)
async def test_a_charge_point_of_another_library_is_read_and_changed(version: Version) -> None:
    central, tasks = Session(role=Role.CENTRAL_SYSTEM), Tasks("charging station of the test")
    await central.listen(ServerSettings(host="127.0.0.1", port=0))
    try:
        url = f"{central.listening_urls[0]}{STATION}"
        async with connect(url, subprotocols=[Subprotocol(version.subprotocol)]) as socket:
            station: Any = (Station16 if version is Version.V16 else Station201)(STATION, socket)
            station.values, station.tasks = {"ResetRetries": "1", "Fixed": "2"}, tasks
            tasks.start(station.start(), "station")
            assert await central.until(lambda: central.connection_of(STATION), 60)
            sender = SettingSender(central)
            await sender.read(STATION)
            place = SettingPlace("ResetRetries") if version is Version.V16 else SettingPlace("V", "C", evse=1)
            both = await central.until(lambda: table(central) if len(table(central)) == 2 else None, 60)
            assert both is not None and both[place] == "1"
            reading = "2 keys read" if version is Version.V16 else "read in 2 reports"
            assert said(sender.reading(STATION)) == (Progress.DONE, reading)
            await sender.change(STATION, [SettingChange(place, "7")])
            assert said(sender.outcome(STATION, place)) == (Progress.DONE, "Accepted")
            assert table(central)[place] == "7"
            assert "7" in (station.values["ResetRetries"], getattr(station, "value", None))
            await tasks.cancel()
    finally:
        await tasks.cancel()
        await central.close()
