"""Packet captures: the messages of two real WebSocket peers are read, if tshark is installed."""

from __future__ import annotations

import asyncio
import json
import random
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocpptui.importing.found_envelope import found_envelope
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.reader import ImportOptions, Material
from ocpptui.importing.readers import packets as module
from ocpptui.importing.readers.packets import PacketCapture
from ocpptui.ocpp.version import Direction, Version
from ocpptui.recording.file_errors import UnreadableFile
from ocpptui.timeline.record import ConnectionEvent
from tests.importing.conversation import Exchanged
from tests.importing.pcap_bytes import START, Chunk, conversation, packets, write_pcap, write_pcapng
from tests.importing.soap_conversation import envelopes
from tests.kit.certificates import Authority

needs_tshark = pytest.mark.needs("tshark")
LONG = json.dumps([2, "long", "DataTransfer", {"vendorId": "".join(random.Random(1).choices("abcdef ", k=9000))}])
SENT: list[Any] = ['[2,"a1","Heartbeat",{}]', ['[2,"fr",', '"Heart', 'beat",{}]'], LONG, '[2,"ü","X",{"y":"é€"}]']
TEXTS = ["".join(message) for message in SENT]
BACK = [text for sent in TEXTS for text in (sent, "[3" + sent[2:])]
Writer = Callable[[Path, Any], Path]


def read(path: Path, keylog: Path | None = None) -> tuple[list[FoundFrame], ImportTally]:
    tally = ImportTally()
    with open(path, "rb") as stream:
        return list(PacketCapture().read(Material(path.name, stream, path), tally, ImportOptions(keylog=keylog))), tally


def raws(found: list[FoundFrame]) -> list[str | bytes]:
    return [one.raw for one in found if one.event is None]


@needs_tshark
@pytest.mark.parametrize("write", [write_pcap, write_pcapng])
@pytest.mark.parametrize("compression", [None, "deflate"])
def test_masked_fragmented_and_compressed_messages_are_read(
    tmp_path: Path, write: Writer, compression: str | None
) -> None:
    chunks = asyncio.run(conversation(SENT, compression=compression))
    path = write(tmp_path / "x.cap", packets(chunks))
    assert PacketCapture().detects(path.read_bytes()[:1000], "x")
    found, tally = read(path)
    assert raws(found) == BACK
    assert [one.direction for one in found if one.event is None] == [Direction.TO_CSMS, Direction.TO_CHARGE_POINT] * 4
    assert {(one.charge_point, one.version) for one in found} == {("CP 001", Version.V16)}
    opened, *_, closed = found
    assert (opened.event, opened.detail["subprotocol"]) == (ConnectionEvent.OPENED, "ocpp1.6")
    assert (closed.event, closed.detail["closeCode"]) == (ConnectionEvent.CLOSED, 1000)
    times = [one.time or 0 for one in found]
    assert times == sorted(times) and all(START * 1e6 <= time < START * 1e6 + 1e6 for time in times)
    assert (tally.with_frame, tally.without_frame) == (8, 0)


@needs_tshark
def test_soap_over_http_is_read(tmp_path: Path) -> None:
    """A charge point of OCPP 1.5 asks over one connection, and the central system over another."""
    frames = [frame for frame in envelopes(("CP-77", "CP-78"), pretty=True) if frame.half is not None]
    asked = [frame for frame in frames if "RelatesTo" not in frame.raw and "/HeartbeatResponse" not in frame.raw]
    made = list[tuple[float, bytes]]()
    for number, call in enumerate(asked):
        answer = next(frame for frame in frames if frame.name == call.name and pairs(call, frame))
        made += packets(over_http(call, answer), client=("10.0.0.7", 50_000 + number), segment=300)
    found, tally = read(write_pcap(tmp_path / "x.pcap", sorted(made)))
    assert sorted(str(one.raw) for one in found) == sorted(frame.raw for frame in frames)
    names = {frame.raw: frame.name for frame in frames}
    assert all(one.charge_point == names[str(one.raw)] for one in found)
    assert all(one.time is not None and one.zoned for one in found)
    assert tally.with_frame == len(frames)


def pairs(call: Exchanged, answer: Exchanged) -> bool:
    found = found_envelope(answer.raw, 0, None)
    own = found_envelope(call.raw, 0, None)
    return found.is_answer and found.message_id in (own.message_id, "" if own.message_id == "m-beat" else None)


def over_http(call: Exchanged, answer: Exchanged) -> list[Chunk]:
    """The exchange as .NET makes it, which waits with the body until the server wants it."""
    head = b"POST /ocpp HTTP/1.1\r\nContent-Type: application/soap+xml\r\nExpect: 100-continue\r\n"
    asked, answered = call.raw.encode(), answer.raw.encode()
    return [
        Chunk(True, head + b"Content-Length: %d\r\n\r\n" % len(asked)),
        Chunk(False, b"HTTP/1.1 100 Continue\r\n\r\n"),
        Chunk(True, asked),
        Chunk(
            False,
            b"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\nTransfer-Encoding: chunked\r\n\r\n"
            + b"%x\r\n%b\r\n0\r\n\r\n" % (len(answered), answered),
        ),
    ]


@needs_tshark
def test_repeated_and_reordered_packets_change_nothing(tmp_path: Path) -> None:
    made = packets(asyncio.run(conversation(SENT)), segment=100)
    times, frames = [time for time, _ in made], [frame for _, frame in made]
    dice = random.Random(2)
    for place in range(8, len(frames) - 8, 5):
        frames[place], frames[place + 1] = frames[place + 1], frames[place]
    again = [(times[place] + 1e-4, frames[place]) for place in dice.sample(range(3, len(frames) - 3), 20)]
    found, _ = read(write_pcap(tmp_path / "x.pcap", sorted([*zip(times, frames, strict=True), *again])))
    assert raws(found) == BACK


@needs_tshark
def test_missing_packets_lose_only_their_own_message(tmp_path: Path) -> None:
    made = packets(asyncio.run(conversation(SENT)), segment=1000)
    long = [place for place, (_, frame) in enumerate(made) if len(frame) > 1000]
    del made[long[1]]  # the second of the ten packets with LONG: no other frame begins or ends in it
    found, _ = read(write_pcap(tmp_path / "x.pcap", made))
    whole = [raw for raw in raws(found) if raw in BACK]
    assert whole == [text for text in BACK if text != LONG]
    assert any(isinstance(raw, str) and raw and LONG.startswith(raw) for raw in raws(found) if raw not in BACK)


@needs_tshark
def test_several_connections_are_ordered_by_time(tmp_path: Path) -> None:
    first = packets(asyncio.run(conversation(TEXTS[:2], path="/A")))
    second = packets(asyncio.run(conversation(TEXTS[:2], path="/B")), client=("10.0.0.8", 50_001))
    found, _ = read(write_pcap(tmp_path / "x.pcap", sorted([*first, *second], key=lambda packet: packet[0])))
    times = [one.time or 0 for one in found]
    assert times == sorted(times)
    for name in ("A", "B"):
        assert raws([one for one in found if one.charge_point == name]) == BACK[:4]
    assert len({one.connection for one in found}) == 2


@needs_tshark
def test_encrypted_connections_ask_for_their_keys(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    authority = Authority(tmp_path_factory.mktemp("authority"), "ca")
    pair = authority.sign("local", ("localhost", "127.0.0.1"))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pair.certificate, pair.key)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    keylog = tmp_path / "keys.txt"
    client.keylog_filename = str(keylog)
    chunks = asyncio.run(conversation(SENT, compression="deflate", server_tls=server, client_tls=client))
    path = write_pcap(tmp_path / "x.pcap", packets(chunks))
    found, _ = read(path, keylog)
    assert raws(found) == BACK
    assert str(found[0].detail["url"]).startswith("wss://")
    found, tally = read(path)
    assert found == []
    assert "encrypted; decrypting it needs a TLS key log file" in tally.skipped[0].reason
    with pytest.raises(UnreadableFile):
        read(path, tmp_path / "missing.txt")


@needs_tshark
def test_a_truncated_capture_gives_its_messages_and_says_so(tmp_path: Path) -> None:
    path = write_pcap(tmp_path / "x.pcap", packets(asyncio.run(conversation(SENT))))
    path.write_bytes(path.read_bytes()[:-2000])
    found, tally = read(path)
    assert raws(found)[:4] == BACK[:4]
    assert any("cut short" in sentence for sentence in tally.evidence)


@needs_tshark
def test_a_compressed_capture_is_read_from_a_stream(tmp_path: Path) -> None:
    path = write_pcap(tmp_path / "x.pcap", packets(asyncio.run(conversation(SENT[:1]))))
    with open(path, "rb") as stream:
        found = list(PacketCapture().read(Material("x.pcap", stream), ImportTally(), ImportOptions()))
    assert raws(found) == BACK[:2]


@needs_tshark
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from(module._MAGIC))
def test_any_bytes_raise_at_most_unreadable_file(tmp_path: Path, data: bytes, magic: bytes) -> None:
    path = tmp_path / "x.pcap"
    path.write_bytes(magic + data)
    try:
        assert read(path)[0] == []
    except UnreadableFile as error:
        assert "tshark cannot read it" in str(error)


def test_without_tshark_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path = write_pcap(tmp_path / "x.pcap", [])
    with pytest.raises(UnreadableFile, match=r"packet captures need tshark \(Debian: apt-get install tshark\)"):
        read(path)


@given(st.binary(max_size=60))
def test_other_files_are_not_detected(data: bytes) -> None:
    assert PacketCapture().detects(data, "x.pcap") == data.startswith(module._MAGIC)
