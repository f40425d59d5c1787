from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocpptui.importing.found_frame import Flow
from ocpptui.importing.packets.packet_fields import packet_ends
from ocpptui.ocpp.date_times import micros_of
from ocpptui.ocpp.version import Direction, Version
from tests.importing.conversation import Exchanged, conversation
from tests.importing.logger_lines import utc
from tests.importing.reading import read

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
NAMES = ("10.0.0.5", "10.0.0.77")
SERVER = "10.0.0.6"
"""Between the charge points in alphabetical order."""


@pytest.mark.parametrize("name", ["ip.{}", "ip_{}", "ip_ip_{}", "ipv6.{}", "ipv6_ipv6_{}"])
def test_both_directions_are_one_connection(name: str) -> None:
    """The calls of a capture would be on one connection, and their answers on another."""
    there = packet_ends([{name.format("src"): "10.0.0.5", name.format("dst"): ["10.0.0.1"]}, {"tcp.srcport": "51000"}])
    back = packet_ends([{name.format("src"): "10.0.0.1", name.format("dst"): "10.0.0.5"}, {"tcp.dstport": "51000"}])
    assert there[1] is not None and back[1] is not None
    assert there[1].connection == back[1].connection
    assert {there[1].flow, back[1].flow} == {Flow.SENT, Flow.RECEIVED}


@pytest.mark.parametrize(
    ("mask", "direction"), [("1", UP), (True, UP), ("0", DOWN), (False, DOWN), (["1"], UP), ("?", None), (None, None)]
)
def test_the_mask_shows_the_client(mask: object, direction: Direction | None) -> None:
    assert packet_ends([{"websocket.mask": mask}]) == (direction, None)


@pytest.mark.parametrize("fields", [{}, {"ip.src": "10.0.0.5"}, {"src": "a", "dst": "b"}, {"clip.src": "a.mp4"}])
def test_other_fields_name_no_ends(fields: dict[str, Any]) -> None:
    assert packet_ends([fields]) == (None, None)


def _ends(f: Exchanged) -> tuple[str, str, str, str]:
    return (f.name, "51000", SERVER, "9000") if f.up else (SERVER, "9000", f.name, "51000")


def _layers(f: Exchanged, masked: bool) -> dict[str, Any]:
    source, port, target, other = _ends(f)
    return {
        "frame": {"frame.time_epoch": f"{micros_of(f.time) / 1e6:.6f}000"},
        "ip": {"ip.src": source, "ip.dst": target},
        "tcp": {"tcp.srcport": port, "tcp.dstport": other},
        "websocket": {"websocket.fin": "1"}
        | ({"websocket.mask": "1" if f.up else "0"} if masked else {})
        | {"websocket.payload": {"websocket.payload.text": f.raw}},
    }


def _json(f: Exchanged, masked: bool) -> dict[str, Any]:
    return {"_index": "packets", "_type": "doc", "_source": {"layers": _layers(f, masked)}}


def _chosen(f: Exchanged, masked: bool) -> dict[str, Any]:
    """With `-e`: a list for each field."""
    fields = {name: [value] for layer in _layers(f, masked).values() for name, value in layer.items()}
    fields["websocket.payload.text"] = [f.raw]
    del fields["websocket.payload"]
    return {"_index": "packets", "_source": {"layers": fields}}


def _ek(f: Exchanged, masked: bool) -> dict[str, Any]:
    source, port, target, other = _ends(f)
    mask = {"websocket_websocket_mask": f.up} if masked else {}
    return {
        "timestamp": f"{micros_of(f.time) // 1000}",
        "layers": {
            "frame": {"frame_frame_time_epoch": utc(f)},
            "ip": {"ip_ip_src": source, "ip_ip_dst": target},
            "tcp": {"tcp_tcp_srcport": port, "tcp_tcp_dstport": other},
            "websocket": {**mask, "websocket_websocket_payload_text": f.raw},
        },
    }


@pytest.mark.parametrize("masked", [True, False], ids=["with the mask", "without it"])
@pytest.mark.parametrize("write", [_json, _chosen, _ek])
@pytest.mark.parametrize("version", [Version.V16, Version.V201])
def test_a_conversation_comes_back_from_fields_of_packets(
    tmp_path: Path, write: Callable[[Exchanged, bool], dict[str, Any]], masked: bool, version: Version
) -> None:
    """Calls of both charge points with one id would be paired across their connections, or turned around."""
    frames = conversation(NAMES, version)
    packets = [write(frame, masked) for frame in frames]
    path = tmp_path / "packets.json"
    if write is _ek:
        path.write_text("".join(f'{{"index":{{"_index":"p"}}}}\n{json.dumps(one)}\n' for one in packets))
    else:
        path.write_text(json.dumps(packets, indent=2))
    found = read(path)
    assert found.raws == [frame.raw for frame in frames]
    assert [record.direction for record in found.records] == [UP if frame.up else DOWN for frame in frames]
    assert [found.timeline.other_half(n) for n in range(len(frames))] == [frame.half for frame in frames]
    assert len({(frame.name, record.connection) for frame, record in zip(frames, found.records, strict=True)}) == 2
    apart = [abs(record.time - micros_of(frame.time)) for record, frame in zip(found.records, frames, strict=True)]
    assert max(apart) <= 1000
