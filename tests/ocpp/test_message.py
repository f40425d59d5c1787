from __future__ import annotations

import pytest

from ocpptui.ocpp.message import Message, MessageKind


def test_kinds_that_answer_and_kinds_that_are_errors() -> None:
    """An answer that counts as a call would wait for an answer."""
    assert [kind.name for kind in MessageKind if kind.is_answer] == ["CALLRESULT", "CALLERROR", "CALLRESULTERROR"]
    assert [kind.name for kind in MessageKind if kind.is_error] == ["CALLERROR", "CALLRESULTERROR"]


@pytest.mark.parametrize(
    ("payload", "text"), [(None, "{}"), ({"a": [1, "é"]}, '{"a":[1,"é"]}'), ({"a": "\ud800"}, '{"a":"\\ud800"}')]
)
def test_the_payload_is_there_as_json_whatever_the_message_is_written_in(payload: object, text: str) -> None:
    """Copying, composing and replaying work on JSON text, even if the message was not JSON."""
    assert Message("<a/>", MessageKind.CALL, "1", "Heartbeat", payload).payload_text == text
