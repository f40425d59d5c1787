"""PDML: one message of each packet, whatever is cut or damaged. What tshark itself writes: `test_dissected_packets`."""

from __future__ import annotations

import io
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.reader import ImportOptions, Material
from ocpptui.importing.readers.packet_details import PacketDetails
from ocpptui.ocpp.version import Direction

CALL = '[2,"1","StatusNotification",{"info":"a \\"b\\" <&> é"}]'
ANSWER = '[3,"1",{}]'
HEAD = '<?xml version="1.0"?>\n<pdml version="0" creator="wireshark/4.0.17">\n'


def _packet(text: str, *, by_client: bool, layer: str = "websocket") -> str:
    shown, mask = quoteattr(text), "1" if by_client else "0"
    fields = f'    <field name="websocket.mask" showname="Mask" show="{mask}"/>\n' if layer == "websocket" else ""
    name = "websocket.payload.text" if layer == "websocket" else ""
    return (
        '<packet>\n  <proto name="frame">\n'
        '    <field name="frame.time_epoch" showname="Epoch Time" show="1700000000.500000000"/>\n  </proto>\n'
        '  <proto name="tcp">\n    <field name="tcp.srcport" show="5"/>\n  </proto>\n'
        f'  <proto name="{layer}">\n{fields}'
        f'    <field name="{name}" showname={shown} show={shown} value="{text.encode().hex()}"/>\n  </proto>\n'
        f'  <proto name="data-text-lines">\n    <field name="" show={shown}/>\n  </proto>\n</packet>\n'
    )


def _read(text: str) -> tuple[list[FoundFrame], ImportTally]:
    tally = ImportTally()
    material = Material("x.pdml", io.BytesIO(text.encode()))
    return list(PacketDetails().read(material, tally, ImportOptions())), tally


@pytest.mark.parametrize("layer", ("websocket", "data"))
def test_each_packet_has_its_message_once(layer: str) -> None:
    """`show`, `showname`, the bytes and the layer of lines repeat it: each call would be answered twice."""
    text = HEAD + _packet(CALL, by_client=True, layer=layer) + _packet(ANSWER, by_client=False, layer=layer) + "</pdml>"
    assert PacketDetails().detects(text.encode(), "x.xml")
    found, tally = _read(text)
    assert [one.raw for one in found] == [CALL, ANSWER]
    assert [one.line for one in found] == [1, 2]
    assert {one.time for one in found} == {1_700_000_000_500_000}
    if layer == "websocket":
        assert [one.direction for one in found] == [Direction.TO_CSMS, Direction.TO_CHARGE_POINT]
    assert (tally.with_frame, tally.without_frame) == (2, 0)


def test_a_packet_without_a_message_is_counted() -> None:
    found, tally = _read(HEAD + '<packet>\n<proto name="tcp">\n</proto>\n</packet>\n')
    assert (found, tally.without_frame) == ([], 1)


@given(st.integers(0, len(HEAD + _packet(CALL, by_client=True)) * 2))
def test_what_is_cut_loses_only_its_end(end: int) -> None:
    text = HEAD + _packet(ANSWER, by_client=False) + _packet(CALL, by_client=True)
    found, _ = _read(text[:end])
    assert [one.raw for one in found] in ([], [ANSWER], [ANSWER, CALL])


@given(st.text('<>/="\n &;packetfildnamshow', max_size=200))
def test_damaged_details_never_raise(text: str) -> None:
    _read(HEAD + "<packet>\n" + text)


@pytest.mark.parametrize("head", (b"<html>", b"10:00 wrote <pdml of packets", b'[2,"1","Heartbeat",{}]', b""))
def test_other_texts_are_not_detected(head: bytes) -> None:
    assert not PacketDetails().detects(head, "x")
