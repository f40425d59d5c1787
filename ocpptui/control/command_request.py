"""An everyday command that a script gives to a charge point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ocpptui.compose.remote_sending import CommandTarget, circumstances_of
from ocpptui.remote_control.asker import RemoteCall
from ocpptui.remote_control.command_calls import ANSWER_NAMES, planned_call
from ocpptui.remote_control.command_list import remote_commands
from ocpptui.remote_control.question import Question
from ocpptui.runtime.clock import now
from ocpptui.session.session import Session


class WrongCommand(ValueError):
    """A command that is not known, or that lacks an answer; the message says which are possible."""


async def scripted_call(session: Session, target: CommandTarget, name: str, values: Sequence[str]) -> RemoteCall:
    """The call that a command makes with these values: `token=AB12` answers that question, `AB12` the next one.

    A log is uploaded to us where no URL is given; firmware can be named by its file in our folder. Raises WrongCommand.
    """
    known = [one.id for one in remote_commands(target.version)]
    if name not in known:
        raise WrongCommand(f"the commands of OCPP {target.version} are {', '.join(known)}")
    given: dict[str, str] = {}
    plain: list[str] = []
    for value in values:
        key, equals, answer = value.partition("=")
        if equals and key in ANSWER_NAMES:
            given[key] = answer
        else:
            plain.append(value)
    if name == "firmware":
        await session.files.prepare_firmware(target.charge_point)
    case = circumstances_of(session, target, now())
    while isinstance(planned := planned_call(name, replace(case, given=given)), Question):
        if planned.problem or planned.name in given:
            raise WrongCommand(planned.problem or planned.words)
        if plain:
            given[planned.name] = plain.pop(0)
        elif planned.name == "upload" and (url := await session.files.upload_url(target.charge_point)):
            given["upload"] = url
        else:
            offered = ", ".join(one.value for one in planned.offered)
            raise WrongCommand(f"{planned.words} Give {planned.name}=…{f', one of {offered}' if offered else ''}")
    if plain:
        raise WrongCommand(f"{name} does not ask for {plain[0]!r}")
    return planned
