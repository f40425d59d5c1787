"""Elements of XML over several lines say of their frame what is below it, too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.lines.element_lines import ElementLines
from ocpptui.ocpp.date_times import micros_of
from ocpptui.ocpp.version import Version
from tests.importing.conversation import Exchanged, conversation
from tests.importing.logger_lines import utc, way
from tests.importing.reading import check, read

ELEMENTS: dict[str, Callable[[Exchanged], str]] = {
    "Log4j": lambda f: (
        f'  <Event timeMillis="{micros_of(f.time) // 1000}" thread="t-1" level="DEBUG" loggerName="ocpp">\n'
        f"    <Message>{way(f, 'received', 'sent')} {escape(f.raw, quote=False)}</Message>\n"
        f'    <ContextMap>\n      <item key="chargePoint" value="{f.name}"/>\n    </ContextMap>\n  </Event>'
    ),
    "sorted elements": lambda f: (
        f"<entry>\n  <direction>{way(f, 'in', 'out')}</direction>\n  <message>{escape(f.raw, quote=False)}</message>\n"
        f"  <station>{f.name}</station>\n  <time>{utc(f)}</time>\n</entry>"
    ),
    "names and values": lambda f: (
        f'<row>\n\t<field name="frame" value="{escape(f.raw)}"/>\n\t<field name="cp" value="{f.name}"/>\n'
        f'\t<field name="dir" value="{way(f, "in", "out")}"/>\n\t<field name="ts" value="{utc(f)}"/>\n</row>'
    ),
    "event of Windows": lambda f: (
        f'<Event>\n<System>\n<TimeCreated SystemTime="{utc(f)}"/>\n</System>\n<EventData>\n'
        f'<Data Name="Frame">{escape(f.raw, quote=False)}</Data>\n<Data Name="ChargePoint">{f.name}</Data>\n'
        f'<Data Name="Direction">{way(f, "In", "Out")}</Data>\n</EventData>\n</Event>'
    ),
}


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("within", ["{}", '<?xml version="1.0"?>\n<log>\n{}\n</log>'])
@pytest.mark.parametrize("notation", ELEMENTS)
def test_a_conversation_comes_back(tmp_path: Path, notation: str, within: str, version: Version) -> None:
    """The charge point or the time that is below a frame would be that of the next one, or of none."""
    frames = conversation(("WN-0001", "WN-0002"), version)
    path = tmp_path / "export.xml"
    path.write_text(within.format("\n".join(map(ELEMENTS[notation], frames))) + "\n", encoding="utf-8")
    check(read(path), frames, timedelta(seconds=1))


def test_an_element_ends_with_its_own_tag() -> None:
    """What the next event says would be said of this frame."""
    above = ["<log>", '<event at="1">', "<a>x</a>", "</event>", "</log>", "<event>"]
    element = ElementLines(FoundFrame("[]"), "<m>", above)
    assert element.is_open
    assert element.take("<b>") and not element.has_ended
    assert element.take("</b>") and not element.has_ended
    assert element.take("</event>") and element.has_ended


@pytest.mark.parametrize("above", [[], ["<a>x</a>"], ["<event>", "</event>"], ["<event>", "text"]])
def test_a_frame_may_be_in_no_element(above: list[str]) -> None:
    """The lines below a frame would be taken from the next one."""
    assert not ElementLines(FoundFrame("[]"), "<m>", above).is_open


@given(st.lists(st.text("<>/ab=\"' ", max_size=40), max_size=8), st.text("<>/ab=\"' ", max_size=40))
def test_any_lines_are_read(above: list[str], line: str) -> None:
    """A damaged file would end the import."""
    element = ElementLines(FoundFrame('[2,"1","Heartbeat",{}]'), line, above)
    element.take(line)
    element.finish()
