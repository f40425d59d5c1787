"""`ocpptui control`: give a running session a command, from a script or another terminal."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ocpptui.cli.exit_codes import ExitCode
from ocpptui.cli.number_types import AnyNumber, WholeNumber
from ocpptui.cli.output import say, show, show_json

if TYPE_CHECKING:
    from ocpptui.ocpp.payload import Payload

COMMANDS = (
    "list", "send", "sequence", "raw", "answer", "release", "drop", "change", "delay", "break", "rules", "command",
    "registration", "tokens",
    "operate", "wait", "note", "automatic", "export", "quit",
)  # fmt: skip


@click.command("control", context_settings={"ignore_unknown_options": True})  # `export` hands on those of `convert`
@click.argument("address", required=False)
@click.argument("words", nargs=-1, metavar="[COMMAND] [ARGUMENT]...")
@click.option("--to", help="The charge point that is meant, where there are several.")
@click.option("--connector", type=WholeNumber(min=0), default=0, help="The connector that is meant.")
@click.option(
    "--evse-connector", type=WholeNumber(min=1), help="With operate: the connector of the EVSE to plug into (2.x)."
)
@click.option(
    "--towards", type=click.Choice(["to-csms", "to-cp"]), help="With a proxy: the side that is meant, or the direction."
)
@click.option("--timeout", type=AnyNumber(0, 86_400), default=30.0, show_default=True, help="Seconds to wait.")
@click.option("--since", type=WholeNumber(min=0), help="With wait: look from this record on [default: from now].")
@click.option("--anyway", is_flag=True, help="Send what breaks the schema, or an action that is not known.")
def command(address: str | None, words: tuple[str, ...], **options: Any) -> None:
    """Give a running session of yours a command: ADDRESS is its name, or the path given to its --control.

    \b
    ocpptui control                            lists the sessions that run
    ocpptui control NAME list                  connections, simulated charge points, calls that wait
    ocpptui control NAME send ACTION [F=V]...  sends a call, prints its answer
    ocpptui control NAME sequence FILE         sends a sequence of calls up to the first surprise
    ocpptui control NAME raw TEXT              sends any text
    ocpptui control NAME answer RECORD JSON    answers a call that waits
    ocpptui control NAME release RECORD        lets the simulation answer it
    ocpptui control NAME drop RECORD           leaves it without an answer
    ocpptui control NAME change RECORD JSON    proxy: passes on this payload, or this whole message
    ocpptui control NAME delay RECORD SECONDS  proxy: passes it on later
    ocpptui control NAME break FILTER          proxy: holds what matches from now on
    ocpptui control NAME rules [FILE]          lists the faults on purpose, or uses those of a rules file
    ocpptui control NAME command WHAT [VALUE]  unlock, start TOKEN, stop, limit 10, reset soft ... at a charge point
    ocpptui control NAME registration [PLAN]   accepted, pending, rejected:3 ... of all charge points or of --to
    ocpptui control NAME tokens [FILE]         reads the tokens again, or those of another file
    ocpptui control NAME operate WHAT [ARG]    plug-in, card, unplug, stop, fault CODE, offline, power-loss ...
    ocpptui control NAME wait FILTER           prints the next record that matches
    ocpptui control NAME note TEXT             adds a note
    ocpptui control NAME automatic on|off      switches boot, heartbeats and answers
    ocpptui control NAME export FILE           writes its recording so far; options as for ocpptui convert
    ocpptui control NAME quit                  ends it

    Exit codes: 0 done, 1 answered with an error or refused, 2 not possible, 3 no such session, 4 nothing came in time.
    """
    if address is None:
        sys.exit(asyncio.run(_show_running()))
    if not words:
        raise click.UsageError("name a command after the address: " + ", ".join(COMMANDS))
    if words[0] == "export":
        sys.exit(_export(address, words[1:]))
    sys.exit(asyncio.run(_control(address, _request(words, options))))


async def _show_running() -> ExitCode:
    from ocpptui.control.control_address import addresses_folder, running

    addresses = await running()
    for address in addresses:
        show(address.name)
    if not addresses:
        say(f"no session of yours listens in {addresses_folder()}")
    return ExitCode.DONE if addresses else ExitCode.NO_CONNECTION


async def _control(address: str, request: Payload) -> ExitCode:
    reply = await _ask(address, request)
    if reply is None:
        return ExitCode.NO_CONNECTION
    if not reply.pop("ok", False):
        say(str(reply.get("error", "the session refused it")))
        return ExitCode.USAGE
    if request["do"] == "send" and "answer" in reply:
        return _show_answer(request, reply["answer"])
    if request["do"] == "command":
        return _show_outcome(request, reply)
    if request["do"] == "sequence":
        return _show_steps(reply)
    if request["do"] == "wait":
        if reply["record"] is None:
            say(f"no record matched within {request['timeout']:g} s")
            return ExitCode.TIMED_OUT
        show_json(reply["record"])
    elif reply:
        show_json(reply)
    return ExitCode.DONE


def _show_outcome(request: Payload, reply: Payload) -> ExitCode:
    """The answer to an everyday command; one that is refused has not succeeded."""
    if reply["answer"] is None:
        say(f"{reply['action']}: {reply['words']}")
        return ExitCode.TIMED_OUT if reply["record"] is not None else ExitCode.NO_CONNECTION
    code = _show_answer(request, reply["answer"])
    if reply["refused"]:
        say(f"{reply['action']}: {reply['words']}")
        return ExitCode.FOUND
    return code


def _show_steps(reply: Payload) -> ExitCode:
    """The steps of a sequence that were sent, each in a line."""
    from ocpptui.cli.send_sequence import SEQUENCE_CODES

    sent = [step for step in reply["steps"] if step["state"] != "waiting"]
    for step in sent:
        show(step["line"])
    if left := len(reply["steps"]) - len(sent):
        say(f"stopped; {left:,} step{'s were' if left > 1 else ' was'} not sent")
    return SEQUENCE_CODES[reply["state"]]


def _show_answer(request: Payload, answer: Payload | None) -> ExitCode:
    if answer is None:
        say(f"no answer to {request['action']} within {request['timeout']:g} s")
        return ExitCode.TIMED_OUT
    if "errorCode" not in answer:
        show_json(answer["payload"])
        return ExitCode.DONE
    show_json({name: answer[name] for name in ("errorCode", "errorDescription")} | {"errorDetails": answer["payload"]})
    return ExitCode.FOUND


async def _ask(address: str, request: Payload) -> Payload | None:
    from ocpptui.control.control_address import address_of, running
    from ocpptui.control.control_client import ask

    try:
        return await ask(address_of(address), request)
    except (FileNotFoundError, ConnectionRefusedError):
        others = ", ".join(path.name for path in await running())
        say(f"no session listens at {address}; {f'running: {others}' if others else 'none is running'}")
    except OSError as error:
        say(f"no session listens at {address}: {error.strerror or error}")
    return None


def _request(words: tuple[str, ...], options: dict[str, Any]) -> Payload:
    """The request that the words of the command line make. Raises click.UsageError."""
    name, *rest = words
    request: Payload = {"do": name, "timeout": options["timeout"]}
    if options["to"] is not None:
        request["to"] = request["station"] = options["to"]
    if options["towards"] is not None:
        request["towards"] = options["towards"]
    match name, rest:
        case "list" | "quit", []:
            pass
        case "send", [action, *fields]:
            request |= {"action": action, "fields": fields, "anyway": options["anyway"]}
        case "raw" | "note", [text]:
            request["text"] = text
        case "answer", [record, payload] if record.isdecimal():
            request |= {"record": int(record), "payload": _json(payload)}
        case "change", [record, text] if record.isdecimal():
            content = _json(text)
            request |= {"record": int(record)} | ({"text": text} if isinstance(content, list) else {"payload": content})
        case "delay", [record, seconds] if record.isdecimal() and seconds.replace(".", "", 1).isdecimal():
            request |= {"record": int(record), "seconds": float(seconds)}
        case "break", [expression]:
            request["filter"] = expression
        case "release" | "drop", [record] if record.isdecimal():
            request["record"] = int(record)
        case "sequence", [path]:
            request |= {"text": _content(path)} if Path(path).is_file() else {"name": path}
        case "rules", []:
            pass
        case "registration" | "tokens", []:
            pass
        case "registration", [plan]:
            request["plan"] = plan
        case "rules" | "tokens", [path]:
            request["text"] = _content(path)
        case "command", [what, *values]:
            connector = [f"connector={options['connector']}"] if options["connector"] else []
            request |= {"command": what, "values": [*connector, *values]}
        case "operate", [what]:
            request |= {"operation": what, **_place(options)}
        case "operate", [what, argument]:
            request |= {"operation": what, **_place(options), "argument": argument}
        case "wait", [expression]:
            request |= {"filter": expression} | ({} if options["since"] is None else {"since": options["since"]})
        case "automatic", ["on" | "off" as state]:
            request["on"] = state == "on"
        case _:
            known = "has other arguments" if name in COMMANDS else f"is not one of {', '.join(COMMANDS)}"
            raise click.UsageError(f"{name} {known}; see ocpptui control --help")
    return request


def _place(options: dict[str, Any]) -> Payload:
    """Where a simulated charge point is operated."""
    part = options["evse_connector"]
    return {"connector": options["connector"], **({} if part is None else {"evseConnector": part})}


def _content(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{path} cannot be read: {error}") from None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise click.UsageError(f"the payload is not valid JSON: {error}") from None


def _export(address: str, arguments: tuple[str, ...]) -> int:
    """Convert the recording of the session, as far as it is written by now."""
    from ocpptui.cli.convert_command import command as convert

    if not arguments:
        raise click.UsageError("name the file to write; options are those of ocpptui convert")
    reply = asyncio.run(_ask(address, {"do": "list"}))
    if reply is None:
        return ExitCode.NO_CONNECTION
    if reply.get("recording") is None:
        say("the session has no recording")
        return ExitCode.USAGE
    convert.main([reply["recording"], *arguments], prog_name="ocpptui convert")
    return ExitCode.DONE
