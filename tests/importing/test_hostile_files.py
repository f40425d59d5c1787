"""Files of torn and repetitive texts are imported in linear time, by every reader, and with bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import process_time

import pytest

from ocpptui.importing.formats import NAMES
from ocpptui.importing.importer import Importer
from ocpptui.importing.reader import ImportOptions
from ocpptui.recording.file_errors import RecordingError
from ocpptui.timeline.timeline import Timeline

LENGTH = 2_000
"""Bytes. Whatever is quadratic takes half a second for four times as many."""
SOON = 0.1
"""Seconds that need no second look: a linear reader takes less than half of it for `4 * LENGTH`."""
LIMIT = 5.0
"""Seconds for a hundred kilobytes, on a machine that does much else."""

PIECES = [
    "a", "A1", "_", "0", " ", "\t", '"', "'", "`", "\\", '\\"', "[", "{", "]", "}", "[]", "{}", "(", ":", ",", "=",
    "|", ";",
    "<", ">", "&", "--", "\x1b[", "\x1b]", "$", "é", "\n", "{\n", "[\n", '"\n',
    '[2,"1",', '[2,"1","Heartbeat",{}]', '[2,"1","DataTransfer",{"data":"', '{"a":[2,"x",', '{"a":', '[{"a":',
    '[3,"1",{',
    "[2,'1','Heartbeat',{", '[2,1,"a"', '[2,\\"1\\",', '"[2,""1"",', '[2,"1",\n', "[1,'a','b',", "[“2”,“a”,",
    '[2;"1";', '(2,"1",', '2,"1",', '{2,"1"', '["a","b",', "［２，", '[Z "1" ', "[/**/", '[2,"1"​',
    "<a>", "<a ", "</a>", '<a "', "<!--", "<![CDATA[", "<?xml ", "<?xml?><s:Envelope ", "<Envelope>", "</s:Envelope>",
    '<s:Envelope xmlns:s="x"><s:Body>', '<tr class="ChargePoint">', "<td>", '<pre lang="json">',
    "<Call - unique_id=1, {",
    "2026-11-26T10:00:00Z ", "10:00:00 ", "1732616000 ", "Call a1 ", "cp=", "from a: ", "[TXT] [", "wss://a/",
    "//u:p@h/",
    "GET /a HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n", "POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\n", "ocpp1.6 ",
    '2026-11-26 10:00:00 [2,"1","Heartbeat",{\n', '{"time":"10:00","msg":"[2,\\"1\\",\\"Heartbeat\\",{}]"}\n',
    '{"schemaVersion":"1.1","raw":"', '"a","b",', '"[2,""1"",",', '2026-11-26,"[2,\n', "-----BEGIN CERTIFICATE-----",
    '"key":"AuthorizationKey","value":"', "password=", "?token=", '"_webSocketMessages":[{', '"entries":[{"request":{',
    '<s:Envelope xmlns:s="soap">', '<s:Envelope soap="x">\n<a>\n', "&lt;s:Envelope soap ", '<?xml version="1.0"?>\n',
    "0:1:", "4:true!", "None,", "{a:", "undefined,", "'a':undefined,", "\\u005b",
    "5b", "5b ", "5b 32 2c 22 ", "\\x5b", "0x5b, ", "<Buffer 5b 32 ", "81 fe ", "91 ", "91 50 44 34 ", "91,", "Wz",
    "WzIs\n", "5b322c22312222\n", "5b 32 2c 22 31 5d\n", '00000000: 5b32 2c22 3122 2c22  [2,"1","\n',
    "b'[2,\"1\",\\", "\\'[2,\"1\",", "0000   5b 32 2c 22 \n", '00000000  5b 32 2c 22 31 5d  |[2,"1]|\n*\n',
    "+---+\n", "+-", "0 1 2 3 ", "('", "(1,'a'),", "''", "(", "*********** 1. row ***********\n",
    "-[ RECORD 1 ]-\na | b\n", "a | b\n--+--\n", "   | b +\n", " a = b\n", "INSERT INTO x VALUES (1,'",
    "CREATE TABLE x (", "COPY x (a) FROM stdin;\n", "Call{id='a', payload={", "id=1 payload={} ", "a={", "a='",
]  # fmt: skip
BEGINNINGS = {
    "recording": '{"schemaVersion":"1.1","timestamp":"2026-11-26T10:00:00Z","messageType":"CALL","raw":"',
    "ocpptui": "# OCPP recording, written as text by ocpptui 1\n2026-11-26T10:00:00.000000Z CP --> CALL\n    ",
    "mitmproxy": "100:4:type;9:websocket;",
    "har": '{"log":{"creator":{},"entries":[',
    "everest-html": '<tr class="ChargePoint"><td><pre>',
    "json": '[{"message":"[2,',
    "sql": "INSERT INTO `log` (`message`) VALUES ('[2,",
    "csv": 'time,message\n2026-11-26T10:00:00Z,"',
    "http": "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n<s:Envelope>",
    "log": '2026-11-26 [2,"1","DataTransfer",{"vendorId":"x","data":"',
    "pdml": '<pdml>\n<packet>\n<proto name="websocket">\n<field name="websocket.payload" show="',
}
"""How a file of each format may begin."""


def texts(name: str, length: int) -> Iterator[bytes]:
    for beginning in ("", BEGINNINGS[name]):
        for piece in PIECES:
            yield (beginning + piece * (length // len(piece))).encode()


def seconds(path: Path, text: bytes, name: str) -> float:
    """How long it takes to import a file; whatever is wrong with it is a sentence."""
    path.write_bytes(text)
    start = process_time()
    try:
        importer = Importer([path], Timeline(), ImportOptions(format=name))
        while not importer.advance(1):
            pass
        importer.close()
    except RecordingError:
        pass
    return process_time() - start


def is_linear(path: Path, texts: tuple[bytes, bytes, bytes], name: str) -> bool:
    """Whether twice and four times as much of a text take about twice and four times as long, or next to nothing."""
    once, twice, often = (min(seconds(path, text, name) for _ in range(3)) for text in texts)
    return often <= SOON or often < 8 * once or often < 3.5 * twice


@pytest.mark.parametrize("name", BEGINNINGS)
@pytest.mark.timeout(300)
def test_an_import_takes_linear_time(name: str, tmp_path: Path) -> None:
    """A log that is cut off in the middle of a frame must not stop the program for minutes."""
    path = tmp_path / "x"
    for single, double, fourfold in zip(*(texts(name, LENGTH * times) for times in (1, 2, 4)), strict=True):
        took = seconds(path, fourfold, name)
        if took <= SOON or took < 8 * min(seconds(path, single, name) for _ in range(3)):
            continue
        # Other programs disturb a measurement; what is quadratic is so each time.
        assert any(is_linear(path, (single, double, fourfold), name) for _ in range(3)), fourfold[:100]


def test_every_reader_of_texts_is_tried() -> None:
    """Packet captures and workbooks are unpacked by other programs, and folders hold files of one frame."""
    assert set(NAMES) - BEGINNINGS.keys() == {"pcap", "excel", "frame-files"}


@pytest.mark.parametrize(
    "text",
    [
        '2026-11-26 [2,"1","DataTransfer",{"vendorId":"x","data":"' + "a" * 102_400,
        '{"a":[2,"x",' * 8000,
        '[2,"1","DataTransfer",{"data":"' * 4000,
        "2026-11-26 [2,'1','DataTransfer',{" + "a_1" * 40_000,
        "<Envelope>" * 10_000,
    ],
)
def test_a_hundred_kilobytes_are_imported_within_seconds(text: str, tmp_path: Path) -> None:
    assert seconds(tmp_path / "x.log", text.encode(), "log") < LIMIT
