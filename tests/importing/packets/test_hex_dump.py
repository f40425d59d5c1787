"""The rows of a dump are its bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpptui.importing.packets.hex_dump import HexDumps
from ocpptui.timeline.record import RecordKind
from tests.importing.byte_lines import canonical
from tests.importing.reading import read

CALL = '[2,"a1","DataTransfer",{"vendorId":"x","data":"' + "=" * 80 + '"}]'


def test_a_star_stands_for_rows_like_the_last_one(tmp_path: Path) -> None:
    """`hexdump` and `od` leave out what repeats."""
    lines = canonical(CALL.encode()).split("\n")
    bodies = [line.partition("  ")[2] for line in lines]
    short = list[str]()
    for number, line in enumerate(lines):
        if number and bodies[number] == bodies[number - 1] and bodies[number]:
            if short[-1] != "*":
                short.append("*")
        else:
            short.append(line)
    assert "*" in short
    path = tmp_path / "dump.txt"
    path.write_text("2026-03-14T09:30:00Z received\n" + "\n".join(short) + "\n")
    assert read(path).raws == [CALL]


@pytest.mark.parametrize(
    "line",
    [
        "2026-03-14T09:30:00.250Z CP-77 received 111 bytes", "dead beef in the cafe, 0000 of them", "",
        "id=5b81f00000 trace=81fe0000 in 12 ms",
    ],
)  # fmt: skip
def test_a_sentence_begins_no_dump(line: str) -> None:
    assert HexDumps().take(1, line) == ([], False)


def test_a_dump_of_something_else_is_not_a_frame(tmp_path: Path) -> None:
    """The text beside the bytes has a piece of a frame, which nobody sent."""
    data = b'HTTP/1.1 200 OK\r\nServer: x\r\n\r\n{"log":[[2,"a1","Heartbeat",{}],[3,"a1",{}]]}'
    path = tmp_path / "dump.txt"
    path.write_text(f"2026-03-14T09:30:00Z received\n{canonical(data)}\n2026-03-14T09:30:01Z sent {CALL}\n")
    assert [(record.kind, record.raw) for record in read(path).records] == [(RecordKind.CALL, CALL)]
