"""`ocpptui actions`: every action of every version, with its fields and examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ocpptui.cli.options import VersionType
from ocpptui.cli.output import Heading, show_json, show_lines
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.actions import Action
from ocpptui.ocpp.version import Direction, Role, Version

if TYPE_CHECKING:
    from ocpptui.ocpp.schema import Field, Part


@click.command("actions")
@click.argument("name", required=False, metavar="[ACTION]")
@click.option("--version", type=VersionType(any_version=True), help="OCPP version, such as 1.6 or 2.0.1.")
@click.option(
    "--from", "sender", type=click.Choice([role.value for role in Role]), help="Only what this role may send."
)
@click.option("--example", is_flag=True, help="Print the smallest valid payload of ACTION.")
@click.option("--full", is_flag=True, help="Print a payload of ACTION with all fields.")
@click.option("--response", is_flag=True, help="With --example and --full: the payload of the answer.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
def command(
    name: str | None,
    version: Version | None,
    sender: str | None,
    example: bool,
    full: bool,
    response: bool,
    as_json: bool,
) -> None:
    """List every action, or explain one: its fields, limits and allowed values.

    The case of ACTION does not matter. It is shown in the newest version that has it, or in the one given by --version.

    \b
    Examples:
      ocpptui actions --version 2.0.1 --from central-system
      ocpptui actions SetChargingProfile
      ocpptui actions --version 1.6 BootNotification --full
    """
    role = Role(sender) if sender else None
    if name is None:
        if example or full or response:
            raise click.UsageError("--example, --full and --response need an ACTION")
        listed = [catalog.actions(each, role) for each in ([version] if version else Version)]
        if as_json:
            show_json([_summary(a) for group in listed for a in group])
        else:
            show_lines(_listing(listed))
        return
    action = _find(name, version)
    if role is not None and role.sends not in action.directions:
        raise click.UsageError(f"a {role.words} may not send {action.name} in OCPP {action.version}")
    if example and full:
        raise click.UsageError("--example and --full cannot be combined")
    if example or full:
        show_json(_payload(action, full, response), indent=None if as_json else 2)
    elif response:
        raise click.UsageError("--response needs --example or --full")
    elif as_json:
        show_json(_summary(action) | _fields(action))
    else:
        show_lines(_explanation(action))


def _find(name: str, version: Version | None) -> Action:
    """The action of this name in the version, or in the newest one that has it. Raises click.UsageError."""
    searched = dict.fromkeys([*([version] if version else ()), *reversed(Version)])
    same = [a for each in searched for a in catalog.actions(each) if a.name.casefold() == name.casefold()]
    for action in same:
        if version in (None, action.version):
            return action
    if same:
        versions = ", ".join(action.version for action in reversed(same))
        raise click.UsageError(f"OCPP {version} has no action {same[0].name}; it is one of OCPP {versions}")
    from ocpptui.ocpp.did_you_mean import suggestion

    names = [a.name for each in ([version] if version else Version) for a in catalog.actions(each)]
    where = f"OCPP {version} has no" if version else "no version of OCPP has an"
    raise click.UsageError(f"{where} action {name!r}{suggestion(name, names)}")


def _listing(groups: list[tuple[Action, ...]]) -> list[str]:
    lines: list[str] = []
    for group in groups:
        if not group:
            continue
        lines += ["", Heading(f"OCPP {_version(group[0])}: {len(group)} actions")]
        for block in sorted({action.block for action in group}, key=lambda block: (block != "Core", block)):
            lines += ["", f"  {block}"]
            lines += [f"    {a.name:<36}{_from(a)}" for a in group if a.block == block]
    return lines[1:]


def _trees(action: Action) -> dict[Part, Field | None]:
    """The fields of its request and of its response."""
    from ocpptui.ocpp.schema import Part, field_tree

    return {part: field_tree(action.version, action.name, part) for part in Part}


def _fields(action: Action) -> dict[str, Any]:
    from ocpptui.cli.field_table import field_json

    return {part.value: None if tree is None else field_json(tree) for part, tree in _trees(action).items()}


def _explanation(action: Action) -> list[str]:
    from ocpptui.cli.field_table import field_lines

    others = [version.value for version in catalog.versions_of(action.name) if version is not action.version]
    lines = [
        Heading(action.name),
        f"OCPP {_version(action)}, {action.block}, {_from(action)}",
        *([f"also in OCPP {', '.join(others)}"] if others else []),
    ]
    for part, tree in _trees(action).items():
        lines += ["", Heading(part.value.capitalize())]
        lines += ["  none: it is sent as a SEND, which has no answer"] if tree is None else field_lines(tree)
    return lines


def _payload(action: Action, full: bool, response: bool) -> Any:
    """An example. Raises click.UsageError."""
    from ocpptui.ocpp.examples import complete_example, smallest
    from ocpptui.ocpp.schema import Part, field_tree

    tree = field_tree(action.version, action.name, Part.RESPONSE if response else Part.REQUEST)
    if tree is None:
        raise click.UsageError(f"{action.name} is sent as a SEND, which has no answer")
    return complete_example(tree) if full else smallest(tree)


def _summary(action: Action) -> dict[str, Any]:
    return {
        "action": action.name,
        "version": action.version.value,
        "block": action.block,
        "from": [role.value for role in Role if role.sends in action.directions],
        "messageType": "SEND" if action.is_send else "CALL",
    }


def _version(action: Action) -> str:
    return action.version.as_choice


def _from(action: Action) -> str:
    if len(action.directions) == len(Direction):
        return "from both"
    sender = next(role for role in Role if role.sends in action.directions)
    return f"from {sender.words}" + (" as SEND" if action.is_send else "")
