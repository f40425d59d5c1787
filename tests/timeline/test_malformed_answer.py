"""The message that was meant as an answer and is none."""

from __future__ import annotations

import pytest

from ocpptui.ocpp.version import Direction
from ocpptui.timeline.malformed_answer import malformed_answer
from tests.kit.talk import Talk

BACK = Direction.TO_CHARGE_POINT


@pytest.mark.parametrize("raw", ['[3,"id-0",{"status":]', '[3,"id-0",{}', '{"id":"id-0"}', '[9,"id-0",{}]'])
def test_a_malformed_answer_is_found_by_its_id(raw: str) -> None:
    """The user would hear that nothing came, and look for the fault in the network."""
    talk = Talk()
    call = talk.call("Authorize", '{"idTag":"X"}')
    talk.raw("hello", BACK)
    index = talk.raw(raw, BACK)
    found = malformed_answer(talk.timeline, call)
    assert found is not None and found.raw == raw and found == talk.timeline.frame(index)


def test_another_message_is_not_taken_for_the_answer() -> None:
    """A defect would be reported that has nothing to do with the call."""
    talk = Talk()
    call = talk.call("Authorize", '{"idTag":"X"}')
    talk.raw('[3,"id-00",{', BACK)
    talk.raw('[3,"id-0",{', BACK, connection=2)
    talk.raw('[3,"id-0",{')
    talk.answer(talk.call())
    assert malformed_answer(talk.timeline, call) is None
    assert malformed_answer(talk.timeline, talk.raw("hello")) is None
