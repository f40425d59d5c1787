"""Settings as a file. If these fail, a charge point is set up with other values than those that were saved."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.jsontext.unsafe_characters import UNSAFE
from ocpptui.ocpp.secret_names import MASK, is_secret_setting
from ocpptui.ocpp.setting_place import ACTUAL, SettingPlace
from ocpptui.ocpp.standard_settings import Access
from ocpptui.ocpp.version import Version
from ocpptui.stations.saved_settings import WrongSettingsFile, saved_settings, settings_text
from ocpptui.stations.setting_messages import SettingNews
from ocpptui.stations.setting_table import changes_towards
from ocpptui.stations.state import ChargePointState

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAME = TEXT.filter(lambda name: bool(name) and not is_secret_setting(name))
NUMBER = st.integers(0, 1000)
VARIABLES = st.tuples(NAME, NAME, TEXT, NUMBER, st.none() | NUMBER, TEXT, st.sampled_from([ACTUAL, "Target"]))
NEWS = st.tuples(
    NAME.map(SettingPlace) | VARIABLES.map(lambda parts: SettingPlace(*parts)),
    st.none() | TEXT,
    st.none() | st.sampled_from(Access),
).map(lambda parts: SettingNews(parts[0], parts[1], access=parts[2]))


def known_as(*told: SettingNews) -> ChargePointState:
    known = ChargePointState("CP001", Version.V16)
    for news in told:
        known.settings.take(news, 0)
    return known


@settings(max_examples=60)
@given(st.lists(NEWS, min_size=1, max_size=6))
def test_whatever_is_written_reads_back(told: list[SettingNews]) -> None:
    known = known_as(*told)
    saved = saved_settings(settings_text(known))
    assert saved.charge_point == "CP001"
    assert [(one.place, one.value, one.access) for one in saved.settings] == [
        (one.place, one.value, one.access) for one in known.settings
    ]
    assert changes_towards(known.settings, saved) == []


@settings(max_examples=60)
@given(st.text(st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Ll"]), min_size=1), st.text(max_size=20))
def test_no_file_controls_the_terminal_or_cannot_be_read(name: str, value: str) -> None:
    """Names and values are what a charge point sends; half of a surrogate pair is nothing that TOML has."""
    text = settings_text(known_as(SettingNews(SettingPlace(name), value)))
    assert UNSAFE.search(text.replace("\n", "")) is None
    if "[[settings]]" in text:
        (one,) = saved_settings(text).settings
        assert one.place.name == name and one.value in (value, None)
    else:
        assert any("\ud800" <= letter <= "\udfff" for letter in name)


def test_the_file_is_toml_that_says_what_a_setting_means() -> None:
    text = settings_text(known_as(SettingNews(SettingPlace("ResetRetries"), "3", access=Access.READ_WRITE)))
    assert "# How often a reset that failed is tried again.\n[[settings]]" in text
    entry = {"key": "ResetRetries", "value": "3", "access": "ReadWrite"}
    assert tomllib.loads(text) == {"charge-point": "CP001", "version": "1.6", "settings": [entry]}


def test_no_secret_is_written() -> None:
    """The file goes to colleagues and into repositories."""
    text = settings_text(
        known_as(
            SettingNews(SettingPlace("AuthorizationKey"), "0123456789abcdef"),
            SettingNews(SettingPlace("BasicAuthPassword", "SecurityCtrlr"), "swordfish"),
            SettingNews(SettingPlace("Other"), MASK),
        )
    )
    assert "0123456789abcdef" not in text and "swordfish" not in text and MASK not in text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a = ", "It is not valid TOML"),
        ("a = 1", "It has no [[settings]]"),
        ("settings = 1", "It has no [[settings]]"),
        ("settings = [1]", "Setting 1 is not a table"),
        ("[[settings]]\nvalue = '1'", "Setting 1 needs a key, or a component and a variable"),
        ("[[settings]]\nkey = 'A'\ncomponent = 'B'", "Setting 1 needs a key, or a component and a variable"),
        ("[[settings]]\nkey = 'A'\nvalue = 1", "Setting 1: value must be a text in quotes"),
        ("[[settings]]\ncomponent = 'A'\nvariable = 'B'\nevse = -1", "Setting 1: evse must be a whole number"),
        ("[[settings]]\nkey = 'A'\nvalu = '1'", "Setting 1 has valu, which means nothing here"),
        ("[[settings]]\nkey = 'A'\naccess = 'Never'", "Setting 1 has the access Never"),
        ("[[settings]]\nkey = 'A'\n[[settings]]\nkey = 'a'", "It has A twice"),
    ],
)
def test_what_is_wrong_in_a_file_is_said(text: str, why: str) -> None:
    """A file that is half understood would be half applied."""
    with pytest.raises(WrongSettingsFile) as found:
        saved_settings(text)
    assert str(found.value).startswith(why)


@given(st.text(max_size=200))
def test_no_text_does_harm(text: str) -> None:
    try:
        saved_settings(f"[[settings]]\n{text}")
    except WrongSettingsFile as error:
        assert str(error)
