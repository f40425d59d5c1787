"""New fields start with known values."""

from __future__ import annotations

from ocpptui.compose.draft import Draft
from ocpptui.ocpp.date_times import date_time
from ocpptui.ocpp.schema import Field, Part, field_tree
from ocpptui.ocpp.version import Version

NOW = 1_700_000_000_123_456
KNOWN = {"idTag": ["DEADBEEF"], "transactionId": ["42"], "evseId": ["3"], "connectorId": ["2", "1"], "key": ["A"]}


def suggestions(name: str) -> list[str]:
    return KNOWN.get(name, [])


def started(version: Version, action: str) -> object:
    return Draft.started(field_tree(version, action, Part.REQUEST), NOW, suggestions=suggestions).value()


def test_a_new_message_contains_the_running_transaction_and_the_current_time() -> None:
    payload = started(Version.V16, "StopTransaction")
    assert isinstance(payload, dict)
    assert payload["transactionId"] == 42
    assert payload["timestamp"] == "2023-11-14T22:13:20.123Z"


def test_a_known_number_is_text_if_the_version_expects_text() -> None:
    assert started(Version.V201, "RequestStopTransaction") == {"transactionId": "42"}


def test_the_id_of_an_evse_is_that_of_a_known_evse() -> None:
    payload = started(Version.V201, "StatusNotification")
    assert isinstance(payload, dict)
    assert (payload["evseId"], payload["connectorId"]) == (3, 2)
    draft = Draft(field_tree(Version.V201, "ChangeAvailability", Part.REQUEST), suggestions=suggestions)
    (evse,) = (row.node for row in draft.all_rows() if row.path == "$.evse")
    draft.make_present(evse, NOW)
    assert draft.value()["evse"] == {"id": 3}


def test_an_expiry_is_in_the_future() -> None:
    payload = started(Version.V16, "ReserveNow")
    assert isinstance(payload, dict)
    assert payload["expiryDate"] > date_time(NOW)
    assert payload["idTag"] == "DEADBEEF"


def test_the_first_known_configuration_key_is_not_a_start_value() -> None:
    """A form that opens with an arbitrary key would set it by accident."""
    payload = started(Version.V16, "ChangeConfiguration")
    assert isinstance(payload, dict)
    assert payload["key"] != "A"


def test_a_known_value_that_does_not_fit_is_left_out() -> None:
    field = Field("", "object", fields=(Field("transactionId", "integer", True),))
    draft = Draft.started(field, NOW, suggestions=lambda name: ["not-a-number"])
    assert isinstance(draft.value()["transactionId"], int)
