from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ocpptui.importing.copies import LOOKED, Copies, Written
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.reader import ImportOptions
from ocpptui.importing.texts.printed_notation import PRINTED
from ocpptui.ocpp.version import Direction, Role, Version
from tests.importing.conversation import Exchanged, conversation, of_one
from tests.importing.logger_lines import utc, way
from tests.importing.reading import check, read

CALL = '[2,"1","DataTransfer",{"vendorId":"x","data":"a long text that a logger cuts"}]'
SECOND = 1_000_000


def written(raw: str, line: int, prefix: str, time: int = 0) -> Written:
    found = FoundFrame(raw, line=line, time=time, prefix=prefix)
    return Written(found, charge_point="CP1", connection="", message_id="1", is_whole="..." not in raw)


def test_what_two_loggers_wrote_is_one_frame() -> None:
    """Every call would count twice."""
    copies = Copies()
    first = written(CALL, 1, "[ocpp] received")
    assert copies.original_of(first) is None
    assert copies.original_of(written(CALL, 2, "DEBUG websockets.server < TEXT")) is first
    assert first.lines == [2]
    assert copies.evidence == "1 frame is in the log twice; it is one record."


def test_a_retry_is_another_frame() -> None:
    """A charge point that repeats itself would look healthy."""
    copies = Copies()
    assert copies.original_of(written(CALL, 1, "[ocpp] received")) is None
    assert copies.original_of(written(CALL, 2, "[ocpp] received")) is None
    assert copies.evidence == ""


def test_a_shortened_copy_takes_the_whole_text_whichever_comes_first() -> None:
    short = CALL[:30] + "..." + CALL[-4:]
    for raws in ((CALL, short), (short, CALL)):
        copies = Copies()
        first = written(raws[0], 1, "[ocpp] received")
        assert copies.original_of(first) is None
        assert copies.original_of(written(raws[1], 2, "websockets < TEXT")) is first
        assert first.found.raw == CALL
        assert copies.shortened == 1


def test_frames_of_two_charge_points_or_of_other_times_are_not_copies() -> None:
    for other in (
        replace(written(CALL, 2, "websockets"), charge_point="CP2"),
        written(CALL, 2, "websockets", time=60 * SECOND),
    ):
        copies = Copies()
        assert copies.original_of(written(CALL, 1, "[ocpp] received")) is None
        assert copies.original_of(other) is None


def test_a_file_without_copies_is_not_searched_to_its_end() -> None:
    copies = Copies()
    for line in range(LOOKED):
        copies.original_of(written(f'[2,"{line}","Heartbeat",{{}}]', line, "[ocpp] received"))
    assert not copies.are_likely


def test_a_message_that_a_program_prints_after_it_logged_it_is_one_frame() -> None:
    """An error of a backend about a call would be a second call."""
    copies = Copies()
    spaced = CALL.replace(",", ", ")
    assert copies.original_of(written(spaced, 1, "INFO:ocpp:CP1: receive message")) is None
    new = written(CALL, 2, "ERROR:ocpp:Error while handling request '")
    new.found.notation = PRINTED
    original = copies.original_of(new)
    assert original is not None and original.found.raw == spaced


REPORTS = (
    "ERROR [ocpp] Unable to parse message: ", "error: failed to decode frame ", "WARN Could not deserialize ",
    "Exception while handling request '", "invalid JSON: ", "malformed OCPP message from CP1: ", "JSON parse error in ",
    "FormatViolationError: Message is not a valid request, validation failed: ",
)  # fmt: skip


@pytest.mark.parametrize("report", REPORTS)
def test_what_one_logger_says_twice_of_a_damaged_frame_is_one_frame(report: str) -> None:
    """A charge point would seem to send its broken frame again."""
    damaged = CALL[:-9]
    copies = Copies()
    assert copies.original_of(written(damaged, 1, report)) is None
    assert copies.original_of(written(damaged, 2, report)) is not None
    assert copies.original_of(written(damaged, 3, report, time=10 * SECOND)) is None


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("frame", ['[2,"1","Heartbeat",{]', '[3,"9",{"configurationKey":[]', '[2,"1","Reset",{"a":}]'])
def test_a_frame_that_could_not_be_read_was_received(tmp_path: Path, report: str, frame: str) -> None:
    """The broken answer of a charge point would be that of the central system."""
    path = tmp_path / "a.log"
    path.write_text(f"2026-01-01T10:00:00Z {report}{frame}\n")
    (record,) = read(path, ImportOptions(side=Role.CHARGE_POINT if "Reset" in frame else Role.CENTRAL_SYSTEM)).records
    assert record.direction is (Direction.TO_CHARGE_POINT if "Reset" in frame else Direction.TO_CSMS)


def _cut(raw: str, mark: str) -> str:
    """A frame that a logger cuts after 25 characters, with what it writes in place of the rest."""
    return raw if len(raw) <= 40 else raw[:25] + mark.format(len(raw) - 25)


MARKS = [
    "...",
    "…",
    "[truncated]",
    " <truncated>",
    "... (+{} bytes)",
    "… {} more chars",
    "[{} more bytes]",
    "...[cut]",
    "",
]


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("mark", MARKS)
def test_a_frame_and_what_a_second_logger_cut_of_it_are_one(
    tmp_path: Path, mark: str, is_first: bool, version: Version
) -> None:
    """Half of the rows would be malformed frames that were never on the wire."""
    frames = conversation(("CP-77", "CP-78"), version)
    path = tmp_path / "a.log"
    lines = list[str]()
    for one in frames:
        whole = f"{utc(one)} INFO {one.name} {way(one, 'rx', 'tx')} {one.raw}\n"
        short = f"{utc(one)} DEBUG {one.name} {way(one, 'rx', 'tx')} {_cut(one.raw, mark)}\n"
        lines += [short, whole] if is_first else [whole, short]
    path.write_text("".join(lines))
    check(read(path), frames, timedelta(milliseconds=1))


PROXIES: dict[str, tuple[str, str]] = {
    "sides": ("[{}] [cp-side] {}", "[{}] [csms-side] {}"),
    "streams": ("downstream {} {}", "upstream {} {}"),
    "legs": ("{} station leg: {}", "{} backend leg: {}"),
}


@pytest.mark.parametrize("version", [Version.V16, Version.V201])
@pytest.mark.parametrize("ends", PROXIES)
@pytest.mark.parametrize("choose", [list[Exchanged], of_one])
def test_what_goes_in_at_one_end_of_a_proxy_and_out_at_the_other_is_one_frame(
    tmp_path: Path, choose: Callable[[list[Exchanged]], list[Exchanged]], ends: str, version: Version
) -> None:
    """Each call would count twice, and an end of the proxy would be the charge point."""
    frames = choose(conversation(("CP-77", "CP-78"), version))
    station, backend = PROXIES[ends]
    path = tmp_path / "proxy.log"
    path.write_text("".join(
        f"{utc(one)} {end} {one.raw}\n"
        for one in frames
        for end in (
            (station.format(one.name, "received"), backend.format(one.name, "sent"))
            if one.up
            else (backend.format(one.name, "received"), station.format(one.name, "sent"))
        )
    ))  # fmt: skip
    check(read(path), frames, timedelta(milliseconds=1))
