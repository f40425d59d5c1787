"""How a behaviour reacts to an invalid message: the error answers the call in question, or just its id."""

from __future__ import annotations

from ocpptui.ocpp.json_encoding import JSON, parse
from ocpptui.ocpp.message import Message
from ocpptui.ocpp.refusal import STRICT
from ocpptui.ocpp.version import Role, Version
from ocpptui.simulator.effects import SendError, SendResultError
from ocpptui.simulator.error_answers import refusal, result_refusal

CS = Role.CENTRAL_SYSTEM


def error(version: Version, raw: str) -> SendError:
    effects = refusal(version, CS, parse(raw))
    assert effects is not None
    (effect,) = effects
    assert isinstance(effect, SendError)
    return effect


def test_an_integer_id_is_answered_as_an_integer() -> None:
    """The peer would not find its call by a string id."""
    found = error(Version.V16, '[2,17,"Bogus",{}]')
    assert found.call is not None
    assert JSON.result(found.call, "{}") == "[3,17,{}]"


def test_an_unreadable_call_is_answered_with_its_id() -> None:
    found = error(Version.V201, '[2,"a81f","Heartbeat",{')
    assert (found.call, found.id, found.code) == (None, "a81f", "RpcFrameworkError")


def test_silence_differs_from_nothing_to_refuse() -> None:
    """A behaviour would act on a message that it must not answer."""
    assert refusal(Version.V21, CS, parse('[6,"a","Heartbeat",{}]')) == []
    assert refusal(Version.V21, CS, parse('[2,"a","Heartbeat",{}]')) is None


def test_an_invalid_result_of_2_1_is_refused() -> None:
    answer = parse('[3,"a",{"status":"Perhaps"}]')
    assert isinstance(answer, Message)
    (effect,) = result_refusal(Version.V21, "ClearCache", answer, STRICT)
    assert isinstance(effect, SendResultError)
    assert (effect.result, effect.code) == (answer, "PropertyConstraintViolation")
