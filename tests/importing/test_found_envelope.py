"""What a found envelope says, and what the request before it adds."""

from __future__ import annotations

from ocpptui.importing.found_envelope import found_envelope
from ocpptui.ocpp.version import Direction, Transport, Version
from tests.ocpp.envelopes import CS_15, request, response

CALL = found_envelope(request("Heartbeat", service=CS_15, message_id="uuid:5", identity="OLD"), 3, None)


def test_a_request_says_everything_itself() -> None:
    assert (CALL.direction, CALL.version, CALL.charge_point) == (Direction.TO_CSMS, Version.V15, "OLD")
    assert (CALL.message_id, CALL.is_answer, CALL.transport) == ("uuid:5", False, Transport.SOAP)


def test_an_answer_takes_from_its_request_what_it_does_not_say() -> None:
    """Responses name no charge point, and some no request."""
    answer = found_envelope(response("Heartbeat", service=CS_15, relates_to=""), 9, CALL)
    assert (answer.message_id, answer.charge_point, answer.is_answer) == ("uuid:5", "OLD", True)
    related = found_envelope(response("Heartbeat", service=CS_15, relates_to="uuid:4"), 9, CALL)
    assert related.message_id == "uuid:4"


def test_http_decides_where_the_envelope_cannot_be_read() -> None:
    broken = found_envelope("<oops", 9, CALL, is_response=True)
    assert (broken.is_answer, broken.charge_point, broken.direction) == (True, "OLD", None)
    assert not found_envelope("<oops", 9, CALL).is_answer
