"""The command line: one file per command, imported when the command runs."""

from __future__ import annotations

from collections.abc import Mapping

import click

from ocpptui import __version__
from ocpptui.cli.exit_codes import ExitCode
from ocpptui.cli.lazy_group import CommandEntry, LazyGroup

ENTRIES = {
    "charge-point": CommandEntry(
        "ocpptui.cli.charge_point_command", "Connect to a central system as a charge point.", ("cp", "station")
    ),
    "central-system": CommandEntry(
        "ocpptui.cli.central_system_command", "Listen for charge points as a central system.", ("cs", "csms")
    ),
    "proxy": CommandEntry(
        "ocpptui.cli.proxy_command", "Relay messages between charge points and their central system."
    ),
    "open": CommandEntry("ocpptui.cli.open_command", "View recordings and logs."),
    "check": CommandEntry("ocpptui.cli.check_command", "Find what is wrong in recordings and logs, and why."),
    "report": CommandEntry(
        "ocpptui.cli.report_command", "Report uptime, sessions, faults and latencies of charge points."
    ),
    "sql": CommandEntry("ocpptui.cli.sql_command", "Query recordings and captures in SQL; write Parquet."),
    "replay": CommandEntry("ocpptui.cli.replay_command", "Repeat a recording against a live peer."),
    "diff": CommandEntry("ocpptui.cli.diff_command", "Compare two recordings."),
    "limits": CommandEntry("ocpptui.cli.limits_command", "Explain which charging profile limits a connector, and why."),
    "convert": CommandEntry(
        "ocpptui.cli.convert_command", "Write a recording in another format, or without confidential data."
    ),
    "send": CommandEntry("ocpptui.cli.send_command", "Send one call and print its answer."),
    "doctor": CommandEntry("ocpptui.cli.doctor_command", "Find out why a charge point does not get in, step by step."),
    "control": CommandEntry("ocpptui.cli.control_command", "Give a running session a command from a script."),
    "actions": CommandEntry("ocpptui.cli.actions_command", "List every action, show its fields and examples."),
    "certs": CommandEntry("ocpptui.cli.certs_command", "Make keys and certificates for a test bench."),
    "hash-password": CommandEntry(
        "ocpptui.cli.hash_password_command", "Make the hash of a password for a file of credentials."
    ),
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
    if context.invoked_subcommand != "actions":
        from ocpptui.runtime.signals import interruptible

        context.with_resource(interruptible(ExitCode.INTERRUPTED))
    if context.invoked_subcommand is None:
        from ocpptui.cli.run_session import run_screen

        run_screen(None)
    elif context.invoked_subcommand != "actions":  # `actions` has nothing to configure and should be instant
        context.default_map = _configured_options(context)


def _configured_options(context: click.Context) -> dict[str, dict[str, object]]:
    """The options of each command from the configuration file, by parameter. Raises click.UsageError."""
    from ocpptui.workspace.config import ConfigError, load_config
    from ocpptui.workspace.folders import config_file

    try:
        tables = load_config(config_file()).commands
        return {name: _by_parameter(context, name, options) for name, options in tables.items()}
    except ConfigError as error:
        raise click.UsageError(str(error)) from None
    except LookupError as error:
        raise click.UsageError(f"{config_file()}: {error.args[0]}") from None


def _by_parameter(context: click.Context, name: str, options: Mapping[str, object]) -> dict[str, object]:
    """A command's table of the configuration file by click's parameter names.

    Raises LookupError with a sentence for a command or an option that does not exist.
    """
    from ocpptui.ocpp.check_limits import limit_meanings
    from ocpptui.ocpp.did_you_mean import suggestion

    if name not in ENTRIES:
        raise LookupError(f"there is no command [{name}]{suggestion(name, ENTRIES)}")
    command = program.get_command(context, name)
    assert command is not None
    parameters = {
        flag.removeprefix("--").replace("-", "_"): parameter.name or ""
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for flag in (*parameter.opts, *parameter.secondary_opts)
    }
    if wrong := next((option for option in options if option not in parameters), None):
        written = wrong.replace("_", "-")
        known = [*parameters, *limit_meanings()] if name == "check" else parameters
        names = [option.replace("_", "-") for option in known]
        raise LookupError(f"[{name}] has no option {written!r}{suggestion(written, names)}")
    return {parameters[option]: value for option, value in options.items()}
