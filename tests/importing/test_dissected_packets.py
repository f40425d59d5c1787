"""A conversation comes back from what Wireshark prints of its packets, in which each message is several times."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest

from ocpptui.ocpp.version import Direction
from tests.importing.pcap_bytes import Chunk, conversation, packets, write_pcap
from tests.importing.reading import read

UP, DOWN = Direction.TO_CSMS, Direction.TO_CHARGE_POINT
SENT = (
    '[2,"a1","Heartbeat",{}]',
    '[2,"b2","StatusNotification",{"connectorId":1,"info":"a \\"b\\" <&> \\n é"}]',
    f'[2,"c3","DataTransfer",{{"vendorId":"{"long " * 800}"}}]',
)
"""The last one is in several packets."""
BACK = [text for sent in SENT for text in (sent, "[3" + sent[2:])]
OPTIONS = {
    "JSON": ("-T", "json"),
    "JSON of WebSockets alone": ("-T", "json", "-Y", "websocket"),
    "JSON, each key once": ("-T", "json", "--no-duplicate-keys"),
    "JSON with bytes": ("-T", "json", "-x"),
    "bytes in JSON": ("-T", "jsonraw"),
    "XML": ("-T", "pdml"),
    "Elasticsearch": ("-T", "ek"),
    "Elasticsearch with bytes": ("-T", "ek", "-x"),
}


@pytest.mark.needs("tshark")
@pytest.mark.parametrize("compression", (None, "deflate"))
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_each_message_comes_back_once(tmp_path: Path, options: tuple[str, ...], compression: str | None) -> None:
    """The layers of TCP, of WebSockets and of lines each have its text: all calls would be there three times."""
    chunks = asyncio.run(conversation(SENT, compression=compression))
    _check(tmp_path, chunks, options, BACK)


@pytest.mark.needs("tshark")
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_several_messages_in_a_packet_come_back(tmp_path: Path, options: tuple[str, ...]) -> None:
    """Wireshark repeats the key of their layer, of which JSON keeps the last."""
    chunks = asyncio.run(conversation(['[2,"a1","Heartbeat",{}]', '[2,"a2","Heartbeat",{}]']))
    calls = [place for place, chunk in enumerate(chunks) if chunk.by_client and chunk.data[:1] == b"\x81"]
    first, second = (chunks[place] for place in calls)
    joined = [*chunks[: calls[0]], Chunk(True, first.data + second.data), chunks[calls[0] + 1], *chunks[calls[1] + 1 :]]
    texts = ['[2,"a1","Heartbeat",{}]', '[2,"a2","Heartbeat",{}]', '[3,"a1","Heartbeat",{}]', '[3,"a2","Heartbeat",{}]']
    _check(tmp_path, joined, options, texts)


def _check(folder: Path, chunks: list[Chunk], options: tuple[str, ...], texts: list[str]) -> None:
    capture = write_pcap(folder / "x.pcap", packets(chunks))
    printed = folder / "packets.txt"
    command = ["tshark", "-r", str(capture), "-d", "tcp.port==9000,http", *options]
    printed.write_bytes(subprocess.run(command, capture_output=True, check=True).stdout)
    found = read(printed)
    assert found.raws == texts
    assert [record.direction for record in found.records] == [UP if text[1] == "2" else DOWN for text in texts]
    assert len({record.connection for record in found.records}) == 1
