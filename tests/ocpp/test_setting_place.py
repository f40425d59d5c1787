"""The names of settings. If these fail, a change goes to another variable than the one that was edited."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocpptui.ocpp.setting_place import ACTUAL, SettingPlace, variable_named_in, variable_written_as

NAMES = st.text(max_size=20)
NUMBERS = st.none() | st.integers(0, 1000)


@given(
    st.builds(
        SettingPlace,
        NAMES,
        NAMES.filter(bool),
        NAMES,
        st.integers(0, 1000),
        NUMBERS,
        NAMES,
        st.sampled_from([ACTUAL, "Target", "MinSet", "MaxSet"]),
    )
)
def test_a_variable_that_is_sent_is_the_one_that_is_read(place: SettingPlace) -> None:
    payload = place.as_payload()
    assert variable_named_in(payload, payload.get("attributeType", "")) == place


WORDS = st.text(st.sampled_from("AbZ09 -_/"), min_size=1, max_size=12).filter(lambda word: word == word.strip())


@given(
    st.tuples(
        WORDS,
        WORDS,
        WORDS | st.just(""),
        st.integers(0, 99),
        st.none() | st.integers(0, 99),
        WORDS | st.just(""),
        st.sampled_from([ACTUAL, "Target", "MinSet", "MaxSet"]),
    )
)
def test_a_variable_is_found_by_what_the_table_calls_it(parts: tuple[str, str, str, int, int | None, str, str]) -> None:
    place = SettingPlace(*parts)
    assert variable_written_as(str(place)) == place
    assert variable_written_as(f"{place.component}.{place.name}") == SettingPlace(place.name, place.component)


def test_what_names_no_variable_is_none() -> None:
    for text in ("", "HeartbeatInterval", ".", "A.", ".B", "A@x.B", "A[.B", "A.B.C"):
        assert variable_written_as(text) is None, text


def test_places_are_written_as_people_know_them() -> None:
    assert str(SettingPlace("HeartbeatInterval")) == "HeartbeatInterval"
    assert str(SettingPlace("Power", "Connector", "", 1, 2, "max")) == "Connector@1.2.Power[max]"
    assert str(SettingPlace("Entries", "EVSE", "left", 3, attribute="MaxSet")) == "EVSE[left]@3.Entries (MaxSet)"


def test_names_compare_in_any_case() -> None:
    """1.6 and 2.x say so; a charge point that writes Heartbeatinterval would have two rows."""
    assert SettingPlace("heartbeatINTERVAL").folded == SettingPlace("HeartbeatInterval").folded
    assert SettingPlace("a", "EVSE", evse=1).folded != SettingPlace("a", "EVSE", evse=2).folded
    assert SettingPlace("a", "EVSE").folded != SettingPlace("a", "EVSE", attribute="Target").folded
