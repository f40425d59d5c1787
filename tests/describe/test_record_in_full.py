"""The JSON of a record is shown readably, and the raw text as it was."""

from __future__ import annotations

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
