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


def test_a_message_that_another_proxy_kept_back_says_only_what_its_log_says() -> None:
    """It may have gone on later, which the line does not show: nobody should rule out that it arrived."""
    talk = Talk()
    talk.call()
    record = replace(talk.timeline.record(0), detail={"keptBack": "BLOCKED"})
    talk.session.observer.observed(record, None)
    lines = [line for section in inspection(talk.timeline, 1) for line in section.lines]
    assert "The log says that it was kept back (BLOCKED), so it may not have reached the other side." in lines


def test_what_is_wrong_inside_is_above_the_payload() -> None:
    """A certificate fills the screen: nobody would scroll past it to learn that it expired."""
    talk = Talk()
    talk.call("DataTransfer", r'{"vendorId":"com.example","data":"{\"a\": 1, "}')
    sections = inspection(talk.timeline, 0)
    sorts = [section.sort for section in sections]
    problem = next(section.lines[0] for section in sections if section.sort == "problem")
    assert problem.startswith("$.data: The text ends inside the JSON")
    assert sorts.index("problem") < sorts.index("json")


def test_of_many_problems_inside_the_first_are_above_the_payload() -> None:
    """Twenty of them would hide the payload as the payload hid them; the rest is at its place."""
    talk = Talk()
    hashes = '{"hashAlgorithm":"SHA256","issuerNameHash":"a","issuerKeyHash":"b","serialNumber":"1"}'
    talk.call("DataTransfer", f'{{"vendorId":"com.example","data":[{",".join([hashes] * 4)}]}}')
    lines = [line for section in inspection(talk.timeline, 0) for line in section.lines]
    json = lines.index("{")
    above = [line for line in lines[:json] if "is not a hash of SHA256" in line]
    assert len(above) == 5
    assert "and 3 more, below at Inside" in lines[:json]
    assert len([line for line in lines[json:] if "is not a hash of SHA256" in line]) == 8
