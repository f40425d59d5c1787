from __future__ import annotations

import pytest

from ocpptui.importing.found_frame import Flow
from ocpptui.importing.packets.packet_addresses import addresses_in


@pytest.mark.parametrize(
    "pattern",
    [
        "10:00:00.1 IP {0}.51000 > {1}.9000: Flags [P.], length 40",
        "T 2026/03/01 10:00:00 {0}:51000 -> {1}:9000 [AP]",
        "Internet Protocol Version 4, Src: {0}, Dst: {1}",
        "  1 0.000 {0} → {1} WebSocket 120 WebSocket Text",
        "proto:TCP 2026-03-01T10:00:00Z  {0}:51000 ---> {1}:9000",
        "{0}:51000 => {1}:9000",
    ],
)
def test_both_directions_of_a_dump_are_one_connection(pattern: str) -> None:
    """The calls of a capture would be on one connection, and their answers on another."""
    there = addresses_in(pattern.format("10.0.0.5", "10.0.0.1"))
    turned = pattern.replace("51000", "x").replace("9000", "51000").replace("x", "9000")
    back = addresses_in(turned.format("10.0.0.1", "10.0.0.5"))
    assert there is not None
    assert back is not None
    assert there.connection == back.connection
    assert {there.flow, back.flow} == {Flow.SENT, Flow.RECEIVED}


@pytest.mark.parametrize("arrows", [("->", "<-"), ("--->", "<---"), ("=>", "<="), ("→", "←"), (" > ", " < ")])
def test_an_arrow_may_turn_between_the_same_places(arrows: tuple[str, str]) -> None:
    """A proxy that always writes the charge point first would have each answer on another connection than its call."""
    there, back = (addresses_in(f"10.0.0.5:51000{arrow}10.0.0.1:9000") for arrow in arrows)
    assert there is not None
    assert back is not None
    assert there.connection == back.connection
    assert {there.flow, back.flow} == {Flow.SENT, Flow.RECEIVED}


@pytest.mark.parametrize("text", ["", "10.0.0.5: received", "version 1.2.3.4.5 > 1.2", "CP-1 > CSMS"])
def test_other_lines_name_no_two_addresses(text: str) -> None:
    assert addresses_in(text) is None
