"""Which request a SOAP response answers."""

from __future__ import annotations

from ocpptui.importing.found_envelope import FoundEnvelope, found_envelope
from ocpptui.importing.soap_exchanges import MOST_REQUESTS, SoapExchanges
from ocpptui.ocpp.version import Direction, Version
from tests.ocpp.envelopes import CP_15, CS_15, fault, request, response


def complete(exchanges: SoapExchanges, raw: str, exchange: str = "") -> FoundEnvelope:
    found = found_envelope(raw, 1, None)
    found.exchange = exchange
    exchanges.complete(found)
    return found


def test_an_answer_has_the_charge_point_of_its_request() -> None:
    """Responses seldom name one: all would be of a charge point without a name."""
    exchanges = SoapExchanges()
    for number in (1, 2):
        complete(exchanges, request("Heartbeat", service=CS_15, message_id=f"m{number}", identity=f"CP{number}"))
    answers = [complete(exchanges, response("Heartbeat", service=CS_15, relates_to=f"m{number}")) for number in (2, 1)]
    assert [answer.charge_point for answer in answers] == ["CP2", "CP1"]


def test_a_fault_that_names_no_service_goes_against_its_request() -> None:
    exchanges = SoapExchanges()
    complete(exchanges, request("Reset", service=CP_15, message_id="m1"))
    refused = complete(exchanges, fault("InternalError", "no", service="urn:x", relates_to="m1"))
    assert (refused.direction, refused.version) == (Direction.TO_CSMS, Version.V15)


def test_without_relates_to_the_exchange_of_the_log_counts() -> None:
    exchanges = SoapExchanges()
    for number in (1, 2):
        raw = request("Heartbeat", service=CS_15, message_id=f"m{number}", identity=f"CP{number}")
        complete(exchanges, raw, str(number))
    late = response("Heartbeat", service=CS_15, relates_to="")
    assert complete(exchanges, late, "1").message_id == "m1"
    assert complete(exchanges, late, "7").message_id == ""
    assert complete(exchanges, late).message_id == "m2"
    assert complete(exchanges, response("Reset", service=CP_15, relates_to="")).message_id == ""


def test_an_address_names_the_charge_point_of_a_request_without_identity() -> None:
    exchanges = SoapExchanges()
    sender = request("Heartbeat", service=CS_15, identity="CP7")
    complete(exchanges, sender)
    anonymous = request("Reset", service=CP_15, identity="").replace("a:From", "a:To")
    assert complete(exchanges, anonymous).charge_point == "CP7"


def test_memory_is_bounded() -> None:
    exchanges = SoapExchanges()
    raw = request("Heartbeat", service=CS_15, message_id="MID")
    for number in range(MOST_REQUESTS + 1):
        complete(exchanges, raw.replace("MID", str(number)))
    assert complete(exchanges, response("Heartbeat", service=CS_15, relates_to="0")).charge_point == ""
    assert complete(exchanges, response("Heartbeat", service=CS_15, relates_to="9")).charge_point == "CP001"
