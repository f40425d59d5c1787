"""What a session says in its own log. If it failed, nobody would learn from the recording why it has a gap."""

from __future__ import annotations

from pathlib import Path

from ocpptui.runtime.clock import Clock, now
from ocpptui.session.bench_files import BenchFiles
from ocpptui.session.session_notes import SessionNotes
from ocpptui.simulator.bench_certificates import Flaw
from ocpptui.timeline.record import Origin, Record, RecordKind

NOW = 1_700_000_000_000_000


def written(kept: list[Record]) -> list[tuple[Origin, object]]:
    return [(record.origin, record.detail["text"]) for record in kept if record.kind is RecordKind.NOTE]


def notes_into(kept: list[Record], clock: Clock = lambda: NOW) -> SessionNotes:
    def append(record: Record) -> int:
        kept.append(record)
        return len(kept) - 1

    return SessionNotes(append, clock)


def test_the_log_tells_the_user_from_the_session() -> None:
    kept: list[Record] = []
    notes = notes_into(kept)
    assert notes.by_user("the cable was unplugged") == 0
    notes.tell("The clock was set.", {"clockSetMs": 12.5})
    assert written(kept) == [
        (Origin.MANUAL, "the cable was unplugged"),
        (Origin.BEHAVIOUR, "The clock was set."),
    ]
    assert kept[1].detail["clockSetMs"] == 12.5
    assert {record.time for record in kept} == {NOW}


def test_a_recording_that_fails_and_recovers_says_both() -> None:
    kept: list[Record] = []
    notes = notes_into(kept)
    notes.tell_failure("No space left on device.")
    notes.tell_failure(None)
    assert [text for _, text in written(kept)] == [
        "Records do not reach the recording: No space left on device.",
        "Records reach the recording again.",
    ]


def test_a_closed_session_adds_nothing() -> None:
    """What is found while it closes would be in the timeline and not in the recording."""
    kept: list[Record] = []
    notes = notes_into(kept)
    notes.is_closed = True
    notes.tell("too late")
    notes.tell_of(None, "a file", {})
    assert kept == []


async def test_a_certificate_of_ours_that_is_out_of_date_is_named(tmp_path: Path) -> None:
    """The user would look for the fault at the charge point."""
    bench = BenchFiles(tmp_path)
    right, *wrong = (
        str(bench.server(["localhost"], flaw=flaw).path) for flaw in (None, Flaw.EXPIRED, Flaw.NOT_YET_VALID)
    )
    kept: list[Record] = []
    await notes_into(kept, now).tell_out_of_date([right, None, *wrong, str(tmp_path / "missing.pem")])
    texts = [str(text) for _, text in written(kept)]
    assert len(texts) == 2
    assert wrong[0] in texts[0] and "expired at" in texts[0]
    assert wrong[1] in texts[1] and "is not valid before" in texts[1]
