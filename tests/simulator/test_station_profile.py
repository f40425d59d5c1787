"""What a station profile says. If these fail, a user finds a misspelt setting by the charge that never comes."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.message import MessageKind
from ocpptui.ocpp.version import Role, Version
from ocpptui.session.station_profiles import built_in_profiles
from ocpptui.simulator import station_profile as module
from ocpptui.simulator.profile_table import WrongProfile
from ocpptui.simulator.quirks import QUIRKS
from ocpptui.simulator.station_profile import station_profile
from tests.kit.documentation_page import documentation_page

if TYPE_CHECKING:
    from tests.simulator.conftest import Operate

PAGE = documentation_page("PROFILES.md")
(EXAMPLE,) = PAGE.blocks("toml")

MISTAKES = [
    ("decription = 'x'", "there is no setting 'decription'; did you mean description?"),
    ("seed = -1", "seed must be a whole number from 0 to 2147483648, not -1"),
    ("seed = 1.5", "seed must be a whole number"),
    ("versions = ['1.5']", "versions cannot have '1.5', only 1.6, 2.0.1, 2.1"),
    ("versions = []", "versions must be a list of"),
    ("arrival = 'random'", "arrival must be one of in-turn, drawn, not 'random'"),
    ("connectors = 3", "connectors must be at most 100 tables [[connectors]], not 3"),
    ("identity = 'x'", "[identity] must be a table, not 'x'"),
    ("[identity]\nvendor = 3", "vendor in [identity] must be a text of at most 20 characters in quotes, not 3"),
    (f"[identity]\nserial = '{'x' * 26}'", "serial in [identity] must be a text of at most 25 characters"),
    ("[[connectors]]\ncurent = 16", "there is no setting 'curent' in [[connectors]] 1; did you mean current?"),
    ("[[connectors]]\n[[connectors]]\nphases = 4", "phases in [[connectors]] 2 must be a whole number from 1 to 3"),
    ("[[connectors]]\ncurrent = true", "current in [[connectors]] 1 must be a number from 1 to 3000, not True"),
    ("[[connectors]]\ncurrent = nan", "current in [[connectors]] 1 must be a number from 1 to 3000, not nan"),
    ("[[connectors]]\nkind = 'dc'", "kind in [[connectors]] 1 must be one of AC, DC, not 'dc'; did you mean DC?"),
    ("[[connectors]]\nkind = 'DC'\nphases = 3", "a connector of kind DC has no phases"),
    ("[supply]\ncurrent = 40\n[[connectors]]\n[[connectors]]\nkind = 'DC'", "has a power, not a current"),
    ("[[connectors]]\nrotation = 'ABC'", "rotation in [[connectors]] 1 must be one of RST"),
    ("[[connectors]]\nkind = 'DC'\n[supply]\ncurrent = 3", "[supply] with a connector of kind DC has a power"),
    ("[meter]\nmeasurands = ['Soc']", "measurands in [meter] cannot have 'Soc', only"),
    ("[meter]\nmeasurands = ['Soc']", "did you mean SoC?"),
    ("[[cars]]\nsoc = 101", "soc in [[cars]] 1 must be a number from 0 to 100, not 101"),
    ("[[cars]]\ncurve = [[50, 1], [20, 1]]", "curve in [[cars]] 1 must be a list of [per cent, share]"),
    ("[[cars]]\ncurve = [[50, 1, 3]]", "curve in [[cars]] 1 must be a list of [per cent, share]"),
    ("[[cars]]\ncurve = []", "curve in [[cars]] 1 must be a list of [per cent, share]"),
    ("[configuration]\nHeartbeatIntervall = '3'", "did you mean HeartbeatInterval?"),
    (
        "[configuration]\nHeartbeatInterval = 3",
        "must be a text in quotes that HeartbeatInterval can have (integer), not",
    ),
    ("[configuration]\nHeartbeatInterval = 'often'", "that HeartbeatInterval can have (integer), not 'often'"),
    ("[quirks]\nno-prepairing = true", "there is no quirk 'no-prepairing'; did you mean no-preparing?"),
    ("[quirks]\nno-preparing = 3", "no-preparing in [quirks] must be true or false, not 3"),
    ("[quirks]\nclock-off = true", "clock-off in [quirks] must be a number of hours, not True"),
    ("[quirks", "not valid TOML"),
]


@pytest.mark.parametrize(("text", "sentence"), MISTAKES, ids=lambda text: text.replace("\n", " ")[:40])
def test_a_mistake_is_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(WrongProfile, match=".") as wrong:
        station_profile(text, "own")
    assert sentence in str(wrong.value)


def test_everything_may_be_left_out() -> None:
    settings = station_profile("", "own").settings
    assert settings.connectors == 1
    assert settings.built.quirks == {}


def test_the_page_has_every_setting_and_its_example_is_what_it_says() -> None:
    """A reader copies it."""
    found = station_profile(EXAMPLE, "own")
    built = found.settings.built
    assert found.versions == (Version.V201, Version.V16)
    assert (built.seed, built.draws_cars, built.supply_amperes, built.supply_watts) == (42, True, 40.0, 27_000.0)
    (outlet,), (car,) = built.outlets, built.cars
    assert (outlet.rotation, outlet.amperes, outlet.most_watts, outlet.register) == ("STR", 32.0, 22_000.0, 1_204_500.0)
    assert (car.battery, car.soc, car.phases, car.curve[-1]) == (58_000.0, 35.0, 3, (100.0, 0.1))
    assert built.quirks == {"no-preparing": 1.0, "clock-off": 2.0}
    reader = inspect.getsource(module)
    names = re.findall(r'(?:table|top|identity|meter|supply)(?:\.\w+\(|, )"([a-z-]+)"', reader)
    assert len(set(names)) > 25
    for name in names:
        assert re.search(rf"^(\[+{name}\]+|{name} = )", EXAMPLE, re.MULTILINE), name


def test_the_page_lists_the_profiles_and_the_quirks() -> None:
    listed = re.findall(r"^\| `([a-z-]+)` \|", PAGE.text, re.MULTILINE)
    assert set(listed) == {profile.name for profile in built_in_profiles()} | set(QUIRKS)
    for name, quirk in QUIRKS.items():
        versions = "all" if quirk.generations == (1, 2) else "1.6"
        value = f"a number of {quirk.unit}" if quirk.unit else "`true`"
        assert f"| `{name}` | {value} | {versions} | {quirk.description} |" in PAGE.text


@given(
    st.recursive(st.one_of(st.integers(), st.booleans(), st.text(max_size=3)), lambda one: st.lists(one, max_size=2))
)
def test_no_value_in_any_place_is_more_than_a_sentence(value: object) -> None:
    def written(one: object) -> str:
        if isinstance(one, list):
            return "[" + ", ".join(map(written, one)) + "]"
        if isinstance(one, bool):
            return str(one).lower()
        return str(one) if isinstance(one, int) else '"' + "".join(f"\\U{ord(c):08x}" for c in str(one)) + '"'

    for line in EXAMPLE.splitlines():
        name, equals, _ = line.partition(" = ")
        if not equals:
            continue
        changed = EXAMPLE.replace(line, f"{name} = {written(value)}", 1)
        try:
            station_profile(changed, "own")
        except WrongProfile as error:
            assert str(error)


def test_a_call_of_a_feature_profile_that_it_does_not_have_is_refused(operate: Operate) -> None:
    """The built-in wallbox has no reservations: Accepted would contradict its SupportedFeatureProfiles."""
    settings = next(profile.settings for profile in built_in_profiles() if profile.name == "wallbox")
    operated = operate(Version.V16, settings)
    for action, request in (("GetLocalListVersion", {}), ("CancelReservation", {"reservationId": 1})):
        operated.bench.call(Role.CENTRAL_SYSTEM, action, request)
        operated.bench.run(5)
        frame = operated.bench.said[-1].frame
        assert (frame.kind, frame.error_code) == (MessageKind.CALLERROR, "NotSupported")
    assert operated.order("GetCompositeSchedule", {"connectorId": 1, "duration": 60})["status"] == "Accepted"


@pytest.mark.parametrize("name", ["ac-post", "dc-fast", "two-evses", "wallbox"])
def test_a_built_in_charge_point_charges_in_every_version(operate: Operate, version: Version, name: str) -> None:
    """Every message is valid: the bench demands it."""
    settings = next(profile.settings for profile in built_in_profiles() if profile.name == name)
    operated = operate(version, settings)
    operated.operate("plug-in")
    operated.operate("card")
    operated.bench.run(300)
    (charge,) = operated.charge_point.device.running()
    meter = operated.charge_point.device.connectors[1].meter
    assert meter.read(operated.bench.now).power > 1000
    operated.stop(charge.transaction)
    operated.bench.run(5)
    registers = operated.told("StopTransaction", "TransactionEvent")
    assert registers[-1].payload.get("eventType", "Ended") == "Ended"
