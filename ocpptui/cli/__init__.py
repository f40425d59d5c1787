"""The command line: one file per command, imported when the command runs."""

from __future__ import annotations

import click

from ocpptui import __version__
from ocpptui.cli.lazy_group import CommandEntry, LazyGroup

ENTRIES = {
    "charge-point": CommandEntry(
        "ocpptui.cli.charge_point_command", "Connect to a central system as a charge point.", ("cp", "station")
    ),
    "central-system": CommandEntry(
        "ocpptui.cli.central_system_command", "Listen for charge points as a central system.", ("cs", "csms")
    ),
    "open": CommandEntry("ocpptui.cli.open_command", "View recordings and logs."),
    "replay": CommandEntry("ocpptui.cli.replay_command", "Repeat a recording against a live peer."),
    "diff": CommandEntry("ocpptui.cli.diff_command", "Compare two recordings."),
    "convert": CommandEntry(
        "ocpptui.cli.convert_command", "Write a recording in another format, or without confidential data."
    ),
    "send": CommandEntry("ocpptui.cli.send_command", "Send one call and print its answer."),
    "actions": CommandEntry("ocpptui.cli.actions_command", "List every action, show its fields and examples."),
    "demo": CommandEntry("ocpptui.cli.demo_command", "Watch a simulated charge point charge."),
}


@click.group(
    cls=LazyGroup,
    entries=ENTRIES,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Without a command, the start screen opens. 'ocpptui COMMAND --help' explains a command.",
)
@click.version_option(__version__, "--version", "-V", prog_name="ocpptui")
@click.pass_context
def program(context: click.Context) -> None:
    """The debugger for OCPP: connect in either role, see, compose, send, record, replay."""
    if context.invoked_subcommand is None:
        from ocpptui.cli.run_session import run_screen

        run_screen(None)
    elif context.invoked_subcommand != "actions":  # `actions` has nothing to configure and should be instant
        context.default_map = _configured_options()


def _configured_options() -> dict[str, dict[str, object]]:
    """The commands' options from the configuration file. Raises click.UsageError."""
    from ocpptui.session.setting_values import canonical
    from ocpptui.workspace.config import ConfigError, load_config
    from ocpptui.workspace.folders import config_file

    try:
        commands = load_config(config_file()).commands
    except ConfigError as error:
        raise click.UsageError(str(error)) from None
    return {name: canonical(options) for name, options in commands.items()}
