"""A headless session: records as JSON Lines on standard output, messages on standard error."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from typing import Any, Protocol

from ocpptui.cli.configured_limits import configured_meter_keys
from ocpptui.cli.derived_fields import derived_fields, findings_fields
from ocpptui.cli.exit_codes import ExitCode
from ocpptui.cli.option_remedies import remedy_for
from ocpptui.cli.output import OutputFailed, output_file, ring, say, say_secrets_are_kept
from ocpptui.describe.network_problems import problem_text, recorded_words
from ocpptui.network.problems import CannotListen
from ocpptui.ocpp.version import Role
from ocpptui.recording.line_format import to_line
from ocpptui.runtime.background_writer import BackgroundWriter
from ocpptui.runtime.bounded import put
from ocpptui.runtime.signals import ASKING_FOR_THE_END, HASTE, PATIENCE, end_within, heard, named
from ocpptui.runtime.tasks import Tasks
from ocpptui.session.incomplete_files import incomplete_files
from ocpptui.session.session import Session
from ocpptui.timeline.record import ENDS, ConnectionEvent
from ocpptui.timeline.timeline import Timeline

MOST_SAID = 20
"""How many findings are said after the last record; the others are counted."""
MOST_TOLD = 20_000
"""Of how many records with findings is known which of them are printed."""
MOST_WAITING = 2**16
"""How many bytes may wait for the reader of standard output; beyond that, the session waits too."""
LAST_OUTPUT = 1.0
"""Seconds for the reader of standard output to read what waits, after a signal."""


class Output(Protocol):
    """The output for lines."""

    def write(self, data: bytes, /) -> object: ...

    def flush(self) -> object: ...


class RecordPrinter:
    """Prints each record of a timeline once, in order, with what was derived from it.

    What is found in a record that was printed before is in the line of the record that shows it, as `laterFindings`.
    """

    def __init__(self, timeline: Timeline, out: Output, meter_keys: Sequence[str] = ()) -> None:
        """`meter_keys` are public keys that the user has given, to verify signed meter values."""
        self._timeline = timeline
        self._out = out
        self._meter_keys = meter_keys
        self._seen = 0  # revised findings before this one are printed
        self._told: dict[int, set[tuple[str, str]]] = {}  # the findings of each record that are printed

    def print(self, index: int) -> None:
        """Write the record at `index` as one line. Raises BrokenPipeError if the reader has ended."""
        timeline = self._timeline
        derived = derived_fields(timeline, index, self._meter_keys)
        if later := self._later(index):
            derived["laterFindings"] = later
        if derived["findings"]:
            self._note(index, derived["findings"])
        self._out.write(to_line(timeline.record(index), timeline.action(index), derived))
        self._out.flush()

    def finish(self, printed: int) -> None:
        """Say what was found in the `printed` records since the last one."""
        later = self._later(printed)
        for one in later[:MOST_SAID]:
            say(f"found at the end: record {one['record'] + 1}: {one['text']} ({one['rule']})")
        if len(later) > MOST_SAID:
            say(f"found at the end: {len(later) - MOST_SAID:,} more")

    def _later(self, index: int) -> list[dict[str, Any]]:
        """What was found since in the records before this one."""
        revised = self._timeline.revised
        if self._seen == len(revised):
            return []
        earlier = dict.fromkeys(one for one in revised[self._seen :] if one < index)
        self._seen = len(revised)
        later: list[dict[str, Any]] = []
        for one in earlier:
            told = self._told.get(one, set())
            new = [entry for entry in findings_fields(self._timeline, one) if _key(entry) not in told]
            self._note(one, new)
            later += [{"record": one, **entry} for entry in new]
        return later

    def _note(self, index: int, entries: list[dict[str, Any]]) -> None:
        put(self._told, index, self._told.get(index, set()) | set(map(_key, entries)), MOST_TOLD)


def _key(entry: dict[str, Any]) -> tuple[str, str]:
    return entry["rule"], entry["text"]


class StandardOutput:
    """Standard output of a live session. A slow reader delays the session, but not its end."""

    def __init__(self, on_failure: Callable[[OSError], None]) -> None:
        """`on_failure` is called once, in another thread, when nothing more can be written."""
        self._writer = BackgroundWriter(output_file().fileno(), MOST_WAITING, on_failure=on_failure)

    def write(self, data: bytes) -> None:
        while not self._writer.put(data) and self._writer.wait_for_room():
            pass

    def flush(self) -> None:
        """Nothing to do: the output is already queued."""

    def hurry(self) -> None:
        """Stop waiting for the reader: from now on, output that does not fit is dropped."""
        self._writer.hurry()

    def close(self) -> None:
        """Let the reader read what waits."""
        self._writer.close(LAST_OUTPUT)


async def run_headless(
    session: Session,
    start: Callable[[], Awaitable[object]],
    duration: float | None,
    *,
    once: bool = False,
    close: Callable[[], Awaitable[None]] | None = None,
    work: Callable[[], Awaitable[ExitCode]] | None = None,
    records: bool = True,
) -> ExitCode:
    """Run a session until `duration` seconds are over, a signal ends it, or the reader ends; close it cleanly.

    `start` connects or listens. Every record from the first on is printed, unless `records` is off. With `once` the
    run also ends with the first connection, or if it could not be made; with `work` when that is done, with its
    exit code. A charge point that was never connected when the time is over ends with `NO_CONNECTION`.
    """
    run = _HeadlessRun(session, once=once, records=records, may_be_cut_short=work is not None)
    say_what_becomes_of_the_recording(session)
    with heard(named(*ASKING_FOR_THE_END), run.hear), closing(run.out):
        session.subscribe(run.printed)
        tasks = Tasks("headless run")
        try:
            if session.settings.keep_secrets:
                say_secrets_are_kept()
            await start()
            _say_where_it_listens(session)
            if work is not None:
                tasks.start(run.do(work), "work")
            async with asyncio.timeout(duration):
                await run.ended.wait()
        except TimeoutError:
            run.time_is_over()
        except CannotListen as error:
            say(problem_text(error.problem, remedy_for(session)))
            run.code = ExitCode.NO_CONNECTION
        finally:
            await tasks.cancel()
            await (close or session.close)()
            run.finish()
    return run.code


class _HeadlessRun:
    """Prints what happens in a session, and knows what ends it and with which exit code."""

    def __init__(self, session: Session, *, once: bool, records: bool, may_be_cut_short: bool) -> None:
        """`may_be_cut_short`: a signal ends something that would have ended by itself."""
        self.ended = asyncio.Event()
        self.code = ExitCode.DONE
        self._loop = asyncio.get_running_loop()
        self.out = StandardOutput(self._output_failed)
        self._session = session
        self._once = once
        self._records = records
        self._may_be_cut_short = may_be_cut_short
        self._printer = RecordPrinter(session.timeline, self.out, configured_meter_keys())
        self._said = set[str]()  # problems of connections
        self._has_opened = False
        if session.settings.bell:
            session.alarm.on_ring.append(ring)
        session.alarm.on_stop.append(self._stopped)
        session.on_end_wanted.append(self.ended.set)

    def printed(self, index: int) -> None:
        """Print a new record, and end the run if it was to last for one connection only."""
        session = self._session
        if self._records:
            session.live_diagnosis.catch_up(index)
            session.observer.about_to_send()  # nothing is shown that a kill could still take from the recording
            self._printer.print(index)
        event = session.timeline.event(index)
        if event in ENDS and (words := _problem(session, index)) and words not in self._said:
            self._said.add(words)
            say(words)
        self._has_opened = self._has_opened or event is ConnectionEvent.OPENED
        if self._once and event in ENDS:
            self._end(ExitCode.DONE if self._has_opened else ExitCode.NO_CONNECTION)

    def hear(self, number: signal.Signals) -> None:
        """End at a signal. It comes at any moment, also while the loop is blocked."""
        is_cut_short = number is signal.SIGINT or self._may_be_cut_short
        asked = ExitCode.INTERRUPTED if is_cut_short else ExitCode.DONE
        end_within(PATIENCE, ExitCode.INTERRUPTED)
        self.out.hurry()
        self._loop.call_soon_threadsafe(self._end_in_haste, asked)

    async def do(self, work: Callable[[], Awaitable[ExitCode]]) -> None:
        """Do the work for which the session runs, and end with its exit code."""
        self._end(await work())

    def time_is_over(self) -> None:
        """End after `--duration`: a charge point must have had a connection by then."""
        if self._may_be_cut_short:
            self.code = ExitCode.TIMED_OUT
        elif self._session.role is Role.CHARGE_POINT and not self._has_opened:
            say("no connection was made in this time")
            self.code = ExitCode.NO_CONNECTION

    def finish(self) -> None:
        """Print what is still due, and say what the user must know of a session that has ended."""
        session = self._session
        if self._records:
            self._printer.finish(len(session.timeline))
        if session.settings.doctor:
            say_who_tried(session)
        if session.recording_path is not None and len(session.timeline):
            say(f"recording: {session.recording_path}")
        say_what_is_missing(session)

    def _end(self, code: ExitCode) -> None:
        self.code = code
        self.ended.set()

    def _end_in_haste(self, code: ExitCode) -> None:
        self._session.hurry(HASTE)
        self._end(code)

    def _stopped(self, why: str) -> None:
        say(why)
        self._end(ExitCode.FOUND)

    def _output_failed(self, error: OSError) -> None:
        """Called in the thread that writes."""
        self._loop.call_soon_threadsafe(self._unread, error)

    def _unread(self, error: OSError) -> None:
        """End without its reader; a reader that has gone, as `head` goes, is not an error."""
        if not isinstance(error, BrokenPipeError):
            say(str(OutputFailed(error.errno, error.strerror)))
            self.code = ExitCode.USAGE
        self.ended.set()


def _say_where_it_listens(session: Session) -> None:
    for url in session.listening_urls:
        say(f"listening on {url}")
    for url in session.soap_urls:
        say(f"listening on {url} for OCPP-S (SOAP)")
    for link in session.server_links:
        if link.hint is not None:
            say(problem_text(link.hint, remedy_for(session)))


def say_who_tried(session: Session) -> None:
    """Say who tried to get in, why not, and what to do about it."""
    from ocpptui.doctor.arrivals import Arrivals, arrival_lines

    session.live_diagnosis.catch_up()
    arrivals = Arrivals(session.timeline)
    arrivals.advance()
    rows = arrivals.rows
    say(f"who tried to get in: {len(rows):,}" if rows else "nobody has tried to get in")
    for row in rows:
        say("\n".join(arrival_lines(row, arrivals.remarks(row), remedy_for(session))))


def say_what_becomes_of_the_recording(session: Session) -> None:
    """From now on, say at once when the recording fails, works again, or is taken away."""

    def say_failure(failure: str | None) -> None:
        say("the recording works again" if failure is None else f"NOT RECORDING: {failure}")

    session.recording_watch.on_failure.append(say_failure)
    session.recording_watch.on_news.append(say)


def say_what_is_missing(session: Session) -> None:
    """At the end, say what its files lack."""
    for lacking in incomplete_files(session):
        say(lacking)


def _problem(session: Session, index: int) -> str:
    """The problem of a connection, on one line."""
    record = session.timeline.record(index)
    words = " ".join(recorded_words(record.detail, remedy_for(session)))
    return f"{record.charge_point}: {words}" if words and record.charge_point else words


def summary(timeline: Timeline) -> str:
    """The line of counts that ends the headless output for files."""
    counts = timeline.counts
    return (
        f"{counts.records} records, {counts.calls} calls, {counts.answers} answers, "
        f"{counts.unanswered} unanswered calls, {counts.orphans} orphan answers, "
        f"{counts.malformed} malformed, {counts.invalid} invalid, {counts.problems} problems"
    )
