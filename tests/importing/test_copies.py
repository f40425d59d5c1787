from __future__ import annotations

from dataclasses import replace

from ocpptui.importing.copies import LOOKED, Copies, Written
from ocpptui.importing.found_frame import FoundFrame

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
