"""EVerest's HTML logs: every row with a message gives a frame with its time and direction."""

from __future__ import annotations

import io
import json
from html import unescape
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.reader import ImportOptions, Material
from ocpptui.importing.readers.everest_html import EverestHtml
from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.version import Direction
from tests.kit.linear_time import assert_linear

HEAD = '<html><head><title>EVerest OCPP log session</title></head><body><table class="log">\n'
BOOT = [2, "e6cc", "BootNotification", {"chargePointVendor": "<A&B>", "chargePointModel": 'M"1'}]
CASES = st.recursive(
    st.one_of(st.text(max_size=12), st.integers(), st.none(), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=6,
)


def row(frame: object, sender: str = "ChargePoint", time: str = "2025-05-16T11:15:00.053Z") -> str:
    other = "CentralSystem" if sender == "ChargePoint" else "ChargePoint"
    text = json.dumps(frame, indent=2, ensure_ascii=False).replace("<", "&lt;").replace(">", "&gt;")
    cells = (time, f"{sender}&gt;{other}", "<b>Type</b>", "<b></b>", f'<pre lang="json">{text}</pre>')
    return f'<tr class="{sender}"> ' + " ".join(f"<td>{cell}</td>" for cell in cells) + " </tr>\n"


def read(text: str | bytes) -> tuple[list[FoundFrame], ImportTally]:
    tally = ImportTally()
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return list(EverestHtml().read(Material("ocpp.html", io.BytesIO(data)), tally, ImportOptions())), tally


def test_a_row_is_a_message_with_time_and_direction() -> None:
    text = HEAD + row(BOOT) + row([3, "e6cc", {"status": "Accepted"}], "CentralSystem") + "</table></body></html>"
    assert EverestHtml().detects(text.encode(), "x")
    (boot, answer), tally = read(text)
    assert json.loads(boot.raw) == BOOT
    assert (boot.time, boot.zoned, boot.direction) == (time_of("2025-05-16T11:15:00.053Z"), True, Direction.TO_CSMS)
    assert answer.direction is Direction.TO_CHARGE_POINT
    assert (boot.line, tally.with_frame, tally.without_frame) == (2, 2, 0)


def test_system_rows_are_counted_and_shown() -> None:
    system = '<tr class="SYS"> <td>2025-05-16T11:15:00Z</td> <td>SYS</td> <td><b>Session started</b></td></tr>\n'
    found, tally = read(HEAD + system + row(BOOT))
    assert len(found) == 1
    assert (tally.without_frame, tally.skipped[0].line) == (1, 2)
    assert "Session started" in tally.skipped[0].reason


def test_a_log_torn_in_its_last_message_gives_everything_before() -> None:
    text = HEAD + row(BOOT) + row(BOOT)[:-60]
    found, _ = read(text)
    assert len(found) == 2
    assert str(found[1].raw).startswith('[\n  2,\n  "e6cc"')


def test_unclosed_rows_on_one_line_are_separated() -> None:
    one = row(BOOT).replace("</tr>", "").replace("\n", " ")
    found, _ = read(HEAD + one + one + one)
    assert [json.loads(message.raw) for message in found] == [BOOT] * 3


def test_the_class_of_a_row_gives_the_direction_if_its_cell_does_not() -> None:
    text = row(BOOT, "CentralSystem").replace("CentralSystem&gt;ChargePoint", "")
    assert read(text)[0][0].direction is Direction.TO_CHARGE_POINT


@pytest.mark.parametrize("text", ["", "<html><body><tr><td>x</td></tr>", "2025 ChargePoint>CentralSystem x\n[2]"])
def test_other_texts_are_not_detected_as_everest_html(text: str) -> None:
    assert not EverestHtml().detects(text.encode(), "ocpp.html")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.text(max_size=200))
def test_any_bytes_are_read_without_raising(data: bytes, text: str) -> None:
    EverestHtml().detects(data, "ocpp.html")
    read(data)
    read(HEAD.encode() + b'<tr class="ChargePoint"><td>' + data)
    read(f'{HEAD}<tr><td><pre lang="json">[2,{text}')


@settings(max_examples=150, deadline=None)
@given(st.lists(CASES, max_size=6))
def test_any_messages_are_read_unchanged(payloads: list[object]) -> None:
    frames = [[2, str(number), "DataTransfer", {"data": payload}] for number, payload in enumerate(payloads)]
    texts = [json.dumps(frame, indent=2, ensure_ascii=False) for frame in frames]
    # EVerest escapes only angle brackets, so payload text that looks like an entity is ambiguous.
    if any(unescape(text) != text for text in texts):
        return
    found, _ = read(HEAD + "".join(map(row, frames)))
    assert [message.raw for message in found] == texts


@pytest.mark.parametrize(
    "piece", [row(BOOT), "<tr>", '<tr class="ChargePoint"><td>', "<pre>[2,", "<td" * 5, "<tr ", "<a"]
)
def test_the_time_grows_linearly_with_the_text(piece: str) -> None:
    def seconds(size: int) -> float:
        data = ('<tr><td><pre lang="json">' + piece * (size // len(piece))).encode()
        start = process_time()
        read(data)
        return process_time() - start

    assert_linear(seconds, 150_000)
