"""Faults as a user types them on screen. If these fail, a fault cannot be typed, or an edited one changes by itself."""

from __future__ import annotations

import pytest

from ocpptui.ocpp.version import Role
from ocpptui.session.rules_table import WrongRules
from ocpptui.session.typed_fault import HINTS, MEETS, USUAL, fault_line, settings_to_type, texts_of, typed_fault
from ocpptui.simulator.fault_plan import OF_ANSWERS, OF_OWN_CALLS, Deed, FaultRule, LinkDeed

EVERYTHING = {
    "action": "Authorize, *Transaction",
    "charge-point": "CP1*, CP2",
    "filter": 'idTag=A* or idTag="B C"',
    "payload": '{"idTagInfo": {"status": "Blocked"}}',
    "details": '{"free": 0}',
    "description": "no memory",
    "reason": "go away",
    "how": "not-array",
    "within": "2.5",
    "probability": "0.25",
    "nth": "3",
    "every": "2",
    "times": "4",
    "seconds": "1",
    "jitter": "0.5",
    "message": "call",
    "name": "mine",
}


def typed(do: Deed | LinkDeed) -> dict[str, str]:
    """Something in every field of the form."""
    code = {"code": "4001" if do in (Deed.CLOSE, LinkDeed.DISCONNECT) else "InternalError"}
    direction = {"direction": "to-csms" if do not in OF_OWN_CALLS else "to-cp"}
    return {name: text for name, text in {**EVERYTHING, **code, **direction}.items() if name in settings_to_type(do)}


@pytest.mark.parametrize("do", [*Deed, *LinkDeed], ids=str)
def test_every_fault_is_typed_and_shown_again(do: Deed | LinkDeed) -> None:
    texts = typed(do)
    assert set(texts) == set(settings_to_type(do)), "a field that this test leaves empty"
    fault = typed_fault(do, texts, Role.CENTRAL_SYSTEM, enabled=False)
    assert (fault.deed, fault.enabled) == (do, False)
    assert texts_of(fault) == texts
    assert typed_fault(do, texts_of(fault), Role.CENTRAL_SYSTEM, enabled=False) == fault
    assert all(text in fault_line(fault) for text in texts.values())


def test_details_may_be_a_text_as_some_peers_send_it() -> None:
    texts = {"code": "InternalError", "details": '"no memory"'}
    fault = typed_fault(Deed.ERROR, texts, Role.CENTRAL_SYSTEM)
    assert isinstance(fault, FaultRule) and fault.details == "no memory"
    assert typed_fault(Deed.ERROR, texts_of(fault), Role.CENTRAL_SYSTEM) == fault
    with pytest.raises(WrongRules, match="write it in quotes"):
        typed_fault(Deed.ERROR, {**texts, "details": '"\\ud800"'}, Role.CENTRAL_SYSTEM)


@pytest.mark.parametrize("do", [*Deed, *LinkDeed], ids=str)
def test_what_the_form_begins_with_is_enough(do: Deed | LinkDeed) -> None:
    """A fault takes the key of its kind and enter."""
    fault = typed_fault(do, {**dict.fromkeys(settings_to_type(do), ""), **USUAL.get(do, {})}, Role.CHARGE_POINT)
    assert fault.name == do.value and do in MEETS


def test_a_direction_is_asked_for_only_where_there_are_two() -> None:
    for do in Deed:
        assert ("direction" in settings_to_type(do)) == (do not in OF_ANSWERS | OF_OWN_CALLS)


def test_a_fault_without_a_name_is_called_by_what_it_does() -> None:
    fault = typed_fault(Deed.HOLD, {"action": "Reset"}, Role.CHARGE_POINT)
    assert isinstance(fault, FaultRule)
    assert (fault.name, fault_line(fault)) == ("hold Reset", "hold Reset")


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({"payload": "{"}, "payload is not JSON: "),
        ({"payload": '{"a": null}'}, "payload contains null, which TOML does not have"),
        ({"nth": "third"}, "nth must be a whole number"),
        ({"action": "Rest"}, "no version of OCPP has an action 'Rest'; did you mean Reset?"),
        ({"message": "sends"}, "message cannot be 'sends'"),
    ],
)
def test_what_is_wrong_is_said(texts: dict[str, str], sentence: str) -> None:
    with pytest.raises(WrongRules) as raised:
        typed_fault(Deed.ANSWER, texts, Role.CHARGE_POINT)
    assert str(raised.value).startswith(sentence)


def test_every_field_that_may_stay_empty_says_what_that_means() -> None:
    names = {name for do in MEETS for name in settings_to_type(do)}
    assert names - set(HINTS) == {"payload", "description", "reason"}
