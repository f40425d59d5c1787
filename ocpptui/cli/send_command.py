"""`ocpptui send URL ACTION [field=value…]`: one call, its answer on standard output."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ocpptui.cli.charge_point_command import client_options
from ocpptui.cli.exit_codes import ExitCode
from ocpptui.cli.number_types import AnyNumber
from ocpptui.cli.options import calls_option, lenient_option, settings_from
from ocpptui.cli.output import say, say_secrets_are_kept, show, show_json

if TYPE_CHECKING:
    from ocpptui.compose.call_sequence import CallSequence
    from ocpptui.compose.saved_calls import SavedCall
    from ocpptui.network.client_settings import ClientSettings
    from ocpptui.network.connection import Connection
    from ocpptui.ocpp.version import Version
    from ocpptui.session.session import Session


@click.command("send")
@click.argument("url")
@click.argument("action", required=False)
@click.argument("assignments", nargs=-1, metavar="[FIELD=VALUE]...")
@click.option(
    "--json", "json_file", type=click.File(encoding="utf-8"), help="Payload from a file; - for standard input."
)
@click.option("--saved", metavar="NAME", help="Send a saved call; fields change it.")
@click.option("--sequence", metavar="FILE", help="Send a sequence of calls, up to the first surprise.")
@calls_option
@client_options
@lenient_option
@click.option("--boot", is_flag=True, help="Send a BootNotification first and wait until it is accepted.")
@click.option("--anyway", is_flag=True, help="Send a payload that breaks the schema, or an action that is not known.")
@click.option("--raw", is_flag=True, help="Print the whole answer frame as it came, not only its payload.")
@click.option(
    "--timeout",
    type=AnyNumber(min=0, min_open=True),
    default=30.0,
    show_default=True,
    help="Seconds to wait for the connection, and for the answer.",
)
@click.option("--record", type=click.Path(dir_okay=False, path_type=Path), help="Keep a recording of it here.")
@click.option("--keep-secrets", is_flag=True, help="Leave passwords in that recording.")
def command(
    url: str,
    action: str | None,
    assignments: tuple[str, ...],
    json_file: Any,
    saved: str | None,
    sequence: str | None,
    calls: str | None,
    boot: bool,
    anyway: bool,
    raw: bool,
    timeout: float,
    record: Path | None,
    keep_secrets: bool,
    **options: object,
) -> None:
    """Connect to URL as a charge point, send one call, print its answer.

    Fields are set by path: connectorId=1 idTag=ABC meterValue[0].sampledValue[0].value=12. Values take the type of the
    schema; field:=JSON sets any JSON. --json supplies the whole payload, which fields then change.

    ${now}, ${uuid}, ${env:NAME} and others in a field, a saved call or a sequence are filled in; $${ is a literal ${.

    Exit codes: 0 answered, 1 answered with an error or a surprise, 2 wrong usage, 3 no connection, 4 no answer in time.

    \b
    Examples:
      ocpptui send ws://localhost:9000/CP001 Heartbeat
      ocpptui send ws://localhost:9000/CP001 Authorize idTag=ABC123 --version 1.6 --boot
      ocpptui send ws://localhost:9000/CP001 --saved start-at-1 connectorId=2
      ocpptui send ws://localhost:9000/CP001 --sequence evening.toml --boot
      ocpptui send ws://localhost:9000/CP001 DataTransfer --version 2.0.1 vendorId=com.acme 'data:={"a":[1,2]}'
    """
    from ocpptui.session.settings import client_settings

    call = _Call(action or "", assignments, None, boot, anyway, raw, timeout)
    if [action is not None and saved is None, saved is not None, sequence is not None].count(True) != 1:
        raise click.UsageError("Give an ACTION, --saved NAME or --sequence FILE, and only one of them.")
    if json_file is not None:
        if action is None or saved is not None:
            raise click.UsageError("--json is the payload of an ACTION.")
        call.json_text = json_file.read()
    if sequence is not None:
        if raw or anyway:
            raise click.UsageError("--raw and --anyway are for one call; a step has `anyway` for itself.")
        call.sequence = _sequence(sequence, calls)
    if saved is not None:
        call.use_saved(_saved(saved, calls))
    if call.written_for is not None and not options["versions"]:
        options["versions"] = (call.written_for,)
    settings = settings_from(client_settings, {**options, "url": url, "no_reconnect": True})
    sys.exit(asyncio.run(_send(settings, call, record, keep_secrets)))


def _saved(name: str, folder: str | None) -> SavedCall:
    from ocpptui.compose.call_folders import call_folders
    from ocpptui.compose.saved_calls import WrongCallFile

    try:
        return call_folders(folder).call(name)
    except WrongCallFile as wrong:
        raise click.UsageError(str(wrong)) from None


def _sequence(name: str, folder: str | None) -> CallSequence:
    from ocpptui.compose.call_folders import call_folders
    from ocpptui.compose.saved_calls import WrongCallFile

    try:
        return call_folders(folder).sequence(name)
    except WrongCallFile as wrong:
        raise click.UsageError(str(wrong)) from None


class _Call:
    """The call to be sent, before the version is known."""

    def __init__(
        self,
        action: str,
        assignments: tuple[str, ...],
        json_text: str | None,
        boot: bool,
        anyway: bool,
        raw: bool,
        timeout: float,
    ) -> None:
        self.action = action
        self.assignments = assignments
        self.json_text = json_text
        self.boot = boot
        self.anyway = anyway
        self.raw = raw
        self.timeout = timeout
        self.saved: SavedCall | None = None
        self.sequence: CallSequence | None = None

    def use_saved(self, saved: SavedCall) -> None:
        """Send a saved call: what stands where its action would be is the first of the fields."""
        self.saved = saved
        self.assignments = (self.action, *self.assignments) if self.action else self.assignments
        self.action = saved.action

    @property
    def written_for(self) -> Version | None:
        """The version that a saved call, or the first step of a sequence that names one, is written for."""
        calls = [self.saved] if self.saved is not None else []
        calls += self.sequence.calls if self.sequence is not None else []
        return next((one.version for one in calls if one.version is not None), None)

    @property
    def longest(self) -> float:
        """Seconds to wait for an answer at most."""
        steps = self.sequence.steps if self.sequence is not None else ()
        return max([30.0, *(step.timeout for step in steps)])

    def payload(self, version: Version, session: Session, charge_point: str) -> str:
        """The payload as JSON text. Raises click.UsageError if it is wrong and --anyway is not set."""
        from ocpptui.compose.call_payload import WrongPayload, call_payload
        from ocpptui.compose.filled_payload import filled_fields, filled_payload
        from ocpptui.compose.placeholders import WrongPlaceholder
        from ocpptui.compose.session_values import session_values
        from ocpptui.ocpp.schema import Part, field_tree
        from ocpptui.runtime.clock import now

        values = session_values(session, charge_point, now(), {}, {})
        try:
            text = self.json_text
            if self.saved is not None:
                text = filled_payload(field_tree(version, self.action, Part.REQUEST), self.saved.payload, values)
            fields = filled_fields(self.assignments, values)
            return call_payload(version, self.action, fields, text, anyway=self.anyway)
        except WrongPlaceholder as wrong:
            raise click.UsageError(str(wrong)) from None
        except WrongPayload as wrong:
            remedy = "\n--anyway sends it, --version speaks another one" if wrong.can_be_sent else ""
            raise click.UsageError(f"{wrong}{remedy}") from None


async def _send(settings: ClientSettings, call: _Call, record: Path | None, keep_secrets: bool) -> ExitCode:
    from ocpptui.cli.headless import say_what_becomes_of_the_recording, say_what_is_missing
    from ocpptui.cli.run_session import recording
    from ocpptui.ocpp.version import Role
    from ocpptui.runtime.signals import ASKING_FOR_THE_END, HASTE, PATIENCE, end_within, heard, named
    from ocpptui.session.session import Session
    from ocpptui.session.settings import SessionSettings
    from ocpptui.simulator.charge_point_behaviour import ChargePointBehaviour
    from ocpptui.simulator.effects import Behaviour
    from ocpptui.simulator.refuse_calls import RefusingBehaviour

    def behaviour(connection: Connection) -> Behaviour | None:
        if connection.version is None:
            return None
        if call.boot:
            return ChargePointBehaviour(connection.version)
        return RefusingBehaviour(connection.version)

    if keep_secrets:
        say_secrets_are_kept()
    session = Session(
        role=Role.CHARGE_POINT,
        writer=recording(record, "send") if record is not None else None,
        settings=SessionSettings(keep_secrets=keep_secrets, call_timeout=call.longest),
        behaviour=behaviour,
    )
    say_what_becomes_of_the_recording(session)
    loop, task, asked = asyncio.get_running_loop(), asyncio.current_task(), False

    def end() -> None:
        nonlocal asked
        if task is not None and not asked:
            asked = True
            session.hurry(HASTE)
            task.cancel()

    def hear(_: signal.Signals) -> None:
        end_within(PATIENCE, ExitCode.INTERRUPTED)
        loop.call_soon_threadsafe(end)

    with heard(named(*ASKING_FOR_THE_END), hear):
        try:
            await session.connect(settings)
            return await _exchange(session, call)
        except asyncio.CancelledError:
            return ExitCode.INTERRUPTED
        finally:
            await session.close()
            say_what_is_missing(session)


async def _exchange(session: Session, call: _Call) -> ExitCode:

    opened = await session.until(lambda: _opened(session), call.timeout)
    if not opened:
        say(_why_not(session))
        from ocpptui.ocpp.version import Transport

        if session.client_links[0].settings.transport is Transport.JSON:
            say("`ocpptui doctor` with the same URL and options tries each step of the connection by itself.")
        return ExitCode.NO_CONNECTION
    [connection] = opened
    if connection.version is None:
        say("the central system chose no subprotocol; name a version with --version")
        return ExitCode.NO_CONNECTION
    if call.sequence is not None:
        from ocpptui.cli.send_sequence import send_sequence

        if call.boot and (code := await _booted(session, connection, call.timeout)) is not None:
            return code
        return await send_sequence(session, connection, call.sequence)
    try:
        payload = call.payload(connection.version, session, connection.charge_point)
    except click.UsageError as error:
        say(f"Error: {error.message}")
        return ExitCode.USAGE
    if call.boot and (code := await _booted(session, connection, call.timeout)) is not None:
        return code
    from ocpptui.timeline.record import RecordKind

    sent = await session.send_call(connection.number, call.action, payload)
    if session.timeline.kind(sent) is RecordKind.SEND:
        return ExitCode.DONE
    index = await session.wait_for_answer(sent, call.timeout)
    if index is None:
        if connection.number not in session.connections:
            say("the connection was closed before the answer came")
            return ExitCode.NO_CONNECTION
        from ocpptui.timeline.malformed_answer import malformed_answer

        malformed = malformed_answer(session.timeline, sent)
        came = f"; a malformed message with its id came: {malformed.defect.text}" if malformed is not None else ""
        say(f"no answer to {call.action} within {call.timeout:g} s{came}")
        return ExitCode.TIMED_OUT
    return _print_answer(session, index, call.raw)


def _opened(session: Session) -> list[Connection] | None:
    """The open connection, an empty list if there certainly will be none, None while this is unknown."""
    from ocpptui.timeline.record import ENDS

    for connection in session.connections.values():
        return [connection]
    events = [session.timeline.event(index) for index in range(len(session.timeline))]
    return [] if any(event in ENDS for event in events) else None


def _why_not(session: Session) -> str:
    from ocpptui.cli.option_remedies import option_remedy
    from ocpptui.describe.network_problems import recorded_words

    for index in reversed(range(len(session.timeline))):
        if words := recorded_words(session.timeline.record(index).detail, option_remedy):
            return " ".join(words)
    return "no connection in time"


async def _booted(session: Session, connection: Connection, timeout: float) -> ExitCode | None:
    """Wait until the central system accepts the BootNotification; return an exit code if it does not."""

    def accepted() -> bool | None:
        if connection.number not in session.connections:
            return False
        return True if session.knowledge[connection.charge_point].registration == "Accepted" else None

    if await session.until(accepted, timeout):
        return None
    status = session.knowledge[connection.charge_point].registration or "not answered"
    say(f"the BootNotification was not accepted within {timeout:g} s: {status}")
    return ExitCode.FOUND if session.knowledge[connection.charge_point].registration else ExitCode.TIMED_OUT


def _print_answer(session: Session, index: int, raw: bool) -> ExitCode:
    from ocpptui.ocpp.message import Message

    frame = session.timeline.frame(index)
    assert isinstance(frame, Message)
    if raw:
        show(frame.raw)
    elif frame.kind.is_error:
        error = {"errorCode": frame.error_code, "errorDescription": frame.error_description}
        show_json({**error, "errorDetails": frame.payload})
    else:
        show_json(frame.payload)
    return ExitCode.FOUND if frame.kind.is_error else ExitCode.DONE
