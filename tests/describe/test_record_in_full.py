"""The JSON of a record is shown readably, and the raw text as it was."""

from __future__ import annotations

from dataclasses import replace

from ocpptui.describe.record_in_full import inspection
from tests.kit.talk import Talk


def test_letters_and_emoji_are_shown_and_not_their_escapes() -> None:
    """A message for a driver can be read; the raw text below has it as it was sent."""
    talk = Talk()
    talk.call("DataTransfer", r'{"vendorId":"\ud83d\udd0c \u5145"}')
    sections = inspection(talk.timeline, 0)
    assert '  "vendorId": "🔌 充"' in next(section.lines for section in sections if section.sort == "json")
    raw = next(section.lines for section in sections if section.sort == "raw")
    assert r"\ud83d\udd0c \u5145" in raw[0]


def test_a_message_that_was_wrong_on_purpose_says_so() -> None:
    """Somebody who reads the recording later would look for the fault in the program."""
    talk = Talk()
    talk.call()
    record = replace(talk.timeline.record(0), detail={"fault": {"rule": "slow backend", "do": "twice"}})
    talk.session.observer.observed(record, None)
    lines = [line for section in inspection(talk.timeline, 1) for line in section.lines]
    assert "A fault on purpose, by 'slow backend': twice." in lines
